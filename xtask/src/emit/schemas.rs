//! JSON Schemas of the types, for the feature `schemars`.
//!
//! They are derived, so that a schema says what the type is, whatever the description says. From the model comes what the
//! derive cannot see: which strings an enum knows, what a field makes of null, and the keywords for which Rust has no type.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Ident, Item, parse_quote, visit_mut::VisitMut as _};

use super::paths::{Prelude, Shorten};
use crate::{
    bridge::{Module, field_type},
    model::{
        Api,
        json::Json,
        rules::Rules,
        ty::Int,
        typedef::{EnumValue, Field, TypeDef},
    },
};

/// A list with more items than this is no list to the macros that take lists apart, since they recurse for each item.
const MAX_ITEMS: usize = 64;

/// The function that lists all types.
pub(super) fn define(api: &Api) -> Item {
    let typed = |is_own: bool| api.types.iter().filter(move |def| def.kind.is_own() == is_own);
    let names = typed(false)
        .chain(typed(true))
        .map(|def| format_ident!("{}", def.name))
        .collect::<Vec<_>>();
    let generator = if names.is_empty() { quote!(_) } else { quote!(generator) };
    parse_quote! {
        /// Makes `generator` define the schema of every type, by its name; each says where it stands in the API's description.
        #[cfg(feature = "schemars")]
        pub fn define_schemas(#generator: &mut schemars::SchemaGenerator) {
            #(generator.subschema_for::<#names>();)*
        }
    }
}

/// The attribute of a struct.
pub(super) fn of_struct(def: &TypeDef) -> Option<TokenStream> {
    attribute(true, &said(Vec::new(), &def.keywords, def.kind.own_keywords()))
}

/// The attribute of a field.
pub(super) fn of_field(api: &Api, prelude: &Prelude, field: &Field) -> Option<TokenStream> {
    let mut options = said(Vec::new(), &field.keywords, &[]);
    options.extend(null(api, prelude, field));
    attribute(false, &options)
}

/// The attribute of an item of a tuple, or of a variant of a union, that says what holds for it besides its type.
pub(super) fn of_part(rules: &Rules) -> Option<TokenStream> {
    let mut keywords = Vec::new();
    rules.write(&mut keywords);
    attribute(false, &said(Vec::new(), &keywords, &[]))
}

