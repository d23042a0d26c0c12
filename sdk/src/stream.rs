use std::{
    convert::Infallible,
    fmt,
    future::poll_fn,
    io,
    path::Path,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use futures_core::Stream;
use http_body::Body as _;
use tokio::{
    io::{AsyncWrite, AsyncWriteExt as _},
    time::Sleep,
};
use tracing::Span;

use crate::{
    Body, Error, Response, TransportError,
    error::{Doing, TransportCause},
    options::TimeLimit,
    response::RawResponse,
    send::{BodyFailure, ResponseHead},
    trace,
};

/// The body of a success that is not read into memory: a download, or the events that a server sends as they happen.
///
/// Take it piece by piece with [`chunk`](Self::chunk) or as a [`Stream`], or whole with [`collect`](Self::collect),
/// [`write_to`](Self::write_to) or [`save`](Self::save). Dropping it ends the connection if the body is not yet complete.
///
/// A stream may last as long as it likes, but not be silent for longer than the call's
/// [`attempt_timeout`](crate::CallOptions::attempt_timeout), 30 seconds by default: raise it for a server that has little
/// to say.
///
/// `Debug` prints how many bytes have been taken and nothing of what they hold.
///
/// # Examples
///
/// ```no_run
/// use askui_workspaces::{ByteStream, Response, TransportError};
///
/// async fn length(mut response: Response<ByteStream>) -> Result<usize, TransportError> {
///     let mut length = 0;
///     while let Some(chunk) = response.chunk().await? {
///         length += chunk.len();
///     }
///     Ok(length)
/// }
/// ```
pub struct ByteStream {
    /// Status and headers, for errors; its body stays empty.
    head: RawResponse,
    /// The longest wait for a piece.
    silence: Duration,
    body: reqwest::Body,
    /// The end of the wait for the next piece, while there is one.
    timer: Option<Pin<Box<Sleep>>>,
    /// That of the call, which is open as long as the stream is.
    span: Span,
    /// What the stream ended with before the body was complete.
    failure: Option<TransportCause>,
}

impl ByteStream {
    /// The next piece as it comes from the network, never empty; `None` at the end of the body. Where one piece ends and
    /// the next begins means nothing.
    ///
    /// Dropping the future before it is ready loses no byte.
    ///
    /// # Errors
    ///
    /// If the connection fails, or is silent for too long, before the body is complete; and from then on each time. The
    /// error has the status and headers, and none of the pieces. It becomes an [`Error`] of any operation by `?`.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, TransportError> {
        let chunk = poll_fn(|context| self.poll(context)).await;
        chunk.map_err(|cause| self.error(cause))
    }

    fn error(&self, cause: TransportCause) -> TransportError {
        TransportError::within(self.head.clone(), cause)
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<Bytes>, TransportCause>> {
        if let Some(failure) = &self.failure {
            return Poll::Ready(Err(failure.clone()));
        }
        let failure = loop {
            match Pin::new(&mut self.body).poll_frame(context) {
                Poll::Ready(Some(Ok(frame))) => match frame.into_data() {
                    Ok(chunk) if !chunk.is_empty() => {
                        self.timer = None;
                        self.head.streamed = self.head.streamed.saturating_add(chunk.len() as u64);
                        return Poll::Ready(Ok(Some(chunk)));
                    }
                    // Nothing, or trailers.
                    _ => {}
                },
                Poll::Ready(None) => return Poll::Ready(Ok(None)),
                Poll::Ready(Some(Err(error))) => break TransportCause::http(error),
                Poll::Pending => {
                    let silence = self.silence;
                    let timer = self.timer.get_or_insert_with(|| Box::pin(tokio::time::sleep(silence)));
                    ready!(timer.as_mut().poll(context));
                    break TransportCause::Timeout {
                        limit: silence,
                        setting: TimeLimit::Attempt,
                        doing: Doing::Reading,
                    };
                }
            }
        };
        // After an error, the library below says that the body is at its end.
        self.failure = Some(failure.clone());
        trace::failed(&self.span, trace::transport_type(&self.error(failure.clone())));
        Poll::Ready(Err(failure))
    }

    /// Writes the rest of the body to a writer, piece by piece, and flushes it. Returns how many bytes were written.
    ///
    /// # Errors
    ///
    /// Those of the writer; or, with a [`TransportError`] within, those of [`chunk`](Self::chunk).
    pub async fn write_to(&mut self, writer: &mut (impl AsyncWrite + Unpin)) -> io::Result<u64> {
        let mut written = 0;
        let end = loop {
            match self.chunk().await {
                Ok(Some(chunk)) => {
                    writer.write_all(&chunk).await?;
                    written += chunk.len() as u64;
                }
                Ok(None) => break Ok(written),
                Err(error) => break Err(io::Error::other(error)),
            }
        };
        // What came before an error is written too; the error of the body says more than one of the writer.
        let flushed = writer.flush().await;
        let written = end?;
        flushed.map(|()| written)
    }

    /// Writes the rest of the body to a new file, or over one that is there. Returns how many bytes were written.
    ///
    /// # Errors
    ///
    /// As of [`write_to`](Self::write_to). The file then has what came before.
    pub async fn save(&mut self, path: impl AsRef<Path>) -> io::Result<u64> {
        let mut file = tokio::fs::File::create(path).await?;
        self.write_to(&mut file).await
    }

    /// The rest of the body in memory, if it has at most `limit` bytes.
    ///
    /// # Errors
    ///
    /// [`Error::UnexpectedResponse`] if it is longer than `limit`, or [`Error::Transport`] for the reasons of
    /// [`chunk`](Self::chunk). The error has what was read so far as its body. It is never [`Error::Api`]; `?` turns it into
    /// an untyped [`Error`], and [`map_api_error`](Error::map_api_error) into that of an operation.
    pub async fn collect(mut self, limit: usize) -> Result<Body, Error<Infallible>> {
        let mut body = Body::default();
        let taken = self.head.streamed;
        let failure = loop {
            match poll_fn(|context| self.poll(context)).await {
                Ok(Some(chunk)) if chunk.len() > limit - body.as_bytes().len() => break BodyFailure::TooLarge(limit),
                Ok(Some(chunk)) => body.push(&chunk, limit),
                Ok(None) => return Ok(body),
                Err(cause) => break BodyFailure::Transport(cause),
            }
        };
        let response = RawResponse {
            body,
            streamed: taken,
            ..self.head
        };
        Err(failure.of(response).into())
    }
}

/// The pieces as [`ByteStream::chunk`] gives them. It ends after an error.
impl Stream for ByteStream {
    type Item = Result<Bytes, TransportError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        // Whoever skips errors would wait for ever otherwise.
        if self.failure.is_some() {
            return Poll::Ready(None);
        }
        let chunk = ready!(self.poll(context));
        Poll::Ready(chunk.map_err(|cause| self.error(cause)).transpose())
    }
}

