//! `mock/operation.rs`: for each operation a stub, with the requests that it matches and its responses.

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens as _, format_ident, quote};
use syn::{Ident, Item, parse_quote};

use super::{
    super::{statuses::content_type, tokens::doc},
    request::{Matcher, Request},
};
use crate::{
    bridge::Module,
    model::{
        Api, names,
        operation::{Content, Response, Status},
        prose::line,
    },
};

/// The stub of an operation.
pub(super) fn items(api: &Api, request: &Request<'_>) -> [Item; 2] {
    let operation = request.operation;
    let kind = format_ident!("{}", names::call(&operation.name));
    let mut functions = Vec::<TokenStream>::new();
    for Matcher { name, ty, part, doc } in request.matchers() {
        let with = format_ident!("with_{name}");
        let doc = self::doc(doc);
        functions.push(quote! {
            #doc
            #[track_caller]
            pub fn #with(self, value: impl mock::Expected<#ty>) -> Self {
                Self(self.0.with(#name, value, |request| #part))
            }
        });
    }
    functions.push(quote! {
        /// Only for requests for which `is_meant` is true.
        #[track_caller]
        pub fn when(
            self,
            is_meant: impl std::ops::Fn(&request::#kind) -> bool + std::marker::Send + std::marker::Sync + 'static,
        ) -> Self {
            Self(self.0.when(is_meant))
        }
    });
    for success in &operation.successes {
        functions.extend(responses(api, &kind, success, true));
    }
    for failure in &operation.failures {
        functions.extend(responses(api, &kind, failure, false));
    }
    functions.push(quote! {
        /// Answers with any status from 200 to 999, and without a body.
        #[track_caller]
        pub fn status(self, status: u16) -> mock::Mock<request::#kind> {
            self.0.empty(status)
        }
    });
    let name = &operation.name;
    let doc = doc(&format!(
        "The requests of [`Client::{name}`](crate::Client::{name}), and what is answered to them."
    ));
    [
        parse_quote! {
            #doc
            #[must_use = "it does nothing before it is said what is answered"]
            #[derive(Debug)]
            pub struct #kind(pub(super) mock::Given<request::#kind>);
        },
        parse_quote! {
            impl #kind {
                #(#functions)*
            }
        },
    ]
}

fn unsuffixed(status: u16) -> TokenStream {
    Literal::u16_unsuffixed(status).to_token_stream()
}

/// The functions that respond as the description says.
fn responses(api: &Api, request: &Ident, response: &Response, is_success: bool) -> Vec<TokenStream> {
    let name = names::field(&response.variant, &[]);
    let function = format_ident!("{name}");
    let (argument, status) = match response.status {
        Status::Code(code) => (None, unsuffixed(code)),
        Status::Class(class) => {
            let class = unsuffixed(class);
            (Some(quote!(status: u16,)), quote!(mock::within(status, #class)))
        }
        Status::Default => (Some(quote!(status: u16,)), quote!(status)),
    };
    let mock = quote!(mock::Mock<request::#request>);
    let (takes, responds) = match &response.content {
        None => (None, quote!(empty(#status))),
        Some(Content::Bytes(media_type) | Content::Stream(media_type)) => {
            let media_type = if media_type.contains('*') {
                "application/octet-stream"
            } else {
                media_type
            };
            (
                Some(quote!(::std::vec::Vec<u8>)),
                quote!(bytes(#status, #media_type, body)),
            )
        }
        Some(content) => {
            let media_type = content.media_type().unwrap_or("application/json");
            (
                content_type(api, response, Module::Other),
                quote!(json(#status, #media_type, &body.into())),
            )
        }
    };
    let body = takes.as_ref().map(|ty| quote!(body: impl std::convert::Into<#ty>));
    let description = response.description.trim_end_matches('.');
    let meaning = if description.is_empty() || response.line.ends_with(description) {
        format!("`{}`", response.line)
    } else {
        format!("`{}`: {}", response.line, line(description))
    };
    let doc = self::doc(&format!("Answers with {meaning}."));
    let mut functions = vec![quote! {
        #doc
        #[track_caller]
        pub fn #function(self, #argument #body) -> #mock {
            self.0.#responds
        }
    }];
    if let (true, Some(content), Some(ty)) = (is_success, &response.content, takes)
        && content.ty().is_some()
    {
        let function = format_ident!("{}_with", name.trim_end_matches('_'));
        let media_type = content.media_type().unwrap_or("application/json");
        let doc = self::doc(&format!(
            "As [`{name}`](Self::{name}), with a body that the function makes from the request."
        ));
        functions.push(quote! {
            #doc
            #[track_caller]
            pub fn #function(
                self,
                #argument
                body: impl std::ops::Fn(&request::#request) -> #ty + std::marker::Send + std::marker::Sync + 'static,
            ) -> #mock {
                self.0.json_with(#status, #media_type, body)
            }
        });
    }
    functions
}
