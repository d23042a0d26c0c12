//! `cargo xtask explain`: what a place in the vendor's description becomes.

use std::{fmt::Write as _, path::Path};

use serde_json::Value;

use crate::{
    analyze::{Property, Setter, setters},
    generate::{Inputs, Options},
    input::{
        diagnostic::{Diagnostic, Errors, Note},
        pointer::Pointer,
        rule::Rule,
    },
    model::{
        Api, names,
        operation::{Content, Operation, ParameterStyle, Response},
        security::{Scheme, alternatives},
        ty::Ty,
        typedef::{EnumBase, Kind, TypeDef},
    },
    report::signature,
};

/// What a place becomes, and the notes on what the client does not do.
#[derive(Debug)]
pub struct Explanation {
    /// What the place becomes.
    pub text: String,
    /// What was lost there.
    pub notes: Vec<Note>,
}

/// Explains what the place `pointer` in the description below `root` becomes; everything if there is none.
///
/// # Errors
///
/// If there is no such place; or if the description cannot be parsed.
pub fn explain(root: &Path, pointer: Option<&str>) -> Result<Explanation, Errors> {
    let inputs = Inputs::read(root)?;
    let at = match pointer {
        None => Pointer::root(),
        Some(text) => Pointer::parse(text).ok_or_else(|| {
            let message = format!("`{text}` is not a JSON pointer");
            let help = "begin it with `#/` or `/`, and write `~1` for a slash within a name: '#/paths/~1pets/get'";
            vec![Diagnostic::new(Rule::MalformedPointer, message).help(help)]
        })?,
    };
    let amended = inputs.amended()?;
    let Some(value) = at.resolve(&amended) else {
        let error = missing(&at, &amended, &inputs.description.value);
        return Err(inputs.description.locate(vec![error]));
    };
    let parsed = inputs.model(&amended, Options::default())?;
    let mut notes = parsed.notes;
    notes.retain(|note| note.pointer().is_in(&at));
    Ok(Explanation {
        text: part(&at, value, &parsed.api),
        notes,
    })
}

/// That there is nothing at that place, and what there is near it.
fn missing(at: &Pointer, amended: &Value, description: &Value) -> Diagnostic {
    if at.resolve(description).is_some() {
        return Diagnostic::new(Rule::NothingThere, "the overlay removes this from the description")
            .at(at)
            .help("look for its action in openapi/overlay.yaml");
    }
    let mut near = at.clone();
    while let Some(parent) = near.parent() {
        near = parent;
        if near.resolve(amended).is_some() {
            break;
        }
    }
    let keys = match near.resolve(amended) {
        Some(Value::Object(members)) => members.keys().map(|key| near.child(key)).collect(),
        Some(Value::Array(items)) => (0..items.len()).map(|index| near.child(index)).collect(),
        _ => Vec::new(),
    };
    let help = match keys.as_slice() {
        [] => "ask for the nearest place that there is, named above".to_owned(),
        keys => {
            let more = if keys.len() > 20 { "\n…" } else { "" };
            let keys = keys.iter().take(20).map(ToString::to_string).collect::<Vec<_>>();
            format!("ask for one of these:\n{}{more}", keys.join("\n"))
        }
    };
    let message = format!("the description has nothing at {at}; the nearest place that it has is {near}");
    Diagnostic::new(Rule::NothingThere, message).at(&near).help(help)
}

/// An operation or a type.
enum Explained<'a> {
    Operation(&'a Operation),
    Type(&'a TypeDef),
}

impl Explained<'_> {
    fn pointer(&self) -> &Pointer {
        match self {
            Self::Operation(operation) => &operation.pointer,
            Self::Type(def) => &def.pointer,
        }
    }
}

