//! A server that answers as the API's document says, for those who have no credentials at hand.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};

use askui_workspaces::{
    chrono::Utc,
    mock::{MockServer, request},
    types::CreateSubjectAccessTokenResponseDto,
    uuid::{Builder, Uuid},
};

/// Starts the server on a free port of this machine. It stops when it is dropped.
pub(crate) async fn start() -> MockServer {
    let server = MockServer::start().await;
    server.create_access_token().created_with(created);
    server
}

fn created(request: &request::CreateAccessToken) -> CreateSubjectAccessTokenResponseDto {
    let mut created = CreateSubjectAccessTokenResponseDto::fixture();
    created.token.id = Some(random_uuid());
    created.token.created_at = Some(Utc::now());
    created.token.creator_id = random_uuid().to_string();
    created.token.name.clone_from(&request.body.name);
    created.token.expires_at = request.body.expires_at.flatten();
    created.token_string = format!("works-nowhere-{}", random_uuid().simple()).into();
    created
}

/// Random enough to look at, without a dependency for it.
fn random_uuid() -> Uuid {
    let random = || RandomState::new().build_hasher().finish().to_le_bytes();
    let (first, second) = (random(), random());
    let bytes = std::array::from_fn(|index| if index < 8 { first[index] } else { second[index - 8] });
    Builder::from_random_bytes(bytes).into_uuid()
}
