//! Which traits types implement besides those that all have.

use super::order::containing_secrets;
use crate::model::{
    Api,
    graph::Graph,
    operation::Content,
    ty::{Format, Ty},
    typedef::{EnumBase, Kind, Traits, TypeDef},
    unions,
};

/// Finds the traits of every type.
pub(super) fn find(api: &mut Api, graph: &Graph) {
    let without = |is_one: &dyn Fn(&TypeDef) -> bool| {
        let seeds = api.types().filter(|(_, def)| is_one(def));
        graph.reaching(seeds.map(|(id, _)| id.index()))
    };
    let not_eq = without(&|def| {
        // What is not listed is any JSON.
        let is_any = match &def.kind {
            Kind::Union { variants, tag } => unions::has_unknown(variants, tag.as_deref()),
            Kind::Enum { base, .. } => *base == EnumBase::Any,
            _ => false,
        };
        is_any || !def.kind.parts().into_iter().all(is_eq)
    });
    let not_hash = without(&|def| {
        matches!(
            &def.kind,
            Kind::Struct {
                additional: Some(_),
                ..
            }
        ) || !def.kind.parts().into_iter().all(is_hash)
    });
    let containing_secrets = containing_secrets(api, graph);
    for (index, def) in api.types.iter_mut().enumerate() {
        let default = match &def.kind {
            Kind::Struct { fields, additional, .. } => {
                additional.is_none() && fields.iter().all(|field| !field.required)
            }
            _ => false,
        };
        def.traits = Traits {
            default,
            eq: !not_eq[index],
            hash: !not_eq[index] && !not_hash[index],
            is_serialized_by_mocks_alone: containing_secrets[index] && !def.usage.is_sent,
        };
    }
}

/// Whether an enum of such contents implements `Eq` and `Hash`.
#[must_use]
pub(super) fn content_traits<'a>(api: &Api, contents: impl IntoIterator<Item = &'a Content>) -> (bool, bool) {
    let contents = contents.into_iter().collect::<Vec<_>>();
    let all = |bytes: bool, of_type: &dyn Fn(&Ty) -> bool, of_named: &dyn Fn(&Traits) -> bool| {
        contents.iter().all(|content| match content.ty() {
            None => bytes && !matches!(content, Content::Stream(_)),
            Some(ty) => of_type(ty) && ty.refers_to().is_none_or(|id| of_named(&api[id].traits)),
        })
    };
    let eq = all(true, &is_eq, &|traits| traits.eq);
    (eq, eq && all(false, &is_hash, &|traits| traits.hash))
}

/// Whether what is not named of a type implements `Eq`.
fn is_eq(ty: &Ty) -> bool {
    ty.parts().all(|part| !matches!(part, Ty::Any | Ty::Float))
}

/// Whether what is not named of a type implements `Hash`: the order of a map means nothing, a hash of a secret says something
/// of it.
fn is_hash(ty: &Ty) -> bool {
    ty.parts()
        .all(|part| !matches!(part, Ty::Map(_) | Ty::Str(Format::Secret | Format::Upload)))
}
