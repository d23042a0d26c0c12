//! The servers, each a process of its own.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, ChildStdin},
    str::FromStr,
    sync::Arc,
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpSocket, TcpStream},
    sync::Barrier,
};

use super::process;

/// What a server answers with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    /// With this status, and a body as short as they usually are.
    Status(u16),
    /// As with status 201, but to none before this many wait.
    Gather(usize),
    /// As with status 201, and a body that is just not too long to be read.
    Large,
    /// Status 201, and a body without end.
    Endless,
}

impl Kind {
    fn name(self) -> String {
        match self {
            Self::Status(status) => format!("status-{status}"),
            Self::Gather(count) => format!("gather-{count}"),
            Self::Large => "large".into(),
            Self::Endless => "endless".into(),
        }
    }
}

impl FromStr for Kind {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let (kind, number) = name.split_once('-').unwrap_or((name, "0"));
        let number = number.parse::<usize>().map_err(|error| error.to_string())?;
        match kind {
            "status" => Ok(Self::Status(
                number.try_into().map_err(|_| format!("no status: {number}"))?,
            )),
            "gather" => Ok(Self::Gather(number)),
            "large" => Ok(Self::Large),
            "endless" => Ok(Self::Endless),
            _ => Err(format!("no kind of server: {name}")),
        }
    }
}

/// A server that runs until this is dropped.
pub(crate) struct Server {
    process: Child,
    /// Closed when this program ends, however it ends, and the server ends with it.
    _lifeline: ChildStdin,
    pub(crate) endpoint: String,
}

impl Server {
    pub(crate) fn start(kind: Kind) -> Self {
        let mut process = process::own(&["--server", &kind.name()]);
        let lifeline = process.stdin.take().expect("a pipe");
        let mut endpoint = String::new();
        let mut output = BufReader::new(process.stdout.take().expect("a pipe"));
        output.read_line(&mut endpoint).expect("the server's address");
        Self {
            process,
            _lifeline: lifeline,
            endpoint: endpoint.trim().into(),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // One that has ended by itself is as good.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A request that the servers answer, to its last byte.
pub(crate) fn is_whole(received: &[u8]) -> Option<usize> {
    let head = received.windows(4).position(|window| window == b"\r\n\r\n")?;
    let text = String::from_utf8_lossy(&received[..head]).to_ascii_lowercase();
    let length = text.lines().find_map(|line| line.strip_prefix("content-length: "));
    let whole = head + 4 + length.map_or(0, |length| length.parse().expect("a length"));
    (received.len() >= whole).then_some(whole)
}

/// Serves until the standard input is closed.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn serve(kind: &Kind) {
    process::allow_many_files();
    std::thread::spawn(|| {
        let _ = std::io::stdin().lock().read_until(b'\n', &mut Vec::new());
        std::process::exit(0);
    });
    let listener = listen();
    let address = listener.local_addr().expect("an address");
    println!("http://{address}");
    std::io::stdout().flush().expect("someone reads the address");
    let answer = Arc::new(Answer::of(*kind));
    while let Ok((connection, _)) = listener.accept().await {
        tokio::spawn(answer_all(connection, Arc::clone(&answer)));
    }
}

fn listen() -> TcpListener {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket
        .bind(([127, 0, 0, 1], 0).into())
        .expect("a free port of this machine");
    socket.listen(4096).expect("a listening socket")
}

struct Answer {
    bytes: Vec<u8>,
    /// What is sent again and again after that, if anything.
    endless: Vec<u8>,
    together: Option<Barrier>,
}

impl Answer {
    fn of(kind: Kind) -> Self {
        let status = match kind {
            Kind::Status(status) => status,
            Kind::Gather(_) | Kind::Large | Kind::Endless => 201,
        };
        let (line, media_type, body) = match status {
            201 => ("201 Created", "application/json", created()),
            422 => ("422 Unprocessable Entity", "application/json", INVALID.into()),
            502 => ("502 Bad Gateway", "text/html", BAD_GATEWAY.into()),
            _ => panic!("there is no answer with status {status}"),
        };
        let body = match kind {
            Kind::Large => {
                let padding = "x".repeat(16 * 1024 * 1024 - 1024);
                body.replacen('{', &format!(r#"{{"padding":"{padding}","#), 1)
            }
            _ => body,
        };
        let length = match kind {
            Kind::Endless => "transfer-encoding: chunked".into(),
            _ => format!("content-length: {}", body.len()),
        };
        let head = format!(
            "HTTP/1.1 {line}\r\ndate: Tue, 01 Jan 2030 00:00:00 GMT\r\nserver: uvicorn\r\n{length}\r\n\
             content-type: {media_type}\r\nx-request-id: 3a0b8f0c-1111-2222-3333-444455556666\r\n\r\n"
        );
        match kind {
            Kind::Endless => Self {
                bytes: head.into(),
                endless: format!("10000\r\n{}\r\n", "x".repeat(0x10000)).into(),
                together: None,
            },
            _ => Self {
                bytes: (head + &body).into(),
                endless: Vec::new(),
                together: match kind {
                    Kind::Gather(count) => Some(Barrier::new(count)),
                    _ => None,
                },
            },
        }
    }
}

/// Answers every request on a connection.
async fn answer_all(mut connection: TcpStream, answer: Arc<Answer>) {
    connection.set_nodelay(true).expect("an option of the socket");
    let mut received = Vec::with_capacity(4096);
    while let Ok(1..) = connection.read_buf(&mut received).await {
        while let Some(length) = is_whole(&received) {
            received.drain(..length);
            if let Some(together) = &answer.together {
                together.wait().await;
            }
            // A client that has read enough goes away.
            if connection.write_all(&answer.bytes).await.is_err() {
                return;
            }
            while !answer.endless.is_empty() {
                if connection.write_all(&answer.endless).await.is_err() {
                    return;
                }
            }
        }
    }
}

fn created() -> String {
    r#"{"token":{"id":"2f4b1d1e-6e5e-4b8e-9f0a-1b2c3d4e5f60","createdAt":"2030-01-02T03:04:05Z","name":"ci",
    "expiresAt":null,"creatorId":"someone"},"tokenString":"a-new-token-a-new-token-a-new-token"}"#
        .replace("\n    ", "")
}

const INVALID: &str = r#"{"detail":[{"loc":["body","name"],"msg":"String should have at least 1 character","type":"string_too_short","input":"","ctx":{"min_length":1}}]}"#;

const BAD_GATEWAY: &str = "<html><body><h1>502 Bad Gateway</h1></body></html>";
