//! Enums of strings, of integers, and of values of several types. They are open: a value that a newer server sends is kept.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::{Item, parse_quote};

use super::{
    attributes::type_doc,
    schemas,
    tokens::{derive, doc},
};
use crate::{
    analyze::derives,
    model::{
        json::Json,
        prose::code,
        reserved,
        ty::Int,
        typedef::{EnumBase, EnumValue, TypeDef},
    },
};

/// An enum, and what it can do.
pub(super) fn items(def: &TypeDef, base: EnumBase, values: &[EnumValue]) -> Vec<Item> {
    let name = format_ident!("{}", def.name);
    let idents = values
        .iter()
        .map(|value| format_ident!("{}", value.ident))
        .collect::<Vec<_>>();
    let docs = values.iter().map(|value| match base {
        EnumBase::Any => format!(" {}", code(&value.value.to_string())),
        EnumBase::String | EnumBase::Int(_) => format!(" {}", code(&value.text())),
    });
    let unknown = format_ident!("{}", reserved::UNKNOWN_VARIANT);
    let (doc, derive) = (doc(&type_doc(def)), derive(&derives(def)));
    let (other, schema) = match base {
        EnumBase::String => (quote!(::std::string::String), schemas::of_string_enum(def, &idents)),
        EnumBase::Int(int) => (integer(int), schemas::of_enum(def, Some(int), values)),
        EnumBase::Any => (quote!(crate::Unlisted), schemas::of_enum(def, None, values)),
    };
    let mut items = vec![parse_quote! {
        #doc
        #derive
        #[non_exhaustive]
        #schema
        pub enum #name {
            #(#[doc = #docs] #idents,)*
            /// A value that the description does not list, from a newer server.
            #unknown(#other),
        }
    }];
    items.extend(match base {
        EnumBase::String => of_strings(&name, &idents, values, &unknown),
        EnumBase::Int(int) => of_integers(&name, &idents, values, &unknown, &integer(int)),
        EnumBase::Any => of_any(&name, &idents, values, &unknown),
    });
    items
}

fn integer(int: Int) -> TokenStream {
    match int {
        Int::I32 => quote!(i32),
        Int::I64 => quote!(i64),
        Int::U32 => quote!(u32),
        Int::U64 => quote!(u64),
        Int::Big => quote!(::serde_json::Number),
    }
}

/// The values in a sentence: `'a', 'b' or 'c'`.
fn listed(values: &[EnumValue]) -> String {
    let texts = values.iter().map(|value| match &value.value {
        Json::String(text) => format!("'{text}'"),
        value => value.to_string(),
    });
    alternatives(&texts.collect::<Vec<_>>())
}

/// Texts in a sentence: `a, b or c`.
pub(super) fn alternatives(texts: &[String]) -> String {
    match texts {
        [] => String::new(),
        [only] => only.clone(),
        [others @ .., last] => format!("{} or {last}", others.join(", ")),
    }
}

fn of_strings(name: &Ident, idents: &[Ident], values: &[EnumValue], unknown: &Ident) -> Vec<Item> {
    let listed = listed(values);
    let values = values.iter().map(EnumValue::text).collect::<Vec<_>>();
    vec![
        parse_quote! {
            impl #name {
                /// The value, as it is sent.
                #[must_use]
                pub fn as_str(&self) -> &str {
                    match self {
                        #(Self::#idents => #values,)*
                        Self::#unknown(value) => value,
                    }
                }
            }
        },
        parse_quote! {
            impl ::std::convert::From<&str> for #name {
                fn from(value: &str) -> Self {
                    match value {
                        #(#values => Self::#idents,)*
                        _ => Self::#unknown(value.to_owned()),
                    }
                }
            }
        },
        parse_quote! {
            impl ::std::convert::From<::std::string::String> for #name {
                fn from(value: ::std::string::String) -> Self {
                    Self::from(value.as_str())
                }
            }
        },
        parse_quote! {
            impl std::str::FromStr for #name {
                type Err = std::convert::Infallible;

                fn from_str(value: &str) -> ::std::result::Result<Self, std::convert::Infallible> {
                    Ok(Self::from(value))
                }
            }
        },
        parse_quote! {
            impl std::fmt::Display for #name {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str(self.as_str())
                }
            }
        },
        parse_quote! {
            impl ::serde::Serialize for #name {
                fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> ::std::result::Result<S::Ok, S::Error> {
                    serializer.serialize_str(self.as_str())
                }
            }
        },
        parse_quote! {
            impl<'de> ::serde::Deserialize<'de> for #name {
                fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                    let value = Self::from(::std::string::String::deserialize(deserializer)?);
                    if matches!(value, Self::#unknown(_)) {
                        crate::unions::count_unlisted(#listed);
                    }
                    Ok(value)
                }
            }
        },
    ]
}

