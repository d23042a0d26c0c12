//! Tags of variants that have no property for the tag: they are written beside the value.

use crate::model::{
    Api, names,
    ty::{Ty, TypeId},
    typedef::{Kind, Variant},
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
                _ => resolved.push(variant.clone()),
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
        Kind::Text { .. } | Kind::Enum { .. } | Kind::Tuple(_) => None,
    };
    outer.pop();
    has
}
