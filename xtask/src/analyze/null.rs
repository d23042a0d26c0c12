//! Which types have a null of their own: any JSON, and whatever may be such, by another name or as one of several types.

use crate::model::{
    Api,
    ty::{Ty, TypeId},
    typedef::Kind,
};

/// Finds the types that take null, and the optional properties that keep it.
pub(super) fn find(api: &mut Api) {
    let ids = api.types().map(|(id, _)| id).collect::<Vec<_>>();
    // A type may take null because another does, so this ends when nothing is new.
    let mut takes_null = vec![false; ids.len()];
    loop {
        let is_new = |id: &&TypeId| !takes_null[id.index()] && is_null_of(&api[**id].kind, &takes_null);
        let new = ids.iter().filter(is_new).copied().collect::<Vec<_>>();
        if new.is_empty() {
            break;
        }
        for id in new {
            takes_null[id.index()] = true;
        }
    }
    for id in ids {
        if let Kind::Struct { fields, .. } = &mut api[id].kind {
            for field in fields.iter_mut().filter(|field| !field.required) {
                field.keeps_null = is_null(&field.ty, &takes_null);
            }
        }
    }
}

fn is_null_of(kind: &Kind, takes_null: &[bool]) -> bool {
    match kind {
        Kind::Alias(inner) => is_null(inner, takes_null),
        Kind::Union { variants, .. } => variants.iter().any(|variant| is_null(&variant.ty, takes_null)),
        Kind::Struct { .. } | Kind::Tuple(_) | Kind::Enum { .. } => false,
    }
}

fn is_null(ty: &Ty, takes_null: &[bool]) -> bool {
    match ty {
        Ty::Any | Ty::Null | Ty::Nullable(_) => true,
        Ty::Named(id) => takes_null[id.index()],
        _ => false,
    }
}
