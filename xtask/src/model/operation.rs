//! The operations of an API.

use super::{
    json::Json,
    rules::Rules,
    security::Scheme,
    ty::{Ty, TypeId},
};
use crate::input::pointer::Pointer;

/// One operation.
#[derive(Debug)]
pub struct Operation {
    /// The name of its method, in snake case.
    pub name: String,
    /// The name of the enum of its failures.
    pub failures_name: String,
    /// The name of the enum of its successes, where there are several.
    pub successes_name: String,
    /// The HTTP method, in capitals.
    pub method: String,
    /// The path; it begins with a slash, and ends with the query that it always has.
    pub path: String,
    /// The description's summary and description, as documentation.
    pub doc: String,
    /// Whether its use is discouraged.
    pub deprecated: bool,
    /// Where it stands.
    pub pointer: Pointer,
    /// The alternatives that it asks for, each with security schemes that are all needed; none if it is open to all. An
    /// alternative without schemes says that it can be called without credentials all the same.
    pub security: Vec<Vec<Scheme>>,
    /// What it takes besides a body.
    pub parameters: Vec<Parameter>,
    /// Its body.
    pub body: Option<Body>,
    /// Every status that is a success.
    pub successes: Vec<Response>,
    /// Every other status.
    pub failures: Vec<Response>,
    /// How the mock server responds to a request without the right credentials.
    pub unauthorized: Rejection,
    /// How the mock server responds to a request that is not valid.
    pub invalid: Rejection,
}

impl Operation {
    /// Every documented response.
    pub fn responses(&self) -> impl Iterator<Item = &Response> {
        self.successes.iter().chain(&self.failures)
    }

    /// Whether there is a client that gives what it asks for.
    #[must_use]
    pub fn can_be_authenticated(&self) -> bool {
        let mut alternatives = self.security.iter();
        self.security.is_empty() || alternatives.any(|schemes| schemes.iter().all(Scheme::is_supported))
    }

    /// What its call returns for a success.
    #[must_use]
    pub fn success(&self) -> Success<'_> {
        match self.successes.as_slice() {
            [] => Success::Undocumented,
            [only] => Success::Single(only),
            _ => Success::Several,
        }
    }

    /// The media types that it asks for, in the order of its successes.
    #[must_use]
    pub fn accepted(&self) -> Vec<&str> {
        let mut accepted = Vec::new();
        let contents = self.successes.iter().filter_map(|success| success.content.as_ref());
        for media_type in contents.filter_map(Content::media_type) {
            if !accepted.contains(&media_type) {
                accepted.push(media_type);
            }
        }
        if accepted.is_empty() {
            accepted.push("application/json");
        }
        accepted
    }
}

/// What a call returns for a success.
#[derive(Clone, Copy, Debug)]
pub enum Success<'a> {
    /// The body as it came: no success is documented.
    Undocumented,
    /// The content of the only one.
    Single(&'a Response),
    /// An enum, with a variant for each.
    Several,
}

/// How the mock server responds to a request that it rejects.
#[derive(Debug, Default)]
pub struct Rejection {
    /// The status.
    pub status: u16,
    /// The media type of the body.
    pub media_type: String,
    /// The body, in which the violations are yet to be named, where that is JSON.
    pub body: Option<Json>,
    /// How it names them.
    pub message: RejectionMessage,
}

/// How a failure names what is wrong.
#[derive(Debug, Default)]
pub enum RejectionMessage {
    /// Not at all.
    #[default]
    None,
    /// By the text of that property, or by all of its body.
    Text(Option<String>),
    /// By a list of violations.
    List {
        /// The property that is the list.
        list: String,
        /// A violation without its text, place and rule.
        item: Json,
        /// The property for the text.
        text: String,
        /// The property for the place.
        place: Option<String>,
        /// The property for the rule that is broken.
        rule: Option<String>,
    },
}

/// A parameter of an operation.
#[derive(Debug)]
pub struct Parameter {
    /// Its name on the wire.
    pub name: String,
    /// The name of its setter.
    pub ident: String,
    /// Where it is sent, and how it is written there.
    pub style: ParameterStyle,
    /// Whether it has to be set.
    pub required: bool,
    /// Its documentation.
    pub doc: String,
    /// Its type.
    pub ty: Ty,
    /// What holds for it besides.
    pub rules: Rules,
}

impl Parameter {
    /// Whether it may be left out. One that may be null may, since null is written as nothing.
    #[must_use]
    pub fn is_optional(&self) -> bool {
        !self.required || self.ty.is_nullable()
    }
}

