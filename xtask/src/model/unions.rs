//! What unions can do, by their variants.

use super::{
    ty::{Format, Ty, TypeId},
    typedef::Variant,
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
    tag.is_some() || variants.iter().filter(|variant| variant.known.holds_struct).count() > 1
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
