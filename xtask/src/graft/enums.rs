//! Enums: one of several strings, or one of several types.
//!
//! They are made here and not by typify, so that a value that a newer server adds is kept, and so that no two alternatives
//! are ever merged into one type.

use quote::format_ident;
use syn::{Item, Type, parse_quote};

use super::{answers::local, document, probes::Probes, types::type_doc};
use crate::{
    api::{Api, Schema, Shape, Variant},
    diagnostic::Diagnostic,
    names,
};

/// Every enum of the API.
pub(super) fn items(api: &Api, probes: &Probes) -> Result<Vec<Item>, Diagnostic> {
    let mut items = Vec::new();
    for (key, schema) in &api.schemas {
        match &schema.shape {
            Shape::Choice(values) => items.extend(choice(key, schema, values)),
            Shape::Union(variants) => items.extend(union(key, schema, variants, probes)?),
            _ => {}
        }
    }
    Ok(items)
}

fn choice(key: &str, schema: &Schema, values: &[String]) -> Vec<Item> {
    let name = format_ident!("{key}");
    let mut idents = Vec::<String>::new();
    for (index, value) in values.iter().enumerate() {
        let mut ident = names::variant(value);
        let mut number = index;
        while idents.contains(&ident) || ident == "Unknown" {
            ident = format!("{}{number}", names::variant(value));
            number += 1;
        }
        idents.push(ident);
    }
    let idents = idents.iter().map(|ident| format_ident!("{ident}")).collect::<Vec<_>>();
    let docs = values.iter().map(|value| format!(" `{value}`"));
    let mut enumeration: syn::ItemEnum = parse_quote! {
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum #name {
            #(#[doc = #docs] #idents,)*
            /// A value that the document does not list, from a newer server.
            Unknown(::std::string::String),
        }
    };
    document(&mut enumeration.attrs, &type_doc(schema));
    vec![
        enumeration.into(),
        parse_quote! {
            impl #name {
                /// The value, as it is sent.
                #[must_use]
                pub fn as_str(&self) -> &str {
                    match self {
                        #(Self::#idents => #values,)*
                        Self::Unknown(value) => value,
                    }
                }
            }
        },
        parse_quote! {
            impl From<&str> for #name {
                fn from(value: &str) -> Self {
                    match value {
                        #(#values => Self::#idents,)*
                        _ => Self::Unknown(value.to_owned()),
                    }
                }
            }
        },
        parse_quote! {
            impl From<::std::string::String> for #name {
                fn from(value: ::std::string::String) -> Self {
                    Self::from(value.as_str())
                }
            }
        },
        parse_quote! {
            impl std::str::FromStr for #name {
                type Err = std::convert::Infallible;

                fn from_str(value: &str) -> ::std::result::Result<Self, Self::Err> {
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

fn union(key: &str, schema: &Schema, variants: &[Variant], probes: &Probes) -> Result<Vec<Item>, Diagnostic> {
    let name = format_ident!("{key}");
    let idents = variants
        .iter()
        .map(|variant| format_ident!("{}", variant.name))
        .collect::<Vec<_>>();
    let inner = variants
        .iter()
        .map(|variant| Ok(local(probes.type_of(&variant.probe)?.clone())))
        .collect::<Result<Vec<Type>, Diagnostic>>()?;
    // A component may hold the union in turn, and a type cannot hold itself.
    let kinds = inner.iter().zip(variants).map(|(kind, variant)| -> Type {
        if variant.is_component {
            parse_quote!(::std::boxed::Box<#kind>)
        } else {
            kind.clone()
        }
    });
    let kinds = kinds.collect::<Vec<_>>();
    let docs = variants
        .iter()
        .map(|variant| &variant.doc)
        .map(|doc| format!(" {}", doc.replace('\n', "\n ")));
    let mut enumeration: syn::ItemEnum = parse_quote! {
        #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
        #[serde(untagged)]
        #[non_exhaustive]
        pub enum #name {
            #(#[doc = #docs] #idents(#kinds),)*
        }
    };
    document(&mut enumeration.attrs, &type_doc(schema));
    let mut items: Vec<Item> = vec![enumeration.into()];
    if schema.shape.is_displayed() {
        items.push(parse_quote! {
            impl std::fmt::Display for #name {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    match self {
                        #(Self::#idents(value) => value.fmt(f),)*
                    }
                }
            }
        });
    }
    for ((ident, kind), variant) in idents.iter().zip(&inner).zip(variants) {
        // Two variants of one type cannot both be made from it.
        if inner.iter().filter(|other| *other == kind).count() > 1 {
            continue;
        }
        let value: syn::Expr = if variant.is_component {
            parse_quote!(value.into())
        } else {
            parse_quote!(value)
        };
        if *kind == parse_quote!(::std::string::String) {
            items.push(parse_quote! {
                impl From<&str> for #name {
                    fn from(value: &str) -> Self {
                        Self::#ident(value.to_owned())
                    }
                }
            });
        }
        items.push(parse_quote! {
            impl From<#kind> for #name {
                fn from(value: #kind) -> Self {
                    Self::#ident(#value)
                }
            }
        });
    }
    Ok(items)
}
