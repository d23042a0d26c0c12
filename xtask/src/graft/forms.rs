//! Forms with files: how each type that is sent as one becomes parts. What is a file is told by its type, `Upload`.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Fields, GenericArgument, Item, PathArguments, Type, parse_quote};

use super::{missed, probes::Probes, type_name};
use crate::{
    api::{Api, Content, Property, Shape},
    diagnostic::Diagnostic,
};

/// What the graft knows of forms.
pub(super) struct Forms<'a> {
    api: &'a Api,
    /// The types that are files: one, a list of them, or one of several types of which one is.
    files: BTreeSet<String>,
}

impl<'a> Forms<'a> {
    pub(super) fn of(types: &[Item], api: &'a Api) -> Self {
        let held = types.iter().map(|item| (name_of(item), held(item)));
        let held = held.collect::<Vec<_>>();
        let mut forms = Self {
            api,
            files: BTreeSet::new(),
        };
        loop {
            let is_new = |name: &String| !forms.files.contains(name);
            let holders = held
                .iter()
                .filter(|(_, kinds)| kinds.iter().any(|kind| forms.is_files(kind)));
            let new = holders.map(|(name, _)| name.clone()).filter(is_new).collect::<Vec<_>>();
            if new.is_empty() {
                return forms;
            }
            forms.files.extend(new);
        }
    }

    /// What makes parts of the bodies that are forms, and files of the values in them.
    pub(super) fn items(&self, types: &[Item], probes: &Probes) -> Result<Vec<Item>, Diagnostic> {
        let by_name = types
            .iter()
            .map(|item| (name_of(item), item))
            .collect::<BTreeMap<_, _>>();
        let item_of = |name: &str| {
            by_name
                .get(name)
                .copied()
                .ok_or_else(|| missed(&format!("the type `{name}`")))
        };
        let bodies = self
            .api
            .operations
            .iter()
            .filter_map(|operation| operation.body.as_ref());
        let mut next = Vec::new();
        for body in bodies {
            if let Content::Multipart { schema, .. } = &body.content {
                next.extend(self.form(probes.type_of(&schema.probe)?));
            }
        }
        let mut forms = BTreeMap::new();
        while let Some(name) = next.pop() {
            if forms.contains_key(&name) {
                continue;
            }
            let item = item_of(&name)?;
            next.extend(held(item).into_iter().filter_map(|kind| self.form(kind)));
            forms.insert(name.clone(), self.parts_of(&name, item)?);
        }
        let files = self.files.iter().map(|name| Ok(files_of(self, name, item_of(name)?)));
        let files = files.collect::<Result<Vec<_>, Diagnostic>>()?;
        Ok(forms.into_values().chain(files).collect())
    }