impl fmt::Debug for ByteStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[a stream, {} bytes taken]", self.head.streamed)
    }
}

#[allow(dead_code, reason = "which of these are needed depends on the API's description")]
#[allow(clippy::unnecessary_wraps, reason = "generated code takes all of them alike")]
impl ResponseHead<'_> {
    pub(crate) fn status(&self) -> u16 {
        self.response.status().as_u16()
    }

    /// A documented success whose body is left to the caller.
    pub(crate) fn stream<E>(mut self) -> Result<Response<ByteStream>, Error<E>> {
        self.redact(true);
        let head = self.take();
        let (status, headers) = (head.status, head.headers.clone());
        let stream = ByteStream {
            head,
            silence: self.options.attempt_timeout,
            body: self.response.into(),
            timer: None,
            span: self.span,
            failure: None,
        };
        Ok(Response::new(stream, status, headers))
    }
}

#[cfg(test)]
mod tests {
    use std::{
        convert::Infallible,
        io::{BufRead, BufReader, Write},
        net::TcpListener,
        sync::mpsc::{Receiver, Sender, channel},
        thread,
        time::Duration,
    };

    use reqwest::{Method, header::HeaderValue};

    use super::*;
    use crate::{CallOptions, Client, Credentials, call::Operation, security::Scheme};

    static OPERATION: Operation = Operation {
        name: "download",
        method: Method::GET,
        path: "/file",
        accept: HeaderValue::from_static("application/octet-stream"),
        security: &[&[Scheme::Bearer("Bearer")]],
    };

    /// A server for one request: it writes what it is given, and closes when no more can come.
    fn server() -> (Client, Sender<&'static str>) {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("its address");
        let (sender, receiver): (_, Receiver<&str>) = channel();
        thread::spawn(move || {
            let (mut socket, _) = listener.accept().expect("a client");
            let mut request = BufReader::new(socket.try_clone().expect("a second handle"));
            let mut line = String::new();
            while line != "\r\n" {
                line.clear();
                request.read_line(&mut line).expect("a request");
            }
            for text in receiver {
                // A client that has gone is what some of the tests are about.
                let _ = socket.write_all(text.as_bytes());
            }
        });
        let client = Client::builder()
            .endpoint(format!("http://{address}"))
            .credentials(Credentials::bearer("the-token-itself"))
            .timeout(Duration::from_secs(20))
            .build()
            .expect("a client");
        (client, sender)
    }

