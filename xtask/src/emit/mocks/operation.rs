//! `mock/request.rs`: for each operation the type of its requests, how one is read, what of it can be matched, and the documented
//! responses.

use std::{collections::BTreeSet, fmt::Write as _};

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Item, parse_quote};

use super::{
    super::{
        bodies::stored,
        calls::constant_name,
        inputs::{asked_type, check_of, parameter_type},
        statuses::content_type,
        text::Text,
        tokens::doc_lines,
        validate::Checks,
    },
    server::{Rejections, style},
    values::quoted,
};
use crate::{
    analyze::{Property, setters},
    bridge::{Module, rust_type},
    model::{
        Api,
        call_inputs::object,
        names,
        operation::{Content, Operation, Parameter, ParameterStyle, Response, Status},
        prose::{code, line},
        reserved,
        ty::Ty,
        typedef::Kind,
    },
};

/// Writes everything in `mock/request.rs`.
pub(in super::super) fn write_operations(text: &mut Text<'_>, checks: &Checks<'_>, rejections: &mut Rejections) {
    let api = checks.api;
    if api.operations.is_empty() {
        return;
    }
    let imports: Item = if api.operations.iter().any(names_types) {
        parse_quote!(
            use crate::{generated::builder, mock, types};
        )
    } else {
        parse_quote!(
            use crate::{generated::builder, mock};
        )
    };
    text.add([imports]);
    for operation in &api.operations {
        let block = Block {
            api,
            checks,
            text,
            lines: String::new(),
        }
        .of(operation, rejections);
        text.add_text(&block);
    }
}

/// Whether a type of the API stands in what is written of an operation.
fn names_types(operation: &Operation) -> bool {
    let parameters = operation.parameters.iter().map(|parameter| &parameter.ty);
    let body = operation.body.iter().filter_map(|body| body.content.ty());
    let responses = operation
        .responses()
        .filter_map(|response| response.content.as_ref()?.ty());
    let mut types = parameters.chain(body).chain(responses);
    types.any(|ty| ty.refers_to().is_some())
}

/// The text on one operation.
struct Block<'a, 'b> {
    api: &'a Api,
    checks: &'a Checks<'a>,
    text: &'a Text<'b>,
    lines: String,
}

impl Block<'_, '_> {
    fn of(mut self, operation: &Operation, rejections: &mut Rejections) -> String {
        let Operation { name, method, path, .. } = operation;
        self.line(0, "mock::operation! {");
        self.doc(
            1,
            &format!(
                "Stubs [`Client::{name}`](crate::Client::{name}): {}.",
                code(&format!("{method} {path}"))
            ),
        );
        let function = if reserved::MOCK_SERVER_FUNCTIONS.contains(&name.as_str()) {
            format!("mock_{name}")
        } else {
            name.clone()
        };
        let constant = constant_name(operation);
        let unauthorized = rejections.name("unauthorized", &operation.unauthorized);
        let invalid = rejections.name("invalid", &operation.invalid);
        let tails = operation
            .parameters
            .iter()
            .filter(|parameter| parameter.style == ParameterStyle::PathTail);
        let tails = tails
            .map(|parameter| quoted(&parameter.name))
            .collect::<Vec<_>>()
            .join(", ");
        let tails = if tails.is_empty() {
            tails
        } else {
            format!(", with slashes in {tails}")
        };
        self.line(
            1,
            &format!("{function} = builder::{constant}, {unauthorized}, {invalid}{tails};"),
        );
        self.request(operation);
        self.section("matchers", |block| block.matchers(operation));
        self.section("responses", |block| {
            operation
                .successes
                .iter()
                .for_each(|success| block.response(success, true));
            operation
                .failures
                .iter()
                .for_each(|failure| block.response(failure, false));
        });
        self.line(0, "}");
        self.lines
    }

    /// A part of the text in braces, which may be empty.
    fn section(&mut self, name: &str, write: impl FnOnce(&mut Self)) {
        let _ = write!(self.lines, "    {name} {{");
        let start = self.lines.len();
        self.lines.push('\n');
        write(self);
        if self.lines.len() == start + 1 {
            self.lines.truncate(start);
            self.line(0, "}");
        } else {
            self.line(1, "}");
        }
    }

    fn line(&mut self, indent: usize, line: &str) {
        let _ = writeln!(self.lines, "{:1$}{line}", "", indent * 4);
    }

