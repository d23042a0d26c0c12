use std::{
    fmt,
    path::{Path, PathBuf},
};

use bytes::Bytes;
use serde::{Deserialize, Deserializer, Serialize, Serializer, ser};

/// A file for an upload: what it holds, and the name and media type that the server is told.
///
/// A file given by its path is opened when the call is sent and read piece by piece, so it may be larger than memory. Its
/// length is that at the moment of opening: if it shrinks while it is sent, the call fails; if it grows, the rest is left
/// out. The call's time limit ([`ClientBuilder::timeout`](crate::ClientBuilder::timeout)) covers the sending.
///
/// It is cheap to clone: clones share the bytes. `Debug` prints the length or the path, never what the file holds.
///
/// # Examples
///
/// ```
/// use askui_workspaces::Upload;
///
/// let in_memory = Upload::from_bytes("a,b\n1,2\n").file_name("table.csv").media_type("text/csv");
/// let on_disk = Upload::from_path("pictures/login.png").media_type("image/png");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Upload {
    pub(crate) content: Content,
    pub(crate) file_name: String,
    pub(crate) media_type: Option<String>,
}

#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Content {
    Bytes(Bytes),
    Path(PathBuf),
}

impl Upload {
    /// A file in memory, called `file` unless [`file_name`](Self::file_name) says otherwise.
    #[must_use]
    pub fn from_bytes(bytes: impl Into<Vec<u8>>) -> Self {
        Self::new(Content::Bytes(bytes.into().into()), None)
    }

    /// A file on disk, by the last part of its path as its name, or `file` if there is none. Nothing is read yet.
    ///
    /// A call fails before anything is sent if there is no regular file at `path` by then, or it cannot be opened.
    #[must_use]
    pub fn from_path(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        Self::new(Content::Path(path), name)
    }

    fn new(content: Content, file_name: Option<String>) -> Self {
        Self {
            content,
            file_name: file_name.unwrap_or_else(|| "file".into()),
            media_type: None,
        }
    }

    /// The name that the server is told.
    #[must_use]
    pub fn file_name(mut self, name: impl Into<String>) -> Self {
        self.file_name = name.into();
        self
    }

    /// The media type that the server is told; without it, the one that the API's description gives the part, or else
    /// `application/octet-stream`.
    ///
    /// A call fails before anything is sent if the text is no media type.
    #[must_use]
    pub fn media_type(mut self, media_type: impl Into<String>) -> Self {
        self.media_type = Some(media_type.into());
        self
    }
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Upload");
        match &self.content {
            Content::Bytes(bytes) => shown.field("bytes", &bytes.len()),
            Content::Path(path) => shown.field("path", path),
        };
        shown
            .field("file_name", &self.file_name)
            .field("media_type", &self.media_type)
            .finish()
    }
}

impl From<Vec<u8>> for Upload {
    fn from(bytes: Vec<u8>) -> Self {
        Self::from_bytes(bytes)
    }
}

impl From<&Path> for Upload {
    fn from(path: &Path) -> Self {
        Self::from_path(path)
    }
}

impl From<PathBuf> for Upload {
    fn from(path: PathBuf) -> Self {
        Self::from_path(path)
    }
}

/// Writes the text of a file in memory, for a call whose body is not a form. Fails for a file that is not UTF-8, and for
/// one on disk.
impl Serialize for Upload {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.content {
            Content::Bytes(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) => serializer.serialize_str(text),
                Err(_) => Err(ser::Error::custom(
                    "a file that is not UTF-8 can be sent only as a part of a form by itself",
                )),
            },
            Content::Path(_) => Err(ser::Error::custom(
                "a file on disk can be sent only as a part of a form by itself: read it, and use `Upload::from_bytes`",
            )),
        }
    }
}

/// Reads a string as a file in memory.
impl<'de> Deserialize<'de> for Upload {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        #[cfg(feature = "mock")]
        if let Some(received) = received::read(&text) {
            return Ok(received);
        }
        Ok(Self::from_bytes(text))
    }
}

/// Files that the mock server received, on their way through JSON into the type that holds them.
#[cfg(feature = "mock")]
mod received {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    use serde_json::json;

    use super::Upload;

    /// No text begins so.
    const MARK: &str = "\0askui_workspaces::Upload";

    impl Upload {
        /// The text that is read as this file.
        pub(crate) fn received(bytes: &[u8], file_name: &str, media_type: &str) -> String {
            // What a call sends where nothing is said of it.
            let media_type = Some(media_type).filter(|media_type| *media_type != "application/octet-stream");
            format!("{MARK}{}", json!([STANDARD.encode(bytes), file_name, media_type]))
        }
    }

    pub(super) fn read(text: &str) -> Option<Upload> {
        let (bytes, file_name, media_type) =
            serde_json::from_str::<(String, String, Option<String>)>(text.strip_prefix(MARK)?).ok()?;
        Some(Upload {
            media_type,
            ..Upload::from_bytes(STANDARD.decode(bytes).ok()?).file_name(file_name)
        })
    }
}
