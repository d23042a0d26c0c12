//! What the caller of an operation sets, its parameters and its body: their fields, their setters, and the steps that put
//! them into the call.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, format_ident, quote};
use syn::{ImplItemFn, Type, parse_quote};

use super::{
    document,
    forms::Forms,
    literally,
    probes::{Probes, argument},
    type_name,
};
use crate::{
    api::{Api, Body, Content, Operation, Parameter, Place, Schema, Shape},
    diagnostic::Diagnostic,
};

/// What the caller sets, with its type and what it is before it is set.
pub(super) struct Input<'a> {
    pub(super) field: syn::Ident,
    kind: Type,
    initial: syn::Expr,
    of: Of<'a>,
}

enum Of<'a> {
    Parameter(&'a Parameter),
    Body {
        required: bool,
        content: &'a Content,
        builder: Option<syn::Ident>,
        /// The type of what is sent, where it is not bytes.
        sent: Option<&'a Type>,
    },
}

/// What the caller of an operation sets.
pub(super) fn inputs<'a>(
    operation: &'a Operation,
    api: &Api,
    probes: &'a Probes,
) -> Result<Vec<Input<'a>>, Diagnostic> {
    let mut inputs = Vec::new();
    for parameter in &operation.parameters {
        let (kind, is_optional) = parameter_type(parameter, probes)?;
        let message = format!("the parameter `{}` is required, and was not set", parameter.name);
        let (kind, initial): (Type, syn::Expr) = if is_optional {
            (parse_quote!(::std::option::Option<#kind>), parse_quote!(Ok(None)))
        } else {
            (kind, parse_quote!(Err(#message.to_string())))
        };
        inputs.push(Input {
            field: format_ident!("{}", parameter.field),
            kind,
            initial,
            of: Of::Parameter(parameter),
        });
    }
    if let Some(Body { required, content }) = &operation.body {
        let is_object = |key: &&str| {
            matches!(
                api.schemas.get(*key),
                Some(Schema {
                    shape: Shape::Object(_),
                    ..
                })
            )
        };
        let builder = content.component().filter(is_object).map(|key| format_ident!("{key}"));
        let sent = content
            .schema()
            .map(|schema| probes.type_of(&schema.probe))
            .transpose()?;
        let kind = match (&builder, sent) {
            (Some(name), _) => parse_quote!(types::builder::#name),
            (None, Some(sent)) => sent.clone(),
            (None, None) => parse_quote!(reqwest::Body),
        };
        let (kind, initial): (Type, syn::Expr) = match (required, &builder) {
            (false, _) => (parse_quote!(::std::option::Option<#kind>), parse_quote!(Ok(None))),
            (true, Some(_)) => (kind, parse_quote!(Ok(Default::default()))),
            (true, None) => (
                kind,
                parse_quote!(Err("the body is required, and was not set".to_string())),
            ),
        };
        inputs.push(Input {
            field: format_ident!("body"),
            kind,
            initial,
            of: Of::Body {
                required: *required,
                content,
                builder,
                sent,
            },
        });
    }
    Ok(inputs)
}

/// The type of a parameter, and whether it may be left out.
pub(super) fn parameter_type(parameter: &Parameter, probes: &Probes) -> Result<(Type, bool), Diagnostic> {
    let kind = probes.type_of(&parameter.probe)?.clone();
    // One that may be null is one that may be left out: null is written as nothing.
    let inner = if is_option(&kind) { argument(&kind) } else { None };
    let is_optional = !parameter.required || inner.is_some();
    Ok((inner.unwrap_or(kind), is_optional))
}

fn is_option(kind: &Type) -> bool {
    type_name(kind).is_some_and(|name| name == "Option")
}

/// Gives the builder a field for each input.
pub(super) fn fields(item: &mut syn::ItemStruct, inputs: &[Input<'_>]) {
    let inputs = inputs
        .iter()
        .map(|Input { field, kind, .. }| quote!(#field: ::std::result::Result<#kind, ::std::string::String>));
    item.fields =
        syn::Fields::Named(parse_quote!({ client: &'a Client, options: Option<Box<CallOptions>>, #(#inputs),* }));
    // A body of bytes may be a stream, which is sent once.
    let is_bytes = |field: &syn::Field| field.ty.to_token_stream().to_string().contains("reqwest :: Body");
    if item.fields.iter().any(is_bytes) {
        item.attrs.retain(|attribute| !attribute.path().is_ident("derive"));
        item.attrs.push(parse_quote!(#[derive(Debug)]));
    }
}

impl Input<'_> {
    /// What it is before it is set.
    pub(super) fn initial(&self) -> TokenStream {
        let Self { field, initial, .. } = self;
        quote!(#field: #initial)
    }

    /// The functions that set it.
    pub(super) fn setters(&self) -> Vec<ImplItemFn> {
        match &self.of {
            Of::Parameter(parameter) => vec![self.parameter_setter(parameter)],
            Of::Body { required, builder, .. } => self.body_setters(*required, builder.as_ref()),
        }
    }

    fn parameter_setter(&self, parameter: &Parameter) -> ImplItemFn {
        let Self { field, kind, .. } = self;
        let inner = if is_option(kind) { argument(kind) } else { None };
        let some = inner.is_some().then(|| quote!(.map(Some)));
        let kind = inner.as_ref().unwrap_or(kind);
        let message = format!("the parameter `{}`: {{error}}", literally(&parameter.name));
        let mut function: ImplItemFn = parse_quote! {
            pub fn #field<V>(mut self, value: V) -> Self
            where
                V: std::convert::TryInto<#kind>,
                V::Error: std::fmt::Display,
            {
                self.#field = value.try_into()#some.map_err(|error| format!(#message));
                self
            }
        };
        document(&mut function.attrs, &parameter.doc);
        function
    }

    fn body_setters(&self, required: bool, builder: Option<&syn::Ident>) -> Vec<ImplItemFn> {
        let Self { field, kind, .. } = self;
        let inner = if required { None } else { argument(kind) };
        let kind = inner.as_ref().unwrap_or(kind);
        let some = (!required).then(|| quote!(.map(Some)));
        let Some(name) = builder else {
            let mut function: ImplItemFn = parse_quote! {
                pub fn #field<V>(mut self, value: V) -> Self
                where
                    V: std::convert::TryInto<#kind>,
                    V::Error: std::fmt::Display,
                {
                    self.#field = value.try_into()#some.map_err(|error| error.to_string());
                    self
                }
            };
            document(&mut function.attrs, "Sets the body.");
            return vec![function];
        };
        let mut whole: ImplItemFn = parse_quote! {
            pub fn #field<V>(mut self, value: V) -> Self
            where
                V: std::convert::TryInto<types::#name>,
                V::Error: std::fmt::Display,
            {
                self.#field = value.try_into().map(From::from)#some.map_err(|error| error.to_string());
                self
            }
        };
        document(
            &mut whole.attrs,
            "Sets the whole body, from the type itself or from its builder.",
        );
        let mapped = if required {
            quote!(f)
        } else {
            quote!(|body| Some(f(body.unwrap_or_default())))
        };
        let mut parts: ImplItemFn = parse_quote! {
            pub fn body_map<F>(mut self, f: F) -> Self
            where
                F: std::ops::FnOnce(#kind) -> #kind,
            {
                self.#field = self.#field.map(#mapped);
                self
            }
        };
        document(
            &mut parts.attrs,
            "Sets parts of the body: `body_map(|body| body.name(\"…\"))`, one function for each property.",
        );
        vec![whole, parts]
    }

    /// Whether the call is sent without it, where it was not set.
    pub(super) fn is_left_out(&self) -> bool {
        matches!(self.of, Of::Body { required: false, .. })
    }

    /// What makes of a body in the making the body itself.
    pub(super) fn build(&self) -> Option<TokenStream> {
        let Of::Body { required, builder, .. } = &self.of else {
            return None;
        };
        builder.as_ref().map(|name| {
            if *required {
                quote!(.and_then(|body| types::#name::try_from(body).map_err(|error| error.to_string())))
            } else {
                quote!(.and_then(|body| {
                    body.map(types::#name::try_from).transpose().map_err(|error| error.to_string())
                }))
            }
        })
    }

    /// The step that puts it into the call.
    pub(super) fn step(&self, forms: &Forms<'_>) -> TokenStream {
        match &self.of {
            Of::Parameter(parameter) => {
                let (step, name, field) = (format_ident!("{}", step(parameter.place)), &parameter.name, &self.field);
                quote!(.#step(#name, &#field)?)
            }
            Of::Body { content, sent, .. } => body_step(content, *sent, forms),
        }
    }
}

fn body_step(content: &Content, sent: Option<&Type>, forms: &Forms<'_>) -> TokenStream {
    match content {
        Content::Json { media_type, .. } if media_type == "application/json" => quote!(.json(&body)?),
        Content::Json { media_type, .. } => quote!(.json_as(#media_type, &body)?),
        Content::Bytes(media_type) | Content::Stream(media_type) => quote!(.bytes(#media_type, body)),
        Content::Form { is_deep: false, .. } => quote!(.form(&body)?),
        Content::Form { is_deep: true, .. } => quote!(.form_deep(&body)?),
        Content::Multipart { media_types, .. } => {
            let media_types = media_types
                .iter()
                .map(|(name, media_type)| quote!((#name, #media_type)));
            let parts = sent.map(|sent| forms.step(sent, &quote!(&body)));
            quote!(.multipart(crate::multipart::Form::new(&[#(#media_types),*])#parts))
        }
    }
}

/// The function of the runtime that puts a parameter in its place.
fn step(place: Place) -> &'static str {
    match place {
        Place::Path => "path",
        Place::PathTail => "path_tail",
        Place::PathLabel => "path_label",
        Place::PathMatrix => "path_matrix",
        Place::Query => "query",
        Place::QueryJoined => "query_joined",
        Place::QuerySpaced => "query_spaced",
        Place::QueryPiped => "query_piped",
        Place::QueryDeep => "query_deep",
        Place::QueryJson => "query_json",
        Place::Header => "header",
        Place::Cookie => "cookie",
    }
}
