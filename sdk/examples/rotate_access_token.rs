//! A token that is replaced before it expires: `cargo run --example rotate_access_token`.
//!
//! The client asks for its credentials before each attempt, so that whoever renews them need not make another client.

use std::sync::{Arc, RwLock};

use askui_workspaces::{
    Client, Credentials, Secret,
    chrono::{DateTime, Duration, Utc},
    mock::MockServer,
    types::CreateSubjectAccessTokenResponseDto,
};

/// How long before its end a token is replaced.
const MARGIN: Duration = Duration::days(1);

/// The token that is in use.
struct Current {
    token: Secret,
    expires_at: DateTime<Utc>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let server = MockServer::start().await;
    server.create_access_token().created_with(|request| {
        let mut created = CreateSubjectAccessTokenResponseDto::fixture();
        created.token.name.clone_from(&request.body.name);
        created.token.expires_at = request.body.expires_at.flatten();
        created.token_string = format!("works-nowhere-{}", request.body.name).into();
        created
    });

    let current = Arc::new(RwLock::new(Current {
        token: "the-first-token".into(),
        expires_at: Utc::now() + Duration::hours(1),
    }));
    let for_client = Arc::clone(&current);
    let client = Client::builder()
        .endpoint(server.uri())
        .credentials_fn(move |_| {
            let token = for_client.read().map(|current| current.token.clone());
            let credentials = token
                .map(Credentials::access_token)
                .map_err(|_| "a renewal has panicked");
            async move { credentials }
        })
        .build()?;

    for day in 0..3 {
        let now = Utc::now() + Duration::days(day);
        let is_renewed = renew(&client, &current, now).await?;
        println!(
            "day {day}: {}",
            if is_renewed { "a new token" } else { "the same token" }
        );
    }
    Ok(())
}

/// Replaces the token if its end is near. The new one is in place before the old one is given up.
async fn renew(
    client: &Client,
    current: &RwLock<Current>,
    now: DateTime<Utc>,
) -> Result<bool, Box<dyn std::error::Error>> {
    let expires_at = current.read().map_err(|_| "a renewal has panicked")?.expires_at;
    if expires_at - now > MARGIN {
        return Ok(false);
    }
    let expires_at = now + Duration::days(3);
    let created = client
        .create_access_token()
        .name(format!("ci-{}", now.format("%Y-%m-%d")))
        .expires_at(expires_at)
        .send()
        .await?
        .into_inner();
    // Here it would also be stored where the next start finds it.
    *current.write().map_err(|_| "a renewal has panicked")? = Current {
        token: created.token_string,
        expires_at,
    };
    Ok(true)
}
