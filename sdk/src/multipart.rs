//! Bodies as `multipart/form-data`: what the parts of a form are, how they are written, and how files among them are read
//! while they are sent.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    hash::{BuildHasher, Hasher, RandomState},
    io,
    path::{Path, PathBuf},
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use reqwest::header::HeaderValue;
use serde::Serialize;
use serde_json::Value;
use tokio::{
    fs::File,
    io::{AsyncRead, ReadBuf},
};

use crate::{Upload, response::Quoted, upload::Content};

/// How much of a body is handed to the connection at once, in bytes.
const CHUNK: usize = 64 * 1024;

/// A body whose properties are the parts of a form: an object, or one of several.
pub(crate) trait Parts {
    fn add_to(&self, form: Form) -> Form;
}

/// A value that is sent as a file, or as several: a list of them, or one of several types.
pub(crate) trait Files {
    fn add_to(&self, name: &str, form: Form) -> Form;
}

/// A body as `multipart/form-data`, in the making.
#[derive(Default)]
pub(crate) struct Form {
    /// The media types that the document gives to parts, by their names.
    media_types: &'static [(&'static str, &'static str)],
    parts: Vec<Part>,
    /// Why it cannot be sent, kept until the call says so: generated code builds a form in one expression.
    fault: Option<String>,
}

struct Part {
    name: String,
    media_type: Option<&'static str>,
    value: PartValue,
}

enum PartValue {
    Text(String),
    File(Upload),
}

impl<T: Parts> Parts for Option<T> {
    fn add_to(&self, form: Form) -> Form {
        self.iter().fold(form, |form, parts| parts.add_to(form))
    }
}

impl<T: Parts> Parts for Box<T> {
    fn add_to(&self, form: Form) -> Form {
        (**self).add_to(form)
    }
}

/// Each file by its key, in the order of these.
impl<T: Files> Parts for HashMap<String, T> {
    fn add_to(&self, form: Form) -> Form {
        let by_name = self.iter().collect::<BTreeMap<_, _>>();
        by_name
            .into_iter()
            .fold(form, |form, (name, files)| files.add_to(name, form))
    }
}

impl Files for Upload {
    fn add_to(&self, name: &str, mut form: Form) -> Form {
        form.add(name, form.media_type(name), PartValue::File(self.clone()));
        form
    }
}

impl<T: Files> Files for Option<T> {
    fn add_to(&self, name: &str, form: Form) -> Form {
        self.iter().fold(form, |form, files| files.add_to(name, form))
    }
}

impl<T: Files> Files for Vec<T> {
    fn add_to(&self, name: &str, form: Form) -> Form {
        self.iter().fold(form, |form, files| files.add_to(name, form))
    }
}

impl<T: Files> Files for Box<T> {
    fn add_to(&self, name: &str, form: Form) -> Form {
        (**self).add_to(name, form)
    }
}

#[allow(dead_code, reason = "which of these are needed depends on the API's document")]
impl Form {
    /// A form without parts, and the media types that the document gives to parts, by their names.
    pub(crate) fn new(media_types: &'static [(&'static str, &'static str)]) -> Self {
        Self {
            media_types,
            ..Self::default()
        }
    }

    /// Adds the parts that a body consists of.
    pub(crate) fn parts(self, body: &impl Parts) -> Self {
        body.add_to(self)
    }

    /// Adds one part for each file: none for `None`, several of one name for a list, however deep.
    pub(crate) fn files(self, name: &str, files: &impl Files) -> Self {
        files.add_to(name, self)
    }

    /// Adds a value: nothing for null, one part for each item of a list, an object as JSON, all else as text, unless the
    /// document says that it is JSON.
    pub(crate) fn field(mut self, name: &str, value: &impl Serialize) -> Self {
        match serde_json::to_value(value) {
            Ok(value) => self.push(name, value),
            Err(error) => self.fail(format!("the field `{name}` cannot be written: {error}")),
        }
        self
    }

    /// Adds every property of an object, each as a [`field`](Self::field).
    pub(crate) fn fields(mut self, object: &impl Serialize) -> Self {
        match serde_json::to_value(object) {
            Ok(Value::Object(properties)) => {
                for (name, value) in properties {
                    self.push(&name, value);
                }
            }
            Ok(Value::Null) => {}
            Ok(_) => self.fail("its body is no object, which a form asks for".into()),
            Err(error) => self.fail(format!("its body cannot be written: {error}")),
        }
        self
    }

