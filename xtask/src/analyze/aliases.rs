//! What types can do that are another name for a type.

use crate::model::{
    Api,
    ty::Ty,
    typedef::{EnumBase, Kind},
};

/// Whether another name for a type can be printed and parsed, which typify implements where it knows it of the type.
#[must_use]
pub fn is_parsed(api: &Api, ty: &Ty) -> bool {
    match ty {
        Ty::Named(id) => match &api[*id].kind {
            Kind::Enum { base, .. } => *base != EnumBase::Any,
            Kind::Alias(inner) => is_parsed(api, inner),
            Kind::Struct { .. } | Kind::Tuple(_) | Kind::Union { .. } => false,
        },
        ty => ty.is_plain(),
    }
}
