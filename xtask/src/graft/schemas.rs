//! JSON Schemas of the types, for the feature `schemars`.
//!
//! They are derived, so that a schema says what the type is, whatever the document says. What the derive cannot see is
//! read from the type as it stands: which strings a choice knows, and what its fields make of null. From the document
//! come only the keywords for which Rust has no type.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::{Map, Value};
use syn::{Attribute, Fields, Item, ItemEnum, ItemStruct, Meta, Token, Type, parse_quote, punctuated::Punctuated};

use crate::api::{Api, Schema, Shape};

/// Lets every type implement `JsonSchema`, and adds the function that lists them. The types have their last names here.
pub(super) fn derive(types: &mut Vec<Item>, api: &Api) {
    let schemas = api
        .schemas
        .values()
        .map(|schema| (schema.name.as_str(), schema))
        .collect::<BTreeMap<_, _>>();
    let find = |name: &syn::Ident| schemas.get(name.to_string().as_str()).copied();
    let mut listed = Vec::new();
    for item in types.iter_mut() {
        match item {
            Item::Struct(item) => {
                let Some(schema) = find(&item.ident) else { continue };
                listed.push(item.ident.clone());
                structure(item, schema, &schemas);
            }
            Item::Enum(item) => {
                let Some(schema) = find(&item.ident) else { continue };
                listed.push(item.ident.clone());
                enumeration(item, schema);
            }
            _ => {}
        }
    }
    let end = types
        .iter()
        .position(|item| matches!(item, Item::Mod(_)))
        .unwrap_or(types.len());
    let generator = if listed.is_empty() {
        quote!(_)
    } else {
        quote!(generator)
    };
    types.insert(
        end,
        parse_quote! {
            /// Makes `generator` define the schema of every type, by its name; each says where it stands in the API's document.
            #[cfg(feature = "schemars")]
            pub fn define_schemas(#generator: &mut schemars::SchemaGenerator) {
                #(generator.subschema_for::<#listed>();)*
            }
        },
    );
}

fn structure(item: &mut ItemStruct, schema: &Schema, schemas: &BTreeMap<&str, &Schema>) {
    let mut keywords = schema.keywords.clone();
    let mut checked = Vec::new();
    match &schema.shape {
        // What the type checks, it says itself.
        Shape::Text { min, max, .. } => {
            for (keyword, limit) in [("minLength", min), ("maxLength", max)] {
                keywords.remove(keyword);
                checked.extend(limit.map(|limit| extension(keyword, &limit.into())));
            }
        }
        Shape::Tuple(_) => keywords.retain(|keyword, _| !["minItems", "maxItems"].contains(&keyword.as_str())),
        _ => {}
    }
    put(
        &mut item.attrs,
        Some(quote!(derive(schemars::JsonSchema))),
        &said(checked, &keywords),
    );
    let (Fields::Named(fields), Shape::Object(properties)) = (&mut item.fields, &schema.shape) else {
        return;
    };
    for field in &mut fields.named {
        let property = properties
            .iter()
            .find(|property| field.ident.as_ref().is_some_and(|ident| *ident == property.field));
        let mut options = property.map_or(Vec::new(), |property| said(Vec::new(), &property.keywords));
        options.extend(null(field, schemas));
        put(&mut field.attrs, None, &options);
    }
}

