use askui_workspaces::Client;

fn main() {
    if let Ok(client) = Client::from_env() {
        let _ = client.create_access_token().name(5);
    }
}
