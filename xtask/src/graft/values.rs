//! What makes the types pleasant as values: `new` with what is required, and getters of what has a default.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::{Number, Value};
use syn::{Fields, Ident, ImplItem, Item, ItemStruct, Type, parse_quote};

use super::{document, probes::argument, type_name, types::property};
use crate::{
    api::{Api, Property, Schema, Shape},
    names,
    prose::code,
};

/// Adds them to each object's own `impl`.
pub(super) fn add(types: &mut Vec<Item>, api: &Api) {
    let mut added = Vec::new();
    for item in types.iter() {
        let Item::Struct(item) = item else { continue };
        if let Some(schema) = api.schemas.get(&item.ident.to_string()) {
            let functions = functions(item, schema, api);
            added.extend((!functions.is_empty()).then_some((item.ident.clone(), functions)));
        }
    }
    for (name, functions) in added {
        let own = types.iter_mut().find_map(|item| match item {
            Item::Impl(item) if item.trait_.is_none() && type_name(&item.self_ty) == Some(&name) => Some(item),
            _ => None,
        });
        if let Some(own) = own {
            own.items.splice(0..0, functions);
            continue;
        }
        let behind = types
            .iter()
            .position(|item| matches!(item, Item::Struct(item) if item.ident == name));
        let own = parse_quote!(impl #name { #(#functions)* });
        types.insert(behind.map_or(types.len(), |at| at + 1), own);
    }
}

fn functions(item: &ItemStruct, schema: &Schema, api: &Api) -> Vec<ImplItem> {
    let Fields::Named(fields) = &item.fields else {
        return Vec::new();
    };
    let fields = fields
        .named
        .iter()
        .filter_map(|field| {
            let ident = field.ident.as_ref()?;
            Some((ident, &field.ty, property(&ident.to_string(), schema).ok()?))
        })
        .collect::<Vec<_>>();
    let getters = fields
        .iter()
        .filter_map(|(field, kind, property)| getter(field, kind, (*property)?, api));
    new(&fields, schema, api).into_iter().chain(getters).collect()
}

/// A function that takes what is required, if requests hold such objects and something is.
fn new(fields: &[(&Ident, &Type, Option<&Property>)], schema: &Schema, api: &Api) -> Option<ImplItem> {
    let (mut parameters, mut values) = (Vec::<TokenStream>::new(), Vec::<TokenStream>::new());
    for (field, kind, property) in fields {
        let constant = property.and_then(|property| constant(property, api));
        if let Some((key, variant)) = constant {
            values.push(quote!(#field: #key::#variant));
        } else if property.is_some_and(|property| property.required && !property.nullable) {
            let name = type_name(kind).map(ToString::to_string).unwrap_or_default();
            let is_text = name == "String" || name == "Secret";
            parameters.push(if is_text {
                quote!(#field: impl Into<#kind>)
            } else {
                quote!(#field: #kind)
            });
            values.push(if is_text {
                quote!(#field: #field.into())
            } else {
                quote!(#field)
            });
        } else {
            values.push(quote!(#field: ::std::default::Default::default()));
        }
    }
    if !schema.is_sent || parameters.is_empty() {
        return None;
    }
    let mut new: syn::ImplItemFn = parse_quote! {
        pub fn new(#(#parameters),*) -> Self {
            Self { #(#values),* }
        }
    };
    document(&mut new.attrs, "One with what is required, and nothing else.");
    Some(new.into())
}

/// The one value that a required property can have.
pub(super) fn constant(property: &Property, api: &Api) -> Option<(Ident, Ident)> {
    let key = property
        .schema
        .as_ref()
        .filter(|_| property.required && !property.nullable)?;
    match &api.schemas.get(key)?.shape {
        Shape::Choice(values) if values.len() == 1 && property.constant.is_some() => {
            Some((format_ident!("{key}"), format_ident!("{}", names::variants(values)[0])))
        }
        _ => None,
    }
}

/// A function for a property that may be absent, with what the server then takes.
fn getter(field: &Ident, kind: &Type, property: &Property, api: &Api) -> Option<ImplItem> {
    let of_its_schema = || api.schemas.get(property.schema.as_ref()?)?.keywords.get("default");
    let default = property.keywords.get("default").or_else(of_its_schema)?;
    if type_name(kind)? != "Option"
        || property.has_three_states()
        || ["new", "builder"].iter().any(|name| field == name)
    {
        return None;
    }
    let kind = argument(kind)?;
    let name = type_name(&kind)?.to_string();
    let (kind, value) = match default {
        Value::Bool(value) if name == "bool" => (kind, quote!(self.#field.unwrap_or(#value))),
        Value::String(text) if name == "String" => {
            (parse_quote!(&str), quote!(self.#field.as_deref().unwrap_or(#text)))
        }
        Value::String(text) => {
            let Shape::Choice(values) = &api.schemas.get(&name)?.shape else {
                return None;
            };
            let index = values.iter().position(|value| value == text)?;
            let variant = format_ident!("{}", names::variants(values)[index]);
            let value = quote!(self.#field.clone().unwrap_or(#kind::#variant));
            (kind, value)
        }
        Value::Number(number) => {
            let text = match name.as_str() {
                "f32" | "f64" => format!("{:?}", number.as_f64()?),
                _ if holds(&name, number) => number.to_string(),
                _ => return None,
            };
            let value = syn::parse_str::<syn::Expr>(&text).ok()?;
            (kind, quote!(self.#field.unwrap_or(#value)))
        }
        _ => return None,
    };
    let mut getter: syn::ImplItemFn = parse_quote! {
        pub fn #field(&self) -> #kind {
            #value
        }
    };
    let doc = format!("The property {}, or the server's default for it.", code(&property.name));
    document(&mut getter.attrs, &doc);
    Some(getter.into())
}

/// Whether an integer type has a value.
fn holds(kind: &str, number: &Number) -> bool {
    let bits = |kind: &str| kind.parse::<u32>().ok();
    match (
        kind.strip_prefix('i').and_then(bits),
        kind.strip_prefix('u').and_then(bits),
    ) {
        (Some(bits @ 1..=64), _) => number.as_i64().is_some_and(|value| value >> (bits - 1) == value >> 63),
        (_, Some(bits @ 1..=64)) => number.as_u64().is_some_and(|value| bits == 64 || value >> bits == 0),
        _ => false,
    }
}
