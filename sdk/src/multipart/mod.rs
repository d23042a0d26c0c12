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

use crate::{
    Upload,
    response::SingleLine,
    send::{Anew, Opening},
    upload::Content,
    validate::{Violations, path_of},
};

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
    /// The media types that the description gives to parts, by their names.
    media_types: &'static [(&'static str, &'static str)],
    parts: Vec<Part>,
    /// What cannot be written, of which the call says.
    pub(crate) violations: Violations,
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

#[allow(dead_code, reason = "which of these are needed depends on the API's description")]
impl Form {
    /// A form without parts, and the media types that the description gives to parts, by their names.
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
    /// description says that it is JSON. Null within a list is an error, unless it is JSON.
    pub(crate) fn field(mut self, name: &str, value: &impl Serialize) -> Self {
        let at = path_of("$", name);
        match serde_json::to_value(value) {
            Ok(value) => self.push(name, value),
            Err(error) => self.violations.encoding(&at, format!("cannot be written: {error}")),
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
            Ok(_) => self.violations.encoding("$", "is no object, which a form asks for"),
            Err(error) => self.violations.encoding("$", format!("cannot be written: {error}")),
        }
        self
    }

    fn push(&mut self, name: &str, value: Value) {
        let media_type = self.media_type(name);
        let json = media_type.filter(|media_type| is_json(media_type));
        let items = match value {
            Value::Null => return,
            Value::Array(items) => items,
            value => vec![value],
        };
        for item in items {
            let (media_type, text) = match item {
                item if json.is_some() => (json, item.to_string()),
                // The list would come out shorter.
                Value::Null => {
                    return self
                        .violations
                        .encoding(&path_of("$", name), "has null in a list, which only JSON can express");
                }
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

    /// The media type that the description gives to the parts of that name.
    fn media_type(&self, name: &str) -> Option<&'static str> {
        let found = self.media_types.iter().find(|(part, _)| *part == name);
        found.map(|(_, media_type)| *media_type)
    }

    async fn encode(&self, boundary: &str) -> Result<Multipart, String> {
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

impl Anew for Form {
    /// Opens every file, or says which one cannot be sent and why.
    fn open(&self) -> Opening<'_> {
        Box::pin(async {
            let boundary = boundary();
            let media_type = HeaderValue::try_from(format!("multipart/form-data; boundary={boundary}"))
                .map_err(|error| error.to_string())?;
            let body = self.encode(&boundary).await?;
            Ok((media_type, reqwest::Body::wrap(body)))
        })
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
    SingleLine(&path.to_string_lossy()).to_string()
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
mod tests;
