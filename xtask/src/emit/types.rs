//! `types.rs`: the types, as typify declares them, with what it does not do; and the enums of statuses.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use syn::{Attribute, Fields, Item, ItemStruct, parse_quote, punctuated::Punctuated};

use super::{
    attributes::{mock_serialize, type_doc},
    enums, functions,
    multipart::Forms,
    paths::Prelude,
    schemas, statuses,
    text::Text,
    tokens::{derive, document},
    unions,
};
use crate::{
    analyze::derives,
    bridge::{parsed, unexpected_output},
    input::diagnostic::Diagnostic,
    model::{
        Api,
        ty::{Ty, TypeId},
        typedef::{Boxing, Field, Kind, TypeDef},
    },
};

/// The documentation of the field for the properties that the description does not name.
pub(super) const ADDITIONAL_DOC: &str = "What else the object holds, by name.";

/// What the documentation of times in responses says.
const WITHOUT_ZONE: &str = "\n\nA time without a zone in a response is read as UTC.";

/// Writes everything in `types.rs`.
///
/// # Errors
///
/// If typify's items are not of the expected form.
pub(super) fn write(
    text: &mut Text<'_>,
    mut types: BTreeMap<TypeId, TokenStream>,
    api: &Api,
    prelude: &Prelude,
    forms: &Forms<'_>,
) -> Result<(), Diagnostic> {
    // What a caller looks for first stands first: the failures, then the schemas, and last what they consist of.
    statuses::write_enums(text, api);
    for (id, def) in api.types() {
        if !def.kind.is_own() {
            let declared = types.remove(&id);
            let missing = || unexpected_output(&format!("the type `{}`", def.name)).at(&def.pointer);
            let declared = declared.ok_or_else(missing)?;
            let declared = parsed::<syn::File>(declared).map_err(|error| error.at(&def.pointer))?;
            text.add(declaration(declared.items, api, prelude, id)?);
        }
    }
    for (id, def) in api.types() {
        match &def.kind {
            Kind::Enum { base, values } => text.add(enums::items(def, *base, values)),
            Kind::Union { variants, tag } => text.add(unions::union(api, id, variants, tag.as_deref())),
            Kind::Tuple(tuple) => text.add([unions::tuple(api, def, tuple)]),
            _ => {}
        }
    }
    text.add(forms.items());
    text.add(statuses::displays(api));
    text.add([schemas::define(api)]);
    Ok(())
}

/// What typify declares of a type, with what it does not do.
fn declaration(declared: Vec<Item>, api: &Api, prelude: &Prelude, id: TypeId) -> Result<Vec<Item>, Diagnostic> {
    let def = &api[id];
    let mut items = Vec::new();
    for item in declared {
        match item {
            Item::Struct(mut structure) => {
                declare(&mut structure, api, prelude, def)?;
                items.push(structure.into());
                items.extend(functions::default(api, def));
                items.extend(functions::of_type(api, id));
            }
            // What a type can do by itself was written with it.
            Item::Impl(block) if block.trait_.is_none() => {}
            other => items.push(other),
        }
    }
    Ok(items)
}

