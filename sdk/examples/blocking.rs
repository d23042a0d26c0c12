//! A call from code that is not asynchronous: `cargo run --example blocking`.

use askui_workspaces::{Client, mock::MockServer, types::CreateSubjectAccessTokenResponseDto};
use tokio::runtime::{Builder, Runtime};

/// A client for code that waits.
struct Blocking {
    client: Client,
    /// One for all calls, since the connections of the client live in it.
    runtime: Runtime,
}

impl Blocking {
    fn create(&self, name: &str) -> Result<String, Box<dyn std::error::Error>> {
        let call = self.client.create_access_token().name(name);
        let created = self.runtime.block_on(call.send())?;
        Ok(created.into_inner().token.name)
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let server = runtime.block_on(MockServer::start());
    server
        .create_access_token()
        .created(CreateSubjectAccessTokenResponseDto::fixture());

    let blocking = Blocking {
        client: server.client(),
        runtime,
    };
    println!("created {}", blocking.create("ci")?);
    Ok(())
}
