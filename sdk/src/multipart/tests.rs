use std::{convert::Infallible, fs, future::poll_fn};

use http_body::Body as _;
use reqwest::Method;
use serde_json::json;
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

use super::*;
use crate::{Client, Error, call::Operation, send::Failure};

static OPERATION: Operation = Operation {
    name: "upload",
    method: Method::POST,
    path: "/files",
    accept: HeaderValue::from_static("application/json"),
    security: &[],
};

fn can_be_spawned<F: Future + Send>(future: F) -> F {
    future
}

/// The next frame, with the promise of the body's length checked.
async fn frame(body: &mut Multipart) -> Option<io::Result<Bytes>> {
    let before = body.size_hint().exact().expect("an exact length");
    assert_eq!(body.is_end_stream(), before == 0);
    let frame = poll_fn(|context| Pin::new(&mut *body).poll_frame(context)).await?;
    Some(frame.map(|frame| {
        let data = frame.into_data().expect("there are no trailers");
        assert!((1..=CHUNK).contains(&data.len()), "{}", data.len());
        assert_eq!(body.size_hint().exact(), Some(before - data.len() as u64));
        data
    }))
}

async fn all(mut body: Multipart) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    while let Some(data) = frame(&mut body).await {
        bytes.extend_from_slice(&data?);
    }
    Ok(bytes)
}

/// What goes out before the end, with `B` for a boundary.
async fn written(form: Form) -> String {
    let body = form.encode("B").await.expect("the files are there");
    let bytes = all(body).await.expect("the files stay as they are");
    let text = String::from_utf8_lossy(&bytes);
    text.strip_suffix("--B--\r\n").expect("an end").to_owned()
}

#[tokio::test]
async fn forms_are_written_byte_for_byte() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("d \"e\".bin");
    fs::write(&path, b"\x00\xff").expect("a file");
    let empty = folder.path().join("empty");
    fs::write(&empty, "").expect("a file");

    let text = Upload::from_bytes("a\r\nb");
    let octets = "Content-Type: application/octet-stream";
    let cases: [(Form, String); 11] = [
        (Form::new(&[]), String::new()),
        (
            Form::new(&[]).files("f", &text),
            format!(
                "--B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"file\"\r\n{octets}\r\n\r\na\r\nb\r\n"
            ),
        ),
        (
            Form::new(&[])
                .files("f", &None::<Upload>)
                .files("g", &Some(Vec::<Upload>::new())),
            String::new(),
        ),
        (
            Form::new(&[]).files(
                "f",
                &vec![
                    text.clone()
                        .file_name("é\"\r\n\\%.txt")
                        .media_type("text/plain; charset=utf-8"),
                    Upload::from_path(&*empty),
                ],
            ),
            format!(
                "--B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"é%22%0D%0A\\%.txt\"\r\n\
                 Content-Type: text/plain; charset=utf-8\r\n\r\na\r\nb\r\n\
                 --B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"empty\"\r\n{octets}\r\n\r\n\r\n"
            ),
        ),
        (
            Form::new(&[]).files("f", &Some(Upload::from(path))),
            format!(
                "--B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"d %22e%22.bin\"\r\n{octets}\r\n\r\n\
                 \u{0}\u{fffd}\r\n"
            ),
        ),
        (Form::new(&[]).field("n", &None::<u8>), String::new()),
        (
            Form::new(&[]).field("a\"\r\nb", &"c\nd"),
            "--B\r\nContent-Disposition: form-data; name=\"a%22%0D%0Ab\"\r\n\r\nc\nd\r\n".into(),
        ),
        (
            Form::new(&[]).field("n", &json!([1, true, "", [2]])),
            "--B\r\nContent-Disposition: form-data; name=\"n\"\r\n\r\n1\r\n\
             --B\r\nContent-Disposition: form-data; name=\"n\"\r\n\r\ntrue\r\n\
             --B\r\nContent-Disposition: form-data; name=\"n\"\r\n\r\n\r\n\
             --B\r\nContent-Disposition: form-data; name=\"n\"\r\nContent-Type: application/json\r\n\r\n[2]\r\n"
                .into(),
        ),
        (
            Form::new(&[]).field("o", &json!({"p": [1, null]})).files("f", &text),
            format!(
                "--B\r\nContent-Disposition: form-data; name=\"o\"\r\nContent-Type: application/json\r\n\r\n\
                 {{\"p\":[1,null]}}\r\n\
                 --B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"file\"\r\n{octets}\r\n\r\na\r\nb\r\n"
            ),
        ),
        (
            Form::new(&[]).fields(&json!({"a": [1, 2], "b": null, "c": "d"})),
            "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n\
             --B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n2\r\n\
             --B\r\nContent-Disposition: form-data; name=\"c\"\r\n\r\nd\r\n"
                .into(),
        ),
        (Form::new(&[]).fields(&None::<u8>), String::new()),
    ];
    for (form, expected) in cases {
        assert_eq!(written(form).await, expected);
    }
}

