//! The mocks, for the feature `mock`: for each operation, what the server checks, the type of its requests, and what can be
//! said of them and of their answers; and a plausible value of each type that a server answers with.

use std::collections::{BTreeMap, BTreeSet};

use heck::{ToShoutySnakeCase as _, ToUpperCamelCase as _};
use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens as _, format_ident, quote};
use serde_json::Value;
use syn::{Fields, Ident, ImplItemFn, Item, Type, parse_quote, visit_mut::VisitMut};

use super::{
    answers, document,
    inputs::parameter_type,
    missed,
    probes::{Probes, argument},
};
use crate::{
    api::{Answer, Api, Content, Operation, Property, Refusal, Says, Status, Words},
    diagnostic::Diagnostic,
    names,
    prose::{code, line},
};

/// The functions of the mock server that no operation can be called like.
const OWN: [&str; 9] = [
    "builder",
    "client",
    "given",
    "received",
    "reset",
    "start",
    "take_refused",
    "uri",
    "verify",
];

/// The modules of the mocks.
pub(super) struct Mocks {
    /// `mock.rs`.
    pub(super) server: Vec<Item>,
    /// `mock/operation.rs`.
    pub(super) operations: Vec<Item>,
    /// `mock/request.rs`.
    pub(super) requests: Vec<Item>,
    /// `mock/fixture.rs`.
    pub(super) fixtures: Vec<Item>,
}

