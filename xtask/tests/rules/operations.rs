//! The rules about the API and its operations.

use serde_json::{Value, json};
use xtask::input::rule::Rule;

use crate::{
    Expected, Row,
    description::{with_component, with_form},
    reports_on,
};

pub(crate) fn rows() -> Vec<Row> {
    let notes = [api(), paths(), operations(), parameters(), bodies()]
        .into_iter()
        .flatten();
    let notes = notes.map(|(rule, place, value, at)| edited(rule, place, value, Expected::Note(at.into())));
    let errors = errors().into_iter();
    let errors = errors.map(|(rule, place, value, at)| edited(rule, place, value, Expected::Error(at.into())));
    let forms = forms().into_iter().map(|(rule, content, at)| Row {
        rule,
        reports: reports_on(&with_form(&content), false),
        expected: Expected::Note(format!("#/paths/~1x/post/requestBody/content/multipart~1form-data{at}")),
    });
    notes.chain(errors).chain(forms).collect()
}

/// A rule, the place of a value in the description, the value, and where the rule is reported.
type Edit = (Rule, &'static str, Value, &'static str);

/// A row for a description in which that value stands at `place`.
fn edited(rule: Rule, place: &str, value: Value, expected: Expected) -> Row {
    let object = json!({"type": "object", "properties": {"a": {"type": "string"}}});
    let mut description = with_component(&object);
    let (parent, key) = place.rsplit_once('/').unwrap();
    let key = key.replace("~1", "/");
    match description.pointer_mut(parent) {
        Some(Value::Object(members)) => {
            members.insert(key, value);
        }
        other => panic!("{parent} is no object: {other:?}"),
    }
    Row {
        rule,
        reports: reports_on(&description, matches!(expected, Expected::Error(_))),
        expected,
    }
}

fn operation(keywords: &Value) -> Value {
    let mut operation = json!({"operationId": "other", "responses": {"204": {"description": ""}}});
    for (keyword, value) in keywords.as_object().unwrap() {
        operation[keyword] = value.clone();
    }
    json!({"get": operation})
}

/// The API, its types, its security.
fn api() -> Vec<Edit> {
    let unusable = json!({"type": "array", "contains": {"format": "password"}});
    vec![
        (Rule::IncompleteInfo, "/info", json!({"title": "t"}), "#/info"),
        (Rule::NoServer, "/servers", json!([{"url": "/v1"}]), "#/servers"),
        (Rule::NoServer, "/servers", json!([]), "#/servers"),
        (
            Rule::SeveralServers,
            "/servers",
            json!([{"url": "https://a.b"}, {"url": "https://c.d"}]),
            "#/servers",
        ),
        (
            Rule::UnusualServer,
            "/servers",
            json!([{"url": "http://a.b"}]),
            "#/servers/0/url",
        ),
        (
            Rule::OwnServer,
            "/paths/~1x/servers",
            json!([{"url": "https://a.b"}]),
            "#/paths/~1x/servers",
        ),
        (
            Rule::OwnServer,
            "/paths/~1x/post/servers",
            json!([{"url": "https://a.b"}]),
            "#/paths/~1x/post/servers",
        ),
        (
            Rule::RenamedType,
            "/components/schemas/t",
            json!({"type": "object", "properties": {"a": {}}}),
            "#/components/schemas/t",
        ),
        (
            Rule::UnusedComponent,
            "/components/schemas/Unused",
            unusable,
            "#/components/schemas/Unused",
        ),
        (
            Rule::PossibleSecret,
            "/components/schemas/T/properties/apiToken",
            json!({"type": "string"}),
            "#/components/schemas/T/properties/apiToken",
        ),
        (
            Rule::CombinedSecurity,
            "/paths/~1x/post/security",
            json!([{"Bearer": [], "Basic": []}]),
            "#/paths/~1x/post/security/0",
        ),
        (
            Rule::MalformedSecurity,
            "/paths/~1x/post/security",
            json!({}),
            "#/paths/~1x/post/security",
        ),
        (
            Rule::MalformedSecurity,
            "/paths/~1x/post/security",
            json!([{"Bearer": []}, "Basic"]),
            "#/paths/~1x/post/security/1",
        ),
        (
            Rule::UndefinedSecurity,
            "/paths/~1x/post/security",
            json!([{"Basic": []}, {"None": []}]),
            "#/paths/~1x/post/security/1",
        ),
        (
            Rule::UnsupportedSecurity,
            "/components/securitySchemes/Basic",
            json!({"type": "http", "scheme": "digest"}),
            "#/components/securitySchemes/Basic",
        ),
    ]
}

/// What the keys of `paths` say.
fn paths() -> Vec<Edit> {
    vec![
        (Rule::UnusualPath, "/paths/y", operation(&json!({})), "#/paths/y"),
        (
            Rule::UnusualPath,
            "/paths/~1y~1{a+}",
            operation(
                &json!({"parameters": [{"name": "a", "in": "path", "required": true, "schema": {"type": "string"}}]}),
            ),
            "#/paths/~1y~1{a+}",
        ),
        (
            Rule::UnusualPath,
            "/paths/~1y?a=b",
            operation(&json!({"parameters": [{"name": "a", "in": "query", "schema": {}}]})),
            "#/paths/~1y?a=b/get/parameters/0",
        ),
        (
            Rule::OmittedOperation,
            "/paths/~1y#a",
            operation(&json!({})),
            "#/paths/~1y#a/get",
        ),
    ]
}