/// What the field makes of null, where the derive is wrong: a required nullable field is not optional, and an optional field that is
/// not nullable takes no null. Where null is told from absent, the derive is right.
fn null(api: &Api, prelude: &Prelude, field: &Field) -> Option<TokenStream> {
    if field.required {
        return field.ty.is_nullable().then(|| {
            let ty = shortened(prelude, &field_type(api, field, Module::Types));
            let function = format!("crate::schemas::required::<{ty}>");
            quote!(schema_with = #function)
        });
    }
    (!field.keeps_null).then(|| quote!(transform = crate::schemas::not_null))
}

/// A type as a person would write it.
fn shortened(prelude: &Prelude, ty: &TokenStream) -> String {
    let mut ty: syn::Type = parse_quote!(#ty);
    Shorten::new(prelude, Module::Types).visit_type_mut(&mut ty);
    quote!(#ty).to_string().replace(' ', "")
}

/// The attribute of an enum of strings.
pub(super) fn of_string_enum(def: &TypeDef, idents: &[Ident]) -> TokenStream {
    let known = quote!([#(Self::#idents.as_str()),*]);
    let known = if idents.len() > MAX_ITEMS {
        quote!("enum" = &#known[..])
    } else {
        quote!("enum" = #known)
    };
    let mut options = vec![quote!(with = "str")];
    options.extend(said(vec![known], &def.keywords, def.kind.own_keywords()));
    derived(&options)
}

/// The attribute of an enum of integers of a type, or of any values.
pub(super) fn of_enum(def: &TypeDef, int: Option<Int>, values: &[EnumValue]) -> TokenStream {
    let known = Json::Array(values.iter().map(|value| value.value.clone()).collect());
    let base = match int {
        Some(Int::I32) => "i32",
        Some(Int::I64) => "i64",
        Some(Int::U32) => "u32",
        Some(Int::U64) => "u64",
        Some(Int::Big) | None => "serde_json::Value",
    };
    let mut options = vec![quote!(with = #base)];
    options.extend(said(
        vec![extension("enum", &known)],
        &def.keywords,
        def.kind.own_keywords(),
    ));
    derived(&options)
}

/// The attribute of a union. Where serde derives nothing, it has no attribute either.
pub(super) fn of_union(def: &TypeDef, is_derived: bool) -> TokenStream {
    let mut options = Vec::new();
    if !is_derived {
        options.push(quote!(untagged));
    }
    options.extend(said(Vec::new(), &def.keywords, &[]));
    derived(&options)
}

/// The attribute of a variant that is no part of the schema.
pub(super) fn skipped_variant() -> TokenStream {
    quote!(#[cfg_attr(feature = "schemars", schemars(skip))])
}

fn derived(options: &[TokenStream]) -> TokenStream {
    let options = (!options.is_empty()).then(|| quote!(schemars(#(#options),*)));
    let options = options.into_iter();
    quote!(#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema) #(, #options)*)])
}

/// An attribute that is there with the feature alone; none if it would say nothing.
fn attribute(is_derived: bool, options: &[TokenStream]) -> Option<TokenStream> {
    if is_derived {
        return Some(derived(options));
    }
    (!options.is_empty()).then(|| quote!(#[cfg_attr(feature = "schemars", schemars(#(#options),*))]))
}

/// Options of the derive that add these keywords but for `replaced`, and others before them.
fn said(mut extensions: Vec<TokenStream>, keywords: &[(String, Json)], replaced: &[&str]) -> Vec<TokenStream> {
    let mut within = Vec::new();
    for (keyword, value) in keywords
        .iter()
        .filter(|(keyword, _)| !replaced.contains(&keyword.as_str()))
    {
        // Keywords of items or values are added to those that the derive makes.
        if ["items", "additionalProperties"].contains(&keyword.as_str()) && matches!(value, Json::Object(_)) {
            let value = json(value);
            within.push(quote!(transform = crate::schemas::within(#keyword, serde_json::json!(#value))));
        } else {
            extensions.push(extension(keyword, value));
        }
    }
    let extend = (!extensions.is_empty()).then(|| quote!(extend(#(#extensions),*)));
    extend.into_iter().chain(within).collect()
}

fn extension(keyword: &str, value: &Json) -> TokenStream {
    let value = json(value);
    quote!(#keyword = #value)
}

/// A value as `serde_json::json!` takes it.
pub(super) fn json(value: &Json) -> TokenStream {
    match value {
        Json::Null => quote!(null),
        Json::Bool(value) => quote!(#value),
        Json::Number(number) => {
            // Without a suffix, Rust takes an integer for one of 32 bits.
            let suffix = match (number.as_u64(), number.as_i64()) {
                (None, None) => "",
                (_, Some(integer)) if i32::try_from(integer).is_ok() => "",
                (Some(_), _) => "_u64",
                (None, Some(_)) => "_i64",
            };
            format!("{number}{suffix}").parse().unwrap_or_default()
        }
        Json::String(text) => quote!(#text),
        Json::Array(items) if items.len() > MAX_ITEMS => {
            let text = value.to_string();
            quote!(serde_json::from_str::<serde_json::Value>(#text).unwrap_or_default())
        }
        Json::Array(items) => {
            let items = items.iter().map(json);
            quote!([#(#items),*])
        }
        Json::Object(members) if members.len() > MAX_ITEMS => {
            let text = value.to_string();
            quote!(serde_json::from_str::<serde_json::Value>(#text).unwrap_or_default())
        }
        Json::Object(members) => {
            let members = members.iter().map(|(name, value)| {
                let value = json(value);
                quote!(#name: #value)
            });
            quote!({#(#members),*})
        }
    }
}
