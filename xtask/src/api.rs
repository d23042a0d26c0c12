//! What the generator knows of an API besides the document that progenitor is given: what progenitor would lose.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::pointer::Pointer;

/// An API, as the client needs it.
#[derive(Debug, Default)]
pub struct Api {
    /// `info.title`.
    pub title: String,
    /// `info.version`.
    pub version: String,
    /// The address of the first server.
    pub server: String,
    /// Every operation, in the document's order.
    pub operations: Vec<Operation>,
    /// Every schema that becomes a type, by the name that typify gives it.
    pub schemas: BTreeMap<String, Schema>,
    /// What [`Checks`] refer to, by the name that they have for it.
    pub definitions: BTreeMap<String, Value>,
}

impl Api {
    /// The property of a failure that tells a person what went wrong, by the names that APIs give it.
    #[must_use]
    pub fn words(&self, key: &str) -> Option<&Property> {
        self.words_within(key, &mut Vec::new())
    }

    /// As [`words`](Self::words); `outer` holds what the failure is an item of, lest one that holds itself is followed for
    /// ever.
    fn words_within(&self, key: &str, outer: &mut Vec<String>) -> Option<&Property> {
        if outer.iter().any(|outer| outer == key) {
            return None;
        }
        let properties = self.object(key)?;
        outer.push(key.to_owned());
        let found = ["detail", "message", "msg", "error_description", "error", "title"]
            .iter()
            .filter_map(|name| properties.iter().find(|property| property.name == *name))
            .find(|property| match &property.words {
                Words::Text => property.required && !property.nullable,
                Words::Each(items) => !property.nullable && self.words_within(items, outer).is_some(),
                Words::None | Words::Place => false,
            });
        outer.pop();
        found
    }

    /// The properties of a type that is an object.
    #[must_use]
    pub fn object(&self, key: &str) -> Option<&[Property]> {
        match &self.schemas.get(key)?.shape {
            Shape::Object(properties) => Some(properties),
            _ => None,
        }
    }
}

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
    /// The path; it begins with a slash.
    pub path: String,
    /// The document's summary and description, as documentation.
    pub doc: String,
    /// Whether the document discourages its use.
    pub deprecated: bool,
    /// Where it stands.
    pub pointer: Pointer,
    /// The security schemes of which one is used; none if it is open to all.
    pub security: Vec<Scheme>,
    /// Whether it can be called without credentials all the same.
    pub is_open: bool,
    /// What it takes besides a body.
    pub parameters: Vec<Parameter>,
    /// Its body.
    pub body: Option<Body>,
    /// Every status that is a success.
    pub successes: Vec<Answer>,
    /// Every other status.
    pub failures: Vec<Answer>,
    /// What the mock server makes of requests.
    pub checks: Checks,
}

/// What the mock server holds the requests of an operation against, and how it refuses those that do not stand it.
#[derive(Debug, Default)]
pub struct Checks {
    /// The schemas of the parameters, in their order.
    pub parameters: Vec<Value>,
    /// The schema of the body, where it is not just bytes.
    pub body: Option<Value>,
    /// The answer to a request without the right credentials.
    pub unauthorized: Refusal,
    /// The answer to a request that is not valid.
    pub invalid: Refusal,
}

/// An answer to a request that is refused.
#[derive(Debug, Default)]
pub struct Refusal {
    /// Its status.
    pub status: u16,
    /// The media type of its body.
    pub media_type: String,
    /// Its body, in which what is wrong is yet to be said, where that is JSON.
    pub body: Option<Value>,
    /// How it says what is wrong.
    pub says: Says,
}

/// How a failure says what is wrong.
#[derive(Debug, Default)]
pub enum Says {
    /// Not at all.
    #[default]
    Nothing,
    /// By the text of that property, or by all of its body.
    Text(Option<String>),
    /// By a list of faults.
    Faults {
        /// The property that is the list.
        list: String,
        /// A fault of which nothing is said yet.
        item: Value,
        /// The property for the text.
        text: String,
        /// The property for the place.
        place: Option<String>,
        /// The property for the rule that is broken.
        kind: Option<String>,
    },
}

