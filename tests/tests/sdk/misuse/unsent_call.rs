#![deny(unused_must_use)]

use askui_workspaces::Client;

fn main() {
    if let Ok(client) = Client::from_env() {
        client.create_access_token().name("ci");
    }
}