/// What the field makes of null, where the derive would take it for more or for less.
fn null(field: &syn::Field, schemas: &BTreeMap<&str, &Schema>) -> Option<TokenStream> {
    let serde = field
        .attrs
        .iter()
        .filter(|attribute| attribute.path().is_ident("serde"));
    let serde = serde.filter_map(|attribute| {
        attribute
            .parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)
            .ok()
    });
    let serde = serde.flatten().collect::<Vec<_>>();
    let has = |option: &str| serde.iter().any(|meta| meta.path().is_ident(option));
    let kind = &field.ty;
    let inner = optional(kind, schemas)?;
    if !has("default") && has("deserialize_with") {
        let function = format!("crate::schemas::required::<{}>", text(kind));
        return Some(quote!(schema_with = #function));
    }
    let is_left_out = has("skip_serializing_if") && !has("deserialize_with");
    (is_left_out && optional(&inner, schemas).is_none()).then(|| quote!(transform = crate::schemas::not_null))
}

/// The `T` of an `Option<T>`, which recursion may have put into a box.
fn optional(kind: &Type, schemas: &BTreeMap<&str, &Schema>) -> Option<Type> {
    let Type::Path(path) = kind else { return None };
    let last = path.path.segments.last()?;
    let inner = super::probes::argument(kind)?;
    let is_own = path.path.segments.len() == 1 && schemas.contains_key(last.ident.to_string().as_str());
    match last.ident.to_string().as_str() {
        "Option" if !is_own => Some(inner),
        "Box" if !is_own => optional(&inner, schemas),
        _ => None,
    }
}

fn enumeration(item: &mut ItemEnum, schema: &Schema) {
    let mut keywords = schema.keywords.clone();
    let (mut options, mut known) = (Vec::new(), Vec::new());
    if matches!(schema.shape, Shape::Choice(_)) {
        keywords.retain(|keyword, _| !["const", "enum"].contains(&keyword.as_str()));
        let variants = item.variants.iter().filter(|variant| variant.fields.is_empty());
        let variants = variants.map(|variant| &variant.ident);
        options.push(quote!(with = "str"));
        known.push(quote!("enum" = [#(Self::#variants.as_str()),*]));
    } else {
        for variant in item.variants.iter_mut().filter(|variant| variant.ident == "Unknown") {
            put(&mut variant.attrs, None, &[quote!(skip)]);
        }
        // Where serde derives nothing, it has no attribute either.
        if !item.attrs.iter().any(|attribute| attribute.path().is_ident("serde")) {
            options.push(quote!(untagged));
        }
    }
    options.extend(said(known, &keywords));
    put(&mut item.attrs, Some(quote!(derive(schemars::JsonSchema))), &options);
}

/// Adds an attribute that is there with the feature alone.
fn put(attributes: &mut Vec<Attribute>, derive: Option<TokenStream>, options: &[TokenStream]) {
    let options = (!options.is_empty()).then(|| quote!(schemars(#(#options),*)));
    let parts = derive.into_iter().chain(options).collect::<Vec<_>>();
    if !parts.is_empty() {
        attributes.push(parse_quote!(#[cfg_attr(feature = "schemars", #(#parts),*)]));
    }
}

/// Options of the derive that add these keywords, and others before them.
fn said(mut extensions: Vec<TokenStream>, keywords: &Map<String, Value>) -> Vec<TokenStream> {
    let mut within = Vec::new();
    for (keyword, value) in keywords {
        // What is said of items or values is added to what the derive says of them.
        if ["items", "additionalProperties"].contains(&keyword.as_str()) && value.is_object() {
            let value = json(value);
            within.push(quote!(transform = crate::schemas::within(#keyword, serde_json::json!(#value))));
        } else {
            extensions.push(extension(keyword, value));
        }
    }
    let extend = (!extensions.is_empty()).then(|| quote!(extend(#(#extensions),*)));
    extend.into_iter().chain(within).collect()
}

fn extension(keyword: &str, value: &Value) -> TokenStream {
    let value = json(value);
    quote!(#keyword = #value)
}

/// A value as `serde_json::json!` takes it.
fn json(value: &Value) -> TokenStream {
    match value {
        Value::Null => quote!(null),
        Value::Bool(value) => quote!(#value),
        Value::Number(number) => {
            // Without a suffix, Rust takes an integer for one of 32 bits.
            let suffix = match (number.as_u64(), number.as_i64()) {
                (None, None) => "",
                (_, Some(integer)) if i32::try_from(integer).is_ok() => "",
                (Some(_), _) => "_u64",
                (None, Some(_)) => "_i64",
            };
            format!("{number}{suffix}").parse().unwrap_or_default()
        }
        Value::String(text) => quote!(#text),
        Value::Array(items) => {
            let items = items.iter().map(json);
            quote!([#(#items),*])
        }
        Value::Object(members) => {
            let members = members.iter().map(|(name, value)| {
                let value = json(value);
                quote!(#name: #value)
            });
            quote!({#(#members),*})
        }
    }
}

/// A type as a person would write it.
fn text(kind: &Type) -> String {
    quote!(#kind).to_string().replace(' ', "")
}
