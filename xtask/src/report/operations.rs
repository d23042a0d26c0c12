//! What a caller sees of an operation: what to set, what it returns, and how it fails.

use std::collections::BTreeMap;

use super::{
    item::{Item, Member, MemberKind},
    limits::Limits,
    representation::{CallRepresentation, Representation},
    signature,
};
use crate::{
    analyze::{Property, Setter, call_derives, constant, response_derives, setters},
    model::{
        Api,
        call_inputs::{Input, Source, inputs},
        names,
        operation::{Operation, Response, Success},
        reserved,
        security::alternative,
        ty::Ty,
    },
};

/// An operation, with the types that are its alone.
pub(super) fn item(api: &Api, operation: &Operation) -> Item {
    let call = names::call(&operation.name);
    let failures = &operation.failures_name;
    let mut item = Item {
        declaration: format!("builder::{call}, failing with types::{failures}"),
        is_non_exhaustive: false,
        is_built: false,
        own_types: vec![call.clone(), failures.clone()],
        members: BTreeMap::new(),
        limits: Limits::default(),
        representation: Representation::Call(CallRepresentation::of(operation)),
        docs: docs(operation),
    };
    request(&mut item, operation);
    let call = format!("builder::{call}");
    let inputs = inputs(api, operation);
    for input in &inputs {
        set(&mut item, api, operation, &call, input);
    }
    for name in call_derives(&inputs) {
        item.implement(&call, name);
    }
    success(&mut item, api, &call, operation);
    let failures = format!("types::{failures}");
    statuses(&mut item, api, &failures, &operation.failures, None);
    item.implement(&failures, "Display");
    item.implement(&failures, "Error");
    item
}

/// What a caller may have to know of what is sent.
fn request(item: &mut Item, operation: &Operation) {
    let request = format!("{} {}", operation.method, operation.path);
    item.add("request", Member::new(MemberKind::Request, request));
    let alternatives = operation.security.iter().map(|schemes| {
        let mut schemes = schemes.clone();
        schemes.sort_by_key(ToString::to_string);
        alternative(&schemes, ToString::to_string, "none")
    });
    let is_open = operation.security.is_empty();
    for credentials in alternatives.chain(is_open.then(|| "none".into())) {
        item.add(
            format!("credentials {credentials}"),
            Member::new(MemberKind::Credentials, credentials),
        );
    }
    if operation.deprecated {
        let deprecation = Member::new(MemberKind::Deprecation, "its use is discouraged");
        item.add("deprecated", deprecation);
    }
}

/// The setters of an input.
fn set(item: &mut Item, api: &Api, operation: &Operation, call: &str, input: &Input<'_>) {
    let ty = match input.ty {
        Some(ty) => signature::ty(api, ty),
        None => "reqwest::Body".into(),
    };
    let kind = match input.source {
        Source::Parameter(_) => MemberKind::Parameter,
        Source::Body { .. } => MemberKind::Body,
    };
    let path = format!("{call}::{}", input.ident);
    let setter = Member {
        is_required: !input.is_optional,
        ..Member::new(kind, format!("({ty})"))
    };
    item.add(path, setter);
    let label = match input.source {
        Source::Parameter(_) => format!("parameter {}", input.ident),
        Source::Body { .. } => "body".into(),
    };
    item.limits.add(&format!("::{}", input.ident), &label, input.rules());
    if let Source::Body { object: Some(id), .. } = input.source {
        for setter in setters(api, operation) {
            property(item, api, (call, &api[id].name), &setter, !input.is_optional);
        }
    }
}

/// The setter of a property of the body. It comes and goes with the body, and with the field of its type.
fn property(item: &mut Item, api: &Api, (call, object): (&str, &str), setter: &Setter<'_>, is_body_required: bool) {
    let (ident, ty, is_required) = match setter.property {
        Property::Named(field) => {
            let is_required = is_body_required && field.is_demanded() && constant(api, field).is_none();
            (field.ident.as_str(), signature::setter(api, field), is_required)
        }
        Property::Additional(values) => {
            let ty = signature::ty(api, &Ty::Map(Box::new(values.clone())));
            (reserved::ADDITIONAL_FIELD, ty, false)
        }
    };
    let member = Member {
        is_required,
        follows_from: vec![format!("{call}::body"), format!("types::{object}.{ident}")],
        ..Member::new(MemberKind::Setter, format!("({ty})"))
    };
    item.add(format!("{call}::{}", setter.name), member);
}

/// What `send` returns, and the enum of successes where there are several.
fn success(item: &mut Item, api: &Api, call: &str, operation: &Operation) {
    let ty = match operation.success() {
        Success::Undocumented => "Body".into(),
        Success::Single(only) => signature::response(api, only).unwrap_or_else(|| "()".into()),
        Success::Several => operation.successes_name.clone(),
    };
    let path = format!("{call}::send()");
    item.add(path.clone(), Member::new(MemberKind::Success, ty));
    if let Success::Several = operation.success() {
        item.own_types.push(operation.successes_name.clone());
        let successes = format!("types::{}", operation.successes_name);
        statuses(item, api, &successes, &operation.successes, Some(&path));
    }
}

/// The enum of an operation's failures or successes. The latter comes and goes with what `send` returns.
fn statuses(item: &mut Item, api: &Api, path: &str, responses: &[Response], send: Option<&String>) {
    let mut add = |path: String, kind, signature: String| {
        let member = Member {
            follows_from: send.into_iter().cloned().collect(),
            ..Member::new(kind, signature)
        };
        item.add(path, member);
    };
    for response in responses {
        let content = signature::response(api, response).map(|ty| format!("({ty})"));
        let path = format!("{path}::{}", response.variant);
        add(path, MemberKind::Status, content.unwrap_or_default());
    }
    for name in response_derives(responses) {
        add(format!("{path}: {name}"), MemberKind::Trait, String::new());
    }
}

fn docs(operation: &Operation) -> Vec<String> {
    // Where it stands is nothing that its callers have to know.
    let own = [operation.doc.clone()];
    let parameters = operation.parameters.iter().map(|parameter| {
        let ident = &parameter.ident;
        format!("{ident}: {}", parameter.doc)
    });
    let responses = operation.responses().map(|response| {
        let line = &response.line;
        format!("{line}: {}", response.description)
    });
    let mut docs = own.into_iter().chain(parameters).chain(responses).collect::<Vec<_>>();
    docs.sort();
    docs
}
