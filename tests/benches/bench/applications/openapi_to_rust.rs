use client::generated::{client::HttpClient, types::CreateSubjectAccessTokenCommand};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let endpoint = std::env::var("ASKUI_WORKSPACES_ENDPOINT");
    let client = HttpClient::new()
        .with_base_url(endpoint.unwrap_or_else(|_| "https://workspaces.askui.com".into()))
        .with_api_key(std::env::var("ASKUI_TOKEN")?);
    for _ in std::env::args() {
        let command = CreateSubjectAccessTokenCommand::new("ci".into());
        let created = client.create_access_token_api_v1_access_tokens_post(command).await?;
        println!("{}", created.token_string);
    }
    Ok(())
}
