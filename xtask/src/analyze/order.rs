//! Unions and tuples: what stands on the heap, and in which order alternatives are tried where the form decides.

use std::collections::BTreeSet;

use crate::model::{
    Api,
    graph::Graph,
    ty::{Format, Ty, TypeId},
    typedef::{EnumBase, EnumValue, Field, Kind, Known, Others},
};

/// How little a type takes: what takes more must not be tried before.
type Rank = Vec<i64>;

/// Resolves it for every union and tuple.
pub(super) fn resolve(api: &mut Api, graph: &Graph) {
    let holds_secret = containing_secrets(api, graph);
    let structs = api.types().filter(|(_, def)| matches!(def.kind, Kind::Struct { .. }));
    let holds_struct = graph.reaching(structs.map(|(id, _)| id.index()));
    let ids = api.types().map(|(id, _)| id).collect::<Vec<_>>();
    for id in ids {
        let is_boxed = |ty: &Ty| ty.named().is_some_and(|held| graph.is_cycle(id.index(), held.index()));
        let tried = match &api[id].kind {
            Kind::Union { variants, .. } => {
                let tried = variants.iter().map(|variant| {
                    let is_secret = variant.ty.contains(Format::Secret)
                        || variant.ty.refers_to().is_some_and(|held| holds_secret[held.index()]);
                    // What may be a secret is one, rather than anything that is printed.
                    let rank = [vec![i64::from(!is_secret)], rank(api, &variant.ty, &mut Vec::new())].concat();
                    let mut known = Known::default();
                    known.others = find_known(api, &variant.ty, &mut known, &mut BTreeSet::new());
                    known.names.sort();
                    known.names.dedup();
                    known.holds_struct = variant.ty.refers_to().is_some_and(|held| holds_struct[held.index()]);
                    (rank, known)
                });
                tried.collect::<Vec<_>>()
            }
            _ => Vec::new(),
        };
        match &mut api[id].kind {
            Kind::Tuple(items) => items.iter_mut().for_each(|item| item.is_boxed = is_boxed(&item.ty)),
            Kind::Union { variants, .. } => {
                let mut order = (0..variants.len()).collect::<Vec<_>>();
                order.sort_by_key(|index| &tried[*index].0);
                for (order, index) in order.into_iter().enumerate() {
                    variants[index].order = order;
                }
                for (variant, (_, known)) in variants.iter_mut().zip(tried) {
                    variant.is_boxed = is_boxed(&variant.ty);
                    variant.known = known;
                }
            }
            _ => {}
        }
    }
}

/// The types that hold a secret.
pub(super) fn containing_secrets(api: &Api, graph: &Graph) -> Vec<bool> {
    let holding = api
        .types()
        .filter(|(_, def)| def.kind.parts().iter().any(|ty| ty.contains(Format::Secret)));
    graph.reaching(holding.map(|(id, _)| id.index()))
}

/// Adds what a type, or each item of its list, makes of properties, and returns what it makes of those that it has no names for. A type
/// that was `seen` before is not followed for ever.
fn find_known(api: &Api, ty: &Ty, known: &mut Known, seen: &mut BTreeSet<TypeId>) -> Others {
    match ty.not_null() {
        Ty::List(items) => find_known(api, items, known, seen),
        Ty::Any | Ty::Map(_) => Others::Kept,
        Ty::Named(id) if seen.insert(*id) => match &api[*id].kind {
            Kind::Struct {
                fields,
                additional,
                is_closed,
            } => {
                known.names.extend(fields.iter().map(|field| field.wire_name.clone()));
                let constants = fields.iter().filter_map(|field| {
                    let values = values_of(api, field)?;
                    Some((field.wire_name.clone(), values))
                });
                known.constants.extend(constants);
                match additional {
                    Some(_) => Others::Kept,
                    None if *is_closed => Others::Forbidden,
                    None => Others::Ignored,
                }
            }
            Kind::Union { variants, tag } => {
                known.names.extend(tag.clone());
                let others = variants.iter().map(|variant| find_known(api, &variant.ty, known, seen));
                let others = others.max().unwrap_or_default();
                // Its types have other values each.
                known.constants.clear();
                others
            }
            Kind::Alias(inner) => find_known(api, inner, known, seen),
            Kind::Enum { .. } | Kind::Tuple(_) => Others::Ignored,
        },
        _ => Others::Ignored,
    }
}

/// The values that a property can have, as texts, if these are few.
pub(super) fn values_of(api: &Api, field: &Field) -> Option<Vec<String>> {
    match (field.ty.not_null(), &field.constant) {
        (Ty::Bool, Some(constant)) => Some(vec![constant.to_string()]),
        (Ty::Named(id), constant) => match &api[*id].kind {
            Kind::Enum { values, .. } => {
                let is_possible = |value: &&EnumValue| constant.as_ref().is_none_or(|only| value.value == *only);
                let values = values.iter().filter(is_possible);
                Some(values.map(|value| value.text().into_owned()).collect())
            }
            _ => None,
        },
        _ => None,
    }
}

fn rank(api: &Api, ty: &Ty, outer: &mut Vec<TypeId>) -> Rank {
    let count = |count: usize| -i64::try_from(count).unwrap_or(i64::MAX);
    match ty.not_null() {
        Ty::Null | Ty::Bool | Ty::Int(_) => vec![0, 0],
        Ty::Float => vec![0, 1],
        Ty::Str(Format::Text | Format::Secret) => vec![0, 5],
        Ty::Str(_) => vec![0, 2],
        Ty::List(items) => [vec![3], rank(api, items, outer)].concat(),
        Ty::Map(values) => [vec![4], rank(api, values, outer)].concat(),
        Ty::Named(id) if !outer.contains(id) => match &api[*id].kind {
            Kind::Struct { fields, additional, .. } => {
                let required = fields.iter().filter(|field| field.required).count();
                vec![1, count(required), i64::from(additional.is_none()), count(fields.len())]
            }
            // What is listed is read as the enum wherever it stands: see `unions::best` of the runtime.
            Kind::Enum { base, .. } => match base {
                EnumBase::Int(_) => vec![0, -1],
                EnumBase::String => vec![0, 4],
                EnumBase::Any => vec![0, 6],
            },
            Kind::Tuple(_) => vec![2],
            Kind::Union { .. } => vec![8],
            Kind::Alias(inner) => {
                outer.push(*id);
                let rank = rank(api, inner, outer);
                outer.pop();
                rank
            }
        },
        Ty::Any | Ty::Named(_) | Ty::Nullable(_) => vec![9],
    }
}
