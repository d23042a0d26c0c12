//! The rules for operations.
//!
//! progenitor is given each operation under a path of its own, with every parameter in the query and no answer: it makes
//! the builder, and the graft sends the call. For each kind of JSON that an operation answers with, it is given a *probe*,
//! an operation whose only use is that the type of that JSON can be read from what progenitor makes of it.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{
    Lowering,
    nullable::without_null,
    schemas::{component_of, doc},
};
use crate::{
    api::{Answer, Content, Operation, Parameter, Place, Scheme, Status},
    names,
    pointer::Pointer,
};

const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// Where an operation stands, for faults and their remedies.
#[derive(Clone, Copy)]
struct Site<'a> {
    path: &'a str,
    method: Option<&'a str>,
}

impl<'a> Lowering<'a> {
    /// Every operation; what comes back are the `paths` for progenitor.
    pub(super) fn operations(&mut self) -> Value {
        let at = Pointer::root().child("paths");
        let Some(paths) = at.resolve(self.document).and_then(Value::as_object) else {
            self.fault(
                &at,
                "the document has no `paths`",
                "give a document that describes operations",
            );
            return json!({});
        };
        let names = self.operation_names(paths);
        let mut lowered = Map::new();
        for (path, item) in paths {
            let at = at.child(path);
            let Some((item, at)) = self.resolved(item, &at, Site { path, method: None }) else {
                continue;
            };
            let Some(keywords) = item.as_object() else {
                self.unknown(&at, "a path that is not an object", Site { path, method: None });
                continue;
            };
            for (keyword, value) in keywords {
                let at = at.child(keyword);
                let site = Site {
                    path,
                    method: Some(keyword),
                };
                match keyword.as_str() {
                    method if METHODS.contains(&method) => {
                        let shared = item.get("parameters");
                        let name = names
                            .get(&(path.clone(), method.to_owned()))
                            .cloned()
                            .unwrap_or_default();
                        if let Some(operation) = self.operation(site, name, value, shared, &at) {
                            lowered.insert(format!("/{}", lowered.len()), json!({"post": operation}));
                        }
                    }
                    "parameters" | "summary" | "description" => {}
                    "servers" => self.note(&at, "the servers of a path are not used; the client has one endpoint"),
                    extension if extension.starts_with("x-") => {}
                    _ => self.unknown(&at, keyword, Site { path, method: None }),
                }
            }
        }
        if self.api.operations.is_empty() && self.faults.is_empty() {
            self.fault(
                &at,
                "the document has no operations",
                "give a document that describes some",
            );
        }
        for (probe, schema) in std::mem::take(&mut self.probes).into_values() {
            let content = json!({"application/json": {"schema": schema}});
            let operation = json!({
                "operationId": probe,
                "responses": {"200": {"description": "", "content": content}},
            });
            lowered.insert(format!("/{probe}"), json!({"get": operation}));
        }
        Value::Object(lowered)
    }

