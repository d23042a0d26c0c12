//! What the types can do besides what progenitor gives them: `Eq` and `Hash`, where all that they hold has it.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::Span;
use syn::{
    Attribute, Ident, Item, Path, Token, TypePath, parse_quote,
    punctuated::Punctuated,
    visit::{self, Visit},
};

/// The types that are no generated ones, and are `Eq` if what they are made of is.
const EQUAL: [&str; 30] = [
    "Body",
    "Box",
    "BTreeMap",
    "DateTime",
    "Decimal",
    "FixedOffset",
    "HashMap",
    "Ipv4Addr",
    "Ipv6Addr",
    "NaiveDate",
    "NaiveDateTime",
    "NaiveTime",
    "Option",
    "Secret",
    "String",
    "Upload",
    "Utc",
    "Uuid",
    "Vec",
    "bool",
    "char",
    "i16",
    "i32",
    "i64",
    "i8",
    "u16",
    "u32",
    "u64",
    "u8",
    "usize",
];

/// Those of them that are not `Hash`: the order of a map means nothing, a hash of a secret says something of it.
const NOT_HASHED: [&str; 4] = ["Body", "HashMap", "Secret", "Upload"];

/// Adds `Eq` and `Hash` to the derives that have `PartialEq`.
pub(super) fn widen(types: &mut [Item]) {
    let held = types.iter().filter_map(held).collect::<BTreeMap<_, _>>();
    let equal = closed(&held, |name| EQUAL.contains(&name));
    let hashed = closed(&held, |name| EQUAL.contains(&name) && !NOT_HASHED.contains(&name));
    for item in types {
        let (name, attributes) = match item {
            Item::Struct(item) => (item.ident.to_string(), &mut item.attrs),
            Item::Enum(item) => (item.ident.to_string(), &mut item.attrs),
            _ => continue,
        };
        for attribute in attributes {
            add(attribute, equal.contains(name.as_str()), hashed.contains(name.as_str()));
        }
    }
}

/// The name of a type, and those of all types that its fields are made of.
fn held(item: &Item) -> Option<(String, Names)> {
    let mut names = Names::default();
    let name = match item {
        Item::Struct(item) => {
            names.visit_fields(&item.fields);
            &item.ident
        }
        Item::Enum(item) => {
            item.variants
                .iter()
                .for_each(|variant| names.visit_fields(&variant.fields));
            &item.ident
        }
        _ => return None,
    };
    Some((name.to_string(), names))
}

#[derive(Default)]
struct Names(BTreeSet<String>);

impl Visit<'_> for Names {
    fn visit_type_path(&mut self, path: &TypePath) {
        if let Some(segment) = path.path.segments.last() {
            self.0.insert(segment.ident.to_string());
        }
        visit::visit_type_path(self, path);
    }
}

/// The generated types that are made of nothing but each other and `others`.
fn closed(held: &BTreeMap<String, Names>, others: impl Fn(&str) -> bool) -> BTreeSet<&str> {
    let mut kept = held.keys().map(String::as_str).collect::<BTreeSet<_>>();
    loop {
        let stays = |name: &&str| {
            let mut parts = held[*name].0.iter();
            parts.all(|part| kept.contains(part.as_str()) || (!held.contains_key(part) && others(part)))
        };
        let fewer = kept.iter().copied().filter(stays).collect::<BTreeSet<_>>();
        if fewer.len() == kept.len() {
            return kept;
        }
        kept = fewer;
    }
}

fn add(attribute: &mut Attribute, is_equal: bool, is_hashed: bool) {
    if !attribute.path().is_ident("derive") {
        return;
    }
    let Ok(mut derives) = attribute.parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated) else {
        return;
    };
    let has = |name: &str| derives.iter().any(|path| path.is_ident(name));
    if !has("PartialEq") {
        return;
    }
    let missing = [("Eq", is_equal), ("Hash", is_equal && is_hashed)];
    let missing = missing.iter().filter(|(name, can)| *can && !has(name));
    let missing = missing
        .map(|(name, _)| Ident::new(name, Span::call_site()))
        .collect::<Vec<_>>();
    derives.extend(missing.into_iter().map(Path::from));
    *attribute = parse_quote!(#[derive(#derives)]);
}
