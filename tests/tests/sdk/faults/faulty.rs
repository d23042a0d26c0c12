//! A server that does to each connection what it is told to, and counts what it is asked.

use std::{
    io::{ErrorKind, Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use rustls::{ServerConfig, ServerConnection, StreamOwned};
use socket2::SockRef;

use crate::{logs, wire::read_request};

pub(crate) type Serve = Arc<dyn Fn(&mut Connection) + Send + Sync>;

pub(crate) struct Faulty {
    address: SocketAddr,
    is_over: Arc<AtomicBool>,
    requests: Requests,
    thread: Option<JoinHandle<()>>,
}

/// Every request that came whole.
type Requests = Arc<Mutex<Vec<String>>>;

trait Stream: Read + Write + Send {}

impl<T: Read + Write + Send> Stream for T {}

pub(crate) struct Connection {
    stream: Box<dyn Stream>,
    socket: TcpStream,
    requests: Requests,
}

impl Faulty {
    pub(crate) fn start(serve: Serve) -> Self {
        logs::watch();
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has free ports");
        let address = listener.local_addr().expect("it is bound");
        let is_over = Arc::new(AtomicBool::new(false));
        let requests = Requests::default();
        let thread = {
            let (is_over, requests) = (Arc::clone(&is_over), Arc::clone(&requests));
            thread::spawn(move || {
                for socket in listener.incoming() {
                    let socket = socket.expect("a client connects");
                    if is_over.load(Ordering::SeqCst) {
                        return;
                    }
                    let mut connection = Connection {
                        stream: Box::new(socket.try_clone().expect("a second handle")),
                        socket,
                        requests: Arc::clone(&requests),
                    };
                    let serve = Arc::clone(&serve);
                    thread::spawn(move || serve(&mut connection));
                }
            })
        };
        Self {
            address,
            is_over,
            requests,
            thread: Some(thread),
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Every request that came whole, in its order.
    pub(crate) fn requests(&self) -> Vec<String> {
        lock(&self.requests).clone()
    }
}

impl Drop for Faulty {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::SeqCst);
        // What it waits for.
        let woken = TcpStream::connect(self.address);
        if let (Ok(_), Some(thread)) = (woken, self.thread.take()) {
            let _ = thread.join();
        }
    }
}

impl Connection {
    /// Takes a request; `None` if the client closes before it is whole.
    pub(crate) fn request(&mut self) -> Option<String> {
        let request = read_request(&mut self.stream);
        let is_whole = request.contains("\r\n\r\n");
        is_whole.then(|| lock(&self.requests).push(request.clone()))?;
        Some(request)
    }

    /// Waits until a request begins.
    pub(crate) fn first_byte(&mut self) {
        let _ = self.stream.read(&mut [0]);
    }

    /// Whether the client still takes it.
    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.stream.write_all(bytes.as_ref()).is_ok()
    }

    /// Sends the same again and again, until the client closes.
    pub(crate) fn send_for_ever(&mut self, bytes: impl AsRef<[u8]>) {
        while self.send(&bytes) {}
    }

    /// Sends that byte now and then, until the client closes.
    pub(crate) fn send_slowly(&mut self, byte: u8) {
        self.socket
            .set_read_timeout(Some(Duration::from_millis(20)))
            .expect("a time is no fault");
        loop {
            match self.stream.read(&mut [0]) {
                Err(error) if [ErrorKind::WouldBlock, ErrorKind::TimedOut].contains(&error.kind()) => {}
                _ => return,
            }
            if !self.send([byte]) {
                return;
            }
        }
    }

    /// Says that no more will be sent.
    pub(crate) fn close(&mut self) {
        // A client that has gone needs no word of it.
        let _ = self.socket.shutdown(Shutdown::Write);
    }

    /// Waits until the client closes.
    pub(crate) fn stay(&mut self) {
        while self.stream.read(&mut [0; 1024]).is_ok_and(|read| read > 0) {}
    }

    /// Ends the connection with a TCP reset.
    pub(crate) fn reset(&mut self) {
        SockRef::from(&self.socket)
            .set_linger(Some(Duration::ZERO))
            .expect("a socket can linger");
    }

    /// Goes on in TLS, as its server.
    pub(crate) fn encrypt(&mut self, config: Arc<ServerConfig>) {
        let socket = self.socket.try_clone().expect("a second handle");
        let tls = ServerConnection::new(config).expect("a valid configuration");
        self.stream = Box::new(StreamOwned::new(tls, socket));
    }

    /// The bare connection, as a writer.
    pub(crate) fn stream(&mut self) -> impl Write {
        &mut self.stream
    }
}

fn lock(requests: &Requests) -> MutexGuard<'_, Vec<String>> {
    requests.lock().unwrap_or_else(PoisonError::into_inner)
}