    fn doc(&mut self, indent: usize, doc: &str) {
        for line in doc_lines(doc) {
            self.line(indent, &format!("///{line}"));
        }
    }

    /// The type of the requests, and how each part of it is read.
    fn request(&mut self, operation: &Operation) {
        let name = &operation.name;
        self.doc(
            1,
            &format!("A request of [`Client::{name}`](crate::Client::{name}), as the mock server received it."),
        );
        self.section(&format!("request {}", names::call(name)), |block| {
            block.parts(operation);
        });
    }

    fn parts(&mut self, operation: &Operation) {
        for parameter in &operation.parameters {
            let ty = parameter_type(self.api, parameter);
            let ty = self.part_type(&ty, parameter.is_optional());
            let (ident, read) = (&parameter.ident, self.read(parameter));
            self.doc(2, &parameter.doc);
            let checks = check_of(self.checks, operation, ident, parameter.ty.not_null(), &parameter.rules);
            self.part(&format!("{ident}: {ty} = {read}"), &checks, parameter.is_optional());
        }
        if let Some(body) = &operation.body {
            let ty = body.content.ty().map(|ty| rust_type(self.api, ty, Module::Other));
            let ty = self.part_type(&ty.unwrap_or_else(|| quote!(crate::Body)), !body.required);
            let read = match &body.content {
                Content::Json { media_type, .. } => format!("json({})", quoted(media_type)),
                Content::UrlEncoded { ty, styles } => {
                    let styles = styles
                        .iter()
                        .map(|(property, style)| self.property_style(ty, property, *style));
                    format!("form(&[{}])", styles.collect::<Vec<_>>().join(", "))
                }
                Content::Multipart { .. } => "multipart()".into(),
                Content::Bytes(media_type) | Content::Stream(media_type) => format!("bytes({})", quoted(media_type)),
            };
            self.doc(2, "The body.");
            // A call checks an object by what is set of it.
            let is_object = body.content.named().and_then(|id| object(self.api, id)).is_some();
            let checks = body.content.ty().map(|ty| {
                if is_object {
                    self.checks.of_value(&body.rules, ty, &quote!(value))
                } else {
                    check_of(self.checks, operation, "body", ty, &body.rules)
                }
            });
            let checks = checks.unwrap_or_default();
            self.part(&format!("body: {ty} = {read}"), &checks, !body.required);
        }
    }