#[tokio::test]
async fn lists_and_maps_are_parts_for_each_file() {
    let file = |content: &str| Upload::from_bytes(content);
    let map = HashMap::from([
        ("z".to_owned(), vec![file("3")]),
        ("a".to_owned(), vec![file("1"), file("2")]),
    ]);
    let cases: [(Form, &[(&str, &str)]); 2] = [
        (
            Form::new(&[]).files(
                "f",
                &vec![
                    vec![Some(Box::new(file("1"))), None],
                    vec![],
                    vec![Some(Box::new(file("2")))],
                ],
            ),
            &[("f", "1"), ("f", "2")],
        ),
        (
            Form::new(&[]).parts(&Some(Box::new(map))),
            &[("a", "1"), ("a", "2"), ("z", "3")],
        ),
    ];
    for (form, parts) in cases {
        let parts = parts.iter().map(|(name, content)| {
            let rest = "filename=\"file\"\r\nContent-Type: application/octet-stream";
            format!("--B\r\nContent-Disposition: form-data; name=\"{name}\"; {rest}\r\n\r\n{content}\r\n")
        });
        assert_eq!(written(form).await, parts.collect::<String>());
    }
}

#[tokio::test]
async fn the_document_gives_parts_their_media_types() {
    const JSON: &str = "application/vnd.a+JSON; v=1";
    const TEXT: &str = "text/plain; charset=utf-8";
    let form = Form::new(&[("json", JSON), ("text", TEXT), ("png", "image/png")])
        // What is JSON is so whatever it holds, and an object is JSON whatever the description says.
        .field("json", &json!(["a", 1, {"b": null}, null]))
        .fields(&json!({"json": {}, "text": ["a", 1.5, {}]}))
        // What the caller says goes first.
        .files(
            "png",
            &vec![
                Upload::from_bytes("1"),
                Upload::from_bytes("2").media_type("image/webp"),
            ],
        )
        .files("other", &Upload::from_bytes("3"));
    let expected = [
        ("json\"", JSON, "\"a\""),
        ("json\"", JSON, "1"),
        ("json\"", JSON, "{\"b\":null}"),
        ("json\"", JSON, "null"),
        ("json\"", JSON, "{}"),
        ("text\"", TEXT, "a"),
        ("text\"", TEXT, "1.5"),
        ("text\"", "application/json", "{}"),
        ("png\"; filename=\"file\"", "image/png", "1"),
        ("png\"; filename=\"file\"", "image/webp", "2"),
        ("other\"; filename=\"file\"", "application/octet-stream", "3"),
    ];
    let expected = expected.iter().map(|(name, media_type, content)| {
        format!(
            "--B\r\nContent-Disposition: form-data; name=\"{name}\r\nContent-Type: {media_type}\r\n\r\n{content}\r\n"
        )
    });
    assert_eq!(written(form).await, expected.collect::<String>());
}

#[tokio::test]
async fn a_file_is_sent_at_the_length_it_had_when_it_was_opened() {
    // The file's old and new length, and how much of it is sent.
    for (before, after, sent) in [
        (0, 9, Ok(0)),
        (9, 9, Ok(9)),
        (9, 10, Ok(9)),
        (9, 8, Err(8)),
        (9, 0, Err(0)),
        (CHUNK, CHUNK, Ok(CHUNK)),
        (2 * CHUNK + 5, 3 * CHUNK, Ok(2 * CHUNK + 5)),
        (2 * CHUNK + 5, CHUNK, Err(CHUNK)),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("f");
        fs::write(&path, vec![b'x'; before]).expect("a file");
        let form = Form::new(&[]).files("f", &Upload::from_path(&path));
        let mut body = form.encode("B").await.expect("the file is there");
        let file = File::options().write(true).open(&path).await.expect("it is there");
        file.set_len(after as u64).await.expect("its length changes");

        let mut bytes = Vec::new();
        let result = loop {
            match frame(&mut body).await {
                Some(Ok(data)) => bytes.extend_from_slice(&data),
                Some(Err(error)) => break Err(error),
                None => break Ok(()),
            }
        };
        let count = bytes.split(|byte| *byte == b'x').count() - 1;
        match (result, sent) {
            (Ok(()), Ok(expected)) => {
                assert_eq!(count, expected);
                assert!(bytes.ends_with(b"\r\n--B--\r\n"));
            }
            (Err(error), Err(expected)) => {
                assert_eq!(count, expected);
                assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
                assert_eq!(
                    error.to_string(),
                    format!("the file {} became shorter while it was sent", path.display())
                );
                assert!(frame(&mut body).await.is_none());
            }
            (result, expected) => panic!("{before}, {after}: {result:?}, not {expected:?}"),
        }
    }
}