/// What becomes of a place: the outermost of what stands in it, or else what it stands in.
fn part(at: &Pointer, value: &Value, api: &Api) -> String {
    let operations = api.operations.iter().map(Explained::Operation);
    let types = api.types.iter().map(Explained::Type);
    let all = operations.chain(types).collect::<Vec<_>>();
    let mut text = String::new();
    let within = all.iter().filter(|one| one.pointer().is_in(at)).collect::<Vec<_>>();
    let is_outermost = |one: &&&Explained<'_>| {
        let inside = |other: &&Explained<'_>| one.pointer() != other.pointer() && one.pointer().is_in(other.pointer());
        *at == Pointer::root() || !within.iter().any(inside)
    };
    let mut found = within.iter().filter(is_outermost).copied().collect::<Vec<_>>();
    if found.is_empty() {
        let around = all.iter().filter(|one| at.is_in(one.pointer()));
        found.extend(around.max_by_key(|one| one.pointer().segments().count()));
        if let Some(one) = found.first() {
            let _ = writeln!(text, "{at} is a part of {}{}\n", one.pointer(), field_at(at, one));
        }
    }
    if found.is_empty() {
        let _ = writeln!(text, "{at} becomes neither a type nor an operation; it is\n{value:#}");
    }
    for (index, one) in found.into_iter().enumerate() {
        if index > 0 {
            text.push('\n');
        }
        match one {
            Explained::Operation(operation) => self::operation(&mut text, operation, api),
            Explained::Type(def) => type_def(&mut text, def, api),
        }
    }
    text
}

/// The field that a property is.
fn field_at(at: &Pointer, one: &Explained<'_>) -> String {
    let Explained::Type(def) = one else {
        return String::new();
    };
    let Kind::Struct { fields, .. } = &def.kind else {
        return String::new();
    };
    let properties = def.pointer.child("properties");
    let field = fields
        .iter()
        .find(|field| at.is_in(&properties.child(&field.wire_name)));
    match field {
        Some(field) => format!(", the field types::{}.{}", def.name, field.ident),
        None => String::new(),
    }
}

fn type_def(text: &mut String, def: &TypeDef, api: &Api) {
    let kind = match &def.kind {
        Kind::Struct { .. } => "a struct",
        Kind::Tuple(_) => "a list with a type for each item",
        Kind::Union { .. } => "an enum of several types",
        Kind::Enum { base, .. } => match base {
            EnumBase::String => "an enum of strings",
            EnumBase::Int(_) => "an enum of integers",
            EnumBase::Any => "an enum of values",
        },
        Kind::Alias(_) => "another name for a type",
    };
    let sent = if def.usage.is_sent { ", which requests hold" } else { "" };
    let _ = writeln!(text, "types::{}: {kind}{sent}\n  from {}", def.name, def.pointer);
    let ty = |ty: &Ty| signature::ty(api, ty);
    match &def.kind {
        Kind::Struct { fields, additional, .. } => {
            for field in fields {
                let required = if field.required { ", required" } else { "" };
                let _ = writeln!(
                    text,
                    "  field      {}: {} (`{}`{required})",
                    field.ident,
                    signature::field(api, field),
                    field.wire_name
                );
            }
            if let Some(values) = additional {
                let _ = writeln!(text, "  field      extra: {} for each other property", ty(values));
            }
        }
        Kind::Tuple(items) => {
            for item in items {
                let _ = writeln!(text, "  item       {}", ty(&item.ty));
            }
        }
        Kind::Union { variants, tag } => {
            for variant in variants {
                let tags = match tag {
                    Some(tag) => format!(", where `{tag}` is {}", variant.tags.join(" or ")),
                    None => String::new(),
                };
                let _ = writeln!(text, "  variant    {}({}){tags}", variant.name, ty(&variant.ty));
            }
        }
        Kind::Enum { values, .. } => {
            for value in values {
                let _ = writeln!(text, "  variant    {}: `{}`", value.ident, value.text());
            }
        }
        Kind::Alias(inner) => {
            let _ = writeln!(text, "  type       {}", ty(inner));
        }
    }
}