impl Mocks {
    /// The mocks of an API; `types` are its types as they are generated.
    pub(super) fn of(types: &[Item], api: &Api, probes: &Probes) -> Result<Self, Diagnostic> {
        let fields = types.iter().filter_map(fields_of).collect::<BTreeMap<_, _>>();
        let mut mocks = Self {
            server: vec![
                parse_quote!(
                    mod fixture;
                ),
                parse_quote!(
                    pub mod operation;
                ),
                parse_quote!(
                    pub mod request;
                ),
                parse_quote!(
                    use super::builder;
                ),
                if api.operations.iter().all(|operation| operation.parameters.is_empty()) {
                    parse_quote!(
                        use crate::mock;
                    )
                } else {
                    parse_quote!(
                        use crate::mock::{self, Parameter, Place};
                    )
                },
            ],
            operations: vec![
                parse_quote!(
                    use super::request;
                ),
                parse_quote!(
                    use crate::{mock, types};
                ),
            ],
            requests: vec![parse_quote!(
                use crate::{mock, types};
            )],
            fixtures: fixtures(api),
        };
        let mut methods = Vec::<ImplItemFn>::new();
        let mut constants = Vec::new();
        let mut refusals = Refusals::default();
        for operation in &api.operations {
            let request = Request::of(operation, api, probes, &fields)?;
            constants.push(constant(operation, &mut refusals));
            methods.push(method(operation));
            mocks.requests.extend(request.items());
            mocks.operations.extend(request.operation(probes)?);
        }
        mocks.server.extend(constants);
        mocks.server.extend(refusals.items());
        let constants = api.operations.iter().map(constant_name);
        let definitions = api.definitions.iter().map(|(name, schema)| {
            let schema = json(schema);
            quote!((#name, #schema))
        });
        mocks.server.push(parse_quote! {
            /// Every operation.
            pub(crate) fn operations() -> ::std::vec::Vec<&'static mock::Operation> {
                vec![#(&#constants),*]
            }
        });
        mocks.server.push(parse_quote! {
            /// The schemas that requests refer to.
            pub(crate) fn definitions() -> &'static [(&'static str, &'static str)] {
                &[#(#definitions),*]
            }
        });
        mocks.server.push(parse_quote! {
            /// What is answered to the requests of each operation.
            impl mock::MockServer {
                #(#methods)*
            }
        });
        Ok(mocks)
    }
}

fn type_ident(operation: &Operation) -> Ident {
    format_ident!("{}", operation.name.to_upper_camel_case())
}

fn constant_name(operation: &Operation) -> Ident {
    format_ident!("{}", operation.name.to_shouty_snake_case())
}

/// The fields of a struct, by its name.
fn fields_of(item: &Item) -> Option<(String, BTreeMap<String, Type>)> {
    let Item::Struct(item) = item else { return None };
    let Fields::Named(fields) = &item.fields else {
        return None;
    };
    let fields = fields.named.iter();
    let fields = fields.filter_map(|field| Some((field.ident.as_ref()?.to_string(), field.ty.clone())));
    Some((item.ident.to_string(), fields.collect()))
}

/// What the server checks.
fn constant(operation: &Operation, refusals: &mut Refusals) -> Item {
    let (name, request) = (constant_name(operation), type_ident(operation));
    let schemas = operation.checks.parameters.iter();
    let parameters = operation.parameters.iter().zip(schemas).map(|(parameter, schema)| {
        let (name, is_required, schema) = (&parameter.name, parameter.required, json(schema));
        let place = format_ident!("{}", format!("{:?}", parameter.place));
        let make = if is_required {
            quote!(required)
        } else {
            quote!(optional)
        };
        quote!(Parameter::#make(Place::#place, #name, #schema))
    });
    let body = match &operation.body {
        None => quote!(None),
        Some(body) => {
            let is_required = body.required;
            let content = match &body.content {
                Content::Json { media_type, .. } => quote!(Json(#media_type)),
                Content::Form { is_deep, .. } => quote!(Form(#is_deep)),
                Content::Multipart { .. } => quote!(Multipart),
                Content::Bytes(media_type) | Content::Stream(media_type) => quote!(Bytes(#media_type)),
            };
            let schema = operation.checks.body.as_ref().map_or(quote!(""), json);
            quote! {
                Some(mock::Body { is_required: #is_required, content: mock::Content::#content, schema: #schema })
            }
        }
    };
    let unauthorized = refusals.name("unauthorized", &operation.checks.unauthorized);
    let invalid = refusals.name("invalid", &operation.checks.invalid);
    parse_quote! {
        static #name: mock::Operation = mock::Operation {
            call: &builder::#name,
            parameters: &[#(#parameters),*],
            body: #body,
            unauthorized: #unauthorized(),
            invalid: #invalid(),
            read: mock::read::<request::#request>,
        };
    }
}

/// A value as a text, in which nothing is escaped.
fn json(value: &Value) -> TokenStream {
    let text = value.to_string();
    let mut fence = String::from("#");
    while text.contains(&format!("\"{fence}")) {
        fence.push('#');
    }
    let raw = format!("r{fence}\"{text}\"{fence}").parse::<Literal>();
    raw.unwrap_or_else(|_| Literal::string(&text)).to_token_stream()
}

fn unsuffixed(status: u16) -> TokenStream {
    Literal::u16_unsuffixed(status).to_token_stream()
}

/// The answers to what is refused, each once: most operations refuse alike.
#[derive(Default)]
struct Refusals(Vec<(String, String, TokenStream)>);

impl Refusals {
    /// The function for a refusal; that for the first of a kind is called `kind`. No operation's constant is called so.
    fn name(&mut self, kind: &str, refusal: &Refusal) -> Ident {
        let value = self::refusal(refusal);
        let text = value.to_string();
        let of_kind = self.0.iter().filter(|(name, ..)| name.starts_with(kind));
        let count = of_kind.clone().count();
        let known = of_kind.clone().find(|(_, known, _)| *known == text);
        let name = match (known, count) {
            (Some((name, ..)), _) => return format_ident!("{name}"),
            (None, 0) => kind.to_owned(),
            (None, _) => format!("{kind}_{}", count + 1),
        };
        let ident = format_ident!("{name}");
        self.0.push((name, text, value));
        ident
    }

    fn items(self) -> impl Iterator<Item = Item> {
        self.0.into_iter().map(|(name, _, value)| {
            let name = format_ident!("{name}");
            parse_quote! {
                const fn #name() -> mock::Refusal {
                    #value
                }
            }
        })
    }
}

fn refusal(refusal: &Refusal) -> TokenStream {
    let Refusal {
        status,
        media_type,
        body,
        says,
    } = refusal;
    let status = unsuffixed(*status);
    let body = body.as_ref().map_or(quote!(""), json);
    let optional = |text: &Option<String>| text.as_ref().map_or(quote!(None), |text| quote!(Some(#text)));
    let says = match says {
        Says::Nothing => quote!(Nothing),
        Says::Text(None) => quote!(Body),
        Says::Text(Some(property)) => quote!(Text(#property)),
        Says::Faults {
            list,
            item,
            text,
            place,
            kind,
        } => {
            let (item, place, kind) = (json(item), optional(place), optional(kind));
            quote!(Faults { list: #list, item: #item, text: #text, place: #place, kind: #kind })
        }
    };
    quote! {
        mock::Refusal { status: #status, media_type: #media_type, body: #body, says: mock::Says::#says }
    }
}

/// The server's method that leads to what can be said of an operation.
fn method(operation: &Operation) -> ImplItemFn {
    let name = if OWN.contains(&operation.name.as_str()) {
        format_ident!("mock_{}", operation.name)
    } else {
        format_ident!("{}", operation.name)
    };
    let kind = type_ident(operation);
    let mut function: ImplItemFn = parse_quote! {
        pub fn #name(&self) -> operation::#kind {
            operation::#kind(self.given())
        }
    };
    let Operation { name, method, path, .. } = operation;
    document(
        &mut function.attrs,
        &format!(
            "Says what is answered to [`Client::{name}`](crate::Client::{name}): {}.",
            code(&format!("{method} {path}"))
        ),
    );
    function
}

/// The type of an operation's requests.
struct Request<'a> {
    operation: &'a Operation,
    fields: Vec<Field>,
}

struct Field {
    ident: Ident,
    kind: Type,
    doc: String,
    /// What reads it.
    read: TokenStream,
    /// What can be asked of it.
    matchers: Vec<Matcher>,
}

struct Matcher {
    /// The name without `with_`.
    name: String,
    kind: Type,
    /// From `request` to an `Option` of a reference.
    part: TokenStream,
    doc: String,
}

impl<'a> Request<'a> {
    fn of(
        operation: &'a Operation,
        api: &Api,
        probes: &Probes,
        types: &BTreeMap<String, BTreeMap<String, Type>>,
    ) -> Result<Self, Diagnostic> {
        let mut fields = Vec::new();
        for parameter in &operation.parameters {
            let (inner, is_optional) = parameter_type(parameter, probes)?;
            let ident = format_ident!("{}", parameter.field);
            let (read, name) = (format_ident!("{}", parameter.place.word()), &parameter.name);
            let (kind, part) = if is_optional {
                (
                    parse_quote!(::std::option::Option<#inner>),
                    quote!(request.#ident.as_ref()),
                )
            } else {
                (inner.clone(), quote!(Some(&request.#ident)))
            };
            fields.push(Field {
                kind,
                doc: parameter.doc.clone(),
                read: quote!(parts.#read(#name)?),
                matchers: vec![Matcher {
                    name: parameter.field.clone(),
                    kind: inner,
                    part,
                    doc: format!("Only for requests whose parameter {} is this.", code(name)),
                }],
                ident,
            });
        }
        if let Some(body) = &operation.body {
            let of_body = match body.content.schema() {
                Some(schema) => probes.type_of(&schema.probe)?.clone(),
                None => parse_quote!(crate::Body),
            };
            let (kind, whole): (Type, TokenStream) = if body.required {
                (of_body.clone(), quote!(Some(&request.body)))
            } else {
                (
                    parse_quote!(::std::option::Option<#of_body>),
                    quote!(request.body.as_ref()),
                )
            };
            let read = match (body.content.schema(), body.required) {
                (Some(_), _) => quote!(body),
                (None, true) => quote!(bytes),
                (None, false) => quote!(optional_bytes),
            };
            let mut matchers = vec![Matcher {
                name: "body".into(),
                kind: of_body,
                part: whole,
                doc: "Only for requests with this body.".into(),
            }];
            let taken = operation.parameters.iter().map(|parameter| parameter.field.as_str());
            let taken = taken.chain(["body"]).collect::<BTreeSet<_>>();
            let key = body.content.component().unwrap_or_default();
            for property in api.object(key).unwrap_or_default() {
                let kind = types.get(key).and_then(|fields| fields.get(&property.field));
                let kind = kind.ok_or_else(|| missed(&format!("the field `{key}.{}`", property.field)))?;
                matchers.push(of_property(property, kind, body.required, &taken)?);
            }
            fields.push(Field {
                ident: format_ident!("body"),
                kind,
                doc: "The body.".into(),
                read: quote!(parts.#read()?),
                matchers,
            });
        }
        Ok(Self { operation, fields })
    }

    /// The type, and how it is read.
    fn items(&self) -> [Item; 2] {
        let kind = type_ident(self.operation);
        let constant = constant_name(self.operation);
        let fields = self.fields.iter().map(|Field { ident, kind, doc, .. }| {
            let mut field: syn::Field = parse_quote!(pub #ident: #kind);
            document(&mut field.attrs, doc);
            field
        });
        let read = self
            .fields
            .iter()
            .map(|Field { ident, read, .. }| quote!(#ident: #read));
        let mut item: syn::ItemStruct = parse_quote! {
            #[derive(Clone, Debug, PartialEq)]
            #[non_exhaustive]
            pub struct #kind { #(#fields),* }
        };
        let parts = if self.fields.is_empty() {
            quote!(_)
        } else {
            quote!(parts)
        };
        let name = &self.operation.name;
        let doc = format!("A request of [`Client::{name}`](crate::Client::{name}), as a mock received it.");
        document(&mut item.attrs, &doc);
        [
            item.into(),
            parse_quote! {
                impl mock::Typed for #kind {
                    fn operation() -> &'static mock::Operation {
                        &super::#constant
                    }

                    fn read(#parts: &mock::Parts) -> ::std::result::Result<Self, mock::Fault> {
                        Ok(Self { #(#read),* })
                    }
                }
            },
        ]
    }

    /// What can be said of the operation.
    fn operation(&self, probes: &Probes) -> Result<[Item; 2], Diagnostic> {
        let kind = type_ident(self.operation);
        let mut functions = Vec::<ImplItemFn>::new();
        for Matcher { name, kind, part, doc } in self.fields.iter().flat_map(|field| &field.matchers) {
            let with = format_ident!("with_{name}");
            let mut function: ImplItemFn = parse_quote! {
                #[track_caller]
                pub fn #with(self, value: impl mock::Expected<#kind>) -> Self {
                    Self(self.0.with(#name, value, |request| #part))
                }
            };
            document(&mut function.attrs, doc);
            functions.push(function);
        }
        functions.push(parse_quote! {
            /// Only for requests for which `is_meant` is true.
            #[track_caller]
            pub fn when(
                self,
                is_meant: impl std::ops::Fn(&request::#kind) -> bool + std::marker::Send + std::marker::Sync + 'static,
            ) -> Self {
                Self(self.0.when(is_meant))
            }
        });
        for success in &self.operation.successes {
            functions.extend(answers_of(&kind, success, true, probes)?);
        }
        for failure in &self.operation.failures {
            functions.extend(answers_of(&kind, failure, false, probes)?);
        }
        functions.push(parse_quote! {
            /// Answers with any status from 200 to 999, and without a body.
            #[track_caller]
            pub fn status(self, status: u16) -> mock::Mock<request::#kind> {
                self.0.empty(status)
            }
        });
        let mut item: syn::ItemStruct = parse_quote! {
            #[must_use = "it does nothing before it is said what is answered"]
            #[derive(Debug)]
            pub struct #kind(pub(super) mock::Given<request::#kind>);
        };
        let name = &self.operation.name;
        let doc = format!("The requests of [`Client::{name}`](crate::Client::{name}), and what is answered to them.");
        document(&mut item.attrs, &doc);
        Ok([
            item.into(),
            parse_quote! {
                impl #kind {
                    #(#functions)*
                }
            },
        ])
    }
}

/// What can be asked of a property of the body.
fn of_property(
    property: &Property,
    kind: &Type,
    is_required: bool,
    taken: &BTreeSet<&str>,
) -> Result<Matcher, Diagnostic> {
    let field = format_ident!("{}", property.field);
    let mut kind = kind.clone();
    Outer.visit_type_mut(&mut kind);
    let has_three_states = property.has_three_states();
    if has_three_states {
        kind = argument(&kind).ok_or_else(|| missed(&format!("the value of `{field}`")))?;
    }
    let part = match (is_required, has_three_states) {
        (true, false) => quote!(Some(&request.body.#field)),
        (true, true) => quote!(request.body.#field.as_ref()),
        (false, false) => quote!(request.body.as_ref().map(|body| &body.#field)),
        (false, true) => quote!(request.body.as_ref().and_then(|body| body.#field.as_ref())),
    };
    let name = if taken.contains(property.field.as_str()) {
        format!("body_{}", property.field)
    } else {
        property.field.clone()
    };
    Ok(Matcher {
        name,
        kind,
        part,
        doc: format!("Only for requests with this {} in the body.", code(&property.name)),
    })
}

/// The functions that answer as the document says.
fn answers_of(
    request: &Ident,
    answer: &Answer,
    is_success: bool,
    probes: &Probes,
) -> Result<Vec<ImplItemFn>, Diagnostic> {
    let name = names::field(&answer.variant, &[]);
    let function = format_ident!("{name}");
    let (argument, status) = match answer.status {
        Status::Code(code) => (None, unsuffixed(code)),
        Status::Class(class) => {
            let class = unsuffixed(class);
            (Some(quote!(status: u16,)), quote!(mock::within(status, #class)))
        }
        Status::Default => (Some(quote!(status: u16,)), quote!(status)),
    };
    let mock: Type = parse_quote!(mock::Mock<request::#request>);
    let (takes, answers) = match &answer.content {
        None => (None, quote!(empty(#status))),
        Some(Content::Bytes(media_type) | Content::Stream(media_type)) => {
            let media_type = if media_type.contains('*') {
                "application/octet-stream"
            } else {
                media_type
            };
            (
                Some(parse_quote!(::std::vec::Vec<u8>)),
                quote!(bytes(#status, #media_type, body)),
            )
        }
        Some(content) => {
            let media_type = content.media_type().unwrap_or("application/json");
            (
                answers::type_of(answer, probes)?,
                quote!(json(#status, #media_type, &body.into())),
            )
        }
    };
    let body = takes
        .as_ref()
        .map(|kind: &Type| quote!(body: impl std::convert::Into<#kind>));
    let mut plain: ImplItemFn = parse_quote! {
        #[track_caller]
        pub fn #function(self, #argument #body) -> #mock {
            self.0.#answers
        }
    };
    let description = answer.description.trim_end_matches('.');
    let meaning = if description.is_empty() || answer.line.ends_with(description) {
        format!("`{}`", answer.line)
    } else {
        format!("`{}`: {}", answer.line, line(description))
    };
    document(&mut plain.attrs, &format!("Answers with {meaning}."));
    let mut functions = vec![plain];
    if let (true, Some(content), Some(kind)) = (is_success, &answer.content, takes)
        && content.schema().is_some()
    {
        let function = format_ident!("{}_with", name.trim_end_matches('_'));
        let media_type = content.media_type().unwrap_or("application/json");
        let mut made: ImplItemFn = parse_quote! {
            #[track_caller]
            pub fn #function(
                self,
                #argument
                body: impl std::ops::Fn(&request::#request) -> #kind + std::marker::Send + std::marker::Sync + 'static,
            ) -> #mock {
                self.0.json_with(#status, #media_type, body)
            }
        };
        document(
            &mut made.attrs,
            &format!("As [`{name}`](Self::{name}), with a body that the function makes from the request."),
        );
        functions.push(made);
    }
    Ok(functions)
}

/// Names types by their module, as they are outside of it.
struct Outer;

impl VisitMut for Outer {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        // What is no generated type is named by its full path.
        if path.segments.len() == 1 && path.leading_colon.is_none() {
            let name = &path.segments[0].ident;
            let is_builtin = [
                "bool", "i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64", "f32", "f64", "usize",
            ]
            .iter()
            .any(|builtin| name == builtin);
            if !is_builtin {
                let segment = &path.segments[0];
                *path = parse_quote!(types::#segment);
            }
        } else if path.segments.len() > 2 && path.segments[0].ident == "crate" && path.segments[1].ident == "types" {
            path.segments = std::mem::take(&mut path.segments).into_iter().skip(1).collect();
        }
        syn::visit_mut::visit_path_mut(self, path);
    }
}

/// A plausible value of each type that a server answers with, and failures from what they say.
fn fixtures(api: &Api) -> Vec<Item> {
    let mut items = vec![parse_quote!(
        use crate::{mock, types};
    )];
    let mut names = Vec::new();
    for (key, schema) in &api.schemas {
        let Some(fixture) = &schema.fixture else { continue };
        let (name, json) = (format_ident!("{key}"), json(fixture));
        names.push(name.clone());
        items.push(parse_quote! {
            impl types::#name {
                /// A plausible value for tests, which set the fields that they are about; there with the feature `mock`.
                pub fn fixture() -> Self {
                    mock::fixture(#json)
                }
            }
        });
        if let Some(property) = only_text(api, key) {
            let field = format_ident!("{}", property.field);
            items.push(parse_quote! {
                impl ::std::convert::From<&str> for types::#name {
                    fn from(text: &str) -> Self {
                        text.to_owned().into()
                    }
                }
            });
            items.push(parse_quote! {
                impl ::std::convert::From<String> for types::#name {
                    fn from(text: String) -> Self {
                        let mut failure = Self::fixture();
                        failure.#field = text;
                        failure
                    }
                }
            });
        }
    }
    items.push(parse_quote! {
        #[cfg(test)]
        #[test]
        fn every_fixture_is_written_and_read() {
            #(mock::assert_fixture(&types::#names::fixture());)*
        }
    });
    items
}

/// What a failure says, if it asks for nothing else.
fn only_text<'a>(api: &'a Api, key: &str) -> Option<&'a Property> {
    let is_failure = |operation: &Operation| {
        let mut failures = operation.failures.iter();
        failures.any(|failure| failure.content.as_ref().and_then(Content::component) == Some(key))
    };
    let mut required = api.object(key)?.iter().filter(|property| property.required);
    let only = required.next()?;
    let says = only.words == Words::Text && !only.nullable && required.next().is_none();
    (says && api.operations.iter().any(is_failure)).then_some(only)
}
