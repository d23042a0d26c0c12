use askui_workspaces::{Client, Null};

fn main() {
    if let Ok(client) = Client::from_env() {
        let _ = client.create_access_token().name(Null);
    }
}
