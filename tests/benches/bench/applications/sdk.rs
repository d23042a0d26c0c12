use askui_workspaces::Client;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::from_env()?;
    // As many tokens as there are arguments, and one for the name of the program.
    for _ in std::env::args() {
        let created = client.create_access_token().name("ci").send().await?;
        println!("{}", created.token_string.expose_secret());
    }
    Ok(())
}
