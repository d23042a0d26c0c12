//! Headers that are no parameters.

/// The headers that the client sets itself, or the HTTP library for it, and those that only belong to one connection.
const CLIENT_HEADERS: [&str; 13] = [
    "accept",
    "authorization",
    "connection",
    "content-length",
    "content-type",
    "expect",
    "host",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
];

/// Whether the client sets a header itself, whatever the description says of it.
pub(super) fn is_set_by_clients(name: &str) -> bool {
    CLIENT_HEADERS.contains(&name.to_ascii_lowercase().as_str())
}