/// The body of a request.
#[derive(Debug)]
pub struct Body {
    /// Whether it has to be sent.
    pub required: bool,
    /// What it holds.
    pub content: Content,
}

/// A parameter of an operation.
#[derive(Debug)]
pub struct Parameter {
    /// Its name on the wire.
    pub name: String,
    /// The name of its setter.
    pub field: String,
    /// Where it is sent.
    pub place: Place,
    /// Whether it has to be set.
    pub required: bool,
    /// The document's description, as documentation.
    pub doc: String,
    /// The operation in the lowered document that answers with it, from which its type is read.
    pub probe: String,
}

/// Where a parameter is sent, and how it is written there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the path, as one segment of it.
    Path,
    /// In the path, where slashes in it separate segments (`allowReserved`).
    PathTail,
    /// In the path, after a dot (`style: label`).
    PathLabel,
    /// In the path, as `;name=value` (`style: matrix`).
    PathMatrix,
    /// In the query; a list is repeated.
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
    /// In the header `Cookie`.
    Cookie,
}

impl Place {
    /// Whether it is in the path.
    #[must_use]
    pub fn is_path(self) -> bool {
        matches!(self, Self::Path | Self::PathTail | Self::PathLabel | Self::PathMatrix)
    }

    /// The document's word for it (`in`).
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Path | Self::PathTail | Self::PathLabel | Self::PathMatrix => "path",
            Self::Query
            | Self::QueryJoined
            | Self::QuerySpaced
            | Self::QueryPiped
            | Self::QueryDeep
            | Self::QueryJson => "query",
            Self::Header => "header",
            Self::Cookie => "cookie",
        }
    }
}

/// What an operation answers with a status.
#[derive(Debug)]
pub struct Answer {
    /// Its status, or several.
    pub status: Status,
    /// `404 Not Found`, as a person would write it.
    pub line: String,
    /// The name of its variant.
    pub variant: String,
    /// What the document says of it.
    pub description: String,
    /// What its body holds; `None` if it has none.
    pub content: Option<Content>,
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
        /// Its schema.
        schema: Typed,
    },
    /// A form without files (`application/x-www-form-urlencoded`).
    Form {
        /// Its schema.
        schema: Typed,
        /// Whether the properties of an object in it are written as `name[property]` (`style: deepObject`).
        is_deep: bool,
    },
    /// A form with files (`multipart/form-data`).
    Multipart {
        /// Its schema.
        schema: Typed,
        /// The media types that the document gives to parts, by their names.
        media_types: Vec<(String, String)>,
    },
    /// Anything else, of that media type: bytes.
    Bytes(String),
    /// Bytes of that media type that are not read into memory: a file, or events as they happen.
    Stream(String),
}

/// A schema that a body consists of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Typed {
    /// Its component, by the name that typify gives it, where the schema is one.
    pub component: Option<String>,
    /// The operation in the lowered document that answers with it, from which its type is read.
    pub probe: String,
}

impl Content {
    /// The media type that it is sent or asked for as.
    #[must_use]
    pub fn media_type(&self) -> Option<&str> {
        match self {
            Self::Json { media_type, .. } | Self::Bytes(media_type) | Self::Stream(media_type) => Some(media_type),
            Self::Form { .. } | Self::Multipart { .. } => None,
        }
    }

    /// The schema that it consists of.
    #[must_use]
    pub fn schema(&self) -> Option<&Typed> {
        match self {
            Self::Json { schema, .. } | Self::Form { schema, .. } | Self::Multipart { schema, .. } => Some(schema),
            Self::Bytes(_) | Self::Stream(_) => None,
        }
    }

    /// Its component, by the name that typify gives it.
    #[must_use]
    pub fn component(&self) -> Option<&str> {
        self.schema()?.component.as_deref()
    }
}

/// A security scheme that the SDK's credentials know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// `type: http`, `scheme: bearer`.
    Bearer,
    /// An API key in the `Authorization` header, the value of which begins with `Basic`.
    Basic,
}

