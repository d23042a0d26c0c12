//! Tags of variants that may lack a property for the tag: those that have none are written beside the value, and an object in
//! which it may be absent is built with it.

use std::collections::{BTreeMap, BTreeSet};

use super::{functions::default, order::values_of};
use crate::model::{
    Api,
    json::Json,
    names,
    ty::{Format, Ty, TypeId},
    typedef::{Field, Kind, Variant},
};

/// Gives such variants the tag to write. One that has several becomes a variant for each: which it was would be lost.
pub(super) fn resolve(api: &mut Api) {
    let ids = api.types().map(|(id, _)| id).collect::<Vec<_>>();
    for id in ids {
        let Kind::Union {
            variants,
            tag: Some(tag),
        } = &api[id].kind
        else {
            continue;
        };
        let mut taken = variants.iter().map(|variant| variant.name.clone()).collect::<Vec<_>>();
        let mut resolved = Vec::new();
        for variant in variants {
            let tags = variant.tags.as_slice();
            match (has_tag(api, &variant.ty, tag, &mut Vec::new()), tags) {
                (Some(false), [tag]) => resolved.push(Variant {
                    written_tag: Some(tag.clone()),
                    ..variant.clone()
                }),
                (Some(false), tags) => {
                    taken.retain(|name| *name != variant.name);
                    for tag in tags {
                        let name = names::free_variant(&names::variant(tag), taken.iter().map(String::as_str));
                        taken.push(name.clone());
                        resolved.push(Variant {
                            name,
                            tags: vec![tag.clone()],
                            written_tag: Some(tag.clone()),
                            ..variant.clone()
                        });
                    }
                }
                (has, _) => resolved.push(Variant {
                    may_lose_tag: has.is_none(),
                    ..variant.clone()
                }),
            }
        }
        if let Kind::Union { variants, .. } = &mut api[id].kind {
            *variants = resolved;
        }
    }
}

/// Whether every object that a type takes has a property for a tag; `None` if that depends, or if it takes more than objects.
fn has_tag(api: &Api, ty: &Ty, tag: &str, outer: &mut Vec<TypeId>) -> Option<bool> {
    let id = match ty.not_null() {
        Ty::Map(_) => return Some(false),
        Ty::Named(id) if !outer.contains(id) => *id,
        _ => return None,
    };
    outer.push(id);
    let has = match &api[id].kind {
        Kind::Struct { fields, .. } => Some(fields.iter().any(|field| field.wire_name == tag)),
        Kind::Union { tag: Some(own), .. } if own == tag => Some(true),
        Kind::Union { variants, .. } => {
            let inner = variants.iter().map(|variant| has_tag(api, &variant.ty, tag, outer));
            inner.reduce(|all, has| all.filter(|all| Some(*all) == has)).flatten()
        }
        Kind::Alias(inner) => has_tag(api, inner, tag, outer),
        Kind::Enum { .. } | Kind::Tuple(_) => None,
    };
    outer.pop();
    has
}

/// Gives the properties that may be absent or null, and by which a union knows objects, the value that an object has that is built. What
/// several unions know by different values has none.
pub(super) fn set(api: &mut Api) {
    let mut found = BTreeMap::<_, BTreeSet<_>>::new();
    for (_, def) in api.types() {
        let Kind::Union {
            variants,
            tag: Some(tag),
        } = &def.kind
        else {
            continue;
        };
        for variant in variants {
            for (id, index, field) in tagged(api, &variant.ty, tag, &mut Vec::new()) {
                let value = value_of(api, field, &variant.tags);
                found.entry((id, index)).or_default().insert(value);
            }
        }
    }
    let found = found
        .into_iter()
        .map(|(place, values)| (place, values.into_iter().flatten().collect::<Vec<_>>()));
    for ((id, index), values) in found.collect::<Vec<_>>() {
        if let (Kind::Struct { fields, .. }, [only]) = (&mut api[id].kind, values.as_slice()) {
            fields[index].tag = Some(only.clone());
        }
    }
}

/// The properties for a tag that may be absent or null, in the objects that a type takes.
pub(super) fn tagged<'a>(api: &'a Api, ty: &Ty, tag: &str, outer: &mut Vec<TypeId>) -> Vec<(TypeId, usize, &'a Field)> {
    let Some(id) = ty.not_null().named().filter(|id| !outer.contains(id)) else {
        return Vec::new();
    };
    outer.push(id);
    match &api[id].kind {
        Kind::Struct { fields, .. } => {
            let fields = fields.iter().enumerate();
            let found = fields.filter(|(_, field)| field.wire_name == tag && !field.is_demanded());
            found.map(|(index, field)| (id, index, field)).collect()
        }
        // One that has the same tag knows its own by it.
        Kind::Union { tag: Some(own), .. } if own == tag => Vec::new(),
        Kind::Union { variants, .. } => {
            let inner = variants.iter().flat_map(|variant| tagged(api, &variant.ty, tag, outer));
            inner.collect()
        }
        Kind::Alias(inner) => tagged(api, inner, tag, outer),
        Kind::Enum { .. } | Kind::Tuple(_) => Vec::new(),
    }
}

/// The one of a variant's tags that a property can have, or of several the default.
fn value_of(api: &Api, field: &Field, tags: &[String]) -> Option<String> {
    let possible = values_of(api, field);
    if possible.is_none() && *field.ty.not_null() != Ty::Str(Format::Text) {
        return None;
    }
    let is_possible = |tag: &&String| possible.as_ref().is_none_or(|possible| possible.contains(tag));
    let tags = tags.iter().filter(is_possible).collect::<Vec<_>>();
    let default = default(api, field).and_then(Json::as_str);
    match tags.as_slice() {
        [only] => Some((*only).clone()),
        tags => tags
            .iter()
            .find(|tag| Some(tag.as_str()) == default)
            .map(|tag| (*tag).clone()),
    }
}
