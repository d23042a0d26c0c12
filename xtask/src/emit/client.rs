//! `mod.rs`: the submodules, the server, and the methods of `Client`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use proc_macro2::TokenStream;
use quote::format_ident;
use syn::{ImplItem, Item, ItemImpl, parse_quote};

use super::{examples::example, paths::Prelude, statuses, text::Text, tokens::document};
use crate::{
    bridge::{parsed, unexpected_output},
    input::diagnostic::Diagnostic,
    model::{
        Api, names,
        operation::Operation,
        prose::{cell, code, line},
        security::{Scheme, alternatives},
    },
};

/// Writes everything in `mod.rs`.
///
/// # Errors
///
/// If progenitor's methods are not of the expected form.
pub(super) fn write(text: &mut Text<'_>, methods: TokenStream, api: &Api, prelude: &Prelude) -> Result<(), Diagnostic> {
    let mut methods: ItemImpl = parsed(methods)?;
    let operations = api
        .operations
        .iter()
        .map(|operation| (operation.name.clone(), operation));
    let mut operations = operations.collect::<BTreeMap<_, _>>();
    methods.items.retain_mut(|item| {
        let ImplItem::Fn(method) = item else { return false };
        let Some(operation) = operations.remove(&method.sig.ident.to_string()) else {
            return false;
        };
        let call = format_ident!("{}", names::call(&operation.name));
        method.sig.output = parse_quote!(-> builder::#call);
        document(&mut method.attrs, &method_doc(api, prelude, operation));
        if operation.deprecated {
            method.attrs.push(parse_quote!(#[deprecated]));
        }
        true
    });
    if let Some((name, operation)) = operations.into_iter().next() {
        return Err(unexpected_output(&format!("the method `{name}`")).at(&operation.pointer));
    }
    methods.attrs.clear();
    methods.self_ty = parse_quote!(crate::Client);
    let server = &api.server;
    let beginnings = api.operations.iter().map(|operation| fixed_beginning(&operation.path));
    let paths = beginnings.filter(|path| *path != "/").collect::<BTreeSet<_>>();
    let items: [Item; 8] = [
        parse_quote!(
            mod body;
        ),
        parse_quote!(
            pub mod builder;
        ),
        parse_quote!(
            #[cfg(feature = "mock")]
            pub(crate) mod mock;
        ),
        parse_quote!(
            pub mod types;
        ),
        parse_quote!(
            mod validate;
        ),
        parse_quote! {
            /// The server of the API: its address, or a path alone if the description names no host.
            pub(crate) const SERVER: &str = #server;
        },
        parse_quote! {
            /// What the paths of the API begin with, up to their first parameter.
            pub(crate) const PATHS: &[&str] = &[#(#paths),*];
        },
        methods.into(),
    ];
    text.add(items);
    Ok(())
}

/// A path up to its first parameter or query.
fn fixed_beginning(path: &str) -> &str {
    path.split(['{', '?']).next().unwrap_or_default()
}

fn method_doc(api: &Api, prelude: &Prelude, operation: &Operation) -> String {
    let mut doc = format!(
        "{}\n\n{}",
        operation.doc,
        code(&format!("{} {}", operation.method, operation.path))
    );
    let security = &operation.security;
    let with = if security.iter().any(|schemes| !schemes.is_empty()) {
        "with "
    } else {
        ""
    };
    let _ = write!(
        doc,
        ", {with}{}.",
        alternatives(security, Scheme::doc, "without credentials")
    );
    if !operation.can_be_authenticated() {
        doc.push_str(" Such a call is [not sent](crate::Error::Credentials).");
    }
    let successes = operation
        .successes
        .iter()
        .map(|success| format!("`{}`{}", success.line, parenthesized(&line(&success.description))));
    let successes = successes.collect::<Vec<_>>().join(" or ");
    if !successes.is_empty() {
        let _ = write!(doc, " Succeeds with {successes}.");
    }
    let _ = write!(doc, "\n\n{}# Errors\n", example(api, prelude, operation));
    let error = statuses::failures(operation);
    if operation.failures.is_empty() {
        doc.push_str("\nThe description lists none.");
    } else {
        let _ = write!(
            doc,
            "\nThe documented ones are a [`types::{error}`]:\n\n| status | variant | meaning |\n|---|---|---|"
        );
    }
    for failure in &operation.failures {
        let _ = write!(
            doc,
            "\n| {} | [`{variant}`](types::{error}::{variant}) | {} |",
            failure.line,
            cell(&failure.description),
            variant = failure.variant,
        );
    }
    let _ = write!(doc, "\n\nFrom {}.", code(&operation.pointer.to_string()));
    doc
}

fn parenthesized(text: &str) -> String {
    if text.is_empty() {
        String::new()
    } else {
        format!(" ({text})")
    }
}