/// A schema that becomes a type.
#[derive(Debug)]
pub struct Schema {
    /// The type's name: the document's own where Rust allows it.
    pub name: String,
    /// Where it stands.
    pub pointer: Pointer,
    /// The document's description and constraints, as documentation.
    pub doc: String,
    /// What kind of type it becomes.
    pub shape: Shape,
    /// What the document says of its values besides their type.
    pub keywords: Map<String, Value>,
    /// Whether a request holds it.
    pub is_sent: bool,
    /// Whether an answer holds it.
    pub is_received: bool,
    /// A plausible value of it, where an answer holds it, and it does not hold itself without end.
    pub fixture: Option<Value>,
}

/// What kind of type a schema becomes.
#[derive(Debug)]
pub enum Shape {
    /// A struct.
    Object(Vec<Property>),
    /// A list of which each item has a type of its own.
    Tuple(Vec<Variant>),
    /// A string with limits, in characters.
    Text {
        /// What the limits are of, in messages.
        subject: String,
        /// `minLength`.
        min: Option<u64>,
        /// `maxLength`.
        max: Option<u64>,
    },
    /// One of several types.
    Union {
        /// The types.
        variants: Vec<Variant>,
        /// The property whose value says which; without one, they are told apart by their form.
        tag: Option<String>,
    },
    /// One of several strings; the values.
    Choice(Vec<String>),
    /// Anything else.
    Other,
}

impl Shape {
    /// Whether the type implements `Display`.
    #[must_use]
    pub fn is_displayed(&self) -> bool {
        match self {
            Self::Choice(_) | Self::Text { .. } => true,
            Self::Union { variants, .. } => variants.iter().all(|variant| variant.is_scalar),
            Self::Object(_) | Self::Tuple(_) | Self::Other => false,
        }
    }

    /// Whether the graft makes the type, because typify would make something else of it.
    #[must_use]
    pub fn is_grafted(&self) -> bool {
        matches!(self, Self::Union { .. } | Self::Choice(_) | Self::Tuple(_))
    }
}

/// One of the types of a union, or of the items of a tuple.
#[derive(Clone, Debug)]
pub struct Variant {
    /// Its name.
    pub name: String,
    /// The document's description, as documentation.
    pub doc: String,
    /// The operation in the lowered document that answers with it, from which its type is read.
    pub probe: String,
    /// Its component, by the name that typify gives it, where it is one.
    pub component: Option<String>,
    /// Whether it is a string, number or boolean.
    pub is_scalar: bool,
    /// Whether it stands on the heap, because it may hold the union in turn.
    pub is_boxed: bool,
    /// The values of the union's tag that stand for it.
    pub tags: Vec<String>,
    /// When its turn comes to be tried, where the form decides: what asks for more comes first.
    pub turn: usize,
    /// The properties that it has names for, if it is an object or a list of some.
    pub knows: Vec<String>,
    /// Whether it keeps all other properties as well.
    pub is_open: bool,
    /// The tag that has to be written with it, because it has no property for it.
    pub writes: Option<String>,
}

/// A property of an object.
#[derive(Debug)]
pub struct Property {
    /// Its name in JSON.
    pub name: String,
    /// The name of its field.
    pub field: String,
    /// Whether it has to be there.
    pub required: bool,
    /// Whether it may be null.
    pub nullable: bool,
    /// The document's description and constraints, as documentation.
    pub doc: String,
    /// The schema of its values, by the name that typify gives it, where that is a type of its own.
    pub schema: Option<String>,
    /// What the document says of its values besides their type.
    pub keywords: Map<String, Value>,
    /// What a failure can tell a person with it.
    pub words: Words,
    /// What the server has to say about who writes it.
    pub access: Access,
    /// The one value that it can have, where it is a constant.
    pub constant: Option<String>,
}

/// Who writes a property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Client and server.
    Both,
    /// The server (`readOnly`).
    Server,
    /// The client (`writeOnly`).
    Client,
}

/// What a property of a failure can tell a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Words {
    /// Nothing: it is a number, say.
    None,
    /// Its text.
    Text,
    /// What each of its items, of this schema, can tell.
    Each(String),
    /// Its items, joined: a place, from the outside inwards.
    Place,
}

impl Property {
    /// Whether a request can leave it out, send null, or send a value, and these are three different things.
    #[must_use]
    pub fn has_three_states(&self) -> bool {
        self.nullable && !self.required
    }
}
