//! `validate.rs`: how each type that is sent checks the rules of the description, and what does so for the inputs of a call.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Item, parse_quote};

use super::{
    limits::numeric,
    rules::{any, count, list, object, text, tuple},
    text::Text,
};
use crate::{
    analyze,
    bridge::{Module, named_type},
    model::{
        Api, call_inputs, reserved,
        rules::{Rule, Rules},
        ty::{Format, Ty, TypeId},
        typedef::{Boxing, EnumBase, Field, Kind, Variant, Wrapper},
        unions,
    },
};

/// The types that check themselves.
pub(super) struct Checks<'a> {
    pub(super) api: &'a Api,
    /// For each type, whether there is anything in it to check.
    pub(super) has_rules: Vec<bool>,
}

impl<'a> Checks<'a> {
    pub(super) fn of(api: &'a Api) -> Self {
        let graph = analyze::graph(api);
        let mut checks = Self {
            api,
            has_rules: vec![false; api.types.len()],
        };
        let circles = graph.edges().filter(|(from, to)| graph.is_cycle(*from, *to));
        let circles = circles.map(|(from, _)| from).collect::<Vec<_>>();
        // A call names what is required of its body.
        let is_demanding = |id: TypeId| {
            let fields = checks.fields(id).map_or(&[][..], |(fields, _)| fields);
            fields.iter().any(|field| checks.is_required(field))
        };
        let own = api
            .types()
            .filter(|(id, _)| is_demanding(*id) || !checks.body(*id).is_empty());
        let own = own.map(|(id, _)| id.index()).collect::<Vec<_>>();
        // How deep values stand in each other is checked, too.
        checks.has_rules = graph.reaching(own.into_iter().chain(circles));
        checks
    }

    /// Writes how the types check themselves.
    pub(super) fn write(&self, text: &mut Text<'_>) {
        let import: Item = parse_quote! {
            use super::types;
        };
        let sent = self
            .api
            .types()
            .filter(|(id, def)| def.usage.is_sent && self.has_rules[id.index()]);
        let sent = sent.map(|(id, _)| id).collect::<Vec<_>>();
        if !sent.is_empty() {
            text.add([import]);
        }
        for id in sent {
            text.add(self.items(id));
        }
        if self.has_patterns() {
            text.add(pattern_items());
        }
    }

    /// Whether anything that is sent has a pattern, so that the SDK needs `regress`.
    fn has_patterns(&self) -> bool {
        self.api.has_sent_patterns()
    }

    /// What checks a value, a reference to which is that expression.
    pub(super) fn of_value(&self, rules: &Rules, ty: &Ty, expression: &TokenStream) -> TokenStream {
        bound(expression, self.statements(rules, ty, &quote!(value)))
    }