    /// The step that adds all parts of a body to a form.
    pub(super) fn step(&self, kind: &Type, value: &TokenStream) -> TokenStream {
        let is_map_of_files = match of_std(&bare(kind)) {
            Some((name, arguments)) if name == "HashMap" => arguments.last().is_some_and(|kind| self.is_files(kind)),
            _ => false,
        };
        if self.form(kind).is_some() || is_map_of_files {
            quote!(.parts(#value))
        } else {
            quote!(.fields(#value))
        }
    }

    /// The name of the type that makes the parts of a form by itself.
    fn form(&self, kind: &Type) -> Option<String> {
        let kind = bare(kind);
        if of_std(&kind).is_some() {
            return None;
        }
        let name = type_name(&kind)?.to_string();
        let shape = &self.api.schemas.get(&name)?.shape;
        matches!(shape, Shape::Object(_) | Shape::Union { .. } | Shape::Other).then_some(name)
    }

    /// Whether values of a type are files, or hold files that are parts by themselves.
    fn is_files(&self, kind: &Type) -> bool {
        if let Some((name, arguments)) = of_std(kind) {
            return ["Option", "Vec", "Box"].contains(&name.as_str())
                && arguments.first().is_some_and(|inner| self.is_files(inner));
        }
        *kind == parse_quote!(crate::Upload)
            || type_name(kind).is_some_and(|name| self.files.contains(&name.to_string()))
    }

    /// The step that adds the parts of one name.
    fn part(&self, kind: &Type, name: &TokenStream, value: &TokenStream) -> TokenStream {
        if self.is_files(kind) {
            quote!(.files(#name, #value))
        } else {
            quote!(.field(#name, #value))
        }
    }

    fn parts_of(&self, name: &str, item: &Item) -> Result<Item, Diagnostic> {
        let ident = format_ident!("{name}");
        let body = match (item, self.api.schemas.get(name).map(|schema| &schema.shape)) {
            (Item::Struct(item), Some(Shape::Object(properties))) => {
                let mut kinds = item
                    .fields
                    .iter()
                    .filter_map(|field| Some((field.ident.as_ref()?.to_string(), &field.ty)))
                    .collect::<BTreeMap<_, _>>();
                let mut steps = Vec::new();
                for Property { name, field, .. } in properties {
                    let kind = kinds
                        .remove(field)
                        .ok_or_else(|| missed(&format!("the field `{field}`")))?;
                    let field = format_ident!("{field}");
                    steps.push(self.part(kind, &quote!(#name), &quote!(&self.#field)));
                }
                // What is left is what else the object holds.
                for (field, kind) in kinds {
                    let field = format_ident!("{field}");
                    steps.push(self.step(kind, &quote!(&self.#field)));
                }
                quote!(form #(#steps)*)
            }
            (Item::Struct(item), _) => {
                let kind = item.fields.iter().map(|field| &field.ty).next();
                let kind = kind.ok_or_else(|| missed(&format!("what `{name}` holds")))?;
                let step = self.step(kind, &quote!(&self.0));
                quote!(form #step)
            }
            (item, _) => variants(item, |kind| self.step(kind, &quote!(value))),
        };
        Ok(parse_quote! {
            impl crate::multipart::Parts for #ident {
                fn add_to(&self, form: crate::multipart::Form) -> crate::multipart::Form {
                    #body
                }
            }
        })
    }
}

fn files_of(forms: &Forms<'_>, name: &str, item: &Item) -> Item {
    let ident = format_ident!("{name}");
    let body = if let Item::Struct(item) = item {
        let steps = item.fields.iter().enumerate().map(|(index, field)| {
            let index = syn::Index::from(index);
            forms.part(&field.ty, &quote!(name), &quote!(&self.#index))
        });
        quote!(form #(#steps)*)
    } else {
        variants(item, |kind| forms.part(kind, &quote!(name), &quote!(value)))
    };
    parse_quote! {
        impl crate::multipart::Files for #ident {
            fn add_to(&self, name: &str, form: crate::multipart::Form) -> crate::multipart::Form {
                #body
            }
        }
    }
}

/// A match with one step for each variant of an enum.
fn variants(item: &Item, step: impl Fn(&Type) -> TokenStream) -> TokenStream {
    let Item::Enum(item) = item else {
        return quote!(form);
    };
    let arms = item.variants.iter().filter_map(|variant| {
        let name = &variant.ident;
        let step = step(&variant.fields.iter().next()?.ty);
        Some(quote!(Self::#name(value) => form #step,))
    });
    quote!(match self { #(#arms)* })
}

fn name_of(item: &Item) -> String {
    match item {
        Item::Struct(item) => item.ident.to_string(),
        Item::Enum(item) => item.ident.to_string(),
        _ => String::new(),
    }
}

/// The types of what a value of this type is: of one of several types, of what it is another name for, of its items; but
/// not of an object, which is sent as JSON.
fn held(item: &Item) -> Vec<&Type> {
    match item {
        Item::Struct(item) if matches!(item.fields, Fields::Unnamed(_)) => {
            item.fields.iter().map(|field| &field.ty).collect()
        }
        Item::Enum(item) => {
            let variants = item.variants.iter();
            variants
                .flat_map(|variant| variant.fields.iter().map(|field| &field.ty))
                .collect()
        }
        _ => Vec::new(),
    }
}

/// A type without the `Option` and the `Box` around it.
fn bare(kind: &Type) -> Type {
    match of_std(kind) {
        Some((name, arguments)) if ["Option", "Box"].contains(&name.as_str()) && !arguments.is_empty() => {
            bare(&arguments[0])
        }
        _ => kind.clone(),
    }
}

/// A type of the standard library: its name, and what it is of.
fn of_std(kind: &Type) -> Option<(String, Vec<Type>)> {
    let Type::Path(path) = kind else { return None };
    if path.path.segments.first()?.ident != "std" {
        return None;
    }
    let last = path.path.segments.last()?;
    let arguments = match &last.arguments {
        PathArguments::AngleBracketed(arguments) => arguments
            .args
            .iter()
            .filter_map(|argument| match argument {
                GenericArgument::Type(kind) => Some(kind.clone()),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    };
    Some((last.ident.to_string(), arguments))
}
