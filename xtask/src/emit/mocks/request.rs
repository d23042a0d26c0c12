//! `mock/request.rs`: the types of requests, and what they can be matched by.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Ident, Item, parse_quote};

use super::super::{calls::constant_name, inputs::parameter_type, tokens::doc};
use crate::{
    bridge::{Module, field_type, rust_type},
    model::{Api, names, operation::Operation, prose::code, ty::Ty, typedef},
};

/// The type of an operation's requests.
pub(super) struct Request<'a> {
    pub(super) operation: &'a Operation,
    fields: Vec<Field>,
}

struct Field {
    ident: Ident,
    ty: TokenStream,
    doc: String,
    /// What reads it.
    read: TokenStream,
    /// What can be asked of it.
    matchers: Vec<Matcher>,
}

/// What can be asked of a part of a request.
pub(super) struct Matcher {
    /// The name without `with_`.
    pub(super) name: String,
    pub(super) ty: TokenStream,
    /// From `request` to an `Option` of a reference.
    pub(super) part: TokenStream,
    pub(super) doc: String,
}

impl<'a> Request<'a> {
    pub(super) fn of(api: &Api, operation: &'a Operation) -> Self {
        let parameters = operation.parameters.iter().map(|parameter| {
            let inner = parameter_type(api, parameter);
            let ident = format_ident!("{}", parameter.ident);
            let (read, name) = (format_ident!("{}", parameter.style.location()), &parameter.name);
            let (ty, part) = if parameter.is_optional() {
                (quote!(::std::option::Option<#inner>), quote!(request.#ident.as_ref()))
            } else {
                (inner.clone(), quote!(Some(&request.#ident)))
            };
            Field {
                ty,
                doc: parameter.doc.clone(),
                read: if parameter.ty.is_of_times() {
                    quote!(parts.#read::<crate::time::Read<_>>(#name)?.0)
                } else {
                    quote!(parts.#read(#name)?)
                },
                matchers: vec![Matcher {
                    name: parameter.ident.clone(),
                    ty: inner,
                    part,
                    doc: format!("Only for requests whose parameter {} is this.", code(name)),
                }],
                ident,
            }
        });
        let fields = parameters.chain(body(api, operation)).collect();
        Self { operation, fields }
    }

    /// What can be asked of it.
    pub(super) fn matchers(&self) -> impl Iterator<Item = &Matcher> {
        self.fields.iter().flat_map(|field| &field.matchers)
    }

    /// The type, and how it is read.
    pub(super) fn items(&self) -> [Item; 2] {
        let kind = format_ident!("{}", names::call(&self.operation.name));
        let constant = constant_name(self.operation);
        let fields = self.fields.iter().map(|Field { ident, ty, doc, .. }| {
            let doc = self::doc(doc);
            quote!(#doc pub #ident: #ty)
        });
        let read = self
            .fields
            .iter()
            .map(|Field { ident, read, .. }| quote!(#ident: #read));
        let parts = if self.fields.is_empty() {
            quote!(_)
        } else {
            quote!(parts)
        };
        let name = &self.operation.name;
        let doc = doc(&format!(
            "A request of [`Client::{name}`](crate::Client::{name}), as a mock received it."
        ));
        [
            parse_quote! {
                #doc
                #[derive(Clone, Debug, PartialEq)]
                #[non_exhaustive]
                pub struct #kind { #(#fields),* }
            },
            parse_quote! {
                impl mock::Typed for #kind {
                    fn operation() -> &'static mock::Operation {
                        &super::#constant
                    }

                    fn read(#parts: &mock::Parts) -> ::std::result::Result<Self, mock::Fault> {
                        Ok(Self { #(#read),* })
                    }
                }
            },
        ]
    }
}

/// The types of the parts of an operation's requests.
pub(super) fn types(operation: &Operation) -> impl Iterator<Item = &Ty> {
    let body = operation.body.as_ref().and_then(|body| body.content.ty());
    operation.parameters.iter().map(|parameter| &parameter.ty).chain(body)
}

/// The types of all that can be asked of an operation's requests.
pub(super) fn matched_types<'a>(api: &'a Api, operation: &'a Operation) -> impl Iterator<Item = &'a Ty> {
    types(operation).chain(properties(api, operation).iter().map(|field| &field.ty))
}

/// The properties of an operation's body, where that is an object.
fn properties<'a>(api: &'a Api, operation: &Operation) -> &'a [typedef::Field] {
    let body = operation.body.as_ref().and_then(|body| body.content.named());
    body.and_then(|id| api.fields(id)).unwrap_or_default()
}

/// The body of a request, of which each property can be asked.
fn body(api: &Api, operation: &Operation) -> Option<Field> {
    let body = operation.body.as_ref()?;
    let of_body = body.content.ty().map(|ty| rust_type(api, ty, Module::Other));
    let of_body = of_body.unwrap_or_else(|| quote!(crate::Body));
    let (ty, part) = if body.required {
        (of_body.clone(), quote!(Some(&request.body)))
    } else {
        (quote!(::std::option::Option<#of_body>), quote!(request.body.as_ref()))
    };
    let read = match (body.content.ty(), body.required) {
        (Some(ty), _) if ty.is_of_times() => quote!(parts.body::<crate::time::Read<_>>()?.0),
        (Some(_), _) => quote!(parts.body()?),
        (None, true) => quote!(parts.bytes()?),
        (None, false) => quote!(parts.optional_bytes()?),
    };
    let mut matchers = vec![Matcher {
        name: "body".into(),
        ty: of_body,
        part,
        doc: "Only for requests with this body.".into(),
    }];
    let parameters = operation.parameters.iter().map(|parameter| parameter.ident.as_str());
    let parameters = parameters.collect::<Vec<_>>();
    for field in properties(api, operation) {
        let name = names::property(&field.ident, &parameters);
        matchers.push(property(api, field, name, body.required));
    }
    Some(Field {
        ident: format_ident!("body"),
        ty,
        doc: "The body.".into(),
        read,
        matchers,
    })
}

/// What can be asked of a property of the body.
fn property(api: &Api, field: &typedef::Field, name: String, is_required: bool) -> Matcher {
    let ident = format_ident!("{}", field.ident);
    let ty = field_type(api, field, Module::Other);
    let part = match (is_required, field.has_three_states()) {
        (true, false) => quote!(Some(&request.body.#ident)),
        (true, true) => quote!(request.body.#ident.as_ref()),
        (false, false) => quote!(request.body.as_ref().map(|body| &body.#ident)),
        (false, true) => quote!(request.body.as_ref().and_then(|body| body.#ident.as_ref())),
    };
    Matcher {
        name,
        ty,
        part,
        doc: format!("Only for requests with this {} in the body.", code(&field.wire_name)),
    }
}
