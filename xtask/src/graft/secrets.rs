//! Secrets stay where they are: a type that holds one, and is only ever received, cannot be serialized; but for mocks, which
//! make up the secrets that they answer with.

use std::collections::{BTreeMap, BTreeSet};

use syn::{Attribute, Item, ItemEnum, ItemImpl, ItemStruct, Path, Token, punctuated::Punctuated, visit::Visit};

use super::type_name;
use crate::api::Api;

/// The SDK's own type, as no type of the document can be called.
const SECRET: &str = "crate::Secret";

/// Takes `Serialize` from every type that holds a secret and is no part of a request.
pub(super) fn keep(types: &mut Vec<Item>, api: &Api) {
    let mut mentions = BTreeMap::new();
    for item in types.iter() {
        let mut visitor = Mentions::default();
        visitor.visit_item(item);
        if let Item::Struct(ItemStruct { ident, .. }) | Item::Enum(ItemEnum { ident, .. }) = item {
            mentions.insert(ident.to_string(), visitor.0);
        }
    }

    let mut holders = closure(BTreeSet::from([SECRET.to_owned()]), |known| {
        let holds = |names: &BTreeSet<String>| !names.is_disjoint(known);
        mentions
            .iter()
            .filter(|(_, names)| holds(names))
            .map(|(name, _)| name.clone())
            .collect()
    });
    holders.retain(|name| api.schemas.get(name).is_none_or(|schema| !schema.is_sent));

    types.retain(|item| match item {
        Item::Impl(item) if is_serialize(item) => {
            type_name(&item.self_ty).is_none_or(|name| !holders.contains(&name.to_string()))
        }
        _ => true,
    });
    for item in types {
        if let Item::Struct(ItemStruct { ident, attrs, .. }) | Item::Enum(ItemEnum { ident, attrs, .. }) = item
            && holders.contains(&ident.to_string())
        {
            let count = attrs.iter().filter(|attribute| has(attribute, "Serialize")).count();
            attrs.iter_mut().for_each(without_serialize);
            // Attributes for serde stand for nothing where none of its macros is left.
            let mut options = Vec::new();
            if !attrs.iter().any(|attribute| has(attribute, "Deserialize")) {
                let of_serde = |attribute: &Attribute| attribute.path().is_ident("serde");
                options.extend(
                    attrs
                        .iter()
                        .filter(|attribute| of_serde(attribute))
                        .map(|attribute| attribute.meta.clone()),
                );
                attrs.retain(|attribute| !of_serde(attribute));
            }
            if count > 0 {
                attrs.push(syn::parse_quote!(#[cfg_attr(feature = "mock", derive(serde::Serialize) #(, #options)*)]));
            }
        }
    }
}

/// Whether it is what a union writes that adds its tag.
fn is_serialize(item: &ItemImpl) -> bool {
    let segment = item.trait_.as_ref().and_then(|(_, path, _)| path.segments.last());
    segment.is_some_and(|segment| segment.ident == "Serialize")
}

/// The names that `names` leads to, however far.
fn closure(mut names: BTreeSet<String>, next: impl Fn(&BTreeSet<String>) -> BTreeSet<String>) -> BTreeSet<String> {
    loop {
        let before = names.len();
        let more = next(&names);
        names.extend(more);
        if names.len() == before {
            return names;
        }
    }
}

/// Whether an attribute derives the trait of that name.
fn has(attribute: &Attribute, name: &str) -> bool {
    let paths = attribute.parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated);
    let is_it = |path: &Path| path.segments.last().is_some_and(|segment| segment.ident == name);
    attribute.path().is_ident("derive") && paths.is_ok_and(|paths| paths.iter().any(is_it))
}

fn without_serialize(attribute: &mut Attribute) {
    if !attribute.path().is_ident("derive") {
        return;
    }
    if let Ok(derives) = attribute.parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated) {
        let kept = derives
            .into_iter()
            .filter(|path| path.segments.last().is_none_or(|segment| segment.ident != "Serialize"))
            .collect::<Punctuated<_, Token![,]>>();
        *attribute = syn::parse_quote!(#[derive(#kept)]);
    }
}

/// Every name that a type mentions.
#[derive(Default)]
struct Mentions(BTreeSet<String>);

impl Visit<'_> for Mentions {
    fn visit_path(&mut self, path: &Path) {
        let segments = path.segments.iter().map(|segment| segment.ident.to_string());
        let segments = segments.collect::<Vec<_>>();
        match segments.as_slice() {
            [outer, secret] if outer == "crate" && secret == "Secret" => self.0.insert(SECRET.into()),
            [.., name] => self.0.insert(name.clone()),
            [] => false,
        };
        syn::visit::visit_path(self, path);
    }

    fn visit_attribute(&mut self, _: &Attribute) {}
}
