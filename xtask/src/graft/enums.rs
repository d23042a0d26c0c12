//! Enums: one of several strings, or one of several types; and lists of which each item has a type of its own.
//!
//! They are made here and not by typify, so that a value that a newer server adds is kept, and so that no two alternatives
//! are ever merged into one type.

use quote::{format_ident, quote};
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
            Shape::Union { variants, tag } => items.extend(union(key, schema, variants, tag.as_deref(), probes)?),
            Shape::Tuple(variants) => items.push(tuple(key, schema, variants, probes)?),
            _ => {}
        }
    }
    Ok(items)
}

fn choice(key: &str, schema: &Schema, values: &[String]) -> Vec<Item> {
    let name = format_ident!("{key}");
    let idents = names::variants(values);
    let idents = idents.iter().map(|ident| format_ident!("{ident}")).collect::<Vec<_>>();
    let docs = values
        .iter()
        .map(|value| format!(" `{}`", value.replace('`', "'").replace(['\r', '\n'], " ")));
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
            impl ::std::convert::From<&str> for #name {
                fn from(value: &str) -> Self {
                    match value {
                        #(#values => Self::#idents,)*
                        _ => Self::Unknown(value.to_owned()),
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

/// The types of the variants, as `types.rs` would write them, without and with the boxes that recursion needs.
fn types_of(variants: &[Variant], probes: &Probes) -> Result<(Vec<Type>, Vec<Type>), Diagnostic> {
    let inner = variants
        .iter()
        .map(|variant| Ok(local(probes.type_of(&variant.probe)?.clone())))
        .collect::<Result<Vec<Type>, Diagnostic>>()?;
    let boxed = inner.iter().zip(variants).map(|(kind, variant)| -> Type {
        if variant.is_boxed {
            parse_quote!(::std::boxed::Box<#kind>)
        } else {
            kind.clone()
        }
    });
    let boxed = boxed.collect();
    Ok((inner, boxed))
}

fn tuple(key: &str, schema: &Schema, variants: &[Variant], probes: &Probes) -> Result<Item, Diagnostic> {
    let name = format_ident!("{key}");
    let (_, kinds) = types_of(variants, probes)?;
    let docs = variants
        .iter()
        .map(|variant| format!(" {}", variant.doc.replace('\n', "\n ")));
    let mut item: syn::ItemStruct = parse_quote! {
        #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
        pub struct #name(#(#[doc = #docs] pub #kinds),*);
    };
    document(&mut item.attrs, &type_doc(schema));
    Ok(item.into())
}

fn union(
    key: &str,
    schema: &Schema,
    variants: &[Variant],
    tag: Option<&str>,
    probes: &Probes,
) -> Result<Vec<Item>, Diagnostic> {
    let name = format_ident!("{key}");
    let idents = variants
        .iter()
        .map(|variant| format_ident!("{}", variant.name))
        .collect::<Vec<_>>();
    let (inner, kinds) = types_of(variants, probes)?;
    let docs = variants
        .iter()
        .map(|variant| &variant.doc)
        .map(|doc| format!(" {}", doc.replace('\n', "\n ")));
    let unknown = tag.map(|_| {
        quote! {
            /// A value of a type that the document does not list, from a newer server.
            Unknown(crate::Unlisted),
        }
    });
    let mut enumeration: syn::ItemEnum = parse_quote! {
        #[derive(::serde::Serialize, Clone, Debug, PartialEq)]
        #[serde(untagged)]
        #[non_exhaustive]
        pub enum #name {
            #(#[doc = #docs] #idents(#kinds),)*
            #unknown
        }
    };
    document(&mut enumeration.attrs, &type_doc(schema));
    let mut items: Vec<Item> = vec![enumeration.into(), deserialize(&name, variants, &idents, tag)];
    if schema.shape.is_displayed() && tag.is_none() {
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
        // Two variants of one type cannot both be made from it, and every type is made from itself.
        let is_itself = variant.component.as_deref() == Some(key);
        if is_itself || inner.iter().filter(|other| *other == kind).count() > 1 {
            continue;
        }
        let value: syn::Expr = if variant.is_boxed {
            parse_quote!(value.into())
        } else {
            parse_quote!(value)
        };
        if *kind == parse_quote!(::std::string::String) {
            items.push(parse_quote! {
                impl ::std::convert::From<&str> for #name {
                    fn from(value: &str) -> Self {
                        Self::#ident(value.to_owned())
                    }
                }
            });
        }
        items.push(parse_quote! {
            impl ::std::convert::From<#kind> for #name {
                fn from(value: #kind) -> Self {
                    Self::#ident(#value)
                }
            }
        });
    }
    Ok(items)
}

/// `Deserialize` for a union: by the value of its tag, or else by what fits, the most demanding first.
fn deserialize(name: &syn::Ident, variants: &[Variant], idents: &[syn::Ident], tag: Option<&str>) -> Item {
    let mut order = variants.iter().zip(idents).collect::<Vec<_>>();
    order.sort_by_key(|(variant, _)| variant.turn);
    let tries = order.iter().map(|(_, ident)| ident).map(|ident| {
        quote! {
            if let Some(value) = crate::unions::fitting(&value) {
                return Ok(Self::#ident(value));
            }
        }
    });
    let body = if let Some(tag) = tag {
        let tags = variants.iter().map(|variant| &variant.tags);
        let arms = tags
            .zip(idents)
            .map(|(tags, ident)| quote!(Some(#(#tags)|*) => crate::unions::read(&value).map(Self::#ident),));
        let missing = format!("an object with `{tag}`");
        quote! {
            match crate::unions::tag(&value, #tag) {
                #(#arms)*
                Some(_) => Ok(Self::Unknown(value.into())),
                None => {
                    #(#tries)*
                    Err(crate::unions::unlike(&value, #missing))
                }
            }
        }
    } else {
        quote! {
            #(#tries)*
            Err(crate::unions::unlike(&value, "one of the documented types"))
        }
    };
    parse_quote! {
        impl<'de> ::serde::Deserialize<'de> for #name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                let value = ::serde_json::Value::deserialize(deserializer)?;
                #body
            }
        }
    }
}
