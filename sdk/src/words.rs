//! The words of a failure, for `Display` of generated types.

use std::fmt::{self, Display};

use crate::response::SingleLine;

/// `422 Unprocessable Entity: body.name: too short`, or the status alone if the server found no words.
#[allow(dead_code, reason = "whether it is needed depends on the API's description")]
pub(crate) fn failure(f: &mut fmt::Formatter<'_>, status: &str, words: &dyn Display) -> fmt::Result {
    let words = words.to_string();
    match words.trim() {
        "" => f.write_str(status),
        words => write!(f, "{status}: {}", SingleLine(words)),
    }
}

/// A server's text, as far as it is fit to be printed.
#[allow(dead_code, reason = "whether it is needed depends on the API's description")]
pub(crate) fn text(f: &mut fmt::Formatter<'_>, text: &dyn Display) -> fmt::Result {
    SingleLine(text.to_string().trim()).fmt(f)
}

/// Every item, with `separator` between them.
#[allow(dead_code, reason = "whether it is needed depends on the API's description")]
pub(crate) fn join<T: Display>(f: &mut fmt::Formatter<'_>, separator: &str, items: &[T]) -> fmt::Result {
    for (position, item) in items.iter().enumerate() {
        if position > 0 {
            f.write_str(separator)?;
        }
        text(f, item)?;
    }
    Ok(())
}
