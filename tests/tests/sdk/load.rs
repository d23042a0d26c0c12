//! Many calls at once, and calls that are given up: all are answered, and nothing is left behind.

use std::{net::SocketAddr, sync::Arc, thread};

use askui_workspaces::{Client, Credentials, RetryPolicy, reqwest};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    runtime::{self, Handle},
    sync::{Semaphore, mpsc, watch},
    task::JoinSet,
};
use tower::filter::AsyncFilterLayer;

use crate::{
    logs,
    server::{CREATED, create},
};

/// A server in a runtime of its own, which says how many connections it has.
struct Counting {
    address: SocketAddr,
    open: watch::Receiver<usize>,
    /// A word for each request that came whole.
    requests: mpsc::UnboundedReceiver<()>,
}

impl Counting {
    /// Answers every request, or none.
    fn start(is_answering: bool) -> Self {
        logs::watch();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("loopback has free ports");
        let address = listener.local_addr().expect("it is bound");
        listener.set_nonblocking(true).expect("a listener can");
        let (count, open) = watch::channel(0);
        let (heard, requests) = mpsc::unbounded_channel();
        thread::spawn(move || {
            let runtime = runtime::Builder::new_current_thread().enable_io().build();
            runtime.expect("a runtime").block_on(async move {
                let listener = TcpListener::from_std(listener).expect("a listener");
                // Until the test has gone.
                while let Some(Ok((stream, _))) = tokio::select! {
                    accepted = listener.accept() => Some(accepted),
                    () = count.closed() => None,
                } {
                    count.send_modify(|open| *open += 1);
                    let (count, heard) = (count.clone(), heard.clone());
                    tokio::spawn(async move {
                        serve(stream, is_answering, heard).await;
                        count.send_modify(|open| *open -= 1);
                    });
                }
            });
        });
        Self {
            address,
            open,
            requests,
        }
    }

    /// Waits until it has so many connections.
    async fn has_open(&mut self, connections: usize) {
        let open = self.open.wait_for(|open| *open == connections).await;
        assert_eq!(*open.expect("it runs"), connections);
    }
}

/// Serves one connection until the client closes it.
async fn serve(mut stream: TcpStream, is_answering: bool, heard: mpsc::UnboundedSender<()>) {
    let answer = format!(
        "HTTP/1.1 201 Created\r\ncontent-length: {}\r\n\r\n{CREATED}",
        CREATED.len()
    );
    let mut request = Vec::new();
    while stream.read_buf(&mut request).await.is_ok_and(|read| read > 0) {
        if !request.ends_with(br#"{"name":"ci"}"#) {
            continue;
        }
        request.clear();
        // The test may have heard enough.
        let _ = heard.send(());
        if is_answering && stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

/// Waits until the tasks of this runtime have ended, but for the test itself, which is none.
async fn no_task_is_left() {
    while Handle::current().metrics().num_alive_tasks() > 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn ten_thousand_calls_at_once_are_all_answered_and_leave_nothing() {
    const CALLS: usize = 10_000;
    // Each takes two files of this process, of which systems give 1024, and other tests run beside this one.
    const CONNECTIONS: usize = 100;

    let mut server = Counting::start(true);
    let permits = Arc::new(Semaphore::new(CONNECTIONS));
    let limit = {
        let permits = Arc::clone(&permits);
        AsyncFilterLayer::new(move |target| {
            let permits = Arc::clone(&permits);
            async move {
                // A connection stays in the pool, and so does its permit.
                permits.acquire_owned().await?.forget();
                Ok::<_, tokio::sync::AcquireError>(target)
            }
        })
    };
    let http = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .connector_layer(limit)
        .build()
        .expect("a client");
    let client = Client::builder()
        .endpoint(format!("http://{}", server.address))
        .credentials(Credentials::bearer("any-token"))
        .retry(RetryPolicy::never())
        .reqwest_client(http)
        .build()
        .expect("a client");
    let mut calls = JoinSet::new();
    for _ in 0..CALLS {
        let client = client.clone();
        calls.spawn(async move { create(&client).await });
    }
    assert_eq!(calls.len(), CALLS);
    while let Some(called) = calls.join_next().await {
        called.expect("no panic").expect("the token is created");
    }
    let mut requests = 0;
    while server.requests.try_recv().is_ok() {
        requests += 1;
    }
    assert_eq!(requests, CALLS);
    server.has_open(CONNECTIONS).await;

    // Who still waits for a connection waits for nothing.
    permits.close();
    drop(client);
    server.has_open(0).await;
    no_task_is_left().await;
}

#[tokio::test]
async fn a_call_that_is_given_up_closes_its_connection() {
    let mut server = Counting::start(false);
    let client = Client::builder()
        .endpoint(format!("http://{}", server.address))
        .credentials(Credentials::bearer("any-token"))
        .build()
        .expect("a client");
    for calls in [1, 10] {
        let mut set = JoinSet::new();
        for _ in 0..calls {
            let client = client.clone();
            set.spawn(async move { create(&client).await });
        }
        for _ in 0..calls {
            server.requests.recv().await.expect("it runs");
        }
        server.has_open(calls).await;
        set.shutdown().await;
        server.has_open(0).await;
        no_task_is_left().await;
    }
    assert!(server.requests.try_recv().is_err(), "none was repeated");
}
