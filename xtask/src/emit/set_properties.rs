//! How what is set of an object is checked: by the type, of which all that is required is set, and by a call that has it for its body.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Item, parse_quote};

use super::{
    rules::{flags, object},
    validate::{Checks, layers},
};
use crate::{
    analyze::constant,
    bridge::{Module, rust_type},
    model::{
        reserved,
        rules::{Rule, Rules},
        ty::{Ty, TypeId},
        typedef::{Field, Wrapper},
    },
};

impl Checks<'_> {
    /// Whether there is anything to check of an object that is a body.
    pub(super) fn has_object(&self, id: TypeId) -> bool {
        self.fields(id).is_some() && self.has_rules[id.index()]
    }

    /// The statement by which a call checks what is set of its body, an object: `set` is for each property that is checked, and for
    /// those that have no names of their own, an `Option` of a reference to its value, without the `Option` that it may have.
    pub(super) fn object(&self, id: TypeId, set: impl Fn(Option<&Field>) -> TokenStream) -> Option<TokenStream> {
        let (fields, additional) = self.fields(id).filter(|_| self.has_rules[id.index()])?;
        let fields = fields.iter().filter(|field| self.is_checked(id, field));
        let others = additional.filter(|inner| self.are_others_checked(id, inner));
        let arguments = fields.map(|field| set(Some(field)));
        let arguments = arguments.chain(others.map(|_| set(None)));
        Some(quote!(Self::check_set(#(#arguments,)* at);))
    }

    /// Whether a call has to set a property: one that can have a single value has it anyway.
    pub(super) fn is_required(&self, field: &Field) -> bool {
        field.is_demanded() && field.ty != Ty::Null && constant(self.api, field).is_none()
    }

    /// Whether there is a rule for the property of an object.
    fn is_checked(&self, id: TypeId, field: &Field) -> bool {
        let value = quote!(value);
        self.is_required(field)
            || self.counts(id) && !field.required
            || !self.field(field, &[], &value, &value).is_empty()
    }

    /// Whether there is a rule for the properties of an object that the description does not name.
    fn are_others_checked(&self, id: TypeId, inner: &Ty) -> bool {
        let rules = &self.api[id].rules;
        self.counts(id) || !self.others(rules, inner).is_empty()
    }

    /// Whether the properties of an object are counted.
    fn counts(&self, id: TypeId) -> bool {
        let is_count = |rule: &Rule| matches!(rule, Rule::MinProperties(_) | Rule::MaxProperties(_));
        self.api[id].rules.own.iter().any(is_count)
    }

    /// What checks the properties that the description does not name.
    fn others(&self, rules: &Rules, inner: &Ty) -> TokenStream {
        let value = quote!(value);
        let is_of_names = |rule: &&Rule| matches!(rule, Rule::PropertyNames(_));
        let names = rules.own.iter().filter(is_of_names).cloned().collect::<Vec<_>>();
        let (names, values) = (
            object(&names, &TokenStream::new(), Some(&value)),
            self.values(rules, inner, &value),
        );
        quote!(#names #values)
    }

    /// The function that checks what is set of the properties of a body, so that a call and the type have one; and what the type
    /// gives it.
    pub(super) fn check(&self, id: TypeId, fields: &[Field], additional: Option<&Ty>) -> (Item, Vec<TokenStream>) {
        let def = &self.api[id];
        let (mut parameters, mut arguments, mut checks) = (Vec::new(), Vec::new(), Vec::new());
        for field in fields.iter().filter(|field| self.is_checked(id, field)) {
            let (ident, name) = (format_ident!("{}", field.ident), &field.wire_name);
            let mut layers = layers(field);
            if layers.first() == Some(&Wrapper::Option) {
                layers.remove(0);
                arguments.push(quote!(self.#ident.as_ref()));
            } else {
                arguments.push(quote!(Some(&self.#ident)));
            }
            let ty = rust_type(self.api, field.ty.not_null(), Module::Other);
            let ty = layers.iter().rev().fold(ty, |inner, layer| match layer {
                Wrapper::Box => quote!(::std::boxed::Box<#inner>),
                Wrapper::Option => quote!(::std::option::Option<#inner>),
            });
            parameters.push(quote!(#ident: ::std::option::Option<&#ty>));
            if self.is_required(field) {
                checks.push(quote!(at_.required_property(#name, #ident.is_some());));
            }
            let check = self.field(field, &layers, &quote!(value), &quote!(at_));
            if !check.is_empty() {
                checks.push(quote!(if let Some(value) = #ident { #check }));
            }
        }
        let others = additional.filter(|inner| self.are_others_checked(id, inner));
        let others = others.map(|inner| {
            let ident = format_ident!("{}", reserved::ADDITIONAL_FIELD);
            let ty = rust_type(self.api, &Ty::Map(Box::new(inner.clone())), Module::Other);
            parameters.push(quote!(#ident: ::std::option::Option<&#ty>));
            arguments.push(quote!(Some(&self.#ident)));
            let others = self.others(&def.rules, inner);
            if !others.is_empty() {
                checks.push(quote!(if let Some(value) = #ident { let at = &mut *at_; #others }));
            }
            quote!(#ident.map_or(0, |others| others.len()))
        });
        if self.counts(id) {
            let is_set = |field: &Field| {
                let ident = format_ident!("{}", field.ident);
                (!field.required).then(|| quote!(#ident.is_some()))
            };
            let set = flags(fields, is_set);
            let others = others.map(|others| quote!(+ #others));
            let counts = object(&def.rules.own, &quote!(count), None);
            checks.push(quote!(let (at, count) = (at_, #set #others); #counts));
        }
        // The type itself may have a getter of any name.
        let name = format_ident!("{}", def.name);
        let item = parse_quote! {
            impl super::body::#name {
                /// Checks what is set of it.
                pub(super) fn check_set(#(#parameters,)* at_: &mut crate::validate::Violations) {
                    #(#checks)*
                }
            }
        };
        (item, arguments)
    }
}