    fn address(client: &Client) -> String {
        client.inner.endpoint.join("/file").into()
    }

    async fn open(client: &Client) -> Box<ResponseHead<'_>> {
        match client.call(&OPERATION, None).open().await {
            Ok(opened) => opened,
            Err(error) => panic!("{}", Error::<Infallible>::from(error)),
        }
    }

    async fn stream(client: &Client) -> Response<ByteStream> {
        open(client).await.stream::<Infallible>().expect("a stream")
    }

    #[tokio::test]
    async fn a_chunk_is_there_before_the_next_is_sent() {
        let (client, server) = server();
        server
            .send("HTTP/1.1 200 OK\r\nX-Request-Id: r1\r\nX-Echo: the-token-itself\r\n\r\n")
            .expect("it runs");
        let opened = open(&client).await;
        assert_eq!(opened.status(), 200);
        let mut response = opened.stream::<Infallible>().expect("a stream");
        assert_eq!(response.request_id(), Some("r1"));
        assert_eq!(response.headers()["x-echo"], "[redacted]");
        for text in ["one", "two and three"] {
            server.send(text).expect("it runs");
            let mut taken = Vec::new();
            while taken.len() < text.len() {
                taken.extend(response.chunk().await.expect("no fault").expect("no end"));
            }
            assert_eq!(taken, text.as_bytes());
        }
        assert_eq!(format!("{:?}", *response), "[a stream, 16 bytes taken]");
        drop(server);
        assert_eq!(response.chunk().await.expect("no fault"), None);
        assert_eq!(response.chunk().await.expect("no fault"), None);
    }

    #[tokio::test]
    async fn a_stream_that_breaks_off_keeps_status_and_headers() {
        let (client, server) = server();
        server
            .send("HTTP/1.1 206 Partial Content\r\nContent-Length: 10\r\nX-Echo: the-token-itself\r\n\r\nsecret")
            .expect("it runs");
        drop(server);
        let mut response = stream(&client).await;
        let mut taken = Vec::new();
        let error = loop {
            match response.chunk().await {
                Ok(chunk) => taken.extend(chunk.expect("four bytes are missing")),
                Err(error) => break error,
            }
        };
        assert_eq!(taken, b"secret");
        // Whoever asks again is not told that the body is complete.
        for _ in 0..2 {
            let again = response.chunk().await.expect_err("it is still incomplete");
            assert_eq!(again.to_string(), error.to_string());
        }
        assert_eq!(
            error.to_string(),
            format!(
                "download got 206 Partial Content, but the connection failed before its body was complete (6 bytes); the \
                 server processed the request (GET {})",
                address(&client)
            )
        );
        let error = Error::<Infallible>::from(error);
        assert_eq!(error.status().map(|status| status.as_u16()), Some(206));
        assert_eq!(
            error.headers().map(|headers| &headers["x-echo"]),
            Some(&"[redacted]".parse().expect("a header"))
        );
        assert_eq!(error.body().map(Body::as_bytes), Some(&b""[..]));
        assert!(!error.is_timeout());
        assert!(!format!("{error:?} {response:?}").contains("secret"));
    }

    #[tokio::test]
    async fn the_rest_of_a_body_is_collected_up_to_a_limit() {
        for (answer, limit, expected) in [
            ("Content-Length: 6\r\n\r\nabcdef", 6, Ok("abcdef")),
            ("\r\nabcdef", 6, Ok("abcdef")),
            ("\r\n", 0, Ok("")),
            (
                "Content-Length: 6\r\n\r\nabcdef",
                5,
                Err(" with a body of more than 5 bytes"),
            ),
            (
                "Content-Length: 9\r\n\r\nabcdef",
                5,
                Err(" with a body of more than 5 bytes"),
            ),
            (
                "Content-Length: 99999999999999\r\n\r\nabcdef",
                usize::MAX,
                Err(", but the connection failed before its body was complete (6 bytes)"),
            ),
        ] {
            let (client, server) = server();
            server.send("HTTP/1.1 200 OK\r\n").expect("it runs");
            server.send(answer).expect("it runs");
            drop(server);
            let address = address(&client);
            match (stream(&client).await.into_inner().collect(limit).await, expected) {
                (Ok(body), Ok(text)) => assert_eq!(body.text(), text),
                (Err(error), Err(reason)) => assert_eq!(
                    error.to_string(),
                    format!("download got 200 OK{reason}; the server processed the request (GET {address})")
                ),
                (result, expected) => panic!("{answer:?}: {result:?}, not {expected:?}"),
            }
        }
    }

    #[tokio::test]
    async fn a_stream_is_not_silent_for_longer_than_its_attempt_may_take() {
        let (client, server) = server();
        server.send("HTTP/1.1 200 OK\r\n\r\none").expect("it runs");
        let options = CallOptions::default().attempt_timeout(Duration::from_millis(100));
        let Ok(opened) = client.call(&OPERATION, Some(&options)).open().await else {
            panic!("the head has come");
        };
        let mut stream = opened.stream::<Infallible>().expect("a stream").into_inner();
        assert_eq!(stream.chunk().await.expect("it has come").as_deref(), Some(&b"one"[..]));
        let error = Error::<Infallible>::from(stream.chunk().await.expect_err("nothing more comes"));
        assert!(error.is_timeout(), "{error}");
    }

    #[tokio::test]
    async fn an_opened_answer_can_be_read_whole() {
        let (client, server) = server();
        server
            .send("HTTP/1.1 404 Not Found\r\n\r\nno such the-token-itself")
            .expect("it runs");
        drop(server);
        let Ok(received) = open(&client).await.read().await else {
            panic!("the answer is complete");
        };
        assert_eq!(received.status(), 404);
        assert_eq!(received.0.body().text(), "no such [redacted]");
    }

    #[tokio::test]
    async fn an_opened_answer_is_read_within_the_limits_of_its_call() {
        let options = CallOptions::default().max_response_size(3);
        for (body, is_stalled, reason) in [
            ("four", false, " with a body of more than 3 bytes"),
            (
                "",
                true,
                ", but reading its body timed out after 30s (`attempt_timeout`) (no body)",
            ),
        ] {
            let (client, server) = server();
            server.send("HTTP/1.1 200 OK\r\n\r\n").expect("it runs");
            let Ok(opened) = client.call(&OPERATION, Some(&options)).open().await else {
                panic!("the head has come");
            };
            server.send(body).expect("it runs");
            if is_stalled {
                // Time that stands still goes on to what is waited for when there is nothing else to do.
                tokio::time::pause();
            }
            let Err(error) = opened.read().await else {
                panic!("{body:?} is no complete answer");
            };
            let error = Error::<Infallible>::from(error);
            assert_eq!(
                error.to_string(),
                format!(
                    "download got 200 OK{reason}; the server processed the request (GET {})",
                    address(&client)
                )
            );
        }
    }

    #[tokio::test]
    async fn a_body_is_written_to_a_file_and_is_a_stream() {
        let folder = tempfile::tempdir().expect("a folder");
        for is_complete in [true, false] {
            let (client, server) = server();
            let length = if is_complete {
                "Content-Length: 6"
            } else {
                "Content-Length: 9"
            };
            server.send("HTTP/1.1 200 OK\r\n").expect("it runs");
            server.send(length).expect("it runs");
            server.send("\r\n\r\nabcdef").expect("it runs");
            drop(server);
            let path = folder.path().join("file");
            let saved = stream(&client).await.save(&path).await;
            match saved {
                Ok(written) => assert!(is_complete && written == 6),
                Err(error) => {
                    let cause = error.get_ref().and_then(|error| error.downcast_ref::<TransportError>());
                    assert!(!is_complete && cause.is_some_and(TransportError::is_within_response));
                }
            }
            assert_eq!(std::fs::read(&path).expect("the file"), b"abcdef");
        }
        let (client, server) = server();
        server
            .send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc")
            .expect("it runs");
        drop(server);
        let mut pieces = stream(&client).await.into_inner();
        let mut next = async || poll_fn(|context| Pin::new(&mut pieces).poll_next(context)).await;
        assert_eq!(next().await.and_then(Result::ok).as_deref(), Some(&b"abc"[..]));
        assert!(next().await.is_some_and(|piece| piece.is_err()));
        assert!(next().await.is_none());
    }

    #[test]
    fn a_stream_can_be_moved_and_shared_between_threads() {
        fn is_shared<T: Send + Sync>() {}
        is_shared::<ByteStream>();
    }
}
