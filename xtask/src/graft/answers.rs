//! The enums of an operation's documented failures, and of its successes where it has several; and `Display` for what
//! failures say.

use quote::{format_ident, quote};
use syn::{Ident, Item, Type, parse_quote, visit_mut::VisitMut};

use super::{document, probes::Probes};
use crate::{
    api::{Answer, Api, Content, Operation, Words},
    diagnostic::Diagnostic,
    prose::{code, line},
};

/// The name of the enum of an operation's failures.
pub(super) fn failures(operation: &Operation) -> Ident {
    format_ident!("{}", operation.failures_name)
}

/// The name of the enum of an operation's successes, where there are several.
pub(super) fn successes(operation: &Operation) -> Ident {
    format_ident!("{}", operation.successes_name)
}

/// The type that an answer's content is read as, as `builder.rs` would write it; `None` if it has none.
pub(super) fn type_of(answer: &Answer, probes: &Probes) -> Result<Option<Type>, Diagnostic> {
    Ok(match &answer.content {
        None => None,
        Some(Content::Stream(_)) => Some(parse_quote!(crate::ByteStream)),
        Some(Content::Bytes(_)) => Some(parse_quote!(crate::Body)),
        Some(Content::Json { schema, .. } | Content::Form { schema, .. } | Content::Multipart { schema, .. }) => {
            Some(probes.type_of(&schema.probe)?.clone())
        }
    })
}

/// The enums of what operations answer with.
pub(super) fn enums(api: &Api, probes: &Probes) -> Result<Vec<Item>, Diagnostic> {
    let mut items = Vec::new();
    for operation in &api.operations {
        items.extend(failure_items(operation, api, probes)?);
        if operation.successes.len() > 1 {
            items.push(success_item(operation, probes)?);
        }
    }
    Ok(items)
}

/// `Display` for every type that can tell a person what went wrong.
pub(super) fn displays(api: &Api) -> Vec<Item> {
    told_by(api).iter().filter_map(|key| display(key, api)).collect()
}

