//! The types and their builders: documentation, limits with telling messages, null told from absent.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};
use syn::{
    Fields, Ident, ImplItem, Item, ItemImpl, ItemStruct, parse_quote, punctuated::Punctuated, visit_mut::VisitMut,
};

use super::{document, literally, missed, probes::argument, type_name, values::constant};
use crate::{
    api::{Api, Property, Schema, Shape},
    diagnostic::Diagnostic,
    prose::code,
};

/// The field that typify makes for the properties without a name in the document, and what it is.
const OTHERS: &str = "extra";
const OTHERS_DOC: &str = "What else the object holds, by name.";

/// Grafts the types and the builders of types.
pub(super) fn graft(types: &mut Vec<Item>, builders: &mut Vec<Item>, api: &Api) -> Result<(), Diagnostic> {
    only_builders_of_requests(types, builders, api);
    for item in types.iter_mut() {
        match item {
            Item::Struct(item) => structure(item, api)?,
            Item::Enum(item) => return Err(missed(&format!("the rule for the enum `{}`", item.ident))),
            Item::Impl(item) => implementation(item, api)?,
            Item::Mod(item) if item.ident == "error" => of_conversion(item),
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

/// Says of typify's own error what it is for.
fn of_conversion(module: &mut syn::ItemMod) {
    document(&mut module.attrs, "Why a value is refused by a type.");
    let items = module.content.as_mut().map(|(_, items)| items);
    for item in items.into_iter().flatten() {
        if let Item::Struct(item) = item {
            document(
                &mut item.attrs,
                "A value that breaks a rule of the API's document, or an object that lacks what is required.\n\n`Display` \
                 names the property and the rule.",
            );
        }
    }
}

/// Leaves the builders of what requests hold: what a server sends is read, not built.
fn only_builders_of_requests(types: &mut Vec<Item>, builders: &mut Vec<Item>, api: &Api) {
    let is_sent = |kind: Option<&Ident>| {
        let schema = kind.and_then(|name| api.schemas.get(&name.to_string()));
        schema.is_none_or(|schema| schema.is_sent)
    };
    types.retain_mut(|item| match item {
        Item::Impl(item) if item.trait_.is_none() && !is_sent(type_name(&item.self_ty)) => {
            item.items
                .retain(|function| !matches!(function, ImplItem::Fn(function) if function.sig.ident == "builder"));
            !item.items.is_empty()
        }
        _ => true,
    });
    builders.retain(|item| match item {
        Item::Struct(item) => is_sent(Some(&item.ident)),
        Item::Impl(item) => is_sent(type_name(&item.self_ty)),
        _ => true,
    });
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
                impl ::std::convert::AsRef<str> for #name {
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

/// The property that a field or setter is for; `None` if it is for what else an object holds.
pub(super) fn property<'a>(field: &str, schema: &'a Schema) -> Result<Option<&'a Property>, Diagnostic> {
    let Shape::Object(properties) = &schema.shape else {
        return Err(missed(&format!("the object `{}`", schema.name)));
    };
    let found = properties.iter().find(|property| property.field == field);
    if found.is_none() && field != OTHERS {
        return Err(missed(&format!("the property of `{}.{field}`", schema.name)));
    }
    Ok(found)
}

/// The name on the wire for what serde is told: typify knows the field's alone.
fn rename(field: &mut syn::Field, property: &Property) -> Result<(), Diagnostic> {
    let mut kept = Vec::<syn::Meta>::new();
    for attribute in field
        .attrs
        .iter()
        .filter(|attribute| attribute.path().is_ident("serde"))
    {
        let metas = attribute.parse_args_with(Punctuated::<syn::Meta, syn::Token![,]>::parse_terminated);
        kept.extend(metas.map_err(|_| missed(&format!("a known attribute of `{}`", property.field)))?);
    }
    kept.retain(|meta| !meta.path().is_ident("rename"));
    if property.name != property.field {
        let name = &property.name;
        kept.insert(0, parse_quote!(rename = #name));
    }
    field.attrs.retain(|attribute| !attribute.path().is_ident("serde"));
    if !kept.is_empty() {
        field.attrs.push(parse_quote!(#[serde(#(#kept),*)]));
    }
    Ok(())
}

pub(super) fn type_doc(schema: &Schema) -> String {
    format!("{}\n\nFrom {}.", schema.doc, code(&schema.pointer.to_string()))
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
        let ident = field.ident.as_ref().map(ToString::to_string).unwrap_or_default();
        let Some(property) = property(&ident, schema)? else {
            document(&mut field.attrs, OTHERS_DOC);
            continue;
        };
        rename(field, property)?;
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
        let message = format!(
            "`{}` is {{length}} characters long, but must be at {what} {bound}",
            literally(subject)
        );
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
        if property(&name, schema)?.is_some_and(Property::has_three_states) {
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
            Missing { schema, api }.visit_item_impl_mut(item);
        }
        return Ok(());
    }
    for function in &mut item.items {
        let ImplItem::Fn(function) = function else { continue };
        let field = &function.sig.ident;
        let Some(property) = property(&field.to_string(), schema)? else {
            document(&mut function.attrs, OTHERS_DOC);
            continue;
        };
        // A limited string's own message says what it is of.
        let is_limited = property
            .schema
            .as_ref()
            .and_then(|key| api.schemas.get(key))
            .is_some_and(|schema| matches!(schema.shape, Shape::Text { .. }));
        let error = if is_limited {
            quote!(|error| error.to_string())
        } else {
            let message = format!("`{}.{}`: {{error}}", schema.name, literally(&property.name));
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

/// Replaces what typify has for a property that was not set: a constant needs no setting, and what else an object holds
/// may be nothing.
struct Missing<'a> {
    schema: &'a Schema,
    api: &'a Api,
}

impl VisitMut for Missing<'_> {
    fn visit_field_value_mut(&mut self, value: &mut syn::FieldValue) {
        let syn::Member::Named(field) = &value.member else {
            return;
        };
        match property(&field.to_string(), self.schema) {
            Ok(None) => value.expr = parse_quote!(Ok(Default::default())),
            Ok(Some(property)) if property.required && !property.nullable => {
                value.expr = if let Some((key, variant)) = constant(property, self.api) {
                    parse_quote!(Ok(super::#key::#variant))
                } else {
                    let message = format!("`{}.{}` is required, and was not set", self.schema.name, property.name);
                    parse_quote!(Err(#message.to_string()))
                };
            }
            _ => {}
        }
    }
}
