//! Reserved names: generated code needs them for itself, so operations, parameters and types get others.
//!
//! Everything else in generated code is named by its path, so that the description can use any other name.

/// The keywords of every edition of Rust, also those that are only reserved.
pub const KEYWORDS: [&str; 53] = [
    "Self", "_", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do",
    "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro",
    "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static", "struct", "super",
    "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// What generated code names without a path where the types of operations stand (calls, requests, stubs): the imports of
/// those modules, and what it uses of the prelude.
pub const CALL_TYPES: [&str; 24] = [
    "Box",
    "CallOptions",
    "Client",
    "Clone",
    "Default",
    "Err",
    "Error",
    "From",
    "HeaderValue",
    "IntoValue",
    "Method",
    "None",
    "Ok",
    "Operation",
    "Option",
    "Parameter",
    "Place",
    "Response",
    "Result",
    "Scheme",
    "Some",
    "String",
    "TryInto",
    "Vec",
];

/// What generated code names without a path where the types of the description stand, because typify does, or the bodies of
/// calls.
pub const DESCRIBED_TYPES: [&str; 7] = ["Default", "Err", "None", "Ok", "Some", "String", "Violations"];

/// The functions of `Client` and of its builder that are written by hand.
pub const CLIENT_FUNCTIONS: [&str; 6] = ["builder", "call", "client", "clone", "from_env", "from_variables"];

/// The functions of a call that are no setters, and the setter of its whole body.
pub const CALL_FUNCTIONS: [&str; 4] = ["body", "new", "options", "send"];

/// What generated code has for itself where a call holds its parameters.
pub const CALL_FIELDS: [&str; 2] = ["client", "violations"];

/// The functions of a type that no getter replaces.
pub const TYPE_FUNCTIONS: [&str; 2] = ["fixture", "new"];

/// The variant of a string enum or a union for what the description does not list.
pub const UNKNOWN_VARIANT: &str = "Unknown";

/// The field for the properties that the description does not name.
pub const ADDITIONAL_FIELD: &str = "extra";

/// The functions of the mock server that are written by hand.
pub const MOCK_SERVER_FUNCTIONS: [&str; 9] = [
    "builder",
    "client",
    "received_requests",
    "reset",
    "start",
    "stub",
    "take_rejected_requests",
    "uri",
    "verify",
];
