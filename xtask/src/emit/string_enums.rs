//! Enums of strings. They are open: a value that a newer server sends is kept.

use quote::format_ident;
use syn::{Item, parse_quote};

use super::{
    attributes::type_doc,
    schemas,
    tokens::{derive, doc},
};
use crate::{
    analyze::derives,
    model::{
        prose::code,
        reserved,
        typedef::{EnumValue, TypeDef},
    },
};

/// An enum of strings, and what it can do.
pub(super) fn items(def: &TypeDef, values: &[EnumValue]) -> Vec<Item> {
    let name = format_ident!("{}", def.name);
    let idents = values
        .iter()
        .map(|value| format_ident!("{}", value.ident))
        .collect::<Vec<_>>();
    let docs = values.iter().map(|value| format!(" {}", code(&value.value)));
    let values = values.iter().map(|value| &value.value).collect::<Vec<_>>();
    let unknown = format_ident!("{}", reserved::UNKNOWN_VARIANT);
    let (doc, derive, schema) = (
        doc(&type_doc(def)),
        derive(&derives(def)),
        schemas::of_string_enum(def, &idents),
    );
    vec![
        parse_quote! {
            #doc
            #derive
            #[non_exhaustive]
            #schema
        pub enum #name {
            #(#[doc = #docs] #idents,)*
            /// A value that the document does not list, from a newer server.
            #unknown(::std::string::String),
        }
        },
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
                    ::std::string::String::deserialize(deserializer).map(Self::from)
                }
            }
        },
    ]
}
