//! What the caller of an operation sets, its parameters and its body: their fields, their setters, and the steps that put them
//! into the call.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Item, parse_quote};

use super::{
    bodies::{self, set},
    multipart::Forms,
    tokens::doc,
    types::ADDITIONAL_DOC,
    validate::{Checks, path_of},
};
use crate::{
    analyze::{Property, Setter, constant, setters},
    bridge::{Module, rust_type},
    model::{
        Api,
        call_inputs::{self, Source, names},
        operation::{Content, Operation, Parameter},
        reserved,
        rules::Rules,
        ty::{Ty, TypeId},
        typedef::{Field, Kind},
        unions,
    },
};

/// What the caller sets, with its types in Rust.
pub(super) struct Input<'a> {
    of: call_inputs::Input<'a>,
    pub(super) field: syn::Ident,
    /// Its type, without the `Option` around it.
    ty: TokenStream,
    /// Whether the call is sent without it.
    pub(super) is_optional: bool,
    /// The setters of its properties, if it is a body that is an object.
    setters: Vec<Setter<'a>>,
}

/// What the caller of an operation sets.
pub(super) fn inputs<'a>(api: &'a Api, operation: &'a Operation) -> Vec<Input<'a>> {
    let inputs = call_inputs::inputs(api, operation).into_iter().map(|input| {
        let ty = input.ty.map(|ty| rust_type(api, ty, Module::Other));
        Input {
            field: format_ident!("{}", input.ident),
            ty: ty.unwrap_or_else(|| quote!(reqwest::Body)),
            is_optional: input.is_optional,
            setters: match input.source {
                Source::Body { object: Some(_), .. } => setters(api, operation),
                _ => Vec::new(),
            },
            of: input,
        }
    });
    inputs.collect()
}

/// The type of a parameter, without the `Option` around it.
pub(super) fn parameter_type(api: &Api, parameter: &Parameter) -> TokenStream {
    rust_type(api, parameter.ty.not_null(), Module::Other)
}

