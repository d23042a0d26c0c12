//! Tokens that many files of generated code have in common.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use syn::{AttrStyle, Attribute, Expr, ExprLit, Ident, LitStr, MetaNameValue, Token, token};

/// Replaces the documentation of an item.
pub(super) fn document(attributes: &mut Vec<Attribute>, doc: &str) {
    attributes.retain(|attribute| !attribute.path().is_ident("doc"));
    let lines = doc_lines(doc).map(|line| Attribute {
        pound_token: <Token![#]>::default(),
        style: AttrStyle::Outer,
        bracket_token: token::Bracket::default(),
        meta: MetaNameValue {
            path: Ident::new("doc", Span::call_site()).into(),
            eq_token: <Token![=]>::default(),
            value: Expr::Lit(ExprLit {
                attrs: Vec::new(),
                lit: LitStr::new(&line, Span::call_site()).into(),
            }),
        }
        .into(),
    });
    attributes.splice(0..0, lines.collect::<Vec<_>>());
}

/// The attributes that document an item.
pub(super) fn doc(doc: &str) -> TokenStream {
    let lines = doc_lines(doc);
    quote!(#(#[doc = #lines])*)
}

/// The lines of documentation, with the space that stands before each.
pub(super) fn doc_lines(doc: &str) -> impl Iterator<Item = String> {
    doc.lines().map(|line| {
        if line.is_empty() {
            String::new()
        } else {
            format!(" {line}")
        }
    })
}

/// The attribute that derives these traits.
pub(super) fn derive(traits: &[&str]) -> TokenStream {
    let traits = traits.iter().map(|name| {
        let ident = format_ident!("{name}");
        match *name {
            "Deserialize" | "Serialize" => quote!(serde::#ident),
            _ => quote!(#ident),
        }
    });
    quote!(#[derive(#(#traits),*)])
}
