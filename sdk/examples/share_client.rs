//! One client for many tasks: `cargo run --example share_client`.
//!
//! A client is cheap to clone, and its clones share connections, credentials and settings.

use askui_workspaces::{Client, mock::MockServer, types::CreateSubjectAccessTokenResponseDto};
use tokio::task::JoinSet;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let server = MockServer::start().await;
    server.create_access_token().created_with(|request| {
        let mut created = CreateSubjectAccessTokenResponseDto::fixture();
        created.token.name.clone_from(&request.body.name);
        created
    });

    let mut names = create(&server.client(), 100).await?;
    names.sort();
    println!(
        "created {} tokens, from {} to {}",
        names.len(),
        names[0],
        names[names.len() - 1]
    );
    Ok(())
}

/// Creates tokens, all at once.
async fn create(client: &Client, count: usize) -> Result<Vec<String>, Box<dyn std::error::Error + Send + Sync>> {
    let mut tasks = JoinSet::new();
    for number in 0..count {
        let client = client.clone();
        tasks.spawn(async move {
            let name = format!("runner-{number:03}");
            let created = client.create_access_token().name(name).send().await?;
            Ok::<_, Box<dyn std::error::Error + Send + Sync>>(created.into_inner().token.name)
        });
    }
    let mut names = Vec::new();
    while let Some(name) = tasks.join_next().await {
        names.push(name??);
    }
    Ok(names)
}
