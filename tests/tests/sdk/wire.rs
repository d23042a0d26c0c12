//! A server below HTTP, for answers that no HTTP library would send.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    thread::{self, JoinHandle},
};

use askui_workspaces::{Client, ClientBuilder, Credentials};

use crate::logs;

/// Takes one connection, reads one request from it, and then does with it as it was told.
pub(crate) struct Wire {
    address: SocketAddr,
    thread: JoinHandle<String>,
}

impl Wire {
    pub(crate) fn serving(serve: impl FnOnce(TcpStream) + Send + 'static) -> Self {
        logs::watch();
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has free ports");
        let address = listener.local_addr().expect("it is bound");
        let thread = thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("the client connects");
            let request = read_request(&mut stream);
            serve(stream);
            request
        });
        Self { address, thread }
    }

    /// Sends these bytes, then closes the connection.
    pub(crate) fn sending(answer: impl AsRef<[u8]> + Send + 'static) -> Self {
        Self::serving(move |mut stream| stream.write_all(answer.as_ref()).expect("the client reads"))
    }

    pub(crate) fn authority(&self) -> String {
        self.address.to_string()
    }

    pub(crate) fn builder(&self) -> ClientBuilder {
        Client::builder()
            .endpoint(format!("http://{}", self.address))
            .credentials(Credentials::bearer("any-token"))
    }

    pub(crate) fn client(&self) -> Client {
        self.builder().build().expect("a loopback endpoint is valid")
    }

    /// The request as it came, once the connection has been served.
    pub(crate) async fn request(self) -> String {
        // The client's side of the connection runs on this thread, so waiting must not block it.
        tokio::task::spawn_blocking(|| self.thread.join())
            .await
            .expect("waiting does not panic")
            .expect("the connection was served")
    }
}

/// Reads the whole request: closing a connection with bytes unread would reset it, and the answer with it.
pub(crate) fn read_request(stream: &mut impl Read) -> String {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let read = stream.read(&mut buffer).unwrap_or(0);
        request.extend_from_slice(&buffer[..read]);
        let text = String::from_utf8_lossy(&request);
        let whole = text.split_once("\r\n\r\n").is_some_and(|(head, body)| {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            body.len() >= length.map_or(0, |length| length.parse().expect("a length is a number"))
        });
        if whole || read == 0 {
            return text.into_owned();
        }
    }
}
