//! The types and their builders: documentation, limits with telling messages, null told from absent.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};
use syn::{Fields, ImplItem, Item, ItemImpl, ItemStruct, LitStr, parse_quote, visit_mut::VisitMut};

use super::{document, missed, probes::argument, type_name};
use crate::{
    api::{Api, Property, Schema, Shape},
    diagnostic::Diagnostic,
    names,
};

/// Grafts the types and the builders of types.
pub(super) fn graft(types: &mut [Item], builders: &mut [Item], api: &Api) -> Result<(), Diagnostic> {
    for item in types.iter_mut() {
        match item {
            Item::Struct(item) => structure(item, api)?,
            Item::Enum(item) => return Err(missed(&format!("the rule for the enum `{}`", item.ident))),
            Item::Impl(item) => implementation(item, api)?,
            _ => {}
        }
    }
    for item in builders {
        match item {
            Item::Struct(item) => builder(item, api)?,
            Item::Impl(item) => builder_implementation(item, api)?,
            _ => {}
        }
    }
    Ok(())
}

/// What a string with limits can do besides what typify gives it.
pub(super) fn texts(api: &Api) -> Vec<Item> {
    let texts = api
        .schemas
        .iter()
        .filter(|(_, schema)| matches!(schema.shape, Shape::Text { .. }));
    let items = texts.flat_map(|(key, _)| -> [Item; 2] {
        let name = format_ident!("{key}");
        [
            parse_quote! {
                impl std::fmt::Display for #name {
                    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str(&self.0)
                    }
                }
            },
            parse_quote! {
                impl AsRef<str> for #name {
                    fn as_ref(&self) -> &str {
                        &self.0
                    }
                }
            },
        ]
    });
    items.collect()
}

fn schema<'a>(name: &str, api: &'a Api) -> Result<&'a Schema, Diagnostic> {
    api.schemas
        .get(name)
        .ok_or_else(|| missed(&format!("the schema of the type `{name}`")))
}

/// The property that a field is for: the one that serde renames it to, or else of its own name.
fn property<'a>(field: &syn::Field, schema: &'a Schema) -> Result<&'a Property, Diagnostic> {
    let mut name = field
        .ident
        .as_ref()
        .map(|ident| ident.to_string().trim_start_matches("r#").to_owned());
    for attribute in field
        .attrs
        .iter()
        .filter(|attribute| attribute.path().is_ident("serde"))
    {
        // What this does not understand is left alone; only the name is looked for.
        let _ = attribute.parse_nested_meta(|meta| {
            if let Ok(value) = meta.value() {
                let text: LitStr = value.parse()?;
                if meta.path.is_ident("rename") {
                    name = Some(text.value());
                }
            }
            Ok(())
        });
    }
    let name = name.unwrap_or_default();
    match &schema.shape {
        Shape::Object(properties) => properties.iter().find(|property| property.name == name),
        _ => None,
    }
    .ok_or_else(|| missed(&format!("the property of the field `{}.{name}`", schema.name)))
}

/// The property that a setter is for, found by the name that typify gives a field.
fn property_of_field<'a>(field: &str, schema: &'a Schema) -> Result<&'a Property, Diagnostic> {
    let Shape::Object(properties) = &schema.shape else {
        return Err(missed(&format!("the object `{}`", schema.name)));
    };
    properties
        .iter()
        .find(|property| names::field(&property.name) == field)
        .ok_or_else(|| missed(&format!("the property of the setter `{}.{field}`", schema.name)))
}

pub(super) fn type_doc(schema: &Schema) -> String {
    format!("{}\n\nFrom `{}`.", schema.doc, schema.pointer)
}

