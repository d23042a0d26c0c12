//! What makes the types pleasant as values: `new` with what is required, and getters of what has a default.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Item, parse_quote};

use super::tokens::doc;
use crate::{
    analyze::{self, Constant, DefaultValue, constant},
    bridge::{Module, field_type, named_type, rust_type},
    model::{
        Api,
        prose::code,
        reserved,
        ty::{Format, Ty, TypeId},
        typedef::{Field, Kind, TypeDef},
    },
};

/// The functions of a struct.
pub(super) fn of_type(api: &Api, id: TypeId) -> Option<Item> {
    let def = &api[id];
    let Kind::Struct { fields, additional, .. } = &def.kind else {
        return None;
    };
    let name = format_ident!("{}", def.name);
    let mut functions = Vec::new();
    if def.has_new() {
        functions.extend(new(api, fields, additional.is_some(), def.traits.default));
    }
    functions.extend(sorted(fields).into_iter().filter_map(|field| getter(api, field)));
    (!functions.is_empty()).then(|| parse_quote!(impl #name { #(#functions)* }))
}

/// The fields as they are declared.
fn sorted(fields: &[Field]) -> Vec<&Field> {
    let mut sorted = fields.iter().collect::<Vec<_>>();
    sorted.sort_by(|one, other| one.ident.cmp(&other.ident));
    sorted
}

/// A function that takes what is required, unless nothing is and `Default` does the same.
fn new(api: &Api, fields: &[Field], has_additional: bool, has_default: bool) -> Option<TokenStream> {
    let (mut parameters, mut values) = (Vec::<TokenStream>::new(), Vec::<TokenStream>::new());
    for field in sorted(fields) {
        let ident = format_ident!("{}", field.ident);
        if let Some(constant) = constant(api, field) {
            let value = constant_value(api, field, constant, Module::Types);
            values.push(quote!(#ident: #value));
        } else if field.is_demanded() && field.ty != Ty::Null {
            let ty = field_type(api, field, Module::Types);
            let is_text = matches!(field.ty, Ty::Str(Format::Text | Format::Secret));
            parameters.push(if is_text {
                quote!(#ident: impl ::std::convert::Into<#ty>)
            } else {
                quote!(#ident: #ty)
            });
            values.push(if is_text {
                quote!(#ident: #ident.into())
            } else {
                quote!(#ident)
            });
        } else {
            values.push(quote!(#ident: ::std::default::Default::default()));
        }
    }
    if has_additional {
        let ident = format_ident!("{}", reserved::ADDITIONAL_FIELD);
        values.push(quote!(#ident: ::std::default::Default::default()));
    }
    if parameters.is_empty() && has_default {
        return None;
    }
    let tags = fields.iter().filter(|field| field.tag.is_some());
    let tags = tags.map(|field| format!(", its {}", code(&field.wire_name)));
    let tags = tags.collect::<Vec<_>>().concat();
    let doc = doc(&format!("One with what is required{tags}, and nothing else."));
    Some(quote! {
        #doc
        pub fn new(#(#parameters),*) -> Self {
            Self { #(#values),* }
        }
    })
}

/// The one value that a property can have, or by which a union knows an object, as its field holds it.
pub(super) fn constant_value(api: &Api, field: &Field, constant: Constant<'_>, module: Module) -> TokenStream {
    let value = match constant {
        Constant::Bool(value) => quote!(#value),
        Constant::Text(value) => quote!(#value.to_owned()),
        Constant::Variant(id, value) => {
            let (name, variant) = (named_type(api, id, module), format_ident!("{}", value.ident));
            quote!(#name::#variant)
        }
    };
    if field.is_demanded() {
        value
    } else if field.has_three_states() {
        quote!(::std::option::Option::Some(::std::option::Option::Some(#value)))
    } else {
        quote!(::std::option::Option::Some(#value))
    }
}

/// `Default` of a struct that a union knows by a property, which has its value then.
pub(super) fn default(api: &Api, def: &TypeDef) -> Option<Item> {
    let Kind::Struct { fields, .. } = &def.kind else {
        return None;
    };
    if !def.traits.default || !def.kind.has_tag() {
        return None;
    }
    let name = format_ident!("{}", def.name);
    let values = sorted(fields).into_iter().map(|field| {
        let ident = format_ident!("{}", field.ident);
        let value = constant(api, field).map(|constant| constant_value(api, field, constant, Module::Types));
        let value = value.unwrap_or_else(|| quote!(::std::default::Default::default()));
        quote!(#ident: #value)
    });
    Some(parse_quote! {
        impl ::std::default::Default for #name {
            fn default() -> Self {
                Self { #(#values),* }
            }
        }
    })
}

/// A function for a property that may be absent, with what the server then takes.
fn getter(api: &Api, field: &Field) -> Option<TokenStream> {
    let ident = format_ident!("{}", field.ident);
    let ty = rust_type(api, field.ty.not_null(), Module::Types);
    let (ty, value) = match analyze::getter(api, field)? {
        DefaultValue::Bool(value) => (ty, quote!(self.#ident.unwrap_or(#value))),
        DefaultValue::Text(text) => (quote!(&str), quote!(self.#ident.as_deref().unwrap_or(#text))),
        DefaultValue::Variant(_, variant) => {
            let variant = format_ident!("{}", variant.ident);
            let value = quote!(self.#ident.clone().unwrap_or(#ty::#variant));
            (ty, value)
        }
        DefaultValue::Int(number) => {
            let value = syn::parse_str::<syn::Expr>(&number.to_string()).ok()?;
            (ty, quote!(self.#ident.unwrap_or(#value)))
        }
        DefaultValue::Float(number) => {
            let value = syn::parse_str::<syn::Expr>(&format!("{number:?}")).ok()?;
            (ty, quote!(self.#ident.unwrap_or(#value)))
        }
    };
    let doc = doc(&format!(
        "The property {}, or the server's default for it.",
        code(&field.wire_name)
    ));
    Some(quote! {
        #doc
        pub fn #ident(&self) -> #ty {
            #value
        }
    })
}