/// Where a parameter is sent, and how it is written there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterStyle {
    /// In the path, as one segment of it.
    Path,
    /// In the path, the properties of an object as `name=value` (`explode: true`).
    PathExploded,
    /// In the path, where slashes in it separate segments (`allowReserved`).
    PathTail,
    /// In the path, after a dot (`style: label`).
    PathLabel,
    /// In the path, each item and property after a dot (`style: label, explode: true`).
    PathLabelExploded,
    /// In the path, as `;name=value` (`style: matrix`).
    PathMatrix,
    /// In the path, each item as `;name=item`, each property as `;property=value` (`style: matrix, explode: true`).
    PathMatrixExploded,
    /// In the path, as JSON (`content: application/json`).
    PathJson,
    /// In the query; a list becomes several parameters.
    Query,
    /// In the query; a list is joined by commas (`explode: false`).
    QueryJoined,
    /// In the query; a list is joined by spaces (`style: spaceDelimited`).
    QuerySpaced,
    /// In the query; a list is joined by bars (`style: pipeDelimited`).
    QueryPiped,
    /// In the query, each property as `name[property]` (`style: deepObject`).
    QueryDeep,
    /// In the query, as JSON (`content: application/json`).
    QueryJson,
    /// In a header.
    Header,
    /// In a header, the properties of an object as `name=value` (`explode: true`).
    HeaderExploded,
    /// In a header, as JSON (`content: application/json`).
    HeaderJson,
    /// In the header `Cookie`.
    Cookie,
    /// In the header `Cookie`, as JSON (`content: application/json`).
    CookieJson,
}

impl ParameterStyle {
    /// Whether it is in the path.
    #[must_use]
    pub fn is_path(self) -> bool {
        self.location() == "path"
    }

    /// The description's word for the place (`in`).
    #[must_use]
    pub fn location(self) -> &'static str {
        let name = self.runtime_name();
        name.split_once('_').map_or(name, |(location, _)| location)
    }

    /// Whether it is written as JSON.
    #[must_use]
    pub fn is_json(self) -> bool {
        matches!(
            self,
            Self::PathJson | Self::QueryJson | Self::HeaderJson | Self::CookieJson
        )
    }

    /// The runtime's name for it: that of the method that writes it, and of the mock server's variant in upper camel case. It begins
    /// with the place.
    #[must_use]
    pub fn runtime_name(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::PathExploded => "path_exploded",
            Self::PathTail => "path_tail",
            Self::PathLabel => "path_label",
            Self::PathLabelExploded => "path_label_exploded",
            Self::PathMatrix => "path_matrix",
            Self::PathMatrixExploded => "path_matrix_exploded",
            Self::PathJson => "path_json",
            Self::Query => "query",
            Self::QueryJoined => "query_joined",
            Self::QuerySpaced => "query_spaced",
            Self::QueryPiped => "query_piped",
            Self::QueryDeep => "query_deep",
            Self::QueryJson => "query_json",
            Self::Header => "header",
            Self::HeaderExploded => "header_exploded",
            Self::HeaderJson => "header_json",
            Self::Cookie => "cookie",
            Self::CookieJson => "cookie_json",
        }
    }
}

/// The body of a request.
#[derive(Debug)]
pub struct Body {
    /// Whether it has to be sent.
    pub required: bool,
    /// What it holds.
    pub content: Content,
    /// What holds for it besides its type.
    pub rules: Rules,
}

/// What an operation responds with a status.
#[derive(Debug)]
pub struct Response {
    /// Its status, or several.
    pub status: Status,
    /// `404 Not Found`, as a person would write it.
    pub line: String,
    /// The name of its variant.
    pub variant: String,
    /// What the description says of it.
    pub description: String,
    /// What its body holds; `None` if it has none.
    pub content: Option<Content>,
}

impl Response {
    /// Whether it is a stream.
    #[must_use]
    pub fn is_stream(&self) -> bool {
        matches!(self.content, Some(Content::Stream(_)))
    }
}

/// The statuses that a response is documented for, those that say more before those that say less.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// One.
    Code(u16),
    /// A hundred: `4XX` is `Class(4)`.
    Class(u16),
    /// All that no other response is documented for.
    Default,
}

/// What a body holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// JSON.
    Json {
        /// The media type.
        media_type: String,
        /// Its type.
        ty: Ty,
    },
    /// A form (`application/x-www-form-urlencoded`).
    UrlEncoded {
        /// Its type.
        ty: Ty,
        /// How the properties are written of which the description says it: as parameters of a query.
        styles: Vec<(String, ParameterStyle)>,
    },
    /// A form in parts, which may be files (`multipart/form-data`).
    Multipart {
        /// Its type.
        ty: Ty,
        /// The media types that the description gives to parts, by their names.
        media_types: Vec<(String, String)>,
    },
    /// Anything else, of that media type: bytes.
    Bytes(String),
    /// Bytes of that media type that are not read into memory: a file, or events as they happen.
    Stream(String),
}

impl Content {
    /// The media type that it is sent or asked for as.
    #[must_use]
    pub fn media_type(&self) -> Option<&str> {
        match self {
            Self::Json { media_type, .. } | Self::Bytes(media_type) | Self::Stream(media_type) => Some(media_type),
            Self::UrlEncoded { .. } | Self::Multipart { .. } => None,
        }
    }

    /// Its type, where it is more than bytes.
    #[must_use]
    pub fn ty(&self) -> Option<&Ty> {
        match self {
            Self::Json { ty, .. } | Self::UrlEncoded { ty, .. } | Self::Multipart { ty, .. } => Some(ty),
            Self::Bytes(_) | Self::Stream(_) => None,
        }
    }

    /// The named type that it is.
    #[must_use]
    pub fn named(&self) -> Option<TypeId> {
        match self.ty()? {
            Ty::Named(id) => Some(*id),
            _ => None,
        }
    }
}