fn declare(structure: &mut ItemStruct, api: &Api, prelude: &Prelude, def: &TypeDef) -> Result<(), Diagnostic> {
    let serde = std::mem::take(&mut structure.attrs)
        .into_iter()
        .filter(|attribute| attribute.path().is_ident("serde"))
        .collect::<Vec<_>>();
    let derive = derive(&derives(def));
    structure.attrs = vec![parse_quote!(#derive)];
    structure.attrs.extend(serde);
    let mut doc = type_doc(def);
    if def.usage.is_received && matches!(&def.kind, Kind::Alias(ty) if ty.is_of_times()) {
        doc.push_str(WITHOUT_ZONE);
    }
    document(&mut structure.attrs, &doc);
    match &def.kind {
        Kind::Struct { fields, additional, .. } => {
            // The vendor may add properties, which must not break those who build or match the type.
            structure.attrs.push(parse_quote!(#[non_exhaustive]));
            let additional = additional.as_ref().and_then(read_additional);
            declare_fields(structure, fields, additional.as_ref(), (api, prelude, def))?;
        }
        Kind::Alias(ty) if ty.is_of_times() => {
            for content in &mut structure.fields {
                content
                    .attrs
                    .push(parse_quote!(#[serde(deserialize_with = "crate::time::deserialize")]));
            }
        }
        _ => {}
    }
    for attribute in mock_serialize(def, None).into_iter().chain(schemas::of_struct(def)) {
        structure.attrs.push(parse_quote!(#attribute));
    }
    Ok(())
}

/// What reads the properties of an object that the description does not name; any JSON needs nothing.
fn read_additional(values: &Ty) -> Option<Attribute> {
    Some(match values {
        Ty::Any => return None,
        values if values.is_of_times() => {
            parse_quote!(#[serde(flatten, deserialize_with = "crate::time::deserialize")])
        }
        _ => parse_quote!(#[serde(flatten, deserialize_with = "crate::additional::deserialize")]),
    })
}

fn declare_fields(
    structure: &mut ItemStruct,
    fields: &[Field],
    additional: Option<&Attribute>,
    (api, prelude, def): (&Api, &Prelude, &TypeDef),
) -> Result<(), Diagnostic> {
    let Fields::Named(declared) = &mut structure.fields else {
        return Err(unexpected_output(&format!("the fields of `{}`", def.name)).at(&def.pointer));
    };
    let by_ident = fields
        .iter()
        .map(|field| (field.ident.as_str(), field))
        .collect::<BTreeMap<_, _>>();
    for declared in &mut declared.named {
        let ident = declared.ident.as_ref().map(ToString::to_string).unwrap_or_default();
        let Some(field) = by_ident.get(ident.as_str()) else {
            document(&mut declared.attrs, ADDITIONAL_DOC);
            if let Some(read) = additional {
                declared.attrs.retain(|attribute| !attribute.path().is_ident("serde"));
                declared.attrs.push(read.clone());
            }
            continue;
        };
        let mut doc = field.doc.clone();
        if def.usage.is_received && field.ty.is_of_times() {
            doc.push_str(WITHOUT_ZONE);
        }
        if field.keeps_null {
            if field.has_three_states() {
                let inner = &declared.ty;
                declared.ty = parse_quote!(::std::option::Option<#inner>);
                doc.push_str(if field.writes_null {
                    "\n\n`None` leaves it out, `Some(None)` is null."
                } else {
                    "\n\n`None` and `Some(None)` leave it out."
                });
            } else if field.writes_null {
                doc.push_str("\n\n`None` leaves it out; null is a value of it.");
            }
            tell_null_from_absent(declared, field);
        } else {
            rename(declared, field);
        }
        document(&mut declared.attrs, &doc);
        if let Some(attribute) = schemas::of_field(api, prelude, field) {
            declared.attrs.push(parse_quote!(#attribute));
        }
    }
    Ok(())
}

/// The name on the wire for what serde is told: typify knows the field's alone. It writes null for an absent value if recursion
/// has put the `Option` on the heap.
fn rename(declared: &mut syn::Field, field: &Field) {
    let mut options = Vec::<syn::Meta>::new();
    if field.boxing == Boxing::Option && !field.required {
        options.push(parse_quote!(skip_serializing_if = "::std::option::Option::is_none"));
    }
    if field.wire_name != field.ident {
        let name = &field.wire_name;
        options.push(parse_quote!(rename = #name));
    }
    let is_of_times = field.ty.is_of_times();
    if is_of_times {
        if !field.required {
            options.push(parse_quote!(default));
        }
        options.push(parse_quote!(deserialize_with = "crate::time::deserialize"));
    }
    let is_kept = |meta: &syn::Meta| {
        let is = |name: &str| meta.path().is_ident(name);
        !is("rename") && !(is_of_times && (is("default") || is("deserialize_with")))
    };
    declared.attrs.retain(|attribute| {
        if !attribute.path().is_ident("serde") {
            return true;
        }
        let metas = attribute.parse_args_with(Punctuated::<syn::Meta, syn::Token![,]>::parse_terminated);
        let metas = metas.into_iter().flatten();
        options.extend(metas.filter(is_kept));
        false
    });
    if !options.is_empty() {
        declared.attrs.push(parse_quote!(#[serde(#(#options),*)]));
    }
}

/// Makes an absent value `None`, and null `Some` of the null that the type within has.
fn tell_null_from_absent(declared: &mut syn::Field, field: &Field) {
    let name = &field.wire_name;
    declared.attrs.retain(|attribute| !attribute.path().is_ident("serde"));
    let read = if field.ty.is_of_times() {
        "crate::time::nullable"
    } else {
        "crate::nullable::deserialize"
    };
    declared.attrs.push(parse_quote! {
        #[serde(
            rename = #name,
            default,
            deserialize_with = #read,
            skip_serializing_if = "::std::option::Option::is_none"
        )]
    });
}