    /// A part of a request, and the rules for it.
    fn part(&mut self, part: &str, checks: &TokenStream, is_optional: bool) {
        if checks.is_empty() {
            return self.line(2, &format!("{part};"));
        }
        let checks = if is_optional {
            quote!(if let Some(value) = value { #checks })
        } else {
            checks.clone()
        };
        self.line(2, &format!("{part} where |value, at| {{"));
        for line in self.text.statements(&parse_quote!({ #checks })) {
            self.line(3, &line);
        }
        self.line(2, "};");
    }

    fn part_type(&self, ty: &TokenStream, is_optional: bool) -> String {
        self.text.type_name(&if is_optional {
            parse_quote!(::std::option::Option<#ty>)
        } else {
            parse_quote!(#ty)
        })
    }

    fn read(&self, parameter: &Parameter) -> String {
        let (function, name) = (parameter.style.runtime_name(), quoted(&parameter.name));
        match property_names(self.api, &parameter.ty) {
            Some(names) if parameter.style == ParameterStyle::Query => {
                format!("query_properties({name}, &[{}])", list(&names))
            }
            _ => format!("{function}({name})"),
        }
    }

    /// How a property of a form is written, of which the description says it.
    fn property_style(&self, form: &Ty, property: &str, written: ParameterStyle) -> String {
        let of_form = form.refers_to().and_then(|id| self.api.fields(id)).unwrap_or_default();
        let field = of_form.iter().find(|field| field.wire_name == property);
        let names = field.and_then(|field| property_names(self.api, &field.ty));
        let style = match names {
            Some(names) if written == ParameterStyle::Query => format!("QueryProperties(&[{}])", list(&names)),
            _ => style(written),
        };
        format!("({}, mock::ParameterStyle::{style})", quoted(property))
    }

    /// What of a request can be matched: what has a setter, by what that takes.
    fn matchers(&mut self, operation: &Operation) {
        for parameter in &operation.parameters {
            let ty = self.part_type(&parameter_type(self.api, parameter), parameter.is_optional());
            let what = format!("parameter {}", code(&parameter.name));
            let ident = &parameter.ident;
            self.matcher(&what, ident, &ty, &format!("Some(&request.{ident})"));
        }
        let Some(body) = &operation.body else { return };
        let ty = body.content.ty().map(|ty| rust_type(self.api, ty, Module::Other));
        let ty = self.part_type(&ty.unwrap_or_else(|| quote!(crate::Body)), !body.required);
        self.matcher("body", "body", &ty, "Some(&request.body)");
        // The body is then no other name for the object.
        if body.content.named().and_then(|id| self.api.fields(id)).is_none() {
            return;
        }
        for setter in setters(self.api, operation) {
            let Property::Named(field) = setter.property else {
                continue;
            };
            let mut asked = self.part_type(&asked_type(self.api, field), false);
            let value = quote!(value);
            let stored = stored(field, &value);
            if stored.to_string() != value.to_string() {
                let stored = self.text.statements(&parse_quote!({ #stored })).join(" ");
                let _ = write!(asked, " as |value| {{ {stored} }}");
            }
            let part = if body.required {
                format!("Some(&request.body.{})", field.ident)
            } else {
                format!("request.body.as_ref().map(|body| &body.{})", field.ident)
            };
            let what = format!("property {} of the body", code(&field.wire_name));
            self.matcher(&what, &setter.name, &asked, &part);
        }
    }

    fn matcher(&mut self, what: &str, name: &str, ty: &str, part: &str) {
        self.doc(2, &format!("Matches only requests whose {what} is this."));
        self.line(2, &format!("with_{name}: {ty} = |request| {part};"));
    }

    /// The function that responds as the description says, and for a success the one that makes the body from the request.
    fn response(&mut self, response: &Response, is_success: bool) {
        let name = names::field(&response.variant, &[]);
        let (argument, status) = match response.status {
            Status::Code(code) => (None, code.to_string()),
            Status::Class(class) => (Some("status: u16"), format!("mock::within(status, {class})")),
            Status::Default => (Some("status: u16"), "status".to_owned()),
        };
        let ty = content_type(self.api, response, Module::Other);
        let (ty, call) = match (&response.content, ty) {
            (Some(Content::Bytes(media_type) | Content::Stream(media_type)), _) => {
                let media_type = if media_type.contains('*') {
                    "application/octet-stream"
                } else {
                    media_type
                };
                (
                    Some("Vec<u8>".to_owned()),
                    format!("bytes({status}, {})", quoted(media_type)),
                )
            }
            (Some(content), Some(ty)) => {
                let media_type = content.media_type().unwrap_or("application/json");
                (
                    Some(self.part_type(&ty, false)),
                    format!("json({status}, {})", quoted(media_type)),
                )
            }
            _ => (None, format!("empty({status})")),
        };
        let has_type = response.content.as_ref().and_then(Content::ty).is_some();
        let from_request = if is_success && has_type {
            format!(", {}_with", name.trim_end_matches('_'))
        } else {
            String::new()
        };
        let arguments = argument.into_iter().chain(ty.as_deref()).collect::<Vec<_>>().join(", ");
        let description = response.description.trim_end_matches('.');
        let meaning = if description.is_empty() || response.line.ends_with(description) {
            format!("`{}`", response.line)
        } else {
            format!("`{}`: {}", response.line, line(description))
        };
        self.doc(2, &format!("Responds with {meaning}."));
        self.line(2, &format!("{name}{from_request}({arguments}) = {call};"));
    }
}

fn list(names: &BTreeSet<&str>) -> String {
    let names = names.iter().map(|name| quoted(name));
    names.collect::<Vec<_>>().join(", ")
}

/// The names of the properties that values of a type can have, if these may be objects.
fn property_names<'a>(api: &'a Api, ty: &Ty) -> Option<BTreeSet<&'a str>> {
    let mut names = None;
    let mut seen = BTreeSet::new();
    let mut next = vec![ty.not_null()];
    while let Some(ty) = next.pop() {
        let Ty::Named(id) = ty.not_null() else { continue };
        if !seen.insert(*id) {
            continue;
        }
        match &api[*id].kind {
            Kind::Struct { fields, .. } => {
                let own = fields.iter().map(|field| field.wire_name.as_str());
                names.get_or_insert_with(BTreeSet::new).extend(own);
            }
            Kind::Union { variants, .. } => next.extend(variants.iter().map(|variant| &variant.ty)),
            Kind::Alias(ty) => next.push(ty),
            _ => {}
        }
    }
    names
}
