//! `body.rs`: for each object that is a body, its properties as far as a call has set them.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Item, parse_quote};

use super::{
    functions::constant_value,
    rules,
    text::Text,
    validate::{Checks, layers},
};
use crate::{
    analyze::constant,
    bridge::{Module, field_type, rust_type},
    model::{
        Api,
        call_inputs::object,
        prose::code,
        reserved,
        rules::Rules,
        ty::{Ty, TypeId},
        typedef::{Boxing, Field, Kind, Wrapper},
    },
};

/// Writes everything in `body.rs`.
pub(super) fn write(text: &mut Text<'_>, api: &Api, checks: &Checks<'_>) {
    let bodies = api.operations.iter().filter_map(|operation| operation.body.as_ref());
    let objects = bodies.filter_map(|body| object(api, body.content.named()?));
    let objects = objects.collect::<BTreeSet<_>>();
    if objects.is_empty() {
        return;
    }
    let types: Item = parse_quote!(
        use super::types;
    );
    let violations = objects.iter().any(|id| checks.has_object(*id)).then(|| -> Item {
        parse_quote!(
            use crate::validate::Violations;
        )
    });
    text.add([types].into_iter().chain(violations));
    for id in objects {
        text.add(items(api, id, checks));
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

fn items(api: &Api, id: TypeId, checks: &Checks<'_>) -> Vec<Item> {
    let def = &api[id];
    let Kind::Struct { fields, additional, .. } = &def.kind else {
        return Vec::new();
    };
    let name = format_ident!("{}", def.name);
    let (mut declared, mut taken, mut built) = (Vec::<TokenStream>::new(), Vec::new(), Vec::new());
    for field in fields {
        let ident = format_ident!("{}", field.ident);
        let ty = declared_type(api, field);
        match held(api, field) {
            Held::Plain => {
                declared.push(quote!(pub(super) #ident: #ty));
                taken.push(quote!(#ident: value.#ident));
                built.push(quote!(#ident: self.#ident));
            }
            Held::Required => {
                declared.push(quote!(pub(super) #ident: ::std::option::Option<#ty>));
                taken.push(quote!(#ident: Some(value.#ident)));
                built.push(quote!(#ident: self.#ident?));
            }
            Held::Constant(constant) => {
                declared.push(quote!(pub(super) #ident: ::std::option::Option<#ty>));
                taken.push(quote!(#ident: Some(value.#ident)));
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
    let check = checks
        .object(id, |field| set_in(api, field, &quote!(self)))
        .map(|check| {
            quote! {
                pub(super) fn check(&self, at: &mut Violations) {
                    #check
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

/// What checks these rules of `body`, a body in the making, besides those of its type.
pub(super) fn check(api: &Api, id: TypeId, rules: &Rules) -> TokenStream {
    let Kind::Struct { fields, additional, .. } = &api[id].kind else {
        return TokenStream::new();
    };
    let others = additional.as_ref().map(|_| {
        let ident = format_ident!("{}", reserved::ADDITIONAL_FIELD);
        quote!(body.#ident)
    });
    let is_set = |field: &Field| {
        let value = set_in(api, Some(field), &quote!(body));
        (!field.required).then(|| quote!(#value.is_some()))
    };
    rules::object(
        &rules.own,
        &rules::count(fields, is_set, others.as_ref()),
        others.as_ref(),
    )
}

/// What is set of a property, or of those that have no names of their own, as an `Option` of a reference.
fn set_in(api: &Api, field: Option<&Field>, body: &TokenStream) -> TokenStream {
    let Some(field) = field else {
        let ident = format_ident!("{}", reserved::ADDITIONAL_FIELD);
        return quote!(Some(&#body.#ident));
    };
    let ident = format_ident!("{}", field.ident);
    let is_option = layers(field).first() == Some(&Wrapper::Option);
    match held(api, field) {
        Held::Constant(_) if is_option => quote!(#body.#ident.as_ref().and_then(|value| value.as_ref())),
        Held::Plain if !is_option => quote!(Some(&#body.#ident)),
        Held::Required | Held::Constant(_) | Held::Plain => quote!(#body.#ident.as_ref()),
    }
}

/// The type of a property in its struct.
fn declared_type(api: &Api, field: &Field) -> TokenStream {
    let ty = field_type(api, field, Module::Other);
    if field.has_three_states() {
        quote!(::std::option::Option<#ty>)
    } else {
        ty
    }
}

/// What a setter makes of its `value`.
pub(super) fn set(api: &Api, field: &Field, value: &TokenStream) -> TokenStream {
    let value = stored(field, value);
    match held(api, field) {
        Held::Required | Held::Constant(_) => quote!(Some(#value)),
        Held::Plain => value,
    }
}

/// What the field of a type holds of a `value` that has as many `Option`s around it as [`Field::setter_options`] says.
pub(super) fn stored(field: &Field, value: &TokenStream) -> TokenStream {
    let boxed = |value: TokenStream| match field.boxing {
        Boxing::None => value,
        Boxing::Value => quote!(#value.map(::std::boxed::Box::new)),
        Boxing::Option => quote!(::std::boxed::Box::new(#value)),
    };
    match (field.setter_options(), field.boxing) {
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
    }
}
