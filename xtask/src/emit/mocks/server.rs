//! `mock.rs`: how the mock server rejects requests, and the list of all operations.

use heck::ToUpperCamelCase as _;
use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens as _, format_ident, quote};
use syn::{Item, parse_quote};

use super::{
    super::text::Text,
    values::{json, optional},
};
use crate::model::{
    Api,
    json::Json,
    names,
    operation::{ParameterStyle, Rejection, RejectionMessage},
};

/// Writes everything in `mock.rs`.
pub(in super::super) fn write_server(text: &mut Text<'_>, api: &Api, rejections: Rejections) {
    let imports: [Item; 3] = [
        parse_quote!(
            mod fixture;
        ),
        parse_quote!(
            pub mod request;
        ),
        parse_quote!(
            use crate::mock;
        ),
    ];
    text.add(imports);
    text.add(rejections.items());
    let requests = api.operations.iter().map(|operation| {
        let request = format_ident!("{}", names::call(&operation.name));
        quote!(mock::operation_of::<request::#request>())
    });
    let closed = api.types.iter().filter(|def| {
        let is_closed =
            |(keyword, value): &(String, Json)| keyword == "additionalProperties" && matches!(value, Json::Bool(false));
        def.usage.is_sent && def.keywords.iter().any(is_closed)
    });
    let closed = closed.map(|def| &def.name);
    let items: [Item; 2] = [
        parse_quote! {
            /// Every operation.
            pub(crate) fn operations() -> ::std::vec::Vec<&'static mock::Operation> {
                ::std::vec::Vec::from([#(#requests),*])
            }
        },
        parse_quote! {
            /// The types of objects that have no other properties than those that the description names.
            pub(crate) const CLOSED: &[&str] = &[#(#closed),*];
        },
    ];
    text.add(items);
}

/// The server's variant for a style.
pub(super) fn style(style: ParameterStyle) -> String {
    style.runtime_name().to_upper_camel_case()
}

/// The rejections, each once: most operations reject alike.
#[derive(Default)]
pub(in super::super) struct Rejections(Vec<Named>);

struct Named {
    kind: &'static str,
    name: String,
    value: TokenStream,
    text: String,
}

impl Rejections {
    /// The function for a rejection; that for the first of a kind is called `kind`.
    pub(super) fn name(&mut self, kind: &'static str, rejection: &Rejection) -> String {
        let value = self::rejection(rejection);
        let text = value.to_string();
        let of_kind = || self.0.iter().filter(|named| named.kind == kind);
        let name = match (of_kind().find(|named| named.text == text), of_kind().count()) {
            (Some(named), _) => return named.name.clone(),
            (None, 0) => kind.to_owned(),
            (None, count) => format!("{kind}_{}", count + 1),
        };
        self.0.push(Named {
            kind,
            name: name.clone(),
            value,
            text,
        });
        name
    }

    fn items(self) -> impl Iterator<Item = Item> {
        self.0.into_iter().map(|Named { name, value, .. }| {
            let name = format_ident!("{name}");
            parse_quote! {
                pub(crate) const fn #name() -> mock::Rejection {
                    #value
                }
            }
        })
    }
}

fn rejection(rejection: &Rejection) -> TokenStream {
    let Rejection {
        status,
        media_type,
        body,
        message,
    } = rejection;
    let status = Literal::u16_unsuffixed(*status).to_token_stream();
    let json = |value: &Json| tokens(&json(value));
    let body = body.as_ref().map_or(quote!(""), json);
    let message = match message {
        RejectionMessage::None => quote!(None),
        RejectionMessage::Text(None) => quote!(Body),
        RejectionMessage::Text(Some(property)) => quote!(Text(#property)),
        RejectionMessage::List {
            list,
            item,
            text,
            place,
            rule,
        } => {
            let (item, place, kind) = (
                json(item),
                tokens(&optional(place.as_ref())),
                tokens(&optional(rule.as_ref())),
            );
            quote!(List { list: #list, item: #item, text: #text, place: #place, kind: #kind })
        }
    };
    quote! {
        mock::Rejection { status: #status, media_type: #media_type, body: #body, message: mock::RejectionMessage::#message }
    }
}

fn tokens(text: &str) -> TokenStream {
    text.parse().unwrap_or_default()
}
