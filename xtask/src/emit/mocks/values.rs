//! Values of the model, as Rust writes them.

use proc_macro2::Literal;

use crate::model::json::Json;

/// A value as JSON, in a text in which nothing is escaped.
pub(super) fn json(value: &Json) -> String {
    let text = value.to_string();
    let mut fence = String::from("#");
    while text.contains(&format!("\"{fence}")) {
        fence.push('#');
    }
    let raw = format!("r{fence}\"{text}\"{fence}");
    // Some characters cannot stand in a raw string.
    if raw.parse::<Literal>().is_ok() {
        raw
    } else {
        quoted(&text)
    }
}

/// A text.
pub(super) fn quoted(text: &str) -> String {
    Literal::string(text).to_string()
}

/// An optional text.
pub(super) fn optional(text: Option<&String>) -> String {
    text.map_or("None".to_owned(), |text| format!("Some({})", quoted(text)))
}