    fn fail(&mut self, reason: String) {
        self.fault.get_or_insert(reason);
    }

    fn push(&mut self, name: &str, value: Value) {
        let media_type = self.media_type(name);
        let json = media_type.filter(|media_type| is_json(media_type));
        let items = match value {
            Value::Array(items) => items,
            value => vec![value],
        };
        for item in items {
            let (media_type, text) = match item {
                Value::Null => continue,
                item if json.is_some() => (json, item.to_string()),
                Value::String(text) => (media_type, text),
                Value::Bool(_) | Value::Number(_) => (media_type, item.to_string()),
                Value::Array(_) | Value::Object(_) => (Some("application/json"), item.to_string()),
            };
            self.add(name, media_type, PartValue::Text(text));
        }
    }

    fn add(&mut self, name: &str, media_type: Option<&'static str>, value: PartValue) {
        self.parts.push(Part {
            name: name.to_owned(),
            media_type,
            value,
        });
    }

    /// The media type that the document gives to the parts of that name.
    fn media_type(&self, name: &str) -> Option<&'static str> {
        let found = self.media_types.iter().find(|(part, _)| *part == name);
        found.map(|(_, media_type)| *media_type)
    }

    /// The value of `Content-Type` and the bytes that go out. Opens every file, or says which one cannot be sent and why.
    pub(crate) async fn open(&self) -> Result<(HeaderValue, reqwest::Body), String> {
        let boundary = boundary();
        let media_type = HeaderValue::try_from(format!("multipart/form-data; boundary={boundary}"))
            .map_err(|error| error.to_string())?;
        let body = self.encode(&boundary).await?;
        Ok((media_type, reqwest::Body::wrap(body)))
    }

    async fn encode(&self, boundary: &str) -> Result<Multipart, String> {
        if let Some(fault) = &self.fault {
            return Err(fault.clone());
        }
        let mut body = Multipart::default();
        let mut text = String::new();
        for Part {
            name,
            media_type,
            value,
        } in &self.parts
        {
            text.extend([
                "--",
                boundary,
                "\r\nContent-Disposition: form-data; name=\"",
                &escape(name),
                "\"",
            ]);
            match value {
                PartValue::Text(value) => {
                    if let Some(media_type) = media_type {
                        text.extend(["\r\nContent-Type: ", media_type]);
                    }
                    text.extend(["\r\n\r\n", value]);
                }
                PartValue::File(upload) => {
                    let media_type = upload.media_type.as_deref().or(*media_type);
                    let media_type = media_type.unwrap_or("application/octet-stream");
                    if !media_type.contains('/') || HeaderValue::from_str(media_type).is_err() {
                        return Err(format!(
                            "the file of the field `{name}` has no media type, but {media_type:?}"
                        ));
                    }
                    text.extend([
                        "; filename=\"",
                        &escape(&upload.file_name),
                        "\"\r\nContent-Type: ",
                        media_type,
                        "\r\n\r\n",
                    ]);
                    body.push(Segment::Memory(std::mem::take(&mut text).into()));
                    let segment = match &upload.content {
                        Content::Bytes(bytes) => Segment::Memory(bytes.clone()),
                        Content::Path(path) => OpenFile::open(path)
                            .await
                            .map(Segment::File)
                            .map_err(|error| format!("the file of the field `{name}`, {}: {error}", shown(path)))?,
                    };
                    body.push(segment);
                }
            }
            text += "\r\n";
        }
        text.extend(["--", boundary, "--\r\n"]);
        body.push(Segment::Memory(text.into()));
        Ok(body)
    }
}

/// 32 random hexadecimal digits, which no file contains.
fn boundary() -> String {
    // The keys of the standard library's hashers are random.
    let random = || RandomState::new().build_hasher().finish();
    format!("{:016x}{:016x}", random(), random())
}

/// Whether values of a media type are written as JSON.
fn is_json(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default();
    let essence = essence.trim().to_ascii_lowercase();
    essence.ends_with("/json") || essence.ends_with("+json")
}

