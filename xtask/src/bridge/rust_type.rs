//! The Rust types of the model's types.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::model::{
    Api,
    ty::{Format, Int, Ty, TypeId},
    typedef::{Boxing, Field, Wrapper},
};

/// The module that names a type of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Module {
    /// `types.rs`, where the types stand.
    Types,
    /// Any other.
    Other,
    /// None: typify itself, which names our own types by their full paths.
    Typify,
}

/// The path of a named type.
#[must_use]
pub fn named_type(api: &Api, id: TypeId, module: Module) -> TokenStream {
    let name = format_ident!("{}", api[id].name);
    match module {
        Module::Types => quote!(#name),
        Module::Typify if api[id].kind.is_own() => quote!(crate::types::#name),
        Module::Other | Module::Typify => quote!(types::#name),
    }
}

/// The Rust type of a type.
#[must_use]
pub fn rust_type(api: &Api, ty: &Ty, module: Module) -> TokenStream {
    match ty {
        Ty::Any => quote!(::serde_json::Value),
        Ty::Null => quote!(crate::Null),
        Ty::Bool => quote!(bool),
        Ty::Int(Int::I32) => quote!(i32),
        Ty::Int(Int::I64) => quote!(i64),
        Ty::Int(Int::U32) => quote!(u32),
        Ty::Int(Int::U64) => quote!(u64),
        Ty::Int(Int::Big) => quote!(::serde_json::Number),
        Ty::Float => quote!(f64),
        Ty::Str(Format::Text) => quote!(::std::string::String),
        Ty::Str(Format::Uuid) => quote!(::uuid::Uuid),
        Ty::Str(Format::DateTime) => quote!(::chrono::DateTime<::chrono::offset::Utc>),
        Ty::Str(Format::Date) => quote!(::chrono::naive::NaiveDate),
        Ty::Str(Format::Secret) => quote!(crate::Secret),
        Ty::Str(Format::Upload) => quote!(crate::Upload),
        Ty::Named(id) => named_type(api, *id, module),
        Ty::List(items) => {
            let items = rust_type(api, items, module);
            quote!(::std::vec::Vec<#items>)
        }
        Ty::Map(values) if **values == Ty::Any => {
            quote!(::serde_json::Map<::std::string::String, ::serde_json::Value>)
        }
        Ty::Map(values) => {
            let values = rust_type(api, values, module);
            quote!(::std::collections::HashMap<::std::string::String, #values>)
        }
        Ty::Nullable(inner) => {
            let inner = rust_type(api, inner, module);
            quote!(::std::option::Option<#inner>)
        }
    }
}

/// The Rust type that typify gives a field: with three states, it lacks the outer `Option`.
#[must_use]
pub fn field_type(api: &Api, field: &Field, module: Module) -> TokenStream {
    wrapped(rust_type(api, field.ty.not_null(), module), field.wrappers())
}

/// The Rust type that a type is another name for.
#[must_use]
pub(super) fn alias_type(api: &Api, ty: &Ty, boxing: Boxing, module: Module) -> TokenStream {
    let value = rust_type(api, ty.not_null(), module);
    wrapped(value, Wrapper::around(boxing, ty.is_nullable()))
}

fn wrapped(value: TokenStream, wrappers: Vec<Wrapper>) -> TokenStream {
    wrappers.into_iter().fold(value, |inner, wrapper| match wrapper {
        Wrapper::Box => quote!(::std::boxed::Box<#inner>),
        Wrapper::Option => quote!(::std::option::Option<#inner>),
    })
}