fn structure(item: &mut ItemStruct, api: &Api) -> Result<(), Diagnostic> {
    let schema = schema(&item.ident.to_string(), api)?;
    document(&mut item.attrs, &type_doc(schema));
    let Fields::Named(fields) = &mut item.fields else {
        return Ok(());
    };
    // The vendor may add properties, which must not break those who build or match the type.
    item.attrs.push(parse_quote!(#[non_exhaustive]));
    for field in &mut fields.named {
        let property = property(field, schema)?;
        let mut doc = property.doc.clone();
        if property.has_three_states() {
            three_states(field, property);
            doc.push_str("\n\n`None` leaves it out, `Some(None)` is null.");
        }
        document(&mut field.attrs, &doc);
    }
    Ok(())
}

/// Makes the field an `Option` of an `Option`, so that null can be told from absent.
fn three_states(field: &mut syn::Field, property: &Property) {
    let inner = &field.ty;
    field.ty = parse_quote!(::std::option::Option<#inner>);
    let name = &property.name;
    field.attrs.retain(|attribute| !attribute.path().is_ident("serde"));
    field.attrs.push(parse_quote! {
        #[serde(
            rename = #name,
            default,
            deserialize_with = "crate::nullable::deserialize",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
    });
}

fn implementation(item: &mut ItemImpl, api: &Api) -> Result<(), Diagnostic> {
    let name = type_name(&item.self_ty).map(ToString::to_string).unwrap_or_default();
    let Some(schema) = api.schemas.get(&name) else {
        return Ok(());
    };
    let of_trait = item
        .trait_
        .as_ref()
        .and_then(|(_, path, _)| Some(path.segments.last()?.ident.to_string()));
    match (of_trait.as_deref(), &schema.shape) {
        (None, _) => {
            for function in &mut item.items {
                if let ImplItem::Fn(function) = function
                    && function.sig.ident == "builder"
                {
                    document(&mut function.attrs, "Begins a builder of it, with no property set.");
                }
            }
            Ok(())
        }
        (Some("FromStr"), Shape::Text { subject, min, max }) => limits(item, subject, *min, *max),
        _ => Ok(()),
    }
}

/// Replaces the check of a string's length by one that says what is too long, the limit, and how long it is.
fn limits(item: &mut ItemImpl, subject: &str, min: Option<u64>, max: Option<u64>) -> Result<(), Diagnostic> {
    let function = item
        .items
        .iter_mut()
        .find_map(|function| match function {
            ImplItem::Fn(function) if function.sig.ident == "from_str" => Some(function),
            _ => None,
        })
        .ok_or_else(|| missed(&format!("the check of `{subject}`")))?;
    let check = |bound: Option<u64>, beyond: TokenStream, what: &str| {
        let bound = bound?;
        let number = Literal::u64_unsuffixed(bound);
        let message = format!("`{subject}` is {{length}} characters long, but must be at {what} {bound}");
        Some(quote! {
            if length #beyond #number {
                return Err(format!(#message).into());
            }
        })
    };
    let too_long = check(max, quote!(>), "most");
    let too_short = check(min, quote!(<), "least");
    function.block = parse_quote!({
        let length = value.chars().count();
        #too_long
        #too_short
        Ok(Self(value.to_string()))
    });
    Ok(())
}

fn builder(item: &mut ItemStruct, api: &Api) -> Result<(), Diagnostic> {
    let schema = schema(&item.ident.to_string(), api)?;
    document(&mut item.attrs, &format!("Builds a [`{0}`](super::{0}).", schema.name));
    for field in &mut item.fields {
        let name = field.ident.as_ref().map(ToString::to_string).unwrap_or_default();
        if property_of_field(&name, schema)?.has_three_states() {
            let inner = argument(&field.ty).ok_or_else(|| missed(&format!("the value of `{name}`")))?;
            field.ty = parse_quote!(::std::result::Result<::std::option::Option<#inner>, ::std::string::String>);
        }
    }
    Ok(())
}

fn builder_implementation(item: &mut ItemImpl, api: &Api) -> Result<(), Diagnostic> {
    let name = type_name(&item.self_ty).map(ToString::to_string).unwrap_or_default();
    let schema = schema(&name, api)?;
    if let Some((_, path, _)) = &item.trait_ {
        if path.segments.last().is_some_and(|segment| segment.ident == "Default") {
            Missing(schema).visit_item_impl_mut(item);
        }
        return Ok(());
    }
    for function in &mut item.items {
        let ImplItem::Fn(function) = function else { continue };
        let field = &function.sig.ident;
        let property = property_of_field(&field.to_string(), schema)?;
        // A limited string's own message says what it is of.
        let is_limited = property
            .schema
            .as_ref()
            .and_then(|key| api.schemas.get(key))
            .is_some_and(|schema| matches!(schema.shape, Shape::Text { .. }));
        let error = if is_limited {
            quote!(|error| error.to_string())
        } else {
            let message = format!("`{}.{}`: {{error}}", schema.name, property.name);
            quote!(|error| format!(#message))
        };
        let value = if property.has_three_states() {
            quote!(value.try_into().map(Some).map_err(#error))
        } else {
            quote!(value.try_into().map_err(#error))
        };
        let mut doc = property.doc.clone();
        if property.has_three_states() {
            doc.push_str("\n\n`None` sends null; without this call it is left out.");
        }
        document(&mut function.attrs, &doc);
        function.block = parse_quote!({
            self.#field = #value;
            self
        });
    }
    Ok(())
}

/// Replaces what typify says of a property that was not set.
struct Missing<'a>(&'a Schema);

impl VisitMut for Missing<'_> {
    fn visit_lit_str_mut(&mut self, literal: &mut LitStr) {
        if let Some(field) = literal.value().strip_prefix("no value supplied for ")
            && let Ok(property) = property_of_field(field, self.0)
        {
            let message = format!("`{}.{}` is required, and was not set", self.0.name, property.name);
            *literal = LitStr::new(&message, literal.span());
        }
    }
}
