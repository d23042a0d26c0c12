//! The model as text, so that a table of what becomes of a description stays a table.

use serde_json::Value;
use xtask::{
    input::diagnostic::Errors,
    model::{
        Api,
        json::Json,
        rules::Rules,
        ty::{Format, Int, Ty},
        typedef::{EnumBase, Field, Kind, TypeDef},
    },
    parse::Parsed,
};

use crate::description::analyzed;

/// The analyzed model of a description that has no errors.
pub(crate) fn parsed(description: &Value) -> Parsed {
    analyzed(description, false).unwrap_or_else(|errors| panic!("{}", errors_text(&errors)))
}

/// The API of a description that has no errors.
pub(crate) fn api(description: &Value) -> Api {
    parsed(description).api
}

pub(crate) fn errors_text(errors: &Errors) -> String {
    let errors = errors.iter().map(ToString::to_string);
    errors.collect::<Vec<_>>().join("\n")
}

/// The notes on a description, as they are printed.
pub(crate) fn notes(description: &Value) -> Vec<String> {
    parsed(description).notes.iter().map(ToString::to_string).collect()
}

/// The type with that name.
pub(crate) fn def<'a>(api: &'a Api, name: &str) -> &'a TypeDef {
    let found = api.types.iter().find(|def| def.name == name);
    found.unwrap_or_else(|| panic!("no type `{name}` among {:?}", type_names(api)))
}

pub(crate) fn type_names(api: &Api) -> Vec<&str> {
    api.types.iter().map(|def| def.name.as_str()).collect()
}

/// The field for a property of a type that is a struct.
pub(crate) fn field<'a>(api: &'a Api, type_name: &str, wire_name: &str) -> &'a Field {
    let Kind::Struct { fields, .. } = &def(api, type_name).kind else {
        panic!("`{type_name}` is no struct: {}", kind(api, type_name));
    };
    let found = fields.iter().find(|field| field.wire_name == wire_name);
    found.unwrap_or_else(|| panic!("`{type_name}` has no `{wire_name}`: {}", kind(api, type_name)))
}

/// A type: `String | null`, `[TPropItem]`, `{i64}`.
pub(crate) fn ty(api: &Api, ty: &Ty) -> String {
    match ty {
        Ty::Any => "any".into(),
        Ty::Null => "null".into(),
        Ty::Bool => "bool".into(),
        Ty::Int(Int::I32) => "i32".into(),
        Ty::Int(Int::I64) => "i64".into(),
        Ty::Int(Int::U32) => "u32".into(),
        Ty::Int(Int::U64) => "u64".into(),
        Ty::Int(Int::Big) => "Number".into(),
        Ty::Float => "f64".into(),
        Ty::Str(Format::Text) => "String".into(),
        Ty::Str(Format::Uuid) => "Uuid".into(),
        Ty::Str(Format::DateTime) => "DateTime".into(),
        Ty::Str(Format::Date) => "Date".into(),
        Ty::Str(Format::Secret) => "Secret".into(),
        Ty::Str(Format::Upload) => "Upload".into(),
        Ty::Named(id) => api[*id].name.clone(),
        Ty::List(items) => format!("[{}]", self::ty(api, items)),
        Ty::Map(values) => format!("{{{}}}", self::ty(api, values)),
        Ty::Nullable(inner) => format!("{} | null", self::ty(api, inner)),
    }
}

/// What the type with that name is:
///
/// - `struct {id: i64, name?: String, ...: any}`, with `...: never` where it forbids others,
/// - `enum A(TA), B(TB)`, with `by kind` and `A[a]` where the property `kind` tells by the value `a`,
/// - `"a" | "b"`, `(String, i64)`, and for another name of a type that type, all with ` where {"maxLength":5}` for what
///   holds besides.
pub(crate) fn kind(api: &Api, name: &str) -> String {
    match &def(api, name).kind {
        Kind::Struct {
            fields,
            additional,
            is_closed,
        } => {
            let fields = fields.iter().map(|field| {
                let mark = if field.required { "" } else { "?" };
                format!("{}{mark}: {}{}", field.ident, ty(api, &field.ty), rules(&field.rules))
            });
            let others = additional.iter().map(|values| format!("...: {}", ty(api, values)));
            let closed = is_closed.then(|| "...: never".to_owned());
            format!("struct {{{}}}", joined(fields.chain(others).chain(closed)))
        }
        Kind::Tuple(items) => format!(
            "({})",
            joined(items.iter().map(|item| ty(api, &item.ty) + &rules(&item.rules)))
        ),
        Kind::Union { variants, tag } => {
            let variants = variants.iter().map(|variant| {
                let tags = if variant.tags.is_empty() {
                    String::new()
                } else {
                    format!("[{}]", variant.tags.join("|"))
                };
                format!(
                    "{}{tags}({}{})",
                    variant.name,
                    ty(api, &variant.ty),
                    rules(&variant.rules)
                )
            });
            let by = tag.as_ref().map_or(String::new(), |tag| format!("by {tag} "));
            format!("enum {by}{}", joined(variants))
        }
        Kind::Enum { base, values } => {
            let values = values.iter().map(|value| value.value.to_string());
            let values = values.collect::<Vec<_>>().join(" | ");
            match base {
                EnumBase::String => values,
                EnumBase::Int(int) => format!("{values} in {}", ty(api, &Ty::Int(*int))),
                EnumBase::Any => format!("{values} in any"),
            }
        }
        Kind::Alias(inner) => format!("{}{}", ty(api, inner), rules(&def(api, name).rules)),
    }
}

/// What holds besides: ` where {"maxLength":5}`, or nothing.
pub(crate) fn rules(rules: &Rules) -> String {
    if rules.is_empty() {
        return String::new();
    }
    let mut keywords = Vec::new();
    rules.write(&mut keywords);
    format!(" where {}", Json::Object(keywords))
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(", ")
}

/// A value of the model as JSON.
pub(crate) fn value(json: &Json) -> Value {
    serde_json::to_value(json).unwrap()
}
