//! What the caller of an operation sets, its parameters and its body: their fields, their setters, and the steps that put them
//! into the call.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::parse_quote;

use super::{
    multipart::Forms,
    tokens::{doc, literally},
};
use crate::{
    bridge::{Module, rust_type},
    model::{
        Api,
        call_inputs::{self, Source},
        operation::{Content, Operation, Parameter},
    },
};

/// What the caller sets, with its types in Rust.
pub(super) struct Input<'a> {
    of: call_inputs::Input<'a>,
    pub(super) field: syn::Ident,
    /// Its type, without the `Option` around it.
    ty: TokenStream,
    /// The type that a caller gives: of a body, not its builder.
    pub(super) given: TokenStream,
    /// Whether the call is sent without it.
    pub(super) is_optional: bool,
}

/// What the caller of an operation sets.
pub(super) fn inputs<'a>(api: &Api, operation: &'a Operation) -> Vec<Input<'a>> {
    let inputs = call_inputs::inputs(api, operation).into_iter().map(|input| {
        let given = input.ty.map(|ty| rust_type(api, ty, Module::Other));
        let given = given.unwrap_or_else(|| quote!(reqwest::Body));
        let ty = match input.source {
            Source::Body { object: Some(id), .. } => {
                let name = format_ident!("{}", api[id].name);
                quote!(types::builder::#name)
            }
            _ => given.clone(),
        };
        Input {
            field: format_ident!("{}", input.ident),
            ty,
            given,
            is_optional: input.is_optional,
            of: input,
        }
    });
    inputs.collect()
}

/// The type of a parameter, without the `Option` around it.
pub(super) fn parameter_type(api: &Api, parameter: &Parameter) -> TokenStream {
    rust_type(api, parameter.ty.not_null(), Module::Other)
}

/// Gives the shell of a call a field for each input.
pub(super) fn fields(item: &mut syn::ItemStruct, inputs: &[Input<'_>]) {
    let fields = inputs.iter().map(|input| {
        let (field, ty) = (&input.field, input.field_type());
        quote!(#field: ::std::result::Result<#ty, ::std::string::String>)
    });
    item.fields =
        syn::Fields::Named(parse_quote!({ client: &'a Client, options: Option<Box<CallOptions>>, #(#fields),* }));
    if inputs.iter().any(|input| input.of.is_bytes()) {
        item.attrs.retain(|attribute| !attribute.path().is_ident("derive"));
        item.attrs.push(parse_quote!(#[derive(Debug)]));
    }
}

impl Input<'_> {
    /// The type of its field.
    fn field_type(&self) -> TokenStream {
        let ty = &self.ty;
        if self.is_optional {
            quote!(::std::option::Option<#ty>)
        } else {
            quote!(#ty)
        }
    }

    /// What it is before it is set.
    pub(super) fn initial(&self) -> TokenStream {
        let field = &self.field;
        let initial = match self.of.source {
            _ if self.is_optional => quote!(Ok(None)),
            Source::Parameter(parameter) => {
                let message = format!("the parameter `{}` is required, and was not set", parameter.name);
                quote!(Err(#message.to_string()))
            }
            Source::Body { object: Some(_), .. } => quote!(Ok(Default::default())),
            Source::Body { object: None, .. } => quote!(Err("the body is required, and was not set".to_string())),
        };
        quote!(#field: #initial)
    }

    /// The functions that set it.
    pub(super) fn setters(&self) -> Vec<TokenStream> {
        let Self { field, given, .. } = self;
        let some = self.is_optional.then(|| quote!(.map(Some)));
        match self.of.source {
            Source::Parameter(parameter) => {
                let message = format!("the parameter `{}`: {{error}}", literally(&parameter.name));
                vec![setter(
                    field,
                    given,
                    &quote!(value.try_into() #some.map_err(|error| format!(#message))),
                    &parameter.doc,
                )]
            }
            Source::Body { object: None, .. } => {
                let value = quote!(value.try_into() #some.map_err(|error| error.to_string()));
                vec![setter(field, given, &value, "Sets the body.")]
            }
            Source::Body { object: Some(_), .. } => {
                let value = quote!(value.try_into().map(From::from) #some.map_err(|error| error.to_string()));
                let doc = "Sets the whole body, from the type itself or from its builder.";
                vec![setter(field, given, &value, doc), self.body_map()]
            }
        }
    }

    fn body_map(&self) -> TokenStream {
        let Self { field, ty, .. } = self;
        let mapped = if self.is_optional {
            quote!(|body| Some(f(body.unwrap_or_default())))
        } else {
            quote!(f)
        };
        let doc = doc("Sets parts of the body: `body_map(|body| body.name(\"…\"))`, one function for each property.");
        quote! {
            #doc
            pub fn body_map<F>(mut self, f: F) -> Self
            where
                F: std::ops::FnOnce(#ty) -> #ty,
            {
                self.#field = self.#field.map(#mapped);
                self
            }
        }
    }

    /// What it is.
    pub(super) fn source(&self) -> Source<'_> {
        self.of.source
    }

    /// Whether the step that puts it into the call is left out, where it was not set.
    pub(super) fn is_left_out(&self) -> bool {
        self.is_optional && matches!(self.of.source, Source::Body { .. })
    }

    /// What makes of a body in the making the body itself.
    pub(super) fn build(&self, api: &Api) -> Option<TokenStream> {
        let Source::Body { object: Some(id), .. } = self.of.source else {
            return None;
        };
        let name = format_ident!("{}", api[id].name);
        Some(if self.is_optional {
            quote!(.and_then(|body| {
                body.map(types::#name::try_from).transpose().map_err(|error| error.to_string())
            }))
        } else {
            quote!(.and_then(|body| types::#name::try_from(body).map_err(|error| error.to_string())))
        })
    }

    /// The step that puts it into the call.
    pub(super) fn step(&self, forms: &Forms<'_>) -> TokenStream {
        match self.of.source {
            Source::Parameter(parameter) => {
                let step = format_ident!("{}", parameter.style.runtime_name());
                let (name, field) = (&parameter.name, &self.field);
                quote!(.#step(#name, &#field))
            }
            Source::Body { body, .. } => body_step(&body.content, forms),
        }
    }
}

fn setter(field: &syn::Ident, given: &TokenStream, value: &TokenStream, doc: &str) -> TokenStream {
    let doc = self::doc(doc);
    quote! {
        #doc
        pub fn #field<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<#given>,
            V::Error: std::fmt::Display,
        {
            self.#field = #value;
            self
        }
    }
}

fn body_step(content: &Content, forms: &Forms<'_>) -> TokenStream {
    match content {
        Content::Json { media_type, .. } if media_type == "application/json" => quote!(.json(&body)),
        Content::Json { media_type, .. } => quote!(.json_as(#media_type, &body)),
        Content::Bytes(media_type) | Content::Stream(media_type) => quote!(.bytes(#media_type, body)),
        Content::UrlEncoded { styles, .. } if styles.is_empty() => quote!(.form(&body)),
        Content::UrlEncoded { styles, .. } => {
            let arms = styles.iter().map(|(name, style)| {
                let step = format_ident!("{}", style.runtime_name());
                quote!(#name => call.#step(name, value),)
            });
            quote!(.form_with(&body, |call, name, value| match name { #(#arms)* _ => call.field(name, value) }))
        }
        Content::Multipart { ty, media_types } => {
            let media_types = media_types
                .iter()
                .map(|(name, media_type)| quote!((#name, #media_type)));
            let parts = forms.step(ty, &quote!(&body));
            quote!(.multipart(&[#(#media_types),*], |form| form #parts))
        }
    }
}