/// Operations and their responses.
fn operations() -> Vec<Edit> {
    let response = || json!({"description": ""});
    vec![
        (
            Rule::RenamedOperation,
            "/paths/~1y",
            operation(&json!({"operationId": "do_it"})),
            "#/paths/~1y/get",
        ),
        (
            Rule::UnknownFeature,
            "/paths/~1x/post/frobnicate",
            json!([]),
            "#/paths/~1x/post/frobnicate",
        ),
        (
            Rule::UnknownFeature,
            "/paths/~1x/post/parameters",
            json!([{"name": "a", "in": "query", "style": "matrix"}]),
            "#/paths/~1x/post/parameters/0",
        ),
        (
            Rule::UnusedKeyword,
            "/paths/~1y",
            json!({"$ref": "#/paths/~1x", "get": {}}),
            "#/paths/~1y/get",
        ),
        (
            Rule::NoResponses,
            "/paths/~1x/post/responses",
            json!(null),
            "#/paths/~1x/post/responses",
        ),
        (
            Rule::NoResponses,
            "/paths/~1x/post/responses",
            json!({}),
            "#/paths/~1x/post/responses",
        ),
        (
            Rule::DanglingReference,
            "/paths/~1x/post/responses/200",
            json!({"$ref": "#/components/responses/Ok"}),
            "#/paths/~1x/post/responses/200/$ref",
        ),
        (
            Rule::OmittedOperation,
            "/paths/~1y",
            json!({"get": null}),
            "#/paths/~1y/get",
        ),
        (Rule::Webhooks, "/webhooks", json!({}), "#/webhooks"),
        (
            Rule::Callbacks,
            "/paths/~1x/post/callbacks",
            json!({"onDone": {}}),
            "#/paths/~1x/post/callbacks",
        ),
        (
            Rule::ResponseHeaders,
            "/paths/~1x/post/responses/200/headers",
            json!({"X-Left": {}}),
            "#/paths/~1x/post/responses/200/headers",
        ),
        (
            Rule::DanglingReference,
            "/paths/~1x/post/responses/200/headers",
            json!({"X-Left": {"$ref": "#/components/headers/Left"}}),
            "#/paths/~1x/post/responses/200/headers/X-Left/$ref",
        ),
        (
            Rule::ResponseLinks,
            "/paths/~1x/post/responses/200/links",
            json!({"next": {}}),
            "#/paths/~1x/post/responses/200/links",
        ),
        (
            Rule::InvalidStatus,
            "/paths/~1x/post/responses/2000",
            response(),
            "#/paths/~1x/post/responses/2000",
        ),
        (
            Rule::DuplicateStatus,
            "/paths/~1x/post/responses",
            json!({"4xx": response(), "4XX": response()}),
            "#/paths/~1x/post/responses/4xx",
        ),
    ]
}

fn parameters() -> Vec<Edit> {
    let only = |parameter: Value| json!([parameter]);
    let (place, at) = ("/paths/~1x/post/parameters", "#/paths/~1x/post/parameters/0");
    vec![
        (
            Rule::MalformedKeyword,
            place,
            json!({"name": "a", "in": "query"}),
            "#/paths/~1x/post/parameters",
        ),
        (
            Rule::MalformedKeyword,
            "/paths/~1x/parameters",
            json!(null),
            "#/paths/~1x/parameters",
        ),
        (Rule::IncompleteParameter, place, only(json!({"name": "a"})), at),
        (
            Rule::DuplicateParameter,
            place,
            json!([{"name": "a", "in": "query", "schema": {}}, {"name": "a", "in": "query", "schema": {"type": "string"}}]),
            "#/paths/~1x/post/parameters/1",
        ),
        (
            Rule::UndescribedPathParameter,
            "/paths/~1y~1{id}",
            operation(&json!({})),
            "#/paths/~1y~1{id}/get",
        ),
        (
            Rule::UnusedPathParameter,
            place,
            only(json!({"name": "a", "in": "path", "schema": {}})),
            at,
        ),
        (
            Rule::ParameterStyle,
            "/paths/~1x/post/parameters",
            json!([{"name": "a", "in": "query", "allowReserved": true, "schema": {"type": "string"}}]),
            "#/paths/~1x/post/parameters/0/allowReserved",
        ),
        (
            Rule::ReservedHeader,
            place,
            only(json!({"name": "Accept", "in": "header", "schema": {}})),
            at,
        ),
        (
            Rule::InvalidHeaderName,
            place,
            only(json!({"name": "a b", "in": "header", "schema": {}})),
            at,
        ),
        (
            Rule::ParameterWithoutSchema,
            place,
            only(json!({"name": "a", "in": "query"})),
            at,
        ),
    ]
}