fn operation(text: &mut String, operation: &Operation, api: &Api) {
    let Operation { name, method, path, .. } = operation;
    let _ = writeln!(text, "Client::{name}: {method} {path}\n  from {}", operation.pointer);
    let call = names::call(name);
    let security = alternatives(&operation.security, Scheme::to_string, "none");
    let cannot = if operation.can_be_authenticated() {
        ""
    } else {
        ": not sent, since the SDK cannot give that"
    };
    let _ = writeln!(text, "  security   {security}{cannot}");
    for parameter in &operation.parameters {
        let required = if parameter.required { ", required" } else { "" };
        let _ = writeln!(
            text,
            "  parameter  builder::{call}::{}: `{}` {}{required}",
            parameter.ident,
            parameter.name,
            place(parameter.style)
        );
    }
    if let Some(body) = &operation.body {
        let required = if body.required { ", required" } else { "" };
        let content = content(api, &body.content);
        let _ = writeln!(text, "  body       builder::{call}::body: {content}{required}");
        for Setter { name, property } in setters(api, operation) {
            let what = match property {
                Property::Named(field) if field.is_demanded() => format!("`{}`, required", field.wire_name),
                Property::Named(field) => format!("`{}`", field.wire_name),
                Property::Additional(_) => "all other properties".to_owned(),
            };
            let _ = writeln!(text, "  property   builder::{call}::{name}: {what}");
        }
    }
    let content_of = |response: &Response| match &response.content {
        Some(inner) => format!(": {}", content(api, inner)),
        None => String::new(),
    };
    for success in &operation.successes {
        let variant = if operation.successes.len() > 1 {
            format!(" -> types::{}::{}", operation.successes_name, success.variant)
        } else {
            String::new()
        };
        let _ = writeln!(text, "  success    {}{variant}{}", success.line, content_of(success));
    }
    for failure in &operation.failures {
        let _ = writeln!(
            text,
            "  failure    {} -> types::{}::{}{}",
            failure.line,
            operation.failures_name,
            failure.variant,
            content_of(failure)
        );
    }
}

fn place(style: ParameterStyle) -> &'static str {
    match style {
        ParameterStyle::Path => "in the path",
        ParameterStyle::PathExploded => "in the path, properties as `name=value`",
        ParameterStyle::PathTail => "in the path, with its slashes",
        ParameterStyle::PathLabel => "in the path, after a dot",
        ParameterStyle::PathLabelExploded => "in the path, each part after a dot",
        ParameterStyle::PathMatrix => "in the path, as `;name=value`",
        ParameterStyle::PathMatrixExploded => "in the path, each part as `;name=value`",
        ParameterStyle::PathJson => "in the path, as JSON",
        ParameterStyle::Query => "in the query",
        ParameterStyle::QueryJoined => "in the query, joined by commas",
        ParameterStyle::QuerySpaced => "in the query, joined by spaces",
        ParameterStyle::QueryPiped => "in the query, joined by bars",
        ParameterStyle::QueryDeep => "in the query, by property",
        ParameterStyle::QueryJson => "in the query, as JSON",
        ParameterStyle::Header => "in a header",
        ParameterStyle::HeaderExploded => "in a header, properties as `name=value`",
        ParameterStyle::HeaderJson => "in a header, as JSON",
        ParameterStyle::Cookie => "in a cookie",
        ParameterStyle::CookieJson => "in a cookie, as JSON",
    }
}

fn content(api: &Api, content: &Content) -> String {
    let media_type = match content {
        Content::Json { media_type, .. } | Content::Bytes(media_type) | Content::Stream(media_type) => media_type,
        Content::UrlEncoded { .. } => "application/x-www-form-urlencoded",
        Content::Multipart { .. } => "multipart/form-data",
    };
    match content.ty() {
        Some(ty) => format!("{} as {media_type}", signature::ty(api, ty)),
        None => media_type.to_owned(),
    }
}
