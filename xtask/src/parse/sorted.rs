//! Types in the order of their names, whatever the order in which they were found.

use std::collections::BTreeMap;

use crate::model::{
    ty::{Ty, TypeId},
    typedef::TypeDef,
};

/// The types that are defined, in the order of their keys; `others` are all other places that name types by their ids, which
/// change.
pub(super) fn sorted<'t>(types: Vec<Option<TypeDef>>, others: impl IntoIterator<Item = &'t mut Ty>) -> Vec<TypeDef> {
    let defined = types.into_iter().enumerate();
    let mut defined = defined.filter_map(|(old, def)| Some((old, def?))).collect::<Vec<_>>();
    defined.sort_by(|(_, one), (_, other)| one.key.cmp(&other.key));
    let ids = defined.iter().enumerate();
    let ids = ids.map(|(new, (old, _))| (TypeId::new(*old), TypeId::new(new)));
    let ids = ids.collect::<BTreeMap<_, _>>();
    let exchange = |ty: &mut Ty| {
        let old = std::mem::replace(ty, Ty::Any);
        *ty = old.map_named(&|id| ids.get(&id).copied().unwrap_or(id));
    };
    let mut types = defined.into_iter().map(|(_, def)| def).collect::<Vec<_>>();
    types.iter_mut().flat_map(|def| def.kind.parts_mut()).for_each(exchange);
    others.into_iter().for_each(exchange);
    types
}