#[tokio::test]
async fn what_cannot_be_sent_is_said_before_anything_is() {
    let client = Client::builder()
        .endpoint("http://localhost")
        .build()
        .expect("a client");
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let missing = folder.join("missing");
    let file = |upload: Upload| Form::new(&[]).files("f", &upload);
    for (form, expected) in [
        (
            file(Upload::from_path(&missing)),
            format!("the file of the field `f`, {}: ", missing.display()),
        ),
        (
            file(Upload::from_path(folder)),
            format!(
                "the file of the field `f`, {}: it is not a regular file",
                folder.display()
            ),
        ),
        (
            file(Upload::from_bytes("secret").media_type("a/b\r\nX-Other: c")),
            r#"the file of the field `f` has no media type, but "a/b\r\nX-Other: c""#.into(),
        ),
        (
            file(Upload::from_bytes("secret").media_type("")),
            r#"the file of the field `f` has no media type, but """#.into(),
        ),
    ] {
        let call = client.call(&OPERATION, None).multipart(&[], |_| form);
        let Err(failure @ Failure::Transport(_)) = call.send().await else {
            panic!("it can be sent, not: {expected}");
        };
        let error = Error::<Infallible>::from(failure);
        let text = error.to_string();
        assert!(text.starts_with(&format!("upload was not sent: {expected}")), "{text}");
        assert_eq!(text.matches("not sent").count(), 1, "{text}");
        assert!(!error.may_have_been_processed() && !error.is_retryable(), "{text}");
    }

    let form = Form::new(&[])
        .field("f", &[Upload::from_bytes([0xff])])
        .fields(&"secret")
        .field("g", &[Some(1), None]);
    let call = client.call(&OPERATION, None).multipart(&[], |_| form);
    let Err(Failure::InvalidRequest(error)) = call.send().await else {
        panic!("it can be sent");
    };
    assert_eq!(
        error.to_string(),
        "upload was not sent: $.f cannot be written: a file that is not UTF-8 can be sent only as a part of a form by \
         itself; $.g has null in a list, which only JSON can express"
    );
}

#[tokio::test]
async fn a_form_has_a_length_on_the_wire() {
    let server = MockServer::start().await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(200))
        .mount(&server)
        .await;
    let client = Client::builder().endpoint(server.uri()).build().expect("a client");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("f");
    let content = "0123456789".repeat(30_000);
    fs::write(&path, &content).expect("a file");

    let form = Form::new(&[]).files("f", &Upload::from_path(path));
    let call = client.call(&OPERATION, None).multipart(&[], |_| form);
    let Ok(received) = can_be_spawned(call.send()).await else {
        panic!("the server answers");
    };
    assert_eq!(received.status(), 200);

    let requests = server.received_requests().await.expect("they are recorded");
    let [request] = &requests[..] else {
        panic!("one call, {} requests", requests.len());
    };
    let media_type = request.headers["content-type"].to_str().expect("text");
    let boundary = media_type
        .strip_prefix("multipart/form-data; boundary=")
        .expect("a form");
    assert_eq!(boundary.len(), 32);
    assert!(boundary.bytes().all(|byte| byte.is_ascii_hexdigit()), "{boundary}");
    let expected = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n{content}\r\n--{boundary}--\r\n"
    );
    assert!(request.body == expected.as_bytes());
    assert_eq!(request.headers["content-length"], expected.len().to_string());
    assert!(!request.headers.contains_key("transfer-encoding"));
}

#[tokio::test]
async fn a_file_that_shrinks_fails_the_call() {
    let server = MockServer::start().await;
    let client = Client::builder().endpoint(server.uri()).build().expect("a client");
    let file = tempfile::NamedTempFile::new().expect("a file");
    file.as_file().set_len(1_000_000).expect("it grows");
    let form = Form::new(&[]).files("f", &Upload::from_path(file.path()));
    let (_, body) = form.open().await.expect("it is there");
    let call = client.call(&OPERATION, None);
    let call = call.bytes("multipart/form-data", body);
    file.as_file().set_len(10).expect("it shrinks");
    let Err(error) = call.send().await else {
        panic!("the form is incomplete");
    };
    let error = Error::<Infallible>::from(error);
    let text = error.to_string();
    assert!(text.contains("became shorter while it was sent"), "{text}");
    assert!(error.may_have_been_processed() && !error.is_connect(), "{text}");
}

#[test]
fn boundaries_differ() {
    assert_ne!(boundary(), boundary());
}
