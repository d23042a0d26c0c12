//! `validate.rs`: how each type that is sent checks the rules of the description, and what does so for the inputs of a call.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Item, parse_quote};

use super::{inputs::Input, limits::numeric, text::Text};
use crate::{
    analyze,
    bridge::{Module, named_type, rust_type},
    model::{
        Api,
        call_inputs::{self, Source},
        operation::Parameter,
        reserved,
        rules::{Pattern, Rule, Rules},
        ty::{Format, Ty, TypeId},
        typedef::{Boxing, EnumBase, Field, Kind, Variant, Wrapper},
        unions,
    },
};

/// The types that check themselves.
pub(super) struct Checks<'a> {
    api: &'a Api,
    /// For each type, whether there is anything in it to check.
    has_rules: Vec<bool>,
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
            fields.iter().any(Field::is_demanded)
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

    /// The statement that checks a parameter with `at_`, where `value` is one that was set.
    pub(super) fn parameter(&self, parameter: &Parameter, value: &TokenStream) -> Option<TokenStream> {
        let checks = self.of_value(&parameter.rules, parameter.ty.not_null(), value);
        let path = path_of(parameter.style.location(), &parameter.name);
        (!checks.is_empty()).then(|| quote!(at_.parameter(#path, |at| { #checks });))
    }

    /// The statement that checks what the caller of an operation sets, in the variable of that name.
    pub(super) fn input(&self, input: &Input<'_>) -> Option<TokenStream> {
        let field = &input.field;
        let value = if input.is_optional {
            quote!(value)
        } else {
            quote!(&#field)
        };
        let check = match input.source() {
            Source::Parameter(parameter) => self.parameter(parameter, &value),
            Source::Body { body, .. } => {
                let checks = self.of_value(&body.rules, body.content.ty()?, &value);
                (!checks.is_empty()).then(|| quote!(at_.body(|at| { #checks });))
            }
        }?;
        Some(if input.is_optional {
            quote!(if let Some(value) = &#field { #check })
        } else {
            check
        })
    }

    /// What checks a value, a reference to which is that expression.
    fn of_value(&self, rules: &Rules, ty: &Ty, expression: &TokenStream) -> TokenStream {
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
                let items = if !items.is_empty() {
                    quote!(at.items(#value, |at, value| { #items });)
                } else {
                    self.validate(ty, value)
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
    fn values(&self, rules: &Rules, inner: &Ty, map: &TokenStream) -> TokenStream {
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
            Kind::Tuple(_) | Kind::Enum { .. } | Kind::Alias(_) => TokenStream::new(),
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
                quote!(Self::check(#(#arguments,)* at);)
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
    fn fields(&self, id: TypeId) -> Option<(&'a [Field], Option<&'a Ty>)> {
        let Kind::Struct { fields, additional, .. } = &self.api[id].kind else {
            return None;
        };
        let is_body = self.api.operations.iter().any(|operation| {
            let body = operation.body.as_ref();
            body.is_some_and(|body| call_inputs::object(self.api, body) == Some(id))
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
                checks.flatten().collect()
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

    /// The statement by which a call checks what is set of its body, an object: `set` is for each property that is checked an
    /// `Option` of a reference to its value, without the `Option` that it may have.
    pub(super) fn object(&self, id: TypeId, set: impl Fn(&str) -> TokenStream) -> Option<TokenStream> {
        let (fields, additional) = self.fields(id).filter(|_| self.has_rules[id.index()])?;
        let fields = fields.iter().filter(|field| self.is_checked(id, field));
        let others = additional.filter(|inner| self.are_others_checked(id, inner));
        let arguments = fields.map(|field| set(&field.ident));
        let arguments = arguments.chain(others.map(|_| set(reserved::ADDITIONAL_FIELD)));
        let name = named_type(self.api, id, Module::Other);
        Some(quote!(at_.body(|at| #name::check(#(#arguments,)* at));))
    }

    /// Whether there is a rule for the property of an object.
    fn is_checked(&self, id: TypeId, field: &Field) -> bool {
        let value = quote!(value);
        field.is_demanded() || self.counts(id) && !field.required || !self.field(field, &[], &value, &value).is_empty()
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
    fn check(&self, id: TypeId, fields: &[Field], additional: Option<&Ty>) -> (Item, Vec<TokenStream>) {
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
            if field.is_demanded() {
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
        let name = named_type(self.api, id, Module::Other);
        let item = parse_quote! {
            impl #name {
                /// Checks what is set of it.
                pub(crate) fn check(#(#parameters,)* at_: &mut crate::validate::Violations) {
                    #(#checks)*
                }
            }
        };
        (item, arguments)
    }

    /// What checks a property, in what its type stands in.
    fn field(&self, field: &Field, layers: &[Wrapper], value: &TokenStream, at: &TokenStream) -> TokenStream {
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
fn layers(field: &Field) -> Vec<Wrapper> {
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

/// How many properties are set.
fn count(
    fields: &[Field],
    is_set: impl Fn(&Field) -> Option<TokenStream>,
    others: Option<&TokenStream>,
) -> TokenStream {
    let set = flags(fields, is_set);
    match others {
        Some(others) => quote!(#set + #others.len()),
        None => set,
    }
}

fn flags(fields: &[Field], is_set: impl Fn(&Field) -> Option<TokenStream>) -> TokenStream {
    let flags = fields.iter().filter_map(is_set).collect::<Vec<_>>();
    let always = fields.len() - flags.len();
    if flags.is_empty() {
        return quote!(#always);
    }
    quote!(#always + [#(#flags),*].into_iter().filter(|is_set| *is_set).count())
}

fn size(count: u64) -> TokenStream {
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    let count = proc_macro2::Literal::usize_unsuffixed(count);
    quote!(#count)
}

fn text(rule: &Rule, value: &TokenStream) -> Option<TokenStream> {
    Some(match rule {
        Rule::MinLength(count) => {
            let count = size(*count);
            quote!(at.min_length(#value, #count);)
        }
        Rule::MaxLength(count) => {
            let count = size(*count);
            quote!(at.max_length(#value, #count);)
        }
        Rule::Pattern(Pattern { text, is_unicode }) => {
            let flags = if *is_unicode { "u" } else { "" };
            quote! {{
                static PATTERN: crate::generated::validate::Pattern = crate::generated::validate::Pattern::new(#text, #flags);
                at.pattern(#value, &PATTERN);
            }}
        }
        _ => return None,
    })
}

fn list(rule: &Rule, value: &TokenStream) -> Option<TokenStream> {
    Some(match rule {
        Rule::MinItems(count) => {
            let count = size(*count);
            quote!(at.min_items(#value, #count);)
        }
        Rule::MaxItems(count) => {
            let count = size(*count);
            quote!(at.max_items(#value, #count);)
        }
        Rule::UniqueItems => quote!(at.unique_items(#value);),
        _ => return None,
    })
}

/// What checks an object with that many properties, and these besides the ones that have names of their own.
fn object(rules: &[Rule], count: &TokenStream, others: Option<&TokenStream>) -> TokenStream {
    let checks = rules.iter().filter_map(|rule| {
        Some(match rule {
            Rule::MinProperties(limit) => {
                let limit = size(*limit);
                quote!(at.min_properties(#count, #limit);)
            }
            Rule::MaxProperties(limit) => {
                let limit = size(*limit);
                quote!(at.max_properties(#count, #limit);)
            }
            Rule::PropertyNames(rules) => {
                let others = others?;
                let checks = rules.iter().filter_map(|rule| text(rule, &quote!(name)));
                quote!(at.names(#others.keys().map(|name| name.as_str()), |at, name| { #(#checks)* });)
            }
            _ => return None,
        })
    });
    checks.collect()
}

/// What checks any JSON: each rule says something of values of one type alone.
fn any(rules: &[Rule], value: &TokenStream) -> TokenStream {
    let texts = rules.iter().filter_map(|rule| text(rule, &quote!(value)));
    let numbers = rules.iter().filter_map(|rule| numeric(rule, &Ty::Any, &quote!(value)));
    let lists = rules.iter().filter_map(|rule| list(rule, &quote!(value)));
    let objects = object(rules, &quote!(value.len()), Some(&quote!(value)));
    let arms = [
        ("String", texts.collect()),
        ("Number", numbers.collect()),
        ("Array", lists.collect()),
        ("Object", objects),
    ];
    let arms = arms
        .into_iter()
        .filter(|(_, checks): &(_, TokenStream)| !checks.is_empty());
    let arms = arms.map(|(kind, checks)| {
        let kind = format_ident!("{kind}");
        quote!(::serde_json::Value::#kind(value) => { #checks })
    });
    quote!(match #value { #(#arms)* _ => {} })
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
