//! One enum of documented failures for each operation, and `Display` for what failures say.

use heck::ToUpperCamelCase as _;
use quote::{format_ident, quote};
use syn::{Ident, Item, parse_quote};

use super::document;
use crate::api::{Api, Operation, Property, Shape, Words};

/// The name of the enum of an operation's failures.
pub(super) fn name(operation: &Operation) -> Ident {
    format_ident!("{}Error", operation.name.to_upper_camel_case())
}

/// The enums, and `Display` for every type that can tell a person what went wrong.
pub(super) fn items(api: &Api) -> Vec<Item> {
    let mut items = Vec::new();
    for operation in &api.operations {
        items.extend(enumeration(operation, api));
    }
    for key in told_by(api) {
        items.extend(display(&key, api));
    }
    items
}

fn enumeration(operation: &Operation, api: &Api) -> Vec<Item> {
    let name = name(operation);
    let mut variants = Vec::<syn::Variant>::new();
    let mut arms = Vec::<syn::Arm>::new();
    for failure in &operation.failures {
        let variant = format_ident!("{}", failure.variant);
        let body = format_ident!("{}", failure.schema);
        let line = format!("{} {}", failure.status, failure.reason).trim().to_owned();
        let doc = match failure.description.as_str() {
            description if description.is_empty() || description == failure.reason => format!(" `{line}`."),
            description => format!(" `{line}`: {}.", description.trim_end_matches('.')),
        };
        variants.push(parse_quote!(#[doc = #doc] #variant(#body)));
        if words(&failure.schema, api).is_some() {
            arms.push(parse_quote!(Self::#variant(body) => crate::words::failure(f, #line, body),));
        } else {
            let description = &failure.description;
            arms.push(parse_quote!(Self::#variant(_) => crate::words::failure(f, #line, &#description),));
        }
    }
    let method = &operation.name;
    let mut enumeration: syn::ItemEnum = parse_quote! {
        #[derive(Clone, Debug)]
        #[non_exhaustive]
        pub enum #name {
            #(#variants,)*
        }
    };
    document(
        &mut enumeration.attrs,
        &format!(
            "The documented failures of [`Client::{method}`](crate::Client::{method}), one for each status.\n\nFrom \
             `{}/responses`.",
            operation.pointer
        ),
    );
    // An operation without documented failures has an enum without variants, of which there is no value to borrow.
    let scrutinee = if arms.is_empty() { quote!(*self) } else { quote!(self) };
    vec![
        enumeration.into(),
        parse_quote! {
            impl std::fmt::Display for #name {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    match #scrutinee { #(#arms)* }
                }
            }
        },
        parse_quote!(impl std::error::Error for #name {}),
    ]
}

/// The schemas of failures, and of what they consist of, that can tell a person what went wrong.
fn told_by(api: &Api) -> Vec<String> {
    let mut keys = Vec::new();
    let mut next = api
        .operations
        .iter()
        .flat_map(|operation| &operation.failures)
        .map(|failure| failure.schema.clone())
        .collect::<Vec<_>>();
    while let Some(key) = next.pop() {
        if keys.contains(&key) {
            continue;
        }
        let Some(property) = words(&key, api) else { continue };
        if let Words::Each(items) = &property.words {
            next.push(items.clone());
        }
        keys.push(key);
    }
    keys.sort();
    keys
}

/// The property of a failure that tells a person what went wrong, by the names that APIs give it.
fn words<'a>(key: &str, api: &'a Api) -> Option<&'a Property> {
    let properties = object(key, api)?;
    ["detail", "message", "msg", "error_description", "error", "title"]
        .iter()
        .filter_map(|name| properties.iter().find(|property| property.name == *name))
        .find(|property| match &property.words {
            Words::Text => property.required && !property.nullable,
            Words::Each(items) => !property.nullable && items != key && words(items, api).is_some(),
            Words::None | Words::Place => false,
        })
}

fn object<'a>(key: &str, api: &'a Api) -> Option<&'a [Property]> {
    match &api.schemas.get(key)?.shape {
        Shape::Object(properties) => Some(properties),
        _ => None,
    }
}

fn display(key: &str, api: &Api) -> Option<Item> {
    let property = words(key, api)?;
    let field = format_ident!("{}", property.name);
    let place = object(key, api)?
        .iter()
        .find(|property| property.words == Words::Place && property.required && !property.nullable)
        .map(|property| format_ident!("{}", property.name));
    let place = place.map(|place| {
        quote! {
            crate::words::join(f, ".", &self.#place)?;
            f.write_str(": ")?;
        }
    });
    let words = if property.words == Words::Text {
        quote!(f.write_str(&self.#field))
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
