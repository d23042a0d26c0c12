//! Enums: one of several strings, or one of several types; and lists of which each item has a type of its own.
//!
//! They are made here and not by typify, so that a value that a newer server adds is kept, and so that no two alternatives
//! are ever merged into one type.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, format_ident, quote};
use syn::{Item, Type, parse_quote};

use super::{answers::local, document, probes::Probes, types::type_doc};
use crate::{
    api::{Api, Schema, Shape, Variant},
    diagnostic::Diagnostic,
    names,
    prose::code,
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
    let docs = values.iter().map(|value| format!(" {}", code(value)));
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

/// The attributes that document an item.
fn doc(doc: &str) -> TokenStream {
    let mut attributes = Vec::new();
    document(&mut attributes, doc);
    quote!(#(#attributes)*)
}

fn tuple(key: &str, schema: &Schema, variants: &[Variant], probes: &Probes) -> Result<Item, Diagnostic> {
    let name = format_ident!("{key}");
    let (_, kinds) = types_of(variants, probes)?;
    let docs = variants.iter().map(|variant| doc(&variant.doc));
    let mut item: syn::ItemStruct = parse_quote! {
        #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
        pub struct #name(#(#docs pub #kinds),*);
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
    let docs = variants.iter().map(|variant| match (tag, &variant.tags[..]) {
        (Some(tag), values @ [_, ..]) => {
            let values = values.iter().map(|value| code(value)).collect::<Vec<_>>().join(" or ");
            doc(&format!("{}\n\nIts {} is {values}.", variant.doc, code(tag)))
        }
        _ => doc(&variant.doc),
    });
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
            #(#docs #idents(#kinds),)*
            #unknown
        }
    };
    let mut items = Vec::new();
    if let Some(tag) = tag.filter(|_| variants.iter().any(|variant| variant.writes.is_some())) {
        enumeration.attrs = vec![
            parse_quote!(#[derive(Clone, Debug, PartialEq)]),
            parse_quote!(#[non_exhaustive]),
        ];
        items.push(serialize(&name, variants, &idents, tag));
    }
    document(&mut enumeration.attrs, &type_doc(schema));
    items.splice(
        0..0,
        [enumeration.into(), deserialize(&name, variants, &idents, &kinds, tag)],
    );
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

/// `Serialize` for a union of which some variants have no property for the tag.
fn serialize(name: &syn::Ident, variants: &[Variant], idents: &[syn::Ident], tag: &str) -> Item {
    let arms = variants.iter().zip(idents).map(|(variant, ident)| {
        let write = if let Some(value) = &variant.writes {
            quote!(crate::unions::write_tagged(serializer, #tag, #value, value))
        } else {
            quote!(value.serialize(serializer))
        };
        quote!(Self::#ident(value) => #write,)
    });
    parse_quote! {
        impl ::serde::Serialize for #name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> ::std::result::Result<S::Ok, S::Error> {
                match self {
                    #(#arms)*
                    Self::Unknown(value) => value.serialize(serializer),
                }
            }
        }
    }
}

/// The variant that fits best: that which knows most of the value's properties, the most demanding first.
fn fitting<'a>(variants: impl Iterator<Item = (&'a Variant, &'a syn::Ident)>) -> TokenStream {
    let mut order = variants.collect::<Vec<_>>();
    order.sort_by_key(|(variant, _)| variant.turn);
    if order.iter().all(|(variant, _)| variant.knows.is_empty()) {
        let tries = order
            .into_iter()
            .map(|(_, ident)| quote!(crate::unions::fitting(&value).map(Self::#ident)));
        return tries
            .reduce(|tries, next| quote!(#tries.or_else(|| #next)))
            .unwrap_or_else(|| quote!(None));
    }
    let alternatives = order.into_iter().map(|(variant, ident)| {
        let (knows, is_open) = (&variant.knows, variant.is_open);
        quote! {
            crate::unions::Alternative {
                knows: &[#(#knows),*],
                is_open: #is_open,
                read: |value| crate::unions::fitting(value).map(Self::#ident),
            }
        }
    });
    quote!(crate::unions::best(&value, &[#(#alternatives),*]))
}

/// The position of the variant that takes every text, where the others take none.
fn text(kinds: &[Type]) -> Option<usize> {
    const NO_TEXTS: [&str; 7] = ["bool", "i32", "i64", "u32", "u64", "f32", "f64"];

    let is_no_text = |kind: &Type| NO_TEXTS.contains(&kind.to_token_stream().to_string().as_str());
    let position = kinds
        .iter()
        .position(|kind| *kind == parse_quote!(::std::string::String))?;
    let mut others = kinds.iter().enumerate().filter(|(at, _)| *at != position);
    others.all(|(_, kind)| is_no_text(kind)).then_some(position)
}

/// `Deserialize` for a union: by the value of its tag, or else by what fits.
fn deserialize(
    name: &syn::Ident,
    variants: &[Variant],
    idents: &[syn::Ident],
    kinds: &[Type],
    tag: Option<&str>,
) -> Item {
    let text = text(kinds).filter(|_| tag.is_none());
    let tried = variants.iter().zip(idents).enumerate();
    let tried = tried.filter(|(at, _)| Some(*at) != text).map(|(_, variant)| variant);
    let fitting = fitting(tried);
    let begin = if let Some(ident) = text.map(|at| &idents[at]) {
        // To try whether it fits would copy the text.
        quote! {
            let value = match ::serde_json::Value::deserialize(deserializer)? {
                ::serde_json::Value::String(value) => return Ok(Self::#ident(value)),
                value => value,
            };
        }
    } else {
        quote!(let value = ::serde_json::Value::deserialize(deserializer)?;)
    };
    let body = if let Some(tag) = tag {
        let arms = variants
            .iter()
            .zip(idents)
            .map(|(Variant { tags, writes, .. }, ident)| {
                let read = if writes.is_some() {
                    quote!(read_besides(value, #tag))
                } else {
                    quote!(read(&value))
                };
                quote!(Some(#(#tags)|*) => crate::unions::#read.map(Self::#ident),)
            });
        let missing = format!("an object with `{tag}`");
        quote! {
            match crate::unions::tag(&value, #tag) {
                #(#arms)*
                Some(_) => Ok(Self::Unknown(value.into())),
                None => #fitting.ok_or_else(|| crate::unions::unlike(&value, #missing)),
            }
        }
    } else {
        quote!(#fitting.ok_or_else(|| crate::unions::unlike(&value, "one of the documented types")))
    };
    parse_quote! {
        impl<'de> ::serde::Deserialize<'de> for #name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                #begin
                #body
            }
        }
    }
}
