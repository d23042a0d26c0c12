//! `mock.rs`: what the mock server knows of each operation.

use heck::ToUpperCamelCase as _;
use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens as _, format_ident, quote};
use syn::{Ident, Item, parse_quote};

use super::{
    super::{calls::constant_name, text::Text, tokens::doc},
    values::{json, optional},
};
use crate::model::{
    Api, names,
    operation::{Content, Operation, ParameterStyle, Rejection, RejectionMessage},
    prose::code,
    reserved,
};

/// Writes everything in `mock.rs`.
pub(in super::super) fn write_server(text: &mut Text<'_>, api: &Api) {
    let has_parameters = api.operations.iter().any(|operation| !operation.parameters.is_empty());
    let imports: [Item; 5] = [
        parse_quote!(
            mod fixture;
        ),
        parse_quote!(
            pub mod operation;
        ),
        parse_quote!(
            pub mod request;
        ),
        parse_quote!(
            use super::builder;
        ),
        if has_parameters {
            parse_quote!(
                use crate::mock::{self, Parameter, Place};
            )
        } else {
            parse_quote!(
                use crate::mock;
            )
        },
    ];
    text.add(imports);
    let mut rejections = Rejections::default();
    for operation in &api.operations {
        text.add([constant(operation, &mut rejections)]);
    }
    text.add(rejections.items());
    let constants = api.operations.iter().map(constant_name);
    let schemas = api.request_schemas.iter().map(|(name, schema)| {
        let schema = json(schema);
        quote!((#name, #schema))
    });
    let methods = api.operations.iter().map(method);
    let functions: [Item; 3] = [
        parse_quote! {
        /// Every operation.
        pub(crate) fn operations() -> ::std::vec::Vec<&'static mock::Operation> {
            vec![#(&#constants),*]
        }
        },
        parse_quote! {
        /// The schemas that requests refer to.
        pub(crate) fn definitions() -> &'static [(&'static str, &'static str)] {
            &[#(#schemas),*]
        }
        },
        parse_quote! {
        /// What is answered to the requests of each operation.
        impl mock::MockServer {
            #(#methods)*
        }
        },
    ];
    text.add(functions);
}

/// The server's variant for a style.
fn place(style: ParameterStyle) -> Ident {
    format_ident!("{}", style.runtime_name().to_upper_camel_case())
}

/// What the server checks.
fn constant(operation: &Operation, rejections: &mut Rejections) -> Item {
    let (name, request) = (
        constant_name(operation),
        format_ident!("{}", names::call(&operation.name)),
    );
    let parameters = operation.parameters.iter().map(|parameter| {
        let (name, schema) = (&parameter.name, json(&parameter.schema));
        let place = place(parameter.style);
        let make = if parameter.required {
            quote!(required)
        } else {
            quote!(optional)
        };
        quote!(Parameter::#make(Place::#place, #name, #schema))
    });
    let body = match &operation.body {
        None => quote!(None),
        Some(body) => {
            let is_required = body.required;
            let content = match &body.content {
                Content::Json { media_type, .. } => quote!(Json(#media_type)),
                Content::UrlEncoded { styles, .. } => {
                    let styles = styles.iter().map(|(name, style)| {
                        let place = place(*style);
                        quote!((#name, mock::Place::#place))
                    });
                    quote!(Form(&[#(#styles),*]))
                }
                Content::Multipart { .. } => quote!(Multipart),
                Content::Bytes(media_type) | Content::Stream(media_type) => quote!(Bytes(#media_type)),
            };
            let schema = body.schema.as_ref().map_or(quote!(""), json);
            quote! {
                Some(mock::Body { is_required: #is_required, content: mock::Content::#content, schema: #schema })
            }
        }
    };
    let unauthorized = rejections.name("unauthorized", &operation.unauthorized);
    let invalid = rejections.name("invalid", &operation.invalid);
    parse_quote! {
        static #name: mock::Operation = mock::Operation {
            call: &builder::#name,
            parameters: &[#(#parameters),*],
            body: #body,
            unauthorized: #unauthorized(),
            invalid: #invalid(),
            read: mock::read::<request::#request>,
        };
    }
}

/// The rejections, each once: most operations reject alike.
#[derive(Default)]
struct Rejections(Vec<Named>);

struct Named {
    kind: &'static str,
    name: String,
    value: TokenStream,
    text: String,
}

impl Rejections {
    /// The function for a rejection; that for the first of a kind is called `kind`. No operation's constant is called so.
    fn name(&mut self, kind: &'static str, rejection: &Rejection) -> Ident {
        let value = self::rejection(rejection);
        let text = value.to_string();
        let of_kind = || self.0.iter().filter(|named| named.kind == kind);
        let name = match (of_kind().find(|named| named.text == text), of_kind().count()) {
            (Some(named), _) => return format_ident!("{}", named.name),
            (None, 0) => kind.to_owned(),
            (None, count) => format!("{kind}_{}", count + 1),
        };
        let ident = format_ident!("{name}");
        self.0.push(Named {
            kind,
            name,
            value,
            text,
        });
        ident
    }

    fn items(self) -> impl Iterator<Item = Item> {
        self.0.into_iter().map(|Named { name, value, .. }| {
            let name = format_ident!("{name}");
            parse_quote! {
                const fn #name() -> mock::Refusal {
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
    let body = body.as_ref().map_or(quote!(""), json);
    let says = match message {
        RejectionMessage::None => quote!(Nothing),
        RejectionMessage::Text(None) => quote!(Body),
        RejectionMessage::Text(Some(property)) => quote!(Text(#property)),
        RejectionMessage::List {
            list,
            item,
            text,
            place,
            rule,
        } => {
            let (item, place, kind) = (json(item), optional(place.as_ref()), optional(rule.as_ref()));
            quote!(Faults { list: #list, item: #item, text: #text, place: #place, kind: #kind })
        }
    };
    quote! {
        mock::Refusal { status: #status, media_type: #media_type, body: #body, says: mock::Says::#says }
    }
}

/// The server's method that begins the stub of an operation.
fn method(operation: &Operation) -> TokenStream {
    let function = if reserved::MOCK_SERVER_FUNCTIONS.contains(&operation.name.as_str()) {
        format_ident!("mock_{}", operation.name)
    } else {
        format_ident!("{}", operation.name)
    };
    let kind = format_ident!("{}", names::call(&operation.name));
    let Operation { name, method, path, .. } = operation;
    let doc = doc(&format!(
        "Says what is answered to [`Client::{name}`](crate::Client::{name}): {}.",
        code(&format!("{method} {path}"))
    ));
    quote! {
        #doc
        pub fn #function(&self) -> operation::#kind {
            operation::#kind(self.given())
        }
    }
}
