//! Functions of structs: which properties have a getter, because there is a default for an absent or null one; and which have a
//! single value, which `new` sets.

use serde_json::Number;

use crate::model::{
    Api,
    json::Json,
    reserved,
    ty::{Format, Int, Ty, TypeId},
    typedef::{Boxing, EnumValue, Field, Kind},
};

/// The value that a getter returns for an absent property.
#[derive(Clone, Copy, Debug)]
pub enum DefaultValue<'a> {
    /// `true` or `false`.
    Bool(bool),
    /// A text.
    Text(&'a str),
    /// A variant of that enum.
    Variant(TypeId, &'a EnumValue),
    /// An integer, which its type has.
    Int(&'a Number),
    /// A floating-point number.
    Float(f64),
}

/// The one value that a property can have.
#[derive(Clone, Copy, Debug)]
pub enum Constant<'a> {
    /// `true` or `false`.
    Bool(bool),
    /// A text.
    Text(&'a str),
    /// A variant of that enum.
    Variant(TypeId, &'a EnumValue),
}

impl Constant<'_> {
    /// As JSON.
    pub(super) fn json(self) -> Json {
        match self {
            Self::Bool(value) => Json::Bool(value),
            Self::Text(text) => Json::String(text.to_owned()),
            Self::Variant(_, value) => value.value.clone(),
        }
    }
}

/// The one value that a required property can have, or by which a union knows an object.
#[must_use]
pub fn constant<'a>(api: &'a Api, field: &'a Field) -> Option<Constant<'a>> {
    if let Some(tag) = &field.tag {
        return of_tag(api, field, tag);
    }
    let only = field.constant.as_ref().filter(|_| field.required)?;
    match (only, &field.ty) {
        (Json::Bool(value), Ty::Bool) => Some(Constant::Bool(*value)),
        (only, Ty::Named(id)) => match &api[*id].kind {
            Kind::Enum { values, .. } => {
                let variant = values.iter().find(|value| value.value == *only)?;
                Some(Constant::Variant(*id, variant))
            }
            _ => None,
        },
        _ => None,
    }
}

/// The value of a property, by its text.
pub(super) fn of_tag<'a>(api: &'a Api, field: &Field, tag: &'a str) -> Option<Constant<'a>> {
    match field.ty.not_null() {
        Ty::Bool => tag.parse().ok().map(Constant::Bool),
        Ty::Str(Format::Text) => Some(Constant::Text(tag)),
        Ty::Named(id) => match &api[*id].kind {
            Kind::Enum { values, .. } => {
                let variant = values.iter().find(|value| value.text() == tag)?;
                Some(Constant::Variant(*id, variant))
            }
            _ => None,
        },
        _ => None,
    }
}

/// The value that the description has for an absent property, or for one of its type.
#[must_use]
pub fn default<'a>(api: &'a Api, field: &'a Field) -> Option<&'a Json> {
    let keyword = |keywords: &'a [(String, Json)]| {
        let default = keywords.iter().find(|(keyword, _)| keyword == "default");
        default.map(|(_, value)| value)
    };
    let of_its_type = || keyword(&api[field.ty.named()?].keywords);
    keyword(&field.keywords).or_else(of_its_type)
}

/// What the getter of a property returns where it is absent; `None` if it has no getter.
#[must_use]
pub fn getter<'a>(api: &'a Api, field: &'a Field) -> Option<DefaultValue<'a>> {
    let default = default(api, field)?;
    // It is absent or null, but not both in turn.
    let has_one_option = field.required == field.ty.is_nullable();
    if !has_one_option || field.boxing != Boxing::None || reserved::TYPE_FUNCTIONS.contains(&field.ident.as_str()) {
        return None;
    }
    match (default, field.ty.not_null()) {
        (Json::Bool(value), Ty::Bool) => Some(DefaultValue::Bool(*value)),
        (Json::String(text), Ty::Str(Format::Text)) => Some(DefaultValue::Text(text)),
        (default, Ty::Named(id)) => {
            let Kind::Enum { values, .. } = &api[*id].kind else {
                return None;
            };
            let variant = values.iter().find(|value| value.value == *default)?;
            Some(DefaultValue::Variant(*id, variant))
        }
        (Json::Number(number), Ty::Int(int)) if is_in_range(*int, number) => Some(DefaultValue::Int(number)),
        (Json::Number(number), Ty::Float) => number.as_f64().map(DefaultValue::Float),
        _ => None,
    }
}

/// Whether an integer type has a value.
fn is_in_range(int: Int, number: &Number) -> bool {
    match int {
        Int::I32 => number.as_i64().is_some_and(|value| i32::try_from(value).is_ok()),
        Int::I64 => number.is_i64(),
        Int::U32 => number.as_u64().is_some_and(|value| u32::try_from(value).is_ok()),
        Int::U64 => number.is_u64(),
        Int::Big => false,
    }
}
