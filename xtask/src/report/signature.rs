//! Types as a caller would write them, who has everything in scope that is the SDK's.

use crate::model::{
    Api,
    operation::{Content, Response},
    ty::{Format, Int, Ty},
    typedef::{Boxing, Field, TypeDef, Wrapper},
};

/// What signatures name besides the types of the API.
const OTHER_TYPES: [&str; 10] = [
    "Body",
    "Box",
    "ByteStream",
    "Null",
    "Option",
    "Secret",
    "String",
    "Unlisted",
    "Upload",
    "Vec",
];

/// The name of a type of the API, with its module where another type has that name too.
pub(super) fn name(def: &TypeDef) -> String {
    if OTHER_TYPES.contains(&def.name.as_str()) {
        format!("types::{}", def.name)
    } else {
        def.name.clone()
    }
}

/// A type.
#[must_use]
pub fn ty(api: &Api, ty: &Ty) -> String {
    match ty {
        Ty::Any => "serde_json::Value".into(),
        Ty::Null => "Null".into(),
        Ty::Bool => "bool".into(),
        Ty::Int(Int::I32) => "i32".into(),
        Ty::Int(Int::I64) => "i64".into(),
        Ty::Int(Int::U32) => "u32".into(),
        Ty::Int(Int::U64) => "u64".into(),
        Ty::Int(Int::Big) => "serde_json::Number".into(),
        Ty::Float => "f64".into(),
        Ty::Str(Format::Text) => "String".into(),
        Ty::Str(Format::Uuid) => "uuid::Uuid".into(),
        Ty::Str(Format::DateTime) => "chrono::DateTime<chrono::Utc>".into(),
        Ty::Str(Format::Date) => "chrono::naive::NaiveDate".into(),
        Ty::Str(Format::Secret) => "Secret".into(),
        Ty::Str(Format::Upload) => "Upload".into(),
        Ty::Named(id) => name(&api[*id]),
        Ty::List(items) => format!("Vec<{}>", self::ty(api, items)),
        Ty::Map(values) if **values == Ty::Any => "serde_json::Map<String, serde_json::Value>".into(),
        Ty::Map(values) => format!("std::collections::HashMap<String, {}>", self::ty(api, values)),
        Ty::Nullable(inner) => format!("Option<{}>", self::ty(api, inner)),
    }
}

/// The type of a field, as it is declared.
#[must_use]
pub fn field(api: &Api, field: &Field) -> String {
    let ty = wrapped(ty(api, field.ty.not_null()), field.wrappers());
    if field.has_three_states() {
        format!("Option<{ty}>")
    } else {
        ty
    }
}

/// The type that a setter of a call asks for.
pub(super) fn setter(api: &Api, field: &Field) -> String {
    let options = std::iter::repeat_n(Wrapper::Option, field.setter_options());
    wrapped(ty(api, field.ty.not_null()), options)
}

/// The type that a type is another name for.
pub(super) fn alias(api: &Api, inner: &Ty, boxing: Boxing) -> String {
    wrapped(ty(api, inner.not_null()), Wrapper::around(boxing, inner.is_nullable()))
}

/// A type, on the heap if recursion puts it there.
pub(super) fn boxed(api: &Api, inner: &Ty, is_boxed: bool) -> String {
    let wrappers = is_boxed.then_some(Wrapper::Box);
    wrapped(ty(api, inner), wrappers)
}

/// The type that a response is read as; `None` if it has no body.
pub(super) fn response(api: &Api, response: &Response) -> Option<String> {
    let content = response.content.as_ref()?;
    Some(match (content, content.ty()) {
        (_, Some(ty)) => self::ty(api, ty),
        (Content::Stream(_), None) => "ByteStream".into(),
        _ => "Body".into(),
    })
}

fn wrapped(value: String, wrappers: impl IntoIterator<Item = Wrapper>) -> String {
    wrappers.into_iter().fold(value, |inner, wrapper| match wrapper {
        Wrapper::Box => format!("Box<{inner}>"),
        Wrapper::Option => format!("Option<{inner}>"),
    })
}