fn bodies() -> Vec<Edit> {
    let text = || json!({"schema": {"type": "string"}});
    let (place, at) = (
        "/paths/~1x/post/requestBody/content",
        "#/paths/~1x/post/requestBody/content",
    );
    let several = || json!({"application/json": text(), "text/plain": text()});
    vec![
        (Rule::SeveralMediaTypes, place, several(), at),
        (
            Rule::SeveralMediaTypes,
            "/paths/~1x/post/responses/200/content",
            several(),
            "#/paths/~1x/post/responses/200/content",
        ),
        (Rule::MalformedKeyword, place, json!([]), at),
        (Rule::MalformedKeyword, "/paths/~1x/post/requestBody", json!({}), at),
        (
            Rule::MalformedKeyword,
            "/paths/~1x/post/responses/200/content",
            json!("application/json"),
            "#/paths/~1x/post/responses/200/content",
        ),
        (
            Rule::UntypedBody,
            place,
            json!({"application/xml": {"schema": {"$ref": "#/components/schemas/T"}}}),
            "#/paths/~1x/post/requestBody/content/application~1xml/schema",
        ),
        (
            Rule::UntypedBody,
            "/paths/~1x/post/responses/200/content",
            json!({"text/event-stream": {"schema": {"type": "object"}}}),
            "#/paths/~1x/post/responses/200/content/text~1event-stream/schema",
        ),
        (
            Rule::UnsendableMediaType,
            place,
            json!({"image/*": text()}),
            "#/paths/~1x/post/requestBody/content/image~1*",
        ),
        (
            Rule::MultipartSubtype,
            place,
            json!({"multipart/mixed": {"schema": {"$ref": "#/components/schemas/T"}}}),
            "#/paths/~1x/post/requestBody/content/multipart~1mixed",
        ),
        (
            Rule::FileInJson,
            "/paths/~1y",
            json!({"put": {
                "operationId": "other",
                "requestBody": {"content": {"multipart/form-data": {"schema": {"properties": {
                    "b": {"properties": {"c": {"$ref": "#/paths/~1y/put/requestBody/content/multipart~1form-data/schema/properties/d"}}},
                    "d": {"type": "string", "format": "binary"},
                }}}}},
                "responses": {"204": {"description": ""}},
            }}),
            "#/paths/~1y/put/requestBody/content/multipart~1form-data/schema/properties/d",
        ),
    ]
}

/// A rule, a form as `multipart/form-data`, and where in that the rule is reported.
fn forms() -> Vec<(Rule, Value, &'static str)> {
    let with = |property: Value, encoding: Value| {
        let schema = json!({"type": "object", "properties": {"p": property}});
        json!({"schema": schema, "encoding": encoding})
    };
    let object = || json!({"type": "object", "properties": {"a": {"type": "string"}}});
    vec![
        (
            Rule::FormWithoutParts,
            json!({"schema": {"type": "array", "items": {"type": "string"}}}),
            "/schema",
        ),
        (Rule::UntypedPart, with(json!({}), json!({})), "/schema/properties/p"),
        (Rule::AnyPart, json!({}), "/schema"),
        (Rule::UnknownPart, with(object(), json!({"q": {}})), "/encoding/q"),
        (
            Rule::PartMediaType,
            with(object(), json!({"p": {"contentType": "text/csv"}})),
            "/encoding/p/contentType",
        ),
        (
            Rule::PartMediaType,
            with(object(), json!({"p": {"contentType": "image/*"}})),
            "/encoding/p/contentType",
        ),
        (
            Rule::PossibleFile,
            with(json!({"type": "string"}), json!({"p": {"contentType": "image/png"}})),
            "/encoding/p/contentType",
        ),
        (
            Rule::UnusedEncoding,
            with(object(), json!({"p": {"headers": {}}})),
            "/encoding/p/headers",
        ),
    ]
}

/// What leaving out an operation does not help: here, nothing would be left.
fn errors() -> Vec<Edit> {
    vec![
        (Rule::NoPaths, "/paths", json!(null), "#/paths"),
        (Rule::NoOperations, "/paths", json!({}), "#/paths"),
        (
            Rule::UnknownFeature,
            "/paths/~1x/post/parameters",
            json!([{"name": "a", "in": "query", "style": "matrix", "required": true}]),
            "#/paths/~1x/post/parameters/0",
        ),
        (
            Rule::DanglingReference,
            "/paths/~1x/post/requestBody",
            json!({"$ref": "#/components/requestBodies/Body"}),
            "#/paths/~1x/post/requestBody/$ref",
        ),
        (
            Rule::ExternalReference,
            "/paths/~1x/post/requestBody",
            json!({"$ref": "other.yaml"}),
            "#/paths/~1x/post/requestBody/$ref",
        ),
        (
            Rule::MalformedReference,
            "/paths/~1x/post/requestBody",
            json!({"$ref": 5}),
            "#/paths/~1x/post/requestBody/$ref",
        ),
        (
            Rule::CircularReference,
            "/paths/~1x/post/requestBody",
            json!({"$ref": "#/paths/~1x/post/requestBody"}),
            "#/paths/~1x/post/requestBody/$ref",
        ),
    ]
}
