//! `body.rs`: for each object that is a body, its properties as far as a call has set them.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Item, parse_quote};

use super::{functions::constant_value, text::Text};
use crate::{
    analyze::constant,
    bridge::{Module, field_type, named_type, rust_type},
    model::{
        Api,
        call_inputs::object,
        prose::code,
        reserved,
        ty::{Ty, TypeId},
        typedef::{Boxing, Field, Kind},
    },
};

/// Writes everything in `body.rs`.
pub(super) fn write(text: &mut Text<'_>, api: &Api) {
    let bodies = api.operations.iter().filter_map(|operation| operation.body.as_ref());
    let objects = bodies.filter_map(|body| object(api, body.content.named()?));
    let objects = objects.collect::<BTreeSet<_>>();
    if objects.is_empty() {
        return;
    }
    text.add([
        parse_quote!(
            use super::types;
        ),
        parse_quote!(
            use crate::call::Violations;
        ),
    ]);
    for id in objects {
        text.add(items(api, id));
    }
}

/// How a body in the making holds a property.
enum Held {
    /// As an `Option`, because it has to be set.
    Required,
    /// As an `Option`, because it is this unless it was set to something else.
    Constant(TokenStream),
    /// As the type does.
    Plain,
}

fn held(api: &Api, field: &Field) -> Held {
    match constant(api, field) {
        Some(constant) => Held::Constant(constant_value(api, field, constant, Module::Other)),
        None if field.is_demanded() && field.ty != Ty::Null => Held::Required,
        None => Held::Plain,
    }
}

fn items(api: &Api, id: TypeId) -> Vec<Item> {
    let def = &api[id];
    let Kind::Struct { fields, additional } = &def.kind else {
        return Vec::new();
    };
    let name = format_ident!("{}", def.name);
    let (mut declared, mut taken, mut built) = (Vec::<TokenStream>::new(), Vec::new(), Vec::new());
    let mut required = Vec::<TokenStream>::new();
    for field in fields {
        let ident = format_ident!("{}", field.ident);
        let ty = declared_type(api, field);
        let path = format!("$.{}", field.wire_name);
        let (take, build) = converted(api, field, &path, &ident);
        match held(api, field) {
            Held::Plain => {
                declared.push(quote!(pub(super) #ident: #ty));
                taken.push(quote!(#ident: #take));
                built.push(quote!(#ident: #build));
            }
            Held::Required => {
                declared.push(quote!(pub(super) #ident: ::std::option::Option<#ty>));
                taken.push(quote!(#ident: Some(#take)));
                built.push(quote!(#ident: #build?));
                required.push(quote!((#path, self.#ident.is_some())));
            }
            Held::Constant(constant) => {
                declared.push(quote!(pub(super) #ident: ::std::option::Option<#ty>));
                taken.push(quote!(#ident: Some(#take)));
                built.push(quote!(#ident: self.#ident.unwrap_or_else(|| #constant)));
            }
        }
    }
    if let Some(values) = additional {
        let ident = format_ident!("{}", reserved::ADDITIONAL_FIELD);
        let ty = rust_type(api, &Ty::Map(Box::new(values.clone())), Module::Other);
        declared.push(quote!(pub(super) #ident: #ty));
        taken.push(quote!(#ident: value.#ident));
        built.push(quote!(#ident: self.#ident));
    }
    let uses_violations = !required.is_empty() || fields.iter().any(|field| is_text(api, &field.ty));
    let violations = if uses_violations { quote!(violations) } else { quote!(_) };
    let require = (!required.is_empty()).then(|| quote!(violations.require(&[#(#required),*]);));
    let doc = format!(" The properties of a {}, as far as they are set.", code(&def.name));
    vec![
        parse_quote! {
            #[doc = #doc]
            #[derive(Clone, Debug, Default)]
            pub(super) struct #name { #(#declared),* }
        },
        parse_quote! {
            impl #name {
                pub(super) fn of(value: types::#name) -> Self {
                    Self { #(#taken),* }
                }

                pub(super) fn build(self, #violations: &mut Violations) -> ::std::option::Option<types::#name> {
                    #require
                    Some(types::#name { #(#built),* })
                }
            }
        },
    ]
}

/// The type of a property in its struct, but that of a text with limits is what limits are checked of.
fn declared_type(api: &Api, field: &Field) -> TokenStream {
    let mut ty = if !is_text(api, &field.ty) {
        field_type(api, field, Module::Other)
    } else if field.is_demanded() {
        quote!(::std::string::String)
    } else {
        quote!(::std::option::Option<::std::string::String>)
    };
    if field.has_three_states() {
        ty = quote!(::std::option::Option<#ty>);
    }
    ty
}

/// What takes a property out of the type, and what puts it in.
fn converted(api: &Api, field: &Field, path: &str, ident: &syn::Ident) -> (TokenStream, TokenStream) {
    let id = field.ty.named().filter(|_| is_text(api, &field.ty));
    let Some(id) = id else {
        return (quote!(value.#ident), quote!(self.#ident));
    };
    let ty = named_type(api, id, Module::Other);
    let convert = |value: TokenStream| quote!(violations.converted::<#ty>(#path, #value));
    if field.has_three_states() {
        let convert = convert(quote!(value));
        (
            quote!(value.#ident.map(|value| value.map(::std::convert::Into::into))),
            quote!(self.#ident.map(|value| #convert)),
        )
    } else if field.is_demanded() {
        (quote!(value.#ident.into()), convert(quote!(self.#ident)))
    } else {
        (
            quote!(value.#ident.map(::std::convert::Into::into)),
            convert(quote!(self.#ident)),
        )
    }
}

/// Whether a type is a string with limits, or null.
pub(super) fn is_text(api: &Api, ty: &Ty) -> bool {
    ty.named().is_some_and(|id| matches!(api[id].kind, Kind::Text { .. }))
}

/// What a setter makes of its `value`, which has as many `Option`s around it as [`Field::setter_options`] says.
pub(super) fn set(api: &Api, field: &Field, value: &TokenStream) -> TokenStream {
    let boxed = |value: TokenStream| match field.boxing {
        Boxing::None => value,
        Boxing::Value => quote!(#value.map(::std::boxed::Box::new)),
        Boxing::Option => quote!(::std::boxed::Box::new(#value)),
    };
    let value = match (field.setter_options(), field.boxing) {
        (0, Boxing::None) => quote!(#value),
        (0, _) => quote!(::std::boxed::Box::new(#value)),
        (1, _) => boxed(quote!(#value)),
        (_, Boxing::None) if field.has_three_states() => quote!(#value),
        (_, _) if field.has_three_states() => {
            let inner = boxed(quote!(value));
            quote!(#value.map(|value| #inner))
        }
        _ => boxed(quote!(#value.flatten())),
    };
    match held(api, field) {
        Held::Required | Held::Constant(_) => quote!(Some(#value)),
        Held::Plain => value,
    }
}