    fn operation(
        &mut self,
        site: Site<'_>,
        name: String,
        operation: &'a Value,
        shared: Option<&'a Value>,
        at: &Pointer,
    ) -> Option<Value> {
        let Some(keywords) = operation.as_object() else {
            self.unknown(at, "an operation that is not an object", site);
            return None;
        };
        for keyword in keywords.keys() {
            match keyword.as_str() {
                "tags" | "summary" | "description" | "externalDocs" | "operationId" | "requestBody" | "responses"
                | "deprecated" | "security" | "parameters" => {}
                "callbacks" | "servers" => self.note(&at.child(keyword), format!("`{keyword}` is not used")),
                extension if extension.starts_with("x-") => {}
                _ => self.unknown(&at.child(keyword), keyword, site),
            }
        }
        let type_name = names::typify(&name);
        let (parameters, lowered_parameters) = self.parameters(site, &type_name, operation, shared, at);
        let mut lowered = json!({
            "operationId": name,
            "parameters": lowered_parameters,
            "responses": {"204": {"description": ""}},
        });
        let body_content = operation.get("requestBody").and_then(|body| {
            let (body, at) = self.resolved(body, &at.child("requestBody"), site)?;
            if body.get("required") != Some(&Value::Bool(true)) {
                self.note(&at, "the body may be left out, and the client always sends one");
            }
            let (content, schema) = self.body(body, &at, &type_name, site)?;
            let media_type = match &content {
                Content::Bytes(_) => "application/octet-stream",
                Content::Json { .. } | Content::Form(_) => "application/json",
            };
            lowered["requestBody"] = json!({"required": true, "content": {media_type: {"schema": schema}}});
            Some(content)
        });
        let (successes, failures) = self.answers(site, &type_name, operation, at)?;
        let doc = ["summary", "description"]
            .iter()
            .filter_map(|keyword| operation.get(keyword)?.as_str())
            .map(names::prose)
            .collect::<Vec<_>>()
            .join("\n\n");
        for enumeration in [names::failures(&name), names::successes(&name)] {
            if self.api.schemas.values().any(|schema| schema.name == enumeration) {
                let message = format!("a schema has the name of the operation's enum, `{enumeration}`");
                let help = "give the operation another `operationId` in openapi/overlay.yaml";
                self.fault(at, message, help);
            }
        }
        let contents = successes
            .iter()
            .chain(&failures)
            .filter_map(|answer| answer.content.as_ref())
            .chain(&body_content);
        let media_types = contents
            .filter_map(Content::media_type)
            .map(str::to_owned)
            .collect::<Vec<_>>();
        for media_type in media_types {
            if !media_type.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ') {
                self.unknown(at, &format!("the media type {media_type:?}"), site);
            }
        }
        let (security, is_open) = self.security(operation, at);
        self.api.operations.push(Operation {
            doc: if doc.is_empty() { name.clone() } else { doc },
            name,
            method: site.method.unwrap_or_default().to_uppercase(),
            path: site.path.into(),
            deprecated: operation.get("deprecated") == Some(&Value::Bool(true)),
            pointer: at.clone(),
            security,
            is_open,
            parameters,
            body: body_content,
            successes,
            failures,
        });
        Some(lowered)
    }

    /// The name of every operation's method, by path and method.
    ///
    /// It is the one that the document derives for it, unless several have that: then the one with the shortest path
    /// keeps it, and the others add what their paths have besides: `list_tokens` and `list_tokens_of_workspaces`. So a name
    /// stays when the document grows by nested resources; where that is not enough, the overlay gives an operation another
    /// `operationId`.
    fn operation_names(&mut self, paths: &'a Map<String, Value>) -> BTreeMap<(String, String), String> {
        let operations = paths.iter().flat_map(|(path, item)| {
            let target = item
                .get("$ref")
                .and_then(Value::as_str)
                .and_then(Pointer::from_reference);
            let item = target.and_then(|target| target.resolve(self.document)).unwrap_or(item);
            let methods = item.as_object().into_iter().flatten();
            methods.map(move |(method, operation)| (path.len(), path, method, operation))
        });
        let mut operations = operations
            .filter(|(_, _, method, _)| METHODS.contains(&method.as_str()))
            .collect::<Vec<_>>();
        operations.sort_by_key(|(length, path, method, _)| (*length, *path, *method));
        let mut names = BTreeMap::<(String, String), String>::new();
        for (_, path, method, operation) in operations {
            let derived = match operation.get("operationId").and_then(Value::as_str) {
                Some(id) if !id.trim().is_empty() => names::operation(id, path, method),
                _ => names::of_path(path, method),
            };
            let mut name = derived.clone();
            // Names that differ only by underscores would be one type.
            let is_same = |other: &str, name: &str| names::typify(other) == names::typify(name);
            if let Some(((shorter, _), _)) = names.iter().find(|(_, other)| is_same(other, &name)) {
                let besides = names::besides(path, shorter);
                name = if besides.is_empty() {
                    format!("{derived}_{method}")
                } else {
                    format!("{derived}_of_{besides}")
                };
                let at = Pointer::root().child("paths").child(path).child(method);
                self.note(
                    &at,
                    format!("`{derived}` is the name of an operation with a shorter path, so this is `{name}`"),
                );
            }
            while name.starts_with("probe_") || names.values().any(|other| is_same(other, &name)) {
                name = format!("call_{name}");
            }
            names.insert((path.clone(), method.clone()), name);
        }
        names
    }

    /// The parameters of the operation and of its path, and what progenitor is given of them.
    fn parameters(
        &mut self,
        site: Site<'_>,
        type_name: &str,
        operation: &'a Value,
        shared: Option<&'a Value>,
        at: &Pointer,
    ) -> (Vec<Parameter>, Vec<Value>) {
        let own = operation.get("parameters").and_then(Value::as_array);
        let of_path = shared.and_then(Value::as_array);
        let places = own
            .into_iter()
            .flatten()
            .enumerate()
            .map(|(index, parameter)| (parameter, at.child("parameters").child(index)))
            .chain(
                of_path
                    .into_iter()
                    .flatten()
                    .map(|parameter| (parameter, at.child("parameters"))),
            )
            .collect::<Vec<_>>();
        let mut parameters = Vec::<Parameter>::new();
        let mut seen = Vec::new();
        let mut lowered = Vec::new();
        for (parameter, at) in places {
            let Some((parameter, at)) = self.resolved(parameter, &at, site) else {
                continue;
            };
            let text = |keyword: &str| parameter.get(keyword).and_then(Value::as_str);
            let (Some(name), Some(place)) = (text("name"), text("in")) else {
                self.unknown(&at, "a parameter without `name` or `in`", site);
                continue;
            };
            let flag = |keyword: &str| parameter.get(keyword).and_then(Value::as_bool);
            let place = match (place, text("style")) {
                ("path", None | Some("simple")) if flag("allowReserved") == Some(true) => Place::PathTail,
                ("path", None | Some("simple")) => Place::Path,
                ("query", None | Some("form")) if flag("explode") == Some(false) => Place::QueryJoined,
                ("query", None | Some("form")) => Place::Query,
                ("query", Some("deepObject")) => Place::QueryDeep,
                ("header", None | Some("simple")) => Place::Header,
                ("cookie", None | Some("form")) => Place::Cookie,
                (place, style) => {
                    let style = style.unwrap_or("default");
                    self.unknown(&at, &format!("a parameter in `{place}` of the style `{style}`"), site);
                    continue;
                }
            };
            // An operation's own parameter overrides its path's of that name and place.
            let place_and_name = (text("in"), name);
            if seen.contains(&place_and_name) {
                continue;
            }
            seen.push(place_and_name);
            let is_ours = ["accept", "authorization", "content-type"].contains(&name.to_ascii_lowercase().as_str());
            if place == Place::Header && is_ours {
                self.note(&at, format!("the client sets the header `{name}` itself"));
                continue;
            }
            let Some(schema) = parameter.get("schema") else {
                self.unknown(&at, "a parameter without a schema", site);
                continue;
            };
            if self.is_struct(schema) {
                self.unknown(&at, "a parameter that is an object with named properties", site);
                continue;
            }
            let others = parameters.iter().map(|other| other.field.as_str()).collect::<Vec<_>>();
            let field = names::parameter(name, &others);
            let required = matches!(place, Place::Path | Place::PathTail) || flag("required") == Some(true);
            let made = self.inline(schema, &at.child("schema"), &names::inline(type_name, &field));
            lowered.push(json!({"name": field, "in": "query", "required": required, "schema": made}));
            let fallback = doc(schema, &format!("The parameter `{name}`."));
            parameters.push(Parameter {
                name: name.into(),
                doc: text("description").map_or(fallback, names::prose),
                field,
                place,
                required,
            });
        }
        for missing in names::path_parameters(site.path) {
            let is_named = |parameter: &Parameter| {
                parameter.name == missing && matches!(parameter.place, Place::Path | Place::PathTail)
            };
            if !parameters.iter().any(is_named) {
                self.fault(
                    at,
                    format!("the path has `{{{missing}}}`, and no parameter says what that is"),
                    format!("describe it in openapi/overlay.yaml, or {}", leave_out(site)),
                );
            }
        }
        (parameters, lowered)
    }

    /// Whether a schema is, or refers to, an object with named properties.
    fn is_struct(&self, schema: &Value) -> bool {
        let schema = without_null(schema).0.value;
        let target = schema
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(Pointer::from_reference);
        let component = target.and_then(|target| target.resolve(self.document));
        let schema = component.unwrap_or(&schema);
        schema.get("properties").is_some() || schema.get("allOf").is_some()
    }

    /// The body of a request, and the schema that progenitor is given for it.
    fn body(&mut self, body: &Value, at: &Pointer, type_name: &str, site: Site<'_>) -> Option<(Content, Value)> {
        let content = body.get("content").and_then(Value::as_object)?;
        let at = at.child("content");
        let name = names::inline(type_name, "body");
        let find = |wanted: &dyn Fn(&str) -> bool| content.iter().find(|(media_type, _)| wanted(media_type));
        if let Some((media_type, value)) = find(&is_json) {
            let empty = json!({});
            let schema = value.get("schema").unwrap_or(&empty);
            let made = self.inline(schema, &at.child(media_type).child("schema"), &name);
            let content = Content::Json {
                media_type: media_type.clone(),
                schema: component_of(&made),
                probe: String::new(),
            };
            return Some((content, made));
        }
        if let Some((media_type, value)) = find(&|name| name.starts_with("application/x-www-form-urlencoded")) {
            let empty = json!({});
            let schema = value.get("schema").unwrap_or(&empty);
            let made = self.inline(schema, &at.child(media_type).child("schema"), &name);
            return Some((Content::Form(component_of(&made)), made));
        }
        if let Some((media_type, _)) = find(&|name| name.starts_with("multipart/")) {
            self.unknown(&at.child(media_type), media_type, site);
            return None;
        }
        let (media_type, _) = content.iter().next()?;
        // A range of media types is no type that a body can be sent as.
        let media_type = if media_type.contains('*') {
            "application/octet-stream"
        } else {
            media_type
        };
        let bytes = json!({"type": "string", "format": "binary"});
        Some((Content::Bytes(media_type.to_owned()), bytes))
    }

    /// The successes and failures of an operation, each in the order of their statuses.
    fn answers(
        &mut self,
        site: Site<'_>,
        type_name: &str,
        operation: &'a Value,
        at: &Pointer,
    ) -> Option<(Vec<Answer>, Vec<Answer>)> {
        let at = at.child("responses");
        let Some(responses) = operation.get("responses").and_then(Value::as_object) else {
            self.fault(
                &at,
                "the operation has no `responses`",
                format!("take the document from the vendor again, or {}", leave_out(site)),
            );
            return None;
        };
        let mut successes = Vec::new();
        let mut failures = Vec::new();
        for (key, response) in responses.iter().filter(|(key, _)| !key.starts_with("x-")) {
            let at = at.child(key);
            let Some(status) = status(key) else {
                self.unknown(&at, &format!("the status `{key}`"), site);
                continue;
            };
            if successes
                .iter()
                .chain(&failures)
                .any(|answer: &Answer| answer.status == status)
            {
                self.unknown(&at, &format!("`{key}` a second time"), site);
                continue;
            }
            let Some((response, at)) = self.resolved(response, &at, site) else {
                continue;
            };
            let (line, variant) = names::status(status);
            let is_success = matches!(status, Status::Code(200..=299) | Status::Class(2));
            let place = if is_success { "response" } else { &variant };
            let content = self.answer_content(response, &at, &names::inline(type_name, place));
            let description = response.get("description").and_then(Value::as_str);
            let answer = Answer {
                status,
                line,
                variant,
                description: names::prose(description.unwrap_or_default()),
                content,
            };
            if is_success {
                successes.push(answer);
            } else {
                failures.push(answer);
            }
        }
        for answers in [&mut successes, &mut failures] {
            answers.sort_by_key(|answer| answer.status);
        }
        Some((successes, failures))
    }

    fn answer_content(&mut self, response: &Value, at: &Pointer, name: &str) -> Option<Content> {
        let content = response.get("content").and_then(Value::as_object)?;
        let at = at.child("content");
        let Some((media_type, value)) = content.iter().find(|(media_type, _)| is_json(media_type)) else {
            return content
                .keys()
                .next()
                .map(|media_type| Content::Bytes(media_type.clone()));
        };
        let empty = json!({});
        let schema = value.get("schema").unwrap_or(&empty);
        let made = self.inline(schema, &at.child(media_type).child("schema"), name);
        Some(Content::Json {
            media_type: media_type.clone(),
            schema: component_of(&made),
            probe: self.probe(made),
        })
    }

    /// The probe for a lowered schema, the same for the same schema.
    pub(super) fn probe(&mut self, schema: Value) -> String {
        let number = self.probes.len();
        let (name, _) = self
            .probes
            .entry(schema.to_string())
            .or_insert_with(|| (format!("probe_{number}"), schema));
        name.clone()
    }

    /// What a `$ref` to a reusable part leads to, or the value itself, and where that stands.
    fn resolved(&mut self, value: &'a Value, at: &Pointer, site: Site<'_>) -> Option<(&'a Value, Pointer)> {
        let Some(reference) = value.get("$ref") else {
            return Some((value, at.clone()));
        };
        let target = reference.as_str().and_then(Pointer::from_reference);
        let found = target.and_then(|target| Some((target.resolve(self.document)?, target)));
        // One that leads to another is unheard of, and could lead in a circle.
        if let Some((value, target)) = found.filter(|(value, _)| value.get("$ref").is_none()) {
            return Some((value, target));
        }
        self.fault(
            &at.child("$ref"),
            format!("`$ref` to a part that does not exist: {reference}"),
            format!(
                "take the document from the vendor again, add the part in openapi/overlay.yaml, or {}",
                leave_out(site)
            ),
        );
        None
    }

    /// The schemes of which the operation uses one, its own or else the document's, and whether it can do without.
    fn security(&mut self, operation: &Value, at: &Pointer) -> (Vec<Scheme>, bool) {
        let (requirements, at) = match operation.get("security") {
            Some(own) => (own, at.child("security")),
            None => (&self.document["security"], Pointer::root().child("security")),
        };
        if !requirements.is_array() && !requirements.is_null() {
            let help = "correct it in openapi/overlay.yaml: a list, each of whose items names a scheme";
            self.fault(&at, "`security` is not a list", help);
        }
        let mut schemes = Vec::new();
        let mut is_open = false;
        for (index, requirement) in requirements.as_array().into_iter().flatten().enumerate() {
            let at = at.child(index);
            let names = requirement
                .as_object()
                .into_iter()
                .flat_map(|names| names.keys())
                .collect::<Vec<_>>();
            match names.as_slice() {
                [] => is_open = true,
                [name] => schemes.extend(self.scheme(name, &at)),
                _ => self.note(&at, "several schemes at once are not known to the SDK's credentials"),
            }
        }
        (schemes, is_open)
    }

    fn scheme(&mut self, name: &str, at: &Pointer) -> Option<Scheme> {
        let defined = Pointer::root().child("components").child("securitySchemes").child(name);
        let Some(definition) = defined.resolve(self.document) else {
            self.fault(
                at,
                format!("the security scheme `{name}` is not defined"),
                "define it in `#/components/securitySchemes`, in openapi/overlay.yaml",
            );
            return None;
        };
        let scheme = scheme(definition);
        if scheme.is_none() {
            self.note(
                &defined,
                format!("the SDK's credentials do not know the scheme `{name}`; teach sdk/src/credentials.rs"),
            );
        }
        scheme
    }

    fn unknown(&mut self, at: &Pointer, what: &str, site: Site<'_>) {
        self.fault(
            at,
            format!("the generator does not know this feature: {what}"),
            format!("teach it (xtask/src/lower), or {}", leave_out(site)),
        );
    }
}

