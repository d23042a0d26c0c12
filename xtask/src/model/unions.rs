//! What unions can do, by their variants.

use super::{
    Api,
    ty::{Format, Ty, TypeId},
    typedef::{EnumBase, Kind, Others, Variant},
};

/// Whether a union's `Serialize` adds tags, since some of its variants have no property for them.
#[must_use]
pub fn writes_tags(variants: &[Variant], tag: Option<&str>) -> bool {
    tag.is_some() && variants.iter().any(|variant| variant.written_tag.is_some())
}

/// Whether a union keeps values that none of its types is: those of a tag that is not listed, or those that no type can hold
/// completely.
#[must_use]
pub fn has_unknown(variants: &[Variant], tag: Option<&str>) -> bool {
    let has_open = |variant: &&Variant| variant.known.others == Others::Kept;
    let structs = variants.iter().filter(|variant| variant.known.holds_struct);
    let others = variants
        .iter()
        .filter(|variant| !variant.known.holds_struct)
        .filter(has_open);
    let is_closed = |variant: &Variant| variant.known.others == Others::Forbidden;
    let takes_all = variants.iter().any(|variant| *variant.ty.not_null() == Ty::Any);
    tag.is_some() || structs.count() > 1 || variants.iter().any(is_closed) && others.count() > 0 && !takes_all
}

/// Whether a union can be printed.
#[must_use]
pub fn is_displayed(variants: &[Variant], tag: Option<&str>) -> bool {
    !has_unknown(variants, tag) && variants.iter().all(|variant| variant.is_scalar)
}

/// The variants of the union `id` that are made by `From` of their types. Two variants of one type cannot both be made from
/// it, and every type is made from itself.
pub fn conversions(id: TypeId, variants: &[Variant]) -> impl Iterator<Item = &Variant> {
    variants.iter().filter(move |variant| {
        let alike = variants.iter().filter(|other| other.ty == variant.ty);
        variant.ty.named() != Some(id) && alike.count() == 1
    })
}

/// Whether a variant that is made by `From` is made from `&str` as well.
#[must_use]
pub fn is_from_str(variant: &Variant) -> bool {
    variant.ty == Ty::Str(Format::Text)
}

/// Whether the values of a union's tag are strings alone, and not numbers or booleans.
#[must_use]
pub fn is_tag_text(api: &Api, variants: &[Variant], tag: &str) -> bool {
    let (mut next, mut seen) = (variants.iter().collect::<Vec<_>>(), Vec::new());
    while let Some(variant) = next.pop() {
        let Ty::Named(id) = meant(api, &variant.ty) else {
            continue;
        };
        if seen.contains(id) {
            continue;
        }
        seen.push(*id);
        match &api[*id].kind {
            Kind::Struct { fields, .. } => {
                let field = fields.iter().find(|field| field.wire_name == tag);
                if field.is_some_and(|field| !is_text(api, &field.ty)) {
                    return false;
                }
            }
            Kind::Union { variants, .. } => next.extend(variants),
            _ => {}
        }
    }
    true
}

fn is_text(api: &Api, ty: &Ty) -> bool {
    match meant(api, ty) {
        Ty::Str(_) => true,
        Ty::Named(id) => matches!(
            api[*id].kind,
            Kind::Enum {
                base: EnumBase::String,
                ..
            }
        ),
        _ => false,
    }
}

/// The type that a type is another name for, be it or null.
fn meant<'a>(api: &'a Api, ty: &'a Ty) -> &'a Ty {
    let mut ty = ty.not_null();
    for _ in 0..api.types.len() {
        let Some(Kind::Alias(inner)) = ty.named().map(|id| &api[id].kind) else {
            break;
        };
        ty = inner.not_null();
    }
    ty
}
