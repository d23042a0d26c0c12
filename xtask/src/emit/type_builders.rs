//! `types/builder.rs`: typify's builders of what requests hold, with messages that name the property and the type.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{ImplItem, Item, ItemImpl, ItemStruct, parse_quote, visit_mut::VisitMut};

use super::{
    functions::constant_value,
    text::Text,
    tokens::{document, literally},
    types::ADDITIONAL_DOC,
};
use crate::{
    analyze::constant,
    bridge::{Module, field_type, parsed},
    input::diagnostic::Diagnostic,
    model::{
        Api,
        ty::{Ty, TypeId},
        typedef::Field,
    },
};

/// Writes everything in `types/builder.rs`.
///
/// # Errors
///
/// If typify's items are not Rust.
pub(super) fn write(text: &mut Text<'_>, builders: BTreeMap<TypeId, TokenStream>, api: &Api) -> Result<(), Diagnostic> {
    for (id, tokens) in builders {
        let builder = Builder { api, id };
        let file = parsed::<syn::File>(tokens).map_err(|error| error.at(&api[id].pointer))?;
        text.add(file.items.into_iter().map(|item| builder.item(item)));
    }
    Ok(())
}

struct Builder<'a> {
    api: &'a Api,
    id: TypeId,
}

impl Builder<'_> {
    fn item(&self, item: Item) -> Item {
        match item {
            Item::Struct(mut structure) => {
                self.structure(&mut structure);
                structure.into()
            }
            Item::Impl(mut block) => {
                match &block.trait_ {
                    None => self.setters(&mut block),
                    Some((_, path, _)) if path.segments.last().is_some_and(|last| last.ident == "Default") => {
                        Unset(self).visit_item_impl_mut(&mut block);
                    }
                    Some(_) => {}
                }
                block.into()
            }
            other => other,
        }
    }

    /// The property that a field or setter is for; `None` if it is for what else an object holds.
    fn field(&self, ident: &syn::Ident) -> Option<&Field> {
        self.api.fields(self.id)?.iter().find(|field| ident == &field.ident)
    }

    fn structure(&self, structure: &mut ItemStruct) {
        let name = &self.api[self.id].name;
        document(&mut structure.attrs, &format!("Builds a [`{name}`](super::{name})."));
        for declared in &mut structure.fields {
            let field = declared.ident.as_ref().and_then(|ident| self.field(ident));
            if let Some(field) = field.filter(|field| field.has_three_states()) {
                let ty = field_type(self.api, field, Module::TypeBuilders);
                declared.ty = parse_quote! {
                    ::std::result::Result<::std::option::Option<#ty>, ::std::string::String>
                };
            }
        }
    }

    fn setters(&self, block: &mut ItemImpl) {
        for function in &mut block.items {
            let ImplItem::Fn(function) = function else { continue };
            let ident = function.sig.ident.clone();
            let Some(field) = self.field(&ident) else {
                document(&mut function.attrs, ADDITIONAL_DOC);
                continue;
            };
            let message = format!(
                "`{}.{}`: {{error}}",
                self.api[self.id].name,
                literally(&field.wire_name)
            );
            let error = quote!(|error| format!(#message));
            let mut doc = field.doc.clone();
            let value = if field.has_three_states() {
                doc.push_str(if field.writes_null {
                    "\n\n`None` sends null; without this call it is left out."
                } else {
                    "\n\n`None` leaves it out, as it is without this call."
                });
                quote!(value.try_into().map(Some).map_err(#error))
            } else {
                if field.keeps_null && field.writes_null {
                    doc.push_str("\n\n`None` leaves it out; null is a value of it.");
                }
                quote!(value.try_into().map_err(#error))
            };
            document(&mut function.attrs, &doc);
            function.block = parse_quote!({
                self.#ident = #value;
                self
            });
        }
    }
}

/// Replaces what typify has for a property that was not set: a constant needs no setting, and what else an object holds may be
/// nothing.
struct Unset<'a>(&'a Builder<'a>);

impl VisitMut for Unset<'_> {
    fn visit_field_value_mut(&mut self, value: &mut syn::FieldValue) {
        let Self(builder) = self;
        let syn::Member::Named(ident) = &value.member else {
            return;
        };
        match builder.field(ident) {
            None => value.expr = parse_quote!(Ok(Default::default())),
            Some(field) if field.required && field.ty == Ty::Null => value.expr = parse_quote!(Ok(crate::Null)),
            Some(field) if field.is_demanded() || field.tag.is_some() => {
                value.expr = if let Some(constant) = constant(builder.api, field) {
                    let value = constant_value(builder.api, field, constant, Module::TypeBuilders);
                    parse_quote!(Ok(#value))
                } else {
                    let name = &builder.api[builder.id].name;
                    let message = format!("`{name}.{}` is required, and was not set", field.wire_name);
                    parse_quote!(Err(#message.to_string()))
                };
            }
            Some(_) => {}
        }
    }
}