/// Gives the shell of a call a field for each input.
pub(super) fn fields(item: &mut syn::ItemStruct, api: &Api, inputs: &[Input<'_>]) {
    let fields = inputs.iter().map(|input| {
        let (field, ty) = (&input.field, input.field_type(api));
        quote!(#field: #ty)
    });
    item.generics = syn::Generics::default();
    item.fields = syn::Fields::Named(parse_quote!({ client: Client, options: Option<Box<CallOptions>>, #(#fields),* }));
    if inputs.iter().any(|input| input.of.is_bytes()) {
        item.attrs.retain(|attribute| !attribute.path().is_ident("derive"));
        item.attrs.push(parse_quote!(#[derive(Debug)]));
    }
}

/// The types that a body that is an object is another name for, and the object itself, which is the last.
fn object_ids(api: &Api, source: Source<'_>) -> Option<Vec<TypeId>> {
    let Source::Body { body, object: Some(_) } = source else {
        return None;
    };
    Some(names(api, body.content.named()?).collect())
}

/// The names of these types.
fn object_names(api: &Api, source: Source<'_>) -> Option<Vec<syn::Ident>> {
    let ids = object_ids(api, source)?;
    Some(ids.into_iter().map(|id| format_ident!("{}", api[id].name)).collect())
}

impl Input<'_> {
    /// The type of its field.
    fn field_type(&self, api: &Api) -> TokenStream {
        let ty = match object_names(api, self.of.source).as_deref() {
            Some([.., object]) if !self.is_optional => return quote!(body::#object),
            Some([.., object]) => quote!(body::#object),
            _ => self.ty.clone(),
        };
        quote!(::std::option::Option<#ty>)
    }

    /// Whether one of its setters takes what converts.
    pub(super) fn has_into_value(&self) -> bool {
        !self.of.is_bytes()
    }

    /// The functions that set it.
    pub(super) fn setters(&self, api: &Api) -> Vec<TokenStream> {
        let Self { field, ty, .. } = self;
        let (asked, some) = if self.is_optional {
            (quote!(::std::option::Option<#ty>), None)
        } else {
            (ty.clone(), Some(quote!(Some)))
        };
        let value = quote!(value.into_value());
        match self.of.source {
            Source::Parameter(parameter) => {
                let value = some.map_or_else(|| value.clone(), |some| quote!(#some(#value)));
                vec![setter(field, &asked, &quote!(self.#field = #value;), &parameter.doc)]
            }
            Source::Body { object: Some(_), .. } => {
                let names = object_names(api, self.of.source).unwrap_or_default();
                let object = names.last();
                // One that has another name is what is in that.
                let inner = names.iter().skip(1).map(|_| quote!(.0)).collect::<TokenStream>();
                let body = if self.is_optional {
                    quote!(#value.map(|value| body::#object::of(value #inner)))
                } else {
                    quote!(body::#object::of(#value #inner))
                };
                let doc = "Sets the complete body, in place of every property that was set before.";
                let whole = setter(field, &asked, &quote!(self.#field = #body;), doc);
                let properties = self.setters.iter().map(|setter| self.property(api, setter));
                [whole].into_iter().chain(properties).collect()
            }
            Source::Body { .. } if self.of.is_bytes() => {
                let doc = doc("Sets the body.");
                vec![quote! {
                    #doc
                    pub fn #field(mut self, value: impl ::std::convert::Into<#ty>) -> Self {
                        self.#field = Some(value.into());
                        self
                    }
                }]
            }
            Source::Body { .. } => {
                let value = some.map_or_else(|| value.clone(), |some| quote!(#some(#value)));
                vec![setter(field, &asked, &quote!(self.#field = #value;), "Sets the body.")]
            }
        }
    }

    /// The setter of a property of the body.
    fn property(&self, api: &Api, setter: &Setter<'_>) -> TokenStream {
        let body = if self.is_optional {
            quote!(self.body.get_or_insert_default())
        } else {
            quote!(self.body)
        };
        let name = format_ident!("{}", setter.name);
        match setter.property {
            Property::Named(field) => {
                let ident = format_ident!("{}", field.ident);
                let value = set(api, field, &quote!(value.into_value()));
                let doc = property_doc(field);
                self::setter(&name, &asked_type(api, field), &quote!(#body.#ident = #value;), &doc)
            }
            Property::Additional(values) => {
                let ident = format_ident!("{}", reserved::ADDITIONAL_FIELD);
                let ty = rust_type(api, &Ty::Map(Box::new(values.clone())), Module::Other);
                self::setter(&name, &ty, &quote!(#body.#ident = value.into_value();), ADDITIONAL_DOC)
            }
        }
    }

    /// Whether it is a body that is an object.
    pub(super) fn is_object(&self) -> bool {
        matches!(self.of.source, Source::Body { object: Some(_), .. })
    }

    /// The setters without which it is missing, with what they ask for.
    pub(super) fn required_setters(&self, api: &Api) -> Vec<(String, TokenStream)> {
        if !self.is_object() {
            return vec![(self.field.to_string(), self.ty.clone())];
        }
        let setters = self.setters.iter().filter_map(|setter| match setter.property {
            Property::Named(field) if field.is_demanded() && constant(api, field).is_none() => {
                Some((setter.name.clone(), asked_type(api, field)))
            }
            _ => None,
        });
        setters.collect()
    }

    /// The statement that finds what is wrong with it.
    pub(super) fn check(&self, api: &Api, operation: &Operation, checks: &Checks<'_>) -> Option<TokenStream> {
        let field = &self.field;
        if let Some([names @ .., object]) = object_ids(api, self.of.source).as_deref() {
            // What its other names and the place where it stands demand besides.
            let mut rules = self.of.rules().clone();
            for name in names {
                rules.add(api[*name].rules.clone());
            }
            let more = bodies::check(api, *object, &rules);
            let check = match (checks.has_object(*object), more.is_empty()) {
                (false, true) => return None,
                (true, true) => quote!(at_.body(|at| body.check(at));),
                (true, false) => quote!(at_.body(|at| { body.check(at); #more });),
                (false, false) => quote!(at_.body(|at| { #more });),
            };
            return Some(if self.is_optional {
                quote!(if let Some(body) = &body { #check })
            } else {
                check
            });
        }
        let path = match self.of.source {
            Source::Parameter(parameter) => path_of(parameter.style.location(), &parameter.name),
            Source::Body { .. } => "$".to_owned(),
        };
        let required = (!self.is_optional).then(|| quote!(at_.required(#path, #field.is_some());));
        let check = self
            .of
            .ty
            .map(|ty| check_of(checks, operation, self.of.ident, ty, self.of.rules()));
        let check = check.filter(|check| !check.is_empty());
        let rules = check.map(|check| quote!(if let Some(value) = &#field { at_.parameter(#path, |at| { #check }); }));
        (required.is_some() || rules.is_some()).then(|| quote!(#required #rules))
    }

    /// The step that puts a parameter into the call.
    pub(super) fn step(&self) -> Option<TokenStream> {
        let Source::Parameter(parameter) = self.of.source else {
            return None;
        };
        let step = format_ident!("{}", parameter.style.runtime_name());
        let (name, field) = (&parameter.name, &self.field);
        Some(quote!(.#step(#name, &#field)))
    }

    /// The body, if there is one and nothing is wrong with it, and the step that puts it into the call.
    pub(super) fn body_step(&self, api: &Api, forms: &Forms<'_>) -> Option<(TokenStream, TokenStream)> {
        let Source::Body { body, .. } = self.of.source else {
            return None;
        };
        let value = if let Some([names @ .., object]) = object_names(api, self.of.source).as_deref() {
            let names = names.iter().rev();
            let build = if self.is_optional {
                quote!(body.and_then(body::#object::build))
            } else {
                quote!(body.build())
            };
            quote!(#build #(.map(types::#names))*)
        } else {
            quote!(body)
        };
        Some((value, body_step(&body.content, forms)))
    }
}

/// The functions that check the rules for what a call is given, which the mock server calls as well.
pub(super) fn rule_functions(api: &Api, checks: &Checks<'_>) -> Option<Item> {
    let modules = api.operations.iter().filter_map(|operation| {
        let (mut functions, mut names_types) = (Vec::new(), false);
        for input in inputs(api, operation).iter().filter(|input| !input.is_object()) {
            let (Some(ty), rules) = (input.of.ty, input.of.rules()) else {
                continue;
            };
            let check = checks.of_value(rules, ty, &quote!(value));
            if rules.is_empty() || check.is_empty() {
                continue;
            }
            names_types |= ty.refers_to().is_some();
            let (name, ty) = (&input.field, &input.ty);
            functions.push(quote!(pub(crate) fn #name(value: &#ty, at: &mut Violations) { #check }));
        }
        let name = format_ident!("{}", operation.name);
        let types = names_types.then(|| {
            quote!(
                use crate::generated::types;
            )
        });
        (!functions.is_empty()).then(|| {
            quote! {
                pub(crate) mod #name {
                    #types
                    use crate::validate::Violations;
                    #(#functions)*
                }
            }
        })
    });
    let modules = modules.collect::<Vec<_>>();
    (!modules.is_empty()).then(|| {
        parse_quote! {
            /// The rules for the parameters of each call, and for its body, if that is no object.
            pub(crate) mod inputs { #(#modules)* }
        }
    })
}

/// What checks the variable `value`, which the setter of that name is given: what the type demands itself, or a function.
pub(super) fn check_of(
    checks: &Checks<'_>,
    operation: &Operation,
    setter: &str,
    ty: &Ty,
    rules: &Rules,
) -> TokenStream {
    let check = checks.of_value(rules, ty, &quote!(value));
    if rules.is_empty() || check.is_empty() {
        return check;
    }
    let (operation, setter) = (format_ident!("{}", operation.name), format_ident!("{setter}"));
    quote!(crate::generated::validate::inputs::#operation::#setter(value, at);)
}

/// The documentation of the setter of a property.
fn property_doc(field: &Field) -> String {
    let mut doc = field.doc.clone();
    if field.has_three_states() && field.writes_null {
        doc.push_str("\n\n[`Null`](crate::Null) sends null; `None` leaves it out.");
    } else if field.setter_options() == 2 {
        doc.push_str("\n\n`None` and [`Null`](crate::Null) send null.");
    } else if field.keeps_null && field.writes_null {
        doc.push_str("\n\n`None` leaves it out; null is a value of it.");
    }
    doc
}

/// What the setter of a property asks for.
pub(super) fn asked_type(api: &Api, field: &Field) -> TokenStream {
    let ty = rust_type(api, field.ty.not_null(), Module::Other);
    (0..field.setter_options()).fold(ty, |ty, _| quote!(::std::option::Option<#ty>))
}

fn setter(name: &syn::Ident, asked: &TokenStream, set: &TokenStream, doc: &str) -> TokenStream {
    let doc = self::doc(doc);
    quote! {
        #doc
        pub fn #name(mut self, value: impl IntoValue<#asked>) -> Self {
            #set
            self
        }
    }
}

fn body_step(content: &Content, forms: &Forms<'_>) -> TokenStream {
    match content {
        Content::Json { media_type, .. } if media_type == "application/json" => quote!(.json(&body)),
        Content::Json { media_type, .. } => quote!(.json_as(#media_type, &body)),
        Content::Bytes(media_type) | Content::Stream(media_type) => quote!(.bytes(#media_type, body)),
        Content::UrlEncoded { styles, .. } if styles.is_empty() => quote!(.form(&body)),
        Content::UrlEncoded { styles, .. } => {
            let arms = styles.iter().map(|(name, style)| {
                let step = format_ident!("{}", style.runtime_name());
                quote!(#name => call.#step(name, value),)
            });
            quote!(.form_with(&body, |call, name, value| match name { #(#arms)* _ => call.field(name, value) }))
        }
        Content::Multipart { ty, media_types } => {
            let media_types = media_types
                .iter()
                .map(|(name, media_type)| quote!((#name, #media_type)));
            let parts = forms.step(ty, &quote!(&body));
            quote!(.multipart(&[#(#media_types),*], |form| form #parts))
        }
    }
}

/// Says of each type that a setter asks for what it takes.
pub(super) fn conversions(api: &Api) -> Option<Item> {
    let mut found = BTreeSet::new();
    let mut next = Vec::new();
    for operation in &api.operations {
        for input in inputs(api, operation) {
            let properties = input.setters.iter().map(|setter| match setter.property {
                Property::Named(field) => &field.ty,
                Property::Additional(values) => values,
            });
            let asked = input.of.ty.into_iter().chain(properties);
            next.extend(asked.filter_map(Ty::refers_to));
        }
    }
    while let Some(id) = next.pop() {
        if found.insert(id)
            && let Kind::Alias(inner) = &api[id].kind
        {
            next.extend(inner.refers_to());
        }
    }
    let (mut into, mut alias, mut only) = (Vec::new(), Vec::new(), Vec::new());
    for id in found {
        let name = format_ident!("{}", api[id].name);
        match conversion(api, id) {
            Conversion::Into => into.push(name),
            Conversion::Alias(ty) => {
                let ty = rust_type(api, ty, Module::Other);
                alias.push(quote!(#name(#ty)));
            }
            Conversion::Only => only.push(name),
        }
    }
    if into.is_empty() && alias.is_empty() && only.is_empty() {
        return None;
    }
    let into = (!into.is_empty()).then(|| quote!(into { #(#into),* }));
    let alias = (!alias.is_empty()).then(|| quote!(alias { #(#alias),* }));
    let only = (!only.is_empty()).then(|| quote!(only { #(#only),* }));
    Some(parse_quote!(crate::value::types! { #into #alias #only }))
}

/// What a setter takes for a type.
enum Conversion<'a> {
    /// What has `Into` of it.
    Into,
    /// What is taken for that type, of which it is another name.
    Alias(&'a Ty),
    /// It alone.
    Only,
}

/// Null and an `Option` are what a setter takes for something that may be null or absent, so they are not taken for a type as well.
fn conversion(api: &Api, id: TypeId) -> Conversion<'_> {
    let is_null = |ty: &Ty| matches!(ty, Ty::Any | Ty::Null | Ty::Nullable(_));
    match &api[id].kind {
        Kind::Alias(ty) if is_null(ty) => Conversion::Only,
        Kind::Alias(Ty::Named(_)) => Conversion::Into,
        Kind::Alias(ty) => Conversion::Alias(ty),
        Kind::Union { variants, .. }
            if unions::conversions(id, variants).any(|variant| matches!(variant.ty, Ty::Null | Ty::Nullable(_))) =>
        {
            Conversion::Only
        }
        Kind::Struct { .. } | Kind::Union { .. } | Kind::Enum { .. } | Kind::Tuple(_) => Conversion::Into,
    }
}
