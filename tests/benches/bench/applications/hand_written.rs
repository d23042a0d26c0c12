mod client;

use client::Client;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let endpoint = std::env::var("ASKUI_WORKSPACES_ENDPOINT");
    let endpoint = endpoint.unwrap_or_else(|_| "https://workspaces.askui.com".into());
    let client = Client::new(&endpoint, &std::env::var("ASKUI_TOKEN")?, "application/0.1.0")?;
    for _ in std::env::args() {
        let created = client.create_access_token("ci", None).await;
        let created = created.map_err(|error| format!("{error:?}"))?;
        println!("{}", created.token_string);
    }
    Ok(())
}
