//! The rules for operations.

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::{Lowering, schemas::component_of};
use crate::{
    api::{Failure, Operation, Scheme, Success},
    names,
    pointer::Pointer,
};

const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

impl Lowering<'_> {
    /// Every operation; what comes back are the `paths` for progenitor, with successes alone.
    pub(super) fn operations(&mut self) -> Value {
        let at = Pointer::root().child("paths");
        let mut lowered = Map::new();
        let Some(paths) = at.resolve(self.document).and_then(Value::as_object) else {
            self.fault(
                &at,
                "the document has no `paths`",
                "give a document that describes operations",
            );
            return Value::Object(lowered);
        };
        for (path, item) in paths {
            let at = at.child(path);
            let mut methods = Map::new();
            for (keyword, value) in item.as_object().into_iter().flatten() {
                let at = at.child(keyword);
                if METHODS.contains(&keyword.as_str()) {
                    if let Some(operation) = self.operation(path, keyword, value, &at) {
                        methods.insert(keyword.clone(), operation);
                    }
                } else if !["summary", "description"].contains(&keyword.as_str()) && !keyword.starts_with("x-") {
                    self.unknown(&at, keyword, path, None);
                }
            }
            lowered.insert(path.clone(), Value::Object(methods));
        }
        Value::Object(lowered)
    }

    fn operation(&mut self, path: &str, method: &str, operation: &Value, at: &Pointer) -> Option<Value> {
        for keyword in operation.as_object()?.keys() {
            let known = [
                "tags",
                "summary",
                "description",
                "externalDocs",
                "operationId",
                "requestBody",
                "responses",
                "deprecated",
                "security",
            ];
            if !known.contains(&keyword.as_str()) && !keyword.starts_with("x-") {
                self.unknown(&at.child(keyword), keyword, path, Some(method));
            }
        }
        if path.contains('{') {
            self.unknown(at, "a path with parameters", path, Some(method));
        }
        let name = self.operation_name(path, method, operation, at)?;
        let body = operation.get("requestBody").map(|body| {
            let at = at.child("requestBody");
            if body.get("required") != Some(&Value::Bool(true)) {
                self.unknown(&at, "a body that is not required", path, Some(method));
            }
            self.json_content(body, &at, &names::inline(&names::typify(&name), "body"), path, method)
        });
        let (success, failures) = self.responses(&name, path, method, operation, at)?;

        let mut lowered = json!({
            "operationId": name,
            "responses": {success.status.to_string(): {
                "description": "",
                "content": {"application/json": {"schema": component(&success.schema)}},
            }},
        });
        if let Some(body) = &body {
            lowered["requestBody"] = json!({
                "required": true,
                "content": {"application/json": {"schema": component(body.as_deref()?)}},
            });
        }
        let doc = ["summary", "description"]
            .iter()
            .filter_map(|keyword| operation.get(keyword)?.as_str())
            .map(str::trim)
            .collect::<Vec<_>>()
            .join("\n\n");
        let security = self.security(operation, at);
        self.api.operations.push(Operation {
            doc: if doc.is_empty() { name.clone() } else { doc },
            name,
            method: method.to_uppercase(),
            path: path.into(),
            deprecated: operation.get("deprecated") == Some(&Value::Bool(true)),
            pointer: at.clone(),
            security,
            body: body.flatten(),
            success,
            failures,
        });
        Some(lowered)
    }

    fn operation_name(&mut self, path: &str, method: &str, operation: &Value, at: &Pointer) -> Option<String> {
        let Some(id) = operation.get("operationId").and_then(Value::as_str) else {
            self.fault(
                at,
                "the operation has no `operationId`",
                "give it one in openapi/overlay.yaml: it names the method",
            );
            return None;
        };
        let name = names::operation(id, path, method);
        if let Some(other) = self.api.operations.iter().find(|other| other.name == name) {
            let other = other.pointer.clone();
            self.fault(
                &at.child("operationId"),
                format!("the operation would be called `{name}`, as is the one at {other}"),
                "give one of the two another `operationId` in openapi/overlay.yaml",
            );
            return None;
        }
        Some(name)
    }

    /// The one success and the failures of an operation.
    fn responses(
        &mut self,
        name: &str,
        path: &str,
        method: &str,
        operation: &Value,
        at: &Pointer,
    ) -> Option<(Success, Vec<Failure>)> {
        let at = at.child("responses");
        let Some(responses) = operation.get("responses").and_then(Value::as_object) else {
            self.fault(
                &at,
                "the operation has no `responses`",
                format!(
                    "take the document from the vendor again, or {}",
                    leave_out(path, Some(method))
                ),
            );
            return None;
        };
        let mut successes = Vec::new();
        let mut failures = Vec::new();
        for (key, response) in responses {
            let at = at.child(key);
            let Some(status) = key.parse().ok().and_then(|status| StatusCode::from_u16(status).ok()) else {
                self.unknown(&at, &format!("the status `{key}`"), path, Some(method));
                continue;
            };
            let (reason, variant) = names::status(status);
            let place = if status.is_success() {
                "response".into()
            } else {
                format!("{variant}Body")
            };
            let schema = self.json_content(
                response,
                &at,
                &names::inline(&names::typify(name), &place),
                path,
                method,
            );
            let Some(schema) = schema else { continue };
            let description = response
                .get("description")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .trim()
                .to_owned();
            let status = status.as_u16();
            if (200..300).contains(&status) {
                successes.push(Success {
                    status,
                    description,
                    schema,
                });
            } else {
                failures.push(Failure {
                    status,
                    reason,
                    variant,
                    description,
                    schema,
                });
            }
        }
        failures.sort_by_key(|failure| failure.status);
        if successes.len() > 1 {
            self.unknown(&at, "more than one success", path, Some(method));
        }
        let Some(success) = successes.pop() else {
            self.unknown(
                &at,
                "an operation without a success that has a body",
                path,
                Some(method),
            );
            return None;
        };
        Some((success, failures))
    }

    /// The component that a JSON body is of; one is made where its schema is not a component.
    fn json_content(&mut self, holder: &Value, at: &Pointer, name: &str, path: &str, method: &str) -> Option<String> {
        if holder.get("$ref").is_some() {
            self.unknown(at, "a `$ref` here", path, Some(method));
            return None;
        }
        let content = holder.get("content").and_then(Value::as_object);
        let media_types = content
            .into_iter()
            .flat_map(|content| content.keys())
            .map(String::as_str)
            .collect::<Vec<_>>();
        let at = at.child("content");
        let schema = match (content, media_types.as_slice()) {
            (Some(content), ["application/json"]) => content["application/json"].get("schema"),
            (_, []) => None,
            (_, others) => {
                let others = others.join(", ");
                self.unknown(&at, &format!("the content {others}"), path, Some(method));
                return None;
            }
        };
        let Some(schema) = schema else {
            self.unknown(&at, "a body without a schema", path, Some(method));
            return None;
        };
        let at = at.child("application/json").child("schema");
        let lowered = self.inline(schema, &at, name);
        if let Some(key) = component_of(&lowered) {
            return Some(key);
        }
        self.component(name, schema, &at);
        Some(names::typify(name))
    }

    /// The schemes of which the operation needs one, its own or else the document's.
    fn security(&mut self, operation: &Value, at: &Pointer) -> Vec<Scheme> {
        let (requirements, at) = match operation.get("security") {
            Some(own) => (own, at.child("security")),
            None => (&self.document["security"], Pointer::root().child("security")),
        };
        let mut schemes = Vec::new();
        for (index, requirement) in requirements.as_array().into_iter().flatten().enumerate() {
            let at = at.child(index);
            let names = requirement
                .as_object()
                .into_iter()
                .flat_map(|names| names.keys())
                .collect::<Vec<_>>();
            let [name] = names.as_slice() else {
                self.fault(
                    &at,
                    "a security requirement of no scheme, or of several at once",
                    "leave one scheme in openapi/overlay.yaml",
                );
                continue;
            };
            let defined = Pointer::root().child("components").child("securitySchemes").child(name);
            match defined.resolve(self.document).map(scheme) {
                Some(Some(scheme)) => schemes.push(scheme),
                Some(None) => self.fault(
                    &defined,
                    format!("the credentials of the SDK do not know the security scheme `{name}`"),
                    "known are `http` with `bearer`, and an API key `Basic` in the header `Authorization`; teach \
                     sdk/src/credentials.rs another, or leave the scheme out in openapi/overlay.yaml",
                ),
                None => self.fault(
                    &at,
                    format!("the security scheme `{name}` is not defined"),
                    "define it in `#/components/securitySchemes`, in openapi/overlay.yaml",
                ),
            }
        }
        schemes
    }

    fn unknown(&mut self, at: &Pointer, what: &str, path: &str, method: Option<&str>) {
        self.fault(
            at,
            format!("the generator does not know this feature: {what}"),
            format!("teach it (xtask/src/lower), or {}", leave_out(path, method)),
        );
    }
}

/// Which of the SDK's credentials a security scheme is.
fn scheme(defined: &Value) -> Option<Scheme> {
    let is = |keyword: &str, value: &str| {
        defined[keyword]
            .as_str()
            .is_some_and(|text| text.eq_ignore_ascii_case(value))
    };
    if is("type", "http") && is("scheme", "bearer") {
        Some(Scheme::Bearer)
    } else if is("type", "apiKey") && is("in", "header") && is("name", "Authorization") {
        Some(Scheme::Basic)
    } else {
        None
    }
}

fn component(key: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{key}")})
}

/// The overlay's action that leaves out an operation, or a whole path, ready to be pasted.
fn leave_out(path: &str, method: Option<&str>) -> String {
    let method = method.map_or(String::new(), |method| format!(".{method}"));
    format!(
        "leave it out in openapi/overlay.yaml:\n- target: $.paths['{path}']{method}\n  description: …\n  remove: true"
    )
}
