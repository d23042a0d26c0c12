//! Unions: one of several types; and tuples: lists of which each item has a type of its own.
//!
//! They are made here and not by typify, so that a value of a type that a newer server adds is kept, and so that no two
//! alternatives are ever merged into one type.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Ident, Item, parse_quote};

use super::{
    attributes::{mock_serialize, type_doc},
    enums::alternatives,
    schemas,
    tokens::{derive, doc},
};
use crate::{
    analyze::derives,
    bridge::{Module, rust_type},
    model::{
        Api,
        prose::code,
        reserved,
        ty::{Format, Ty, TypeId},
        typedef::{self, Others, TypeDef, Variant},
        unions,
    },
};

/// A type as `types.rs` writes it, in the box that recursion needs.
fn boxed(ty: &TokenStream, is_boxed: bool) -> TokenStream {
    if is_boxed {
        quote!(::std::boxed::Box<#ty>)
    } else {
        ty.clone()
    }
}

/// Whether a type may write a value back in another way than it was.
fn may_be_rewritten(ty: &Ty) -> bool {
    let is_rewritten = |part: &Ty| {
        matches!(
            part,
            Ty::Float | Ty::Str(Format::Uuid | Format::DateTime | Format::Date)
        )
    };
    ty.parts().any(is_rewritten)
}

/// A tuple.
pub(super) fn tuple(api: &Api, def: &TypeDef, items: &[typedef::Item]) -> Item {
    let name = format_ident!("{}", def.name);
    let kinds = items
        .iter()
        .map(|item| boxed(&rust_type(api, &item.ty, Module::Types), item.is_boxed));
    let docs = items.iter().map(|item| {
        let doc = doc(&item.doc);
        let read = item.ty.is_of_times();
        let read = read.then(|| quote!(#[serde(deserialize_with = "crate::time::deserialize")]));
        let schema = schemas::of_part(&item.rules);
        quote!(#doc #read #schema)
    });
    let (doc, derive, schema) = (doc(&type_doc(def)), derive(&derives(def)), schemas::of_struct(def));
    let serialize = mock_serialize(def, None);
    parse_quote! {
        #doc
        #derive
        #serialize
        #schema
        pub struct #name(#(#docs pub #kinds),*);
    }
}

/// A union, and what it can do.
pub(super) fn union(api: &Api, id: TypeId, variants: &[Variant], tag: Option<&str>) -> Vec<Item> {
    let union = Union {
        api,
        id,
        name: format_ident!("{}", api[id].name),
        variants,
        idents: variants
            .iter()
            .map(|variant| format_ident!("{}", variant.name))
            .collect(),
        tag,
    };
    let mut items = vec![union.declaration(), union.deserialize()];
    items.extend(union.serialize());
    items.extend(union.display());
    items.extend(union.conversions());
    items
}

struct Union<'a> {
    api: &'a Api,
    id: TypeId,
    name: Ident,
    variants: &'a [Variant],
    idents: Vec<Ident>,
    tag: Option<&'a str>,
}

impl Union<'_> {
    fn def(&self) -> &TypeDef {
        &self.api[self.id]
    }

    fn variant_type(&self, variant: &Variant) -> TokenStream {
        rust_type(self.api, &variant.ty, Module::Types)
    }

    /// Whether `Serialize` is written here, since some variants have no property for the tag.
    fn writes_tags(&self) -> bool {
        unions::writes_tags(self.variants, self.tag)
    }

    fn has_unknown(&self) -> bool {
        unions::has_unknown(self.variants, self.tag)
    }

    fn declaration(&self) -> Item {
        let Self { name, idents, .. } = self;
        let def = self.def();
        let kinds = self
            .variants
            .iter()
            .map(|variant| boxed(&self.variant_type(variant), variant.is_boxed));
        let docs = self.variants.iter().map(|variant| {
            let doc = match (self.tag, &variant.tags[..]) {
                (Some(tag), values @ [_, ..]) => {
                    let values = values.iter().map(|value| code(value)).collect::<Vec<_>>().join(" or ");
                    doc(&format!("{}\n\nIts {} is {values}.", variant.doc, code(tag)))
                }
                _ => doc(&variant.doc),
            };
            let schema = schemas::of_part(&variant.rules);
            quote!(#doc #schema)
        });
        let unknown = self.has_unknown().then(|| {
            let unknown = format_ident!("{}", reserved::UNKNOWN_VARIANT);
            let skip = schemas::skipped_variant();
            let doc = if self.tag.is_some() {
                doc("A value of a type that the description does not list, from a newer server.")
            } else {
                doc("A value that none of the types can hold completely, made from JSON: `Unlisted::from(value)`.")
            };
            quote! {
                #doc
                #skip
                #unknown(crate::Unlisted),
            }
        });
        let is_derived = !self.writes_tags() && !def.traits.is_serialized_by_mocks_alone;
        let untagged = is_derived.then(|| quote!(#[serde(untagged)]));
        let serialize = if self.writes_tags() {
            None
        } else {
            mock_serialize(def, Some(quote!(serde(untagged))))
        };
        let (doc, derive) = (doc(&type_doc(def)), derive(&derives(def)));
        let schema = schemas::of_union(def, is_derived);
        parse_quote! {
            #doc
            #derive
            #untagged
            #[non_exhaustive]
            #serialize
            #schema
            pub enum #name {
                #(#docs #idents(#kinds),)*
                #unknown
            }
        }
    }

    fn display(&self) -> Option<Item> {
        let Self { name, idents, .. } = self;
        unions::is_displayed(self.variants, self.tag).then(|| {
            parse_quote! {
                impl std::fmt::Display for #name {
                    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        match self {
                            #(Self::#idents(value) => value.fmt(f),)*
                        }
                    }
                }
            }
        })
    }

    fn conversions(&self) -> Vec<Item> {
        let mut items = Vec::new();
        let name = &self.name;
        for variant in unions::conversions(self.id, self.variants) {
            let ident = format_ident!("{}", variant.name);
            let ty = self.variant_type(variant);
            let value = if variant.is_boxed {
                quote!(value.into())
            } else {
                quote!(value)
            };
            if unions::is_from_str(variant) {
                items.push(parse_quote! {
                    impl ::std::convert::From<&str> for #name {
                        fn from(value: &str) -> Self {
                            Self::#ident(value.to_owned())
                        }
                    }
                });
            }
            items.push(parse_quote! {
                impl ::std::convert::From<#ty> for #name {
                    fn from(value: #ty) -> Self {
                        Self::#ident(#value)
                    }
                }
            });
        }
        items
    }

    /// `Serialize` for a union of which some variants have no property for the tag. One that holds a secret and is only
    /// received has none.
    fn serialize(&self) -> Option<Item> {
        let (Self { name, .. }, Some(tag)) = (self, self.tag) else {
            return None;
        };
        if !self.writes_tags() || self.def().traits.is_serialized_by_mocks_alone {
            return None;
        }
        let arms = self.variants.iter().zip(&self.idents).map(|(variant, ident)| {
            let write = if let Some(value) = &variant.written_tag {
                quote!(crate::unions::write_tagged(serializer, #tag, #value, value))
            } else {
                quote!(value.serialize(serializer))
            };
            quote!(Self::#ident(value) => #write,)
        });
        let unknown = format_ident!("{}", reserved::UNKNOWN_VARIANT);
        Some(parse_quote! {
            impl ::serde::Serialize for #name {
                fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> ::std::result::Result<S::Ok, S::Error> {
                    match self {
                        #(#arms)*
                        Self::#unknown(value) => value.serialize(serializer),
                    }
                }
            }
        })
    }

    /// The position of the variant that takes every text, where the others take none.
    fn text(&self) -> Option<usize> {
        let is_text = |variant: &Variant| variant.ty == Ty::Str(Format::Text);
        let position = self.variants.iter().position(is_text).filter(|_| self.tag.is_none())?;
        let mut others = self.variants.iter().enumerate().filter(|(at, _)| *at != position);
        let is_no_text = |variant: &Variant| matches!(variant.ty, Ty::Bool | Ty::Int(_) | Ty::Float);
        others.all(|(_, variant)| is_no_text(variant)).then_some(position)
    }

    /// The variant that fits best; if there is none, a time without a zone is one all the same.
    fn best(&self, text: Option<usize>) -> TokenStream {
        let best = self.best_as_written(text);
        let variants = self.variants.iter().zip(&self.idents);
        let times = variants.filter(|(variant, _)| variant.ty.is_of_times());
        let tries = times.map(|(_, ident)| quote!(.or_else(|| crate::time::fitting(value).map(Self::#ident))));
        quote!(#best #(#tries)*)
    }

    /// The variant that fits best: that which knows most of the value's properties, the most demanding first.
    fn best_as_written(&self, text: Option<usize>) -> TokenStream {
        let variants = self.variants.iter().zip(&self.idents).enumerate();
        let variants = variants.filter(|(at, _)| Some(*at) != text).map(|(_, variant)| variant);
        let mut order = variants.collect::<Vec<_>>();
        order.sort_by_key(|(variant, _)| variant.order);
        let alternatives = order.into_iter().map(|(variant, ident)| {
            let properties = &variant.known.names;
            let others = match variant.known.others {
                Others::Forbidden => quote!(Forbidden),
                Others::Ignored => quote!(Ignored),
                Others::Kept => quote!(Kept),
            };
            let constants = variant.known.constants.iter();
            let constants = constants.map(|(name, values)| quote!((#name, &[#(#values),*])));
            let read = if variant.written_tag.is_some() {
                let ty = self.variant_type(variant);
                let unknown = format_ident!("{}", reserved::UNKNOWN_VARIANT);
                quote!(without_tag::<#ty>(value).map(Self::#unknown))
            } else if may_be_rewritten(&variant.ty) {
                quote!(exact(value).map(Self::#ident))
            } else {
                quote!(fitting(value).map(Self::#ident))
            };
            quote! {
                crate::unions::Alternative {
                    knows: &[#(#properties),*],
                    others: crate::unions::Others::#others,
                    constants: &[#(#constants),*],
                    read: |value| crate::unions::#read,
                }
            }
        });
        quote!(crate::unions::best(value, &[#(#alternatives),*]))
    }

    /// What becomes of a value that fits no variant, or none completely.
    fn otherwise(&self, expected: &str) -> TokenStream {
        if self.has_unknown() {
            let unknown = format_ident!("{}", reserved::UNKNOWN_VARIANT);
            quote!(or_kept(value, #expected, Self::#unknown))
        } else {
            quote!(or_unlike(&value, #expected))
        }
    }

    /// `Deserialize` for a union: by the value of its tag, or else by what fits.
    fn deserialize(&self) -> Item {
        let Self { name, .. } = self;
        let text = self.text();
        let best = self.best(text);
        let begin = if let Some(ident) = text.map(|at| &self.idents[at]) {
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
        let body = if let Some(tag) = self.tag {
            let unknown = format_ident!("{}", reserved::UNKNOWN_VARIANT);
            let arms = self.variants.iter().zip(&self.idents).map(|(variant, ident)| {
                let tags = &variant.tags;
                let read = if variant.written_tag.is_some() {
                    quote!(read_besides(value.clone(), #tag).map(Self::#ident))
                } else if variant.may_lose_tag {
                    quote!(read_with_tag(&value, #tag, Self::#ident, Self::#unknown))
                } else {
                    quote!(read(&value).map(Self::#ident))
                };
                quote!(Some(#(#tags)|*) => crate::unions::#read,)
            });
            let otherwise = self.otherwise(&format!("an object with `{tag}`"));
            let tags = self.variants.iter().flat_map(|variant| &variant.tags);
            let tags = alternatives(&tags.map(|tag| format!("'{tag}'")).collect::<Vec<_>>());
            let listed = format!("an object with {tags} for `{tag}`");
            let text = if unions::is_tag_text(self.api, self.variants, tag) {
                quote!(crate::unions::tag(&value, #tag))
            } else {
                quote!(crate::unions::scalar_tag(&value, #tag).as_deref())
            };
            quote! {
                let best = |value: &::serde_json::Value| #best;
                let found = match #text {
                    #(#arms)*
                    Some(_) => {
                        crate::unions::count_unlisted(#listed);
                        return Ok(Self::#unknown(value.into()));
                    }
                    None => return best(&value).#otherwise,
                };
                found.or_else(|error| best(&value).or_error(value, error, Self::#unknown))
            }
        } else {
            let otherwise = self.otherwise("one of the documented types");
            quote! {
                let best = |value: &::serde_json::Value| #best;
                best(&value).#otherwise
            }
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
}