/// A name between double quotes, as the HTML standard writes it.
fn escape(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

/// A path in a message of ours.
fn shown(path: &Path) -> String {
    Quoted(&path.to_string_lossy()).to_string()
}

/// A body whose length is known, of which no more than one chunk of a file is in memory.
#[derive(Default)]
struct Multipart {
    /// What is still to be sent; none of it is empty.
    segments: VecDeque<Segment>,
    /// What a file is read into.
    buffer: Vec<u8>,
}

enum Segment {
    Memory(Bytes),
    File(OpenFile),
}

struct OpenFile {
    file: File,
    path: PathBuf,
    /// How many bytes are still to be read.
    left: u64,
}

impl Multipart {
    fn push(&mut self, segment: Segment) {
        if segment.left() > 0 {
            self.segments.push_back(segment);
        }
    }
}

impl Segment {
    fn left(&self) -> u64 {
        match self {
            Self::Memory(bytes) => bytes.len() as u64,
            Self::File(file) => file.left,
        }
    }

    /// The next bytes, which are never none.
    fn poll_chunk(&mut self, context: &mut Context<'_>, buffer: &mut Vec<u8>) -> Poll<io::Result<Bytes>> {
        match self {
            Self::Memory(bytes) => Poll::Ready(Ok(bytes.split_to(bytes.len().min(CHUNK)))),
            Self::File(file) => file.poll_chunk(context, buffer),
        }
    }
}

impl OpenFile {
    async fn open(path: &Path) -> io::Result<Self> {
        // Before opening, which would wait for a writer if it is a pipe.
        if !tokio::fs::metadata(path).await?.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file"));
        }
        let file = File::open(path).await?;
        let left = file.metadata().await?.len();
        let path = path.to_owned();
        Ok(Self { file, path, left })
    }

    fn poll_chunk(&mut self, context: &mut Context<'_>, buffer: &mut Vec<u8>) -> Poll<io::Result<Bytes>> {
        buffer.resize(CHUNK, 0);
        let wanted = usize::try_from(self.left).map_or(CHUNK, |left| left.min(CHUNK));
        let mut read = ReadBuf::new(&mut buffer[..wanted]);
        if let Err(error) = ready!(Pin::new(&mut self.file).poll_read(context, &mut read)) {
            let message = format!("the file {} cannot be read: {error}", shown(&self.path));
            return Poll::Ready(Err(io::Error::new(error.kind(), message)));
        }
        let bytes = read.filled();
        if bytes.is_empty() {
            let message = format!("the file {} became shorter while it was sent", shown(&self.path));
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::UnexpectedEof, message)));
        }
        self.left -= bytes.len() as u64;
        Poll::Ready(Ok(Bytes::copy_from_slice(bytes)))
    }
}

impl http_body::Body for Multipart {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let Self { segments, buffer } = self.get_mut();
        let Some(segment) = segments.front_mut() else {
            return Poll::Ready(None);
        };
        let chunk = ready!(segment.poll_chunk(context, buffer));
        match &chunk {
            Ok(_) if segment.left() > 0 => {}
            Ok(_) => drop(segments.pop_front()),
            Err(_) => segments.clear(),
        }
        Poll::Ready(Some(chunk.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        self.segments.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.segments.iter().map(Segment::left).fold(0, u64::saturating_add))
    }
}

#[cfg(test)]
mod tests {
    use std::{convert::Infallible, fs, future::poll_fn};

    use http_body::Body as _;
    use reqwest::Method;
    use serde_json::json;
    use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

    use super::*;
    use crate::{CallOptions, Client, Error, call::Operation, send::Unanswered};