fn of_integers(
    name: &Ident,
    idents: &[Ident],
    values: &[EnumValue],
    unknown: &Ident,
    integer: &TokenStream,
) -> Vec<Item> {
    let listed = listed(values);
    // Their type is known where they stand, so they have no suffix.
    let values = values.iter().map(EnumValue::text);
    let values = values
        .map(|value| value.parse::<TokenStream>().unwrap_or_default())
        .collect::<Vec<_>>();
    vec![
        parse_quote! {
            impl #name {
                /// The value, as it is sent.
                #[must_use]
                pub fn value(&self) -> #integer {
                    match self {
                        #(Self::#idents => #values,)*
                        Self::#unknown(value) => *value,
                    }
                }
            }
        },
        parse_quote! {
            impl ::std::convert::From<#integer> for #name {
                fn from(value: #integer) -> Self {
                    match value {
                        #(#values => Self::#idents,)*
                        _ => Self::#unknown(value),
                    }
                }
            }
        },
        parse_quote! {
            impl std::str::FromStr for #name {
                type Err = std::num::ParseIntError;

                fn from_str(value: &str) -> ::std::result::Result<Self, std::num::ParseIntError> {
                    value.parse::<#integer>().map(Self::from)
                }
            }
        },
        parse_quote! {
            impl std::fmt::Display for #name {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    self.value().fmt(f)
                }
            }
        },
        parse_quote! {
            impl ::serde::Serialize for #name {
                fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> ::std::result::Result<S::Ok, S::Error> {
                    self.value().serialize(serializer)
                }
            }
        },
        parse_quote! {
            impl<'de> ::serde::Deserialize<'de> for #name {
                fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                    let value = Self::from(crate::unions::read_integer::<#integer, D>(deserializer)?);
                    if matches!(value, Self::#unknown(_)) {
                        crate::unions::count_unlisted(#listed);
                    }
                    Ok(value)
                }
            }
        },
    ]
}

fn of_any(name: &Ident, idents: &[Ident], values: &[EnumValue], unknown: &Ident) -> Vec<Item> {
    let listed = listed(values);
    let read = if values.iter().all(|value| matches!(value.value, Json::Number(_))) {
        quote!(::serde_json::Number::deserialize(deserializer).map(::serde_json::Value::from)?)
    } else {
        quote!(::serde_json::Value::deserialize(deserializer)?)
    };
    let texts = values.iter().map(|value| value.value.to_string()).collect::<Vec<_>>();
    let values = values
        .iter()
        .map(|value| schemas::json(&value.value))
        .collect::<Vec<_>>();
    vec![
        parse_quote! {
            impl #name {
                /// The value, as it is sent.
                #[must_use]
                pub fn to_value(&self) -> ::serde_json::Value {
                    match self {
                        #(Self::#idents => ::serde_json::json!(#values),)*
                        Self::#unknown(value) => value.as_value().clone(),
                    }
                }
            }
        },
        parse_quote! {
            impl ::std::convert::From<::serde_json::Value> for #name {
                fn from(value: ::serde_json::Value) -> Self {
                    match crate::unions::scalar(&value).as_str() {
                        #(#texts => Self::#idents,)*
                        _ => Self::#unknown(value.into()),
                    }
                }
            }
        },
        parse_quote! {
            impl ::serde::Serialize for #name {
                fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> ::std::result::Result<S::Ok, S::Error> {
                    self.to_value().serialize(serializer)
                }
            }
        },
        parse_quote! {
            impl<'de> ::serde::Deserialize<'de> for #name {
                fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                    let value = Self::from(#read);
                    if matches!(value, Self::#unknown(_)) {
                        crate::unions::count_unlisted(#listed);
                    }
                    Ok(value)
                }
            }
        },
    ]
}
