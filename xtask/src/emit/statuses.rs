//! The enums of an operation's documented failures, and of its successes where it has several; and `Display` for what failures
//! say.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Ident, Item, parse_quote};

use super::{
    text::Text,
    tokens::{derive, doc},
};
use crate::{
    analyze::{Message, displayed, location_field, message_field, message_of, response_derives},
    bridge::{Module, rust_type},
    model::{
        Api,
        operation::{Content, Operation, Response},
        prose::{code, line},
        ty::TypeId,
    },
};

/// The name of the enum of an operation's failures.
pub(super) fn failures(operation: &Operation) -> Ident {
    format_ident!("{}", operation.failures_name)
}

/// The name of the enum of an operation's successes, where there are several.
pub(super) fn successes(operation: &Operation) -> Ident {
    format_ident!("{}", operation.successes_name)
}

/// The type that a response's content is read as; `None` if it has none.
pub(super) fn content_type(api: &Api, response: &Response, module: Module) -> Option<TokenStream> {
    let content = response.content.as_ref()?;
    Some(match (content, content.ty()) {
        (_, Some(ty)) => rust_type(api, ty, module),
        (Content::Stream(_), None) => quote!(crate::ByteStream),
        _ => quote!(crate::Body),
    })
}

/// Writes the enums of what operations respond with.
pub(super) fn write_enums(text: &mut Text<'_>, api: &Api) {
    for operation in &api.operations {
        text.add(failure_items(api, operation));
        if operation.successes.len() > 1 {
            text.add([success_item(api, operation)]);
        }
    }
}

/// `Display` for every type that can tell a person what went wrong.
pub(super) fn displays(api: &Api) -> Vec<Item> {
    displayed(api).into_iter().filter_map(|id| display(api, id)).collect()
}

fn success_item(api: &Api, operation: &Operation) -> Item {
    let doc = "The documented successes of [`Client::{method}`](crate::Client::{method}), one for each status.";
    declaration(api, &successes(operation), doc, operation, &operation.successes)
}

fn failure_items(api: &Api, operation: &Operation) -> Vec<Item> {
    let name = failures(operation);
    let arms = operation.failures.iter().map(|failure| {
        let variant = format_ident!("{}", failure.variant);
        let named = failure.content.as_ref().and_then(Content::named);
        let says = named.is_some_and(|id| message_field(api, id).is_some());
        let pattern = match &failure.content {
            None => quote!(Self::#variant),
            Some(_) if says => quote!(Self::#variant(body)),
            Some(_) => quote!(Self::#variant(_)),
        };
        let description = failure.description.trim_end_matches('.');
        let words = if says { quote!(body) } else { quote!(&#description) };
        let line = &failure.line;
        quote!(#pattern => crate::words::failure(f, #line, #words),)
    });
    let arms = arms.collect::<Vec<_>>();
    // An operation without documented failures has an enum without variants, of which there is no value to borrow.
    let (scrutinee, formatter) = if arms.is_empty() {
        (quote!(*self), quote!(_))
    } else {
        (quote!(self), quote!(f))
    };
    let doc = "The documented failures of [`Client::{method}`](crate::Client::{method}), one for each status.";
    vec![
        declaration(api, &name, doc, operation, &operation.failures),
        parse_quote! {
            impl std::fmt::Display for #name {
                fn fmt(&self, #formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    match #scrutinee { #(#arms)* }
                }
            }
        },
        parse_quote!(impl std::error::Error for #name {}),
    ]
}

fn declaration(api: &Api, name: &Ident, doc: &str, operation: &Operation, responses: &[Response]) -> Item {
    let variants = responses.iter().map(|response| variant(api, response));
    let derive = derive(&response_derives(responses));
    let doc = doc.replace("{method}", &operation.name);
    let place = code(&format!("{}/responses", operation.pointer));
    let doc = self::doc(&format!("{doc}\n\nFrom {place}."));
    parse_quote! {
        #doc
        #derive
        #[non_exhaustive]
        pub enum #name {
            #(#variants,)*
        }
    }
}

/// The variant for a response, with its body.
fn variant(api: &Api, response: &Response) -> TokenStream {
    let name = format_ident!("{}", response.variant);
    let status = &response.line;
    let description = response.description.trim_end_matches('.');
    let doc = if description.is_empty() || status.ends_with(description) {
        format!(" `{status}`.")
    } else {
        format!(" `{status}`: {}.", line(description))
    };
    let body = content_type(api, response, Module::Types).map(|body| quote!((#body)));
    quote!(#[doc = #doc] #name #body)
}

fn display(api: &Api, id: TypeId) -> Option<Item> {
    let field = message_field(api, id)?;
    let ident = format_ident!("{}", field.ident);
    let place = location_field(api, id).map(|place| {
        let place = format_ident!("{}", place.ident);
        quote! {
            crate::words::path(f, &self.#place)?;
            f.write_str(": ")?;
        }
    });
    let words = if message_of(api, field) == Message::Text {
        quote!(crate::words::text(f, &self.#ident))
    } else {
        // A list that is absent says nothing.
        let items = if field.is_demanded() {
            quote!(&self.#ident)
        } else {
            quote!(self.#ident.as_deref().unwrap_or_default())
        };
        quote!(crate::words::join(f, #items))
    };
    let name = format_ident!("{}", api[id].name);
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