    /// What checks a value, a reference to which is the variable `value`.
    fn statements(&self, rules: &Rules, ty: &Ty, value: &TokenStream) -> TokenStream {
        match ty {
            Ty::Nullable(inner) => {
                let checks = self.statements(rules, inner, &quote!(value));
                if checks.is_empty() {
                    return checks;
                }
                quote!(if let Some(value) = #value { #checks })
            }
            Ty::List(inner) => {
                let own = self.own(&rules.own, ty, value);
                let items = match &rules.items {
                    Some(rules) => self.statements(rules, inner, &quote!(value)),
                    None => TokenStream::new(),
                };
                let items = if items.is_empty() {
                    self.validate(ty, value)
                } else {
                    quote!(at.items(#value, |at, value| { #items });)
                };
                quote!(#items #own)
            }
            Ty::Map(inner) => {
                let own = self.own(&rules.own, ty, value);
                let values = self.values(rules, inner, value);
                quote!(#own #values)
            }
            _ => {
                let (validate, own) = (self.validate(ty, value), self.own(&rules.own, ty, value));
                quote!(#validate #own)
            }
        }
    }

    /// What checks the values of a map.
    pub(super) fn values(&self, rules: &Rules, inner: &Ty, map: &TokenStream) -> TokenStream {
        let checks = match &rules.values {
            Some(rules) => self.statements(rules, inner, &quote!(value)),
            None => TokenStream::new(),
        };
        if checks.is_empty() {
            self.validate(&Ty::Map(Box::new(inner.clone())), map)
        } else {
            quote!(at.values(#map, |at, value| { #checks });)
        }
    }

    /// What checks a value as its type does, if there is anything to check.
    fn validate(&self, ty: &Ty, value: &TokenStream) -> TokenStream {
        let is_checked = |part: &Ty| match part {
            Ty::Any | Ty::Float | Ty::Str(Format::DateTime | Format::Date) => true,
            Ty::Named(id) => self.has_rules[id.index()],
            _ => false,
        };
        if ty.parts().any(is_checked) {
            quote!(crate::validate::Validate::validate(#value, at);)
        } else {
            TokenStream::new()
        }
    }

    /// What checks these rules, as far as they say something of the type.
    fn own(&self, rules: &[Rule], ty: &Ty, value: &TokenStream) -> TokenStream {
        if rules.is_empty() {
            return TokenStream::new();
        }
        match ty {
            Ty::Nullable(inner) => {
                let checks = self.own(rules, inner, &quote!(value));
                if checks.is_empty() {
                    return checks;
                }
                quote!(if let Some(value) = #value { #checks })
            }
            Ty::Null | Ty::Bool | Ty::Str(Format::Upload) => TokenStream::new(),
            Ty::Str(_) => rules.iter().filter_map(|rule| text(rule, value)).collect(),
            Ty::Int(_) | Ty::Float => rules.iter().filter_map(|rule| numeric(rule, ty, value)).collect(),
            Ty::List(_) => rules.iter().filter_map(|rule| list(rule, value)).collect(),
            Ty::Map(_) => object(rules, &quote!(#value.len()), Some(value)),
            Ty::Any => any(rules, value),
            Ty::Named(id) => self.own_of_type(rules, *id, value),
        }
    }

    fn own_of_type(&self, rules: &[Rule], id: TypeId, value: &TokenStream) -> TokenStream {
        let def = &self.api[id];
        match &def.kind {
            Kind::Alias(inner) if def.boxing == Boxing::None => {
                let checks = self.own(rules, inner, &quote!(value));
                if checks.is_empty() {
                    return checks;
                }
                let checks = bound(&quote!(&#value.0), checks);
                quote!({ #checks })
            }
            Kind::Enum {
                base: EnumBase::String, ..
            } => self.own(rules, &Ty::Str(Format::Text), &quote!(#value.as_str())),
            Kind::Enum {
                base: EnumBase::Int(int),
                ..
            } => self.own(rules, &Ty::Int(*int), &quote!(&#value.value())),
            Kind::Enum {
                base: EnumBase::Any, ..
            } => any(rules, &quote!(&#value.to_value())),
            Kind::Struct { fields, additional, .. } => {
                let others = additional.as_ref().map(|_| {
                    let ident = format_ident!("{}", reserved::ADDITIONAL_FIELD);
                    quote!(#value.#ident)
                });
                let is_set = |field: &Field| {
                    let ident = format_ident!("{}", field.ident);
                    (!field.required).then(|| quote!(#value.#ident.is_some()))
                };
                object(rules, &count(fields, is_set, others.as_ref()), others.as_ref())
            }
            Kind::Union { variants, .. } => {
                let name = named_type(self.api, id, Module::Other);
                let arms = variants.iter().filter_map(|variant| {
                    let checks = bound(&within(variant), self.own(rules, &variant.ty, &quote!(value)));
                    let ident = format_ident!("{}", variant.name);
                    (!checks.is_empty()).then(|| quote!(#name::#ident(value) => { #checks }))
                });
                let arms = arms.collect::<Vec<_>>();
                if arms.is_empty() {
                    return TokenStream::new();
                }
                quote!(match #value { #(#arms)* _ => {} })
            }
            Kind::Tuple(items) => tuple(rules, items.len(), value),
            Kind::Alias(_) => TokenStream::new(),
        }
    }

    /// How a type checks itself.
    fn items(&self, id: TypeId) -> Vec<Item> {
        let name = named_type(self.api, id, Module::Other);
        let mut items = Vec::new();
        let body = match self.fields(id) {
            None => self.body(id),
            Some((fields, additional)) => {
                let (check, arguments) = self.check(id, fields, additional);
                items.push(check);
                let body = format_ident!("{}", self.api[id].name);
                quote!(super::body::#body::check_set(#(#arguments,)* at);)
            }
        };
        let at = if body.is_empty() { quote!(_) } else { quote!(at) };
        let validate = parse_quote! {
            impl crate::validate::Validate for #name {
                fn validate(&self, #at: &mut crate::validate::Violations) {
                    #body
                }
            }
        };
        items.push(validate);
        items
    }

    /// The properties of an object that is a body, each of which a call has a setter for.
    pub(super) fn fields(&self, id: TypeId) -> Option<(&'a [Field], Option<&'a Ty>)> {
        let Kind::Struct { fields, additional, .. } = &self.api[id].kind else {
            return None;
        };
        let is_body = self.api.operations.iter().any(|operation| {
            let body = operation.body.as_ref();
            body.is_some_and(|body| {
                body.content
                    .named()
                    .and_then(|body| call_inputs::object(self.api, body))
                    == Some(id)
            })
        });
        is_body.then_some((fields, additional.as_ref()))
    }

    /// What a type checks.
    fn body(&self, id: TypeId) -> TokenStream {
        let def = &self.api[id];
        let of_all = || self.own(&def.rules.own, &Ty::Named(id), &quote!(self));
        match &def.kind {
            Kind::Struct { fields, additional, .. } => {
                let checks = fields.iter().map(|field| {
                    let ident = format_ident!("{}", field.ident);
                    self.field(field, &layers(field), &quote!(&self.#ident), &quote!(at))
                });
                let additional = additional.as_ref().and_then(|inner| {
                    let ident = format_ident!("{}", reserved::ADDITIONAL_FIELD);
                    let values = self.values(&def.rules, inner, &quote!(value));
                    (!values.is_empty()).then(|| quote!({ let value = &self.#ident; #values }))
                });
                let of_all = of_all();
                quote!(#(#checks)* #additional #of_all)
            }
            Kind::Tuple(items) => {
                let checks = items.iter().enumerate().map(|(position, item)| {
                    let index = syn::Index::from(position);
                    let value = if item.is_boxed {
                        quote!(&*self.#index)
                    } else {
                        quote!(&self.#index)
                    };
                    let checks = self.of_value(&item.rules, &item.ty, &value);
                    (!checks.is_empty()).then(|| quote!(at.item(#position, |at| { #checks });))
                });
                let of_all = tuple(&def.rules.own, items.len(), &quote!(self));
                checks.flatten().chain([of_all]).collect()
            }
            Kind::Union { variants, tag } => {
                let arms = variants.iter().filter_map(|variant| {
                    let value = quote!(value);
                    let mut checks = self.statements(&variant.rules, &variant.ty, &value);
                    checks.extend(self.own(&def.rules.own, &variant.ty, &value));
                    let checks = bound(&within(variant), checks);
                    let ident = format_ident!("{}", variant.name);
                    (!checks.is_empty()).then(|| quote!(Self::#ident(value) => { #checks }))
                });
                let mut arms = arms.collect::<Vec<_>>();
                let mut known = variants.len();
                if unions::has_unknown(variants, tag.as_deref()) {
                    let unknown = format_ident!("{}", reserved::UNKNOWN_VARIANT);
                    arms.push(quote!(Self::#unknown(value) => crate::validate::Validate::validate(value, at),));
                    known += 1;
                }
                if arms.is_empty() {
                    return TokenStream::new();
                }
                let others = (arms.len() < known).then(|| quote!(_ => {}));
                quote!(match self { #(#arms)* #others })
            }
            Kind::Alias(inner) if def.boxing == Boxing::None => self.of_value(&def.rules, inner, &quote!(&self.0)),
            Kind::Alias(inner) => self.validate(inner, &quote!(&self.0)),
            Kind::Enum { .. } => of_all(),
        }
    }

    /// What checks a property, in what its type stands in.
    pub(super) fn field(
        &self,
        field: &Field,
        layers: &[Wrapper],
        value: &TokenStream,
        at: &TokenStream,
    ) -> TokenStream {
        match layers.split_first() {
            Some((Wrapper::Option, rest)) => {
                let checks = self.field(field, rest, &quote!(value), at);
                if checks.is_empty() {
                    return checks;
                }
                quote!(if let Some(value) = #value { #checks })
            }
            Some((Wrapper::Box, rest)) => {
                let checks = self.field(field, rest, &quote!(value), at);
                if checks.is_empty() {
                    return checks;
                }
                let checks = bound(&quote!(&**#value), checks);
                quote!({ #checks })
            }
            None => {
                let checks = self.of_value(&field.rules, field.ty.not_null(), value);
                if checks.is_empty() {
                    return checks;
                }
                let name = &field.wire_name;
                quote!(#at.property(#name, |at| { #checks });)
            }
        }
    }
}

/// What stands around the type of a field, from the outside inwards.
pub(super) fn layers(field: &Field) -> Vec<Wrapper> {
    let mut layers = field.wrappers();
    if field.has_three_states() && field.keeps_null {
        layers.push(Wrapper::Option);
    }
    layers.reverse();
    layers
}

/// A reference to what is in a variant, which is bound to `value`.
fn within(variant: &Variant) -> TokenStream {
    if variant.is_boxed {
        quote!(&**value)
    } else {
        quote!(value)
    }
}

/// Checks of the variable `value`, which is that expression.
fn bound(expression: &TokenStream, checks: TokenStream) -> TokenStream {
    if checks.is_empty() || expression.to_string() == "value" {
        return checks;
    }
    quote!(let value = #expression; #checks)
}

/// The path of a parameter, as the runtime writes it.
pub(super) fn path_of(place: &str, name: &str) -> String {
    let is_part = |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '-' | '$');
    if !name.is_empty() && name.len() <= 64 && name.chars().all(is_part) {
        format!("{place}.{name}")
    } else {
        format!("{place}[{name:?}]")
    }
}

/// What compiles a pattern where it is first needed. It stands here, so that an SDK without patterns does without `regress`.
fn pattern_items() -> Vec<Item> {
    let file: syn::File = parse_quote! {
        /// A pattern of the description.
        pub(crate) struct Pattern {
            text: &'static str,
            flags: &'static str,
            regex: ::std::sync::OnceLock<::std::option::Option<::regress::Regex>>,
        }

        impl Pattern {
            pub(crate) const fn new(text: &'static str, flags: &'static str) -> Self {
                Self {
                    text,
                    flags,
                    regex: ::std::sync::OnceLock::new(),
                }
            }
        }

        impl crate::validate::Pattern for Pattern {
            fn text(&self) -> &'static str {
                self.text
            }

            fn is_match(&self, text: &str) -> bool {
                let regex = self.regex.get_or_init(|| ::regress::Regex::with_flags(self.text, self.flags).ok());
                // The generator has compiled it, so it compiles here.
                regex.as_ref().is_none_or(|regex| regex.find(text).is_some())
            }
        }
    };
    file.items
}