    static OPERATION: Operation = Operation {
        name: "upload",
        method: Method::POST,
        path: "/files",
        accept: "application/json",
        is_open: true,
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

    #[tokio::test]
    async fn forms_are_written_byte_for_byte() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("d \"e\".bin");
        fs::write(&path, b"\x00\xff").expect("a file");
        let empty = folder.path().join("empty");
        fs::write(&empty, "").expect("a file");

        let text = Upload::from_bytes("a\r\nb");
        let octets = "Content-Type: application/octet-stream";
        const TYPES: &[(&str, &str)] = &[
            ("json", "application/vnd.a+json; v=1"),
            ("text", "text/plain; charset=utf-8"),
            ("png", "image/png"),
        ];
        let part = |name: &str, rest: &str| format!("--B\r\nContent-Disposition: form-data; name=\"{name}\"{rest}\r\n");
        let file = |name: &str, content: &str| part(name, &format!("; filename=\"file\"\r\n{octets}\r\n\r\n{content}"));
        let cases: [(Form, String); 16] = [
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
                Form::new(&[]).field("n", &json!([1, null, true, "", [2]])),
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
            (
                // Lists in lists are one list, of files as of what else their union holds.
                Form::new(&[]).files("f", &vec![vec![Some(Box::new(text.clone()))], vec![], vec![None]]),
                file("f", "a\r\nb"),
            ),
            (
                Form::new(&[]).parts(&Some(Box::new(HashMap::from([
                    ("z".to_owned(), vec![Upload::from_bytes("3")]),
                    ("a".to_owned(), vec![Upload::from_bytes("1"), Upload::from_bytes("2")]),
                ])))),
                file("a", "1") + &file("a", "2") + &file("z", "3"),
            ),
            (
                Form::new(TYPES)
                    .field("json", &json!(["a", 1, {"b": null}, null]))
                    .fields(&json!({"json": {}})),
                ["\"a\"", "1", "{\"b\":null}", "{}"]
                    .iter()
                    .map(|json| {
                        part(
                            "json",
                            &format!("\r\nContent-Type: application/vnd.a+json; v=1\r\n\r\n{json}"),
                        )
                    })
                    .collect(),
            ),
            (
                // An object is JSON, whatever the document says.
                Form::new(TYPES).field("text", &json!(["a", 1.5, {}])),
                part("text", "\r\nContent-Type: text/plain; charset=utf-8\r\n\r\na")
                    + &part("text", "\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n1.5")
                    + &part("text", "\r\nContent-Type: application/json\r\n\r\n{}"),
            ),
            (
                // The media type is the caller's, else the document's, else any.
                Form::new(TYPES)
                    .files(
                        "png",
                        &vec![
                            Upload::from_bytes("1"),
                            Upload::from_bytes("2").media_type("image/webp"),
                        ],
                    )
                    .files("other", &Upload::from_bytes("3")),
                part("png", "; filename=\"file\"\r\nContent-Type: image/png\r\n\r\n1")
                    + &part("png", "; filename=\"file\"\r\nContent-Type: image/webp\r\n\r\n2")
                    + &file("other", "3"),
            ),
        ];
        for (form, expected) in cases {
            let body = form.encode("B").await.expect("the files are there");
            let bytes = all(body).await.expect("the files stay as they are");
            assert_eq!(String::from_utf8_lossy(&bytes), expected + "--B--\r\n");
        }
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
                format!("the file of the field `f`, {}: it is not a regular file", folder.display()),
            ),
            (
                file(Upload::from_bytes("secret").media_type("a/b\r\nX-Other: c")),
                r#"the file of the field `f` has no media type, but "a/b\r\nX-Other: c""#.into(),
            ),
            (
                file(Upload::from_bytes("secret").media_type("")),
                r#"the file of the field `f` has no media type, but """#.into(),
            ),
            (
                // The first fault is the one that is told.
                Form::new(&[])
                    .field("f", &[Upload::from_bytes([0xff])])
                    .fields(&"secret")
                    .field("g", &1),
                "the field `f` cannot be written: a file that is not UTF-8 can be sent only as a part of a form by itself"
                    .into(),
            ),
            (
                Form::new(&[]).fields(&"secret"),
                "its body is no object, which a form asks for".into(),
            ),
        ] {
            let call = client.call(&OPERATION, CallOptions::default()).multipart(form);
            let Err(Unanswered::NotSent(error)) = call.send().await else {
                panic!("it can be sent, not: {expected}");
            };
            assert_eq!(error.operation(), "upload");
            assert!(error.reason().starts_with(&expected), "{error}");
        }
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
        let call = client.call(&OPERATION, CallOptions::default()).multipart(form);
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
        let call = client.call(&OPERATION, CallOptions::default());
        let call = call.bytes("multipart/form-data", body);
        file.as_file().set_len(10).expect("it shrinks");
        let Err(error) = call.send().await else {
            panic!("the form is incomplete");
        };
        let error = Error::<Infallible>::from(error);
        let text = error.to_string();
        assert!(text.contains("became shorter while it was sent"), "{text}");
        assert!(error.may_have_been_sent() && !error.is_connect(), "{text}");
    }

    #[test]
    fn boundaries_differ() {
        assert_ne!(boundary(), boundary());
    }
}
