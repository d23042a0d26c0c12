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

/// The steps of a path: `query.status[0]`, as the path of a [`Violation`](crate::Violation).
#[allow(dead_code, reason = "whether it is needed depends on the API's description")]
pub(crate) fn path<T: Display>(f: &mut fmt::Formatter<'_>, steps: &[T]) -> fmt::Result {
    for (position, step) in steps.iter().enumerate() {
        let step = step.to_string();
        let is_index = step.bytes().all(|byte| byte.is_ascii_digit()) && !step.is_empty();
        match position {
            0 => text(f, &step)?,
            _ if is_index => write!(f, "[{step}]")?,
            _ => {
                f.write_str(".")?;
                text(f, &step)?;
            }
        }
    }
    Ok(())
}

/// Every item, with semicolons between them.
#[allow(dead_code, reason = "whether it is needed depends on the API's description")]
pub(crate) fn join<T: Display>(f: &mut fmt::Formatter<'_>, items: &[T]) -> fmt::Result {
    for (position, item) in items.iter().enumerate() {
        if position > 0 {
            f.write_str("; ")?;
        }
        text(f, item)?;
    }
    Ok(())
}
