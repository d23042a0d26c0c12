use openapi::{
    apis::{access_tokens_api::create_access_token_api_v1_access_tokens_post, configuration::Configuration},
    models::CreateSubjectAccessTokenCommand,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let endpoint = std::env::var("ASKUI_WORKSPACES_ENDPOINT");
    let configuration = Configuration {
        base_path: endpoint.unwrap_or_else(|_| "https://workspaces.askui.com".into()),
        bearer_access_token: Some(std::env::var("ASKUI_TOKEN")?),
        ..Configuration::default()
    };
    for _ in std::env::args() {
        let command = CreateSubjectAccessTokenCommand::new("ci".into());
        let created = create_access_token_api_v1_access_tokens_post(&configuration, command).await?;
        println!("{}", created.token_string);
    }
    Ok(())
}
