//! Values of the model, as tokens.

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens as _, quote};

use crate::model::json::Json;

/// A value as a text, in which nothing is escaped.
pub(super) fn json(value: &Json) -> TokenStream {
    let text = value.to_string();
    let mut fence = String::from("#");
    while text.contains(&format!("\"{fence}")) {
        fence.push('#');
    }
    let raw = format!("r{fence}\"{text}\"{fence}").parse::<Literal>();
    raw.unwrap_or_else(|_| Literal::string(&text)).to_token_stream()
}

/// An optional text.
pub(super) fn optional(text: Option<&String>) -> TokenStream {
    text.map_or(quote!(None), |text| quote!(Some(#text)))
}
