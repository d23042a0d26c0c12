//! The way of an answer: whatever a server sends becomes a value or an error, and neither loses the status nor prints the body
//! of a success. `RESPONSES` says how many answers are tried of each kind.

use std::{
    env,
    io::Write,
    net::TcpListener,
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use arbtest::{
    arbitrary::{Result, Unstructured},
    arbtest,
};
use askui_workspaces::{Client, Credentials, RetryPolicy};
use tokio::runtime::{Builder, Runtime};

use crate::{
    logs,
    server::{CREATED, Called, create},
    wire::read_request,
};

/// What stands in every body, and must not be printed if it is one of a success.
const BODY: &str = "not-to-be-printed";

/// Sends what it is given, one connection after the other.
struct Server {
    client: Client,
    runtime: Runtime,
    answer: Arc<Mutex<Vec<u8>>>,
}

impl Server {
    fn start() -> Self {
        logs::watch();
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has free ports");
        let client = Client::builder()
            .endpoint(format!("http://{}", listener.local_addr().expect("it is bound")))
            .credentials(Credentials::bearer("any-token"))
            .retry(RetryPolicy::never())
            .timeout(Duration::from_secs(20))
            .build()
            .expect("a loopback endpoint is valid");
        let answer = Arc::new(Mutex::new(Vec::new()));
        let next = Arc::clone(&answer);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.expect("the client connects");
                read_request(&mut stream);
                let answer = next.lock().expect("no test panics here").clone();
                // The client closes the connection as soon as it knows enough.
                let _ = stream.write_all(&answer);
            }
        });
        Self {
            client,
            runtime: Builder::new_current_thread().enable_all().build().expect("a runtime"),
            answer,
        }
    }

    fn answering(&self, answer: &[u8]) -> Called {
        answer.clone_into(&mut self.answer.lock().expect("no test panics here"));
        self.runtime.block_on(create(&self.client))
    }
}

/// How often each property is tried, each time with a seed of its own.
fn check(mut property: impl FnMut(&mut Unstructured<'_>) -> Result<()>) {
    let tries = env::var("RESPONSES").ok().and_then(|tries| tries.parse::<u64>().ok());
    for seed in 0..tries.unwrap_or(200) {
        arbtest(&mut property).seed(seed << 32 | 2048).run();
    }
}

/// Random bytes, or a body that the document promises, sometimes with a byte changed.
fn body(random: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    let detail = format!(r#"{{"detail":"{BODY}"}}"#);
    let faults = format!(r#"{{"detail":[{{"loc":["body",1],"msg":"{BODY}","type":"t"}}]}}"#);
    let created = CREATED.replace("a-new-token", BODY);
    let mut body = match random.int_in_range(0..=3)? {
        0 => [BODY.as_bytes(), random.bytes(random.len().min(200))?].concat(),
        1 => created.into_bytes(),
        2 => detail.into_bytes(),
        _ => faults.into_bytes(),
    };
    if random.arbitrary()? {
        let at = random.choose_index(body.len())?;
        body[at] = random.arbitrary()?;
    }
    Ok(body)
}

/// An answer with a valid head, its status, and whether its body is complete.
fn answer(random: &mut Unstructured<'_>) -> Result<(u16, Vec<u8>)> {
    let documented = [201, 401, 403, 422, 500];
    let status = if random.arbitrary()? {
        *random.choose(&documented)?
    } else {
        random.int_in_range(200..=999)?
    };
    // The client must not use a connection again that the server is about to close.
    let mut answer = format!("HTTP/1.1 {status} Any\r\nconnection: close\r\n").into_bytes();
    let names = [
        "content-type",
        "x-request-id",
        "retry-after",
        "location",
        "x-any",
        "server",
    ];
    for _ in 0..random.int_in_range(0..=4)? {
        let length = random.int_in_range(0..=30)?;
        let value = random
            .bytes(length)?
            .iter()
            .map(|byte| if byte.is_ascii_control() { b' ' } else { *byte });
        answer.extend(random.choose(&names)?.bytes());
        answer.extend(b": ");
        answer.extend(value);
        answer.extend(b"\r\n");
    }
    let body = body(random)?;
    match random.int_in_range(0..=2)? {
        0 => {
            let length = body.len() + random.int_in_range(0..=1)?;
            answer.extend(format!("content-length: {length}\r\n\r\n").bytes());
            answer.extend(&body);
        }
        1 => {
            answer.extend(b"transfer-encoding: chunked\r\n\r\n");
            for chunk in body.chunks(random.int_in_range(1..=64)?) {
                answer.extend(format!("{:x}\r\n", chunk.len()).bytes());
                answer.extend(chunk);
                answer.extend(b"\r\n");
            }
            answer.extend(&b"0\r\n\r\n"[..random.int_in_range(0..=5)?]);
        }
        _ => {
            answer.extend(b"\r\n");
            answer.extend(&body);
        }
    }
    Ok((status, answer))
}

#[test]
fn an_answer_keeps_its_status_whatever_else_is_in_it() {
    let server = Server::start();
    let (mut values, mut errors) = (0, 0);
    check(|random| {
        let (status, answer) = answer(random)?;
        let shown = String::from_utf8_lossy(&answer);
        match server.answering(&answer) {
            Ok(created) => {
                values += 1;
                assert_eq!(created.status().as_u16(), status, "{shown}");
                assert!(!format!("{created:?} {:?}", *created).contains(BODY), "{shown}");
            }
            Err(error) => {
                errors += 1;
                assert_eq!(
                    error.status().map(|status| status.as_u16()),
                    Some(status),
                    "{error}: {shown}"
                );
                if (200..300).contains(&status) {
                    assert!(!format!("{error} {error:?}").contains(BODY), "{error}: {shown}");
                }
            }
        }
        Ok(())
    });
    assert!(values > 0 && errors > 0, "{values} values, {errors} errors");
    println!("{values} values and {errors} errors, each with its status");
}

#[test]
fn no_bytes_make_the_client_panic() {
    let server = Server::start();
    let mut errors = 0;
    check(|random| {
        let begin: &[u8] = random.choose(&[
            &b""[..],
            b"HTTP/1.1 ",
            b"HTTP/1.1 201 Created\r\n",
            b"HTTP/1.1 100 Continue\r\n\r\n",
        ])?;
        let answer = [begin, random.bytes(random.len())?].concat();
        errors += usize::from(server.answering(&answer).is_err());
        Ok(())
    });
    assert!(errors > 0);
    println!("{errors} errors of random bytes");
}
