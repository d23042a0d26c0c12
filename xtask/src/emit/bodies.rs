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
    let types: Item = parse_quote!(
        use super::types;
    );
    let violations = objects.iter().any(|id| has_check(api, *id)).then(|| -> Item {
        parse_quote!(
            use crate::validate::Violations;
        )
    });
    text.add([types].into_iter().chain(violations));
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
    let Kind::Struct { fields, additional, .. } = &def.kind else {
        return Vec::new();
    };
    let name = format_ident!("{}", def.name);
    let (mut declared, mut taken, mut built) = (Vec::<TokenStream>::new(), Vec::new(), Vec::new());
    for field in fields {
        let ident = format_ident!("{}", field.ident);
        let ty = declared_type(api, field);
        let (given, value) = converted(api, field);
        match held(api, field) {
            Held::Plain => {
                declared.push(quote!(pub(super) #ident: #ty));
                taken.push(quote!(#ident: #given));
                built.push(quote!(#ident: #value));
            }
            Held::Required => {
                declared.push(quote!(pub(super) #ident: ::std::option::Option<#ty>));
                taken.push(quote!(#ident: Some(#given)));
                built.push(quote!(#ident: #value));
            }
            Held::Constant(constant) => {
                declared.push(quote!(pub(super) #ident: ::std::option::Option<#ty>));
                taken.push(quote!(#ident: Some(#given)));
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
    let checks = fields.iter().filter_map(|field| check(api, field)).collect::<Vec<_>>();
    let check = (!checks.is_empty()).then(|| {
        quote! {
            pub(super) fn check(&self, at: &mut Violations) {
                #(#checks)*
            }
        }
    });
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

                #check

                pub(super) fn build(self) -> ::std::option::Option<types::#name> {
                    Some(types::#name { #(#built),* })
                }
            }
        },
    ]
}

/// Whether there may be something wrong with an object.
pub(super) fn has_check(api: &Api, id: TypeId) -> bool {
    let mut fields = api.fields(id).unwrap_or_default().iter();
    fields.any(|field| check(api, field).is_some())
}

/// The statement that finds what is wrong with a property.
fn check(api: &Api, field: &Field) -> Option<TokenStream> {
    let (ident, name) = (format_ident!("{}", field.ident), &field.wire_name);
    let required =
        matches!(held(api, field), Held::Required).then(|| quote!(at.required_property(#name, self.#ident.is_some());));
    let text = field.ty.named().filter(|_| is_text(api, &field.ty));
    let limited = text.map(|id| {
        let ty = named_type(api, id, Module::Other);
        let text = if field.has_three_states() {
            quote!(self.#ident.as_ref().and_then(|text| text.as_deref()))
        } else {
            quote!(self.#ident.as_deref())
        };
        quote!(at.property(#name, |at| at.limited::<#ty>(#text));)
    });
    (required.is_some() || limited.is_some()).then(|| quote!(#required #limited))
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
fn converted(api: &Api, field: &Field) -> (TokenStream, TokenStream) {
    let ident = format_ident!("{}", field.ident);
    let is_required = matches!(held(api, field), Held::Required);
    if !is_text(api, &field.ty) {
        let required = is_required.then(|| quote!(?));
        return (quote!(value.#ident), quote!(self.#ident #required));
    }
    if is_required {
        (quote!(value.#ident.into()), quote!(self.#ident?.try_into().ok()?))
    } else if field.has_three_states() {
        (
            quote!(value.#ident.map(|value| value.map(::std::convert::Into::into))),
            quote!(self.#ident.map(|value| value.map(::std::convert::TryInto::try_into).transpose()).transpose().ok()?),
        )
    } else {
        (
            quote!(value.#ident.map(::std::convert::Into::into)),
            quote!(self.#ident.map(::std::convert::TryInto::try_into).transpose().ok()?),
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
        (1, _) if field.has_three_states() => {
            let inner = boxed(quote!(Some(value)));
            quote!(#value.map(|value| #inner))
        }
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
