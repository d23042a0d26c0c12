//! What the generator knows of an API besides the document that progenitor is given: what progenitor would lose.

use std::collections::BTreeMap;

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
}

/// One operation.
#[derive(Debug)]
pub struct Operation {
    /// The name of its method, in snake case.
    pub name: String,
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
    /// The names of the security schemes of which one is needed; none if it is open to all.
    pub security: Vec<Scheme>,
    /// The schema of its (JSON) body, by the name that typify gives it.
    pub body: Option<String>,
    /// The one documented success.
    pub success: Success,
    /// Every other status.
    pub failures: Vec<Failure>,
}

/// A documented success.
#[derive(Debug)]
pub struct Success {
    /// Its status.
    pub status: u16,
    /// What the document says of it.
    pub description: String,
    /// The schema of its body, by the name that typify gives it.
    pub schema: String,
}

/// A documented failure.
#[derive(Debug)]
pub struct Failure {
    /// Its status.
    pub status: u16,
    /// `Not Found`, or nothing for a status that HTTP does not name.
    pub reason: &'static str,
    /// The name of its variant.
    pub variant: String,
    /// What the document says of it.
    pub description: String,
    /// The schema of its body, by the name that typify gives it.
    pub schema: String,
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
}

/// What kind of type a schema becomes.
#[derive(Debug)]
pub enum Shape {
    /// A struct.
    Object(Vec<Property>),
    /// A string with limits, in characters.
    Text {
        /// What the limits are of, in messages.
        subject: String,
        /// `minLength`.
        min: Option<u64>,
        /// `maxLength`.
        max: Option<u64>,
    },
    /// One of several types, told apart by their form; the documentation of each variant.
    Union(Vec<String>),
    /// One of several strings; the values.
    Choice(Vec<String>),
    /// Anything else.
    Other,
}

/// A property of an object.
#[derive(Debug)]
pub struct Property {
    /// Its name in JSON.
    pub name: String,
    /// Whether it has to be there.
    pub required: bool,
    /// Whether it may be null.
    pub nullable: bool,
    /// The document's description and constraints, as documentation.
    pub doc: String,
    /// The schema of its values, by the name that typify gives it, where that is a type of its own.
    pub schema: Option<String>,
    /// What a failure can tell a person with it.
    pub words: Words,
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