/// The statuses that a key of `responses` stands for.
fn status(key: &str) -> Option<Status> {
    if key == "default" {
        return Some(Status::Default);
    }
    if let Some(class) = key.to_ascii_uppercase().strip_suffix("XX") {
        return class
            .parse()
            .ok()
            .filter(|class| (1..=5).contains(class))
            .map(Status::Class);
    }
    let code = key
        .parse()
        .ok()
        .filter(|code| key.len() == 3 && (100..=599).contains(code));
    code.map(Status::Code)
}

/// Which of the SDK's credentials a security scheme is.
fn scheme(defined: &Value) -> Option<Scheme> {
    let is = |keyword: &str, value: &str| {
        defined[keyword]
            .as_str()
            .is_some_and(|text| text.eq_ignore_ascii_case(value))
    };
    if is("type", "http") && is("scheme", "bearer") || is("type", "oauth2") || is("type", "openIdConnect") {
        Some(Scheme::Bearer)
    } else if is("type", "apiKey") && is("in", "header") && is("name", "Authorization") {
        Some(Scheme::Basic)
    } else {
        None
    }
}

/// Whether a media type is JSON, or one that is written in it (`application/problem+json`).
fn is_json(media_type: &str) -> bool {
    let essence = media_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    essence == "application/json" || essence.ends_with("+json")
}

/// The overlay's action that leaves out an operation, or a whole path, ready to be pasted.
fn leave_out(Site { path, method }: Site<'_>) -> String {
    let method = method.map_or(String::new(), |method| format!(".{method}"));
    format!(
        "leave it out in openapi/overlay.yaml:\n- target: $.paths['{path}']{method}\n  description: …\n  remove: true"
    )
}