fn success_item(operation: &Operation, probes: &Probes) -> Result<Item, Diagnostic> {
    let variants = operation
        .successes
        .iter()
        .map(|answer| variant(answer, probes))
        .collect::<Result<Vec<_>, _>>()?;
    let doc = "The documented successes of [`Client::{method}`](crate::Client::{method}), one for each status.";
    let mut enumeration = enumeration(&successes(operation), doc, operation, &variants);
    // A stream can be read once, so it is neither copied nor compared.
    if operation
        .successes
        .iter()
        .any(|success| matches!(success.content, Some(Content::Stream(_))))
    {
        enumeration
            .attrs
            .retain(|attribute| !attribute.path().is_ident("derive"));
        enumeration.attrs.push(parse_quote!(#[derive(Debug)]));
    }
    Ok(enumeration.into())
}

fn failure_items(operation: &Operation, api: &Api, probes: &Probes) -> Result<Vec<Item>, Diagnostic> {
    let name = failures(operation);
    let mut variants = Vec::new();
    let mut arms = Vec::<syn::Arm>::new();
    for failure in &operation.failures {
        variants.push(variant(failure, probes)?);
        let variant = format_ident!("{}", failure.variant);
        let component = failure.content.as_ref().and_then(Content::component);
        let says = component.is_some_and(|key| api.words(key).is_some());
        let pattern = match &failure.content {
            None => quote!(Self::#variant),
            Some(_) if says => quote!(Self::#variant(body)),
            Some(_) => quote!(Self::#variant(_)),
        };
        let description = failure.description.trim_end_matches('.');
        let words = if says { quote!(body) } else { quote!(&#description) };
        let line = &failure.line;
        arms.push(parse_quote!(#pattern => crate::words::failure(f, #line, #words),));
    }
    // An operation without documented failures has an enum without variants, of which there is no value to borrow.
    let (scrutinee, formatter) = if arms.is_empty() {
        (quote!(*self), quote!(_))
    } else {
        (quote!(self), quote!(f))
    };
    let doc = "The documented failures of [`Client::{method}`](crate::Client::{method}), one for each status.";
    Ok(vec![
        enumeration(&name, doc, operation, &variants).into(),
        parse_quote! {
            impl std::fmt::Display for #name {
                fn fmt(&self, #formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    match #scrutinee { #(#arms)* }
                }
            }
        },
        parse_quote!(impl std::error::Error for #name {}),
    ])
}

fn enumeration(name: &Ident, doc: &str, operation: &Operation, variants: &[syn::Variant]) -> syn::ItemEnum {
    let mut enumeration: syn::ItemEnum = parse_quote! {
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum #name {
            #(#variants,)*
        }
    };
    let doc = doc.replace("{method}", &operation.name);
    document(
        &mut enumeration.attrs,
        &format!("{doc}\n\nFrom {}.", code(&format!("{}/responses", operation.pointer))),
    );
    enumeration
}

/// The variant for an answer, with its body.
fn variant(answer: &Answer, probes: &Probes) -> Result<syn::Variant, Diagnostic> {
    let name = format_ident!("{}", answer.variant);
    let status = &answer.line;
    let description = answer.description.trim_end_matches('.');
    let doc = if description.is_empty() || status.ends_with(description) {
        format!(" `{status}`.")
    } else {
        format!(" `{status}`: {}.", line(description))
    };
    let body = type_of(answer, probes)?.map(local);
    let body = body.map(|body| quote!((#body)));
    Ok(parse_quote!(#[doc = #doc] #name #body))
}

/// A type as `types.rs` would write it.
pub(super) fn local(mut kind: Type) -> Type {
    struct Local;

    impl VisitMut for Local {
        fn visit_path_mut(&mut self, path: &mut syn::Path) {
            let at = |index: usize, name: &str| path.segments.get(index).is_some_and(|segment| segment.ident == name);
            let outer = if at(0, "types") {
                1
            } else if at(0, "crate") && at(1, "types") {
                2
            } else {
                0
            };
            path.segments = std::mem::take(&mut path.segments).into_iter().skip(outer).collect();
            syn::visit_mut::visit_path_mut(self, path);
        }
    }

    Local.visit_type_mut(&mut kind);
    kind
}

/// The schemas of failures, and of what they consist of, that can tell a person what went wrong.
fn told_by(api: &Api) -> Vec<String> {
    let mut keys = Vec::new();
    let mut next = api
        .operations
        .iter()
        .flat_map(|operation| &operation.failures)
        .filter_map(|failure| failure.content.as_ref()?.component().map(str::to_owned))
        .collect::<Vec<_>>();
    while let Some(key) = next.pop() {
        if keys.contains(&key) {
            continue;
        }
        let Some(property) = api.words(&key) else { continue };
        if let Words::Each(items) = &property.words {
            next.push(items.clone());
        }
        keys.push(key);
    }
    keys.sort();
    keys
}

fn display(key: &str, api: &Api) -> Option<Item> {
    let property = api.words(key)?;
    let field = format_ident!("{}", property.field);
    let place = api
        .object(key)?
        .iter()
        .find(|property| property.words == Words::Place && property.required && !property.nullable)
        .map(|property| format_ident!("{}", property.field));
    let place = place.map(|place| {
        quote! {
            crate::words::join(f, ".", &self.#place)?;
            f.write_str(": ")?;
        }
    });
    let words = if property.words == Words::Text {
        quote!(crate::words::text(f, &self.#field))
    } else {
        quote!(crate::words::join(f, "; ", &self.#field))
    };
    let name = format_ident!("{key}");
    Some(parse_quote! {
        /// What went wrong, in the server's words.
        impl std::fmt::Display for #name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                #place
                #words
            }
        }
    })
}
