//! A row for each rule: what stands in the document, and what becomes of it.

use serde_json::{Value, json};

use super::{Lowered, UPLOAD, lower, version};
use crate::{
    api::{Answer, Parameter, Place, Property, Scheme, Shape, Status, Words},
    diagnostic::Diagnostic,
    pointer::Pointer,
};

/// A document of one operation that takes and answers with the component `T`.
fn document(component: &Value) -> Value {
    json!({
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "servers": [{"url": "https://example.com"}],
        "security": [],
        "paths": {"/x": {"post": {
            "operationId": "do_it_x_post",
            "requestBody": {"required": true, "content": {"application/json": {
                "schema": {"$ref": "#/components/schemas/T"},
            }}},
            "responses": {"200": {"description": "ok", "content": {"application/json": {
                "schema": {"$ref": "#/components/schemas/T"},
            }}}},
            "security": [{"Bearer": []}, {"Basic": []}],
        }}},
        "components": {
            "schemas": {"T": component, "HTTPOther": {"type": "object", "properties": {}}},
            "securitySchemes": {
                "Bearer": {"type": "http", "scheme": "bearer"},
                "Basic": {"type": "apiKey", "in": "header", "name": "Authorization"},
            },
        },
    })
}

fn lowered(document: &Value) -> Lowered {
    lower(document).unwrap_or_else(|faults| panic!("{faults:?}"))
}

fn schemas(lowered: &Lowered) -> Value {
    let document = serde_json::to_value(&lowered.document).unwrap();
    document["components"]["schemas"].clone()
}

#[test]
fn rules_for_properties() {
    let with_null = |kind: Value| json!({"anyOf": [kind, {"type": "null"}], "title": "Expiresat"});
    let time = json!({"type": "string", "format": "date-time"});
    let nullable_time = json!({"type": "string", "format": "date-time", "nullable": true});
    let other = "#/components/schemas/HttpOther";
    for (rule, property, expected) in [
        (
            "titles name nothing",
            json!({"type": "string", "title": "Title"}),
            json!({"type": "string"}),
        ),
        (
            "any version of UUID",
            json!({"type": "string", "format": "uuid4"}),
            json!({"type": "string", "format": "uuid"}),
        ),
        ("a time", time.clone(), time.clone()),
        (
            "a secret",
            json!({"type": "string", "format": "password"}),
            json!({"type": "string", "format": "password"}),
        ),
        ("anyOf with null", with_null(time.clone()), nullable_time.clone()),
        (
            "oneOf with null",
            json!({"oneOf": [{"type": "null"}, time]}),
            nullable_time.clone(),
        ),
        (
            "null among the types",
            json!({"type": ["string", "null"], "format": "date-time"}),
            nullable_time,
        ),
        (
            "a list of one type",
            json!({"type": ["integer"]}),
            json!({"type": "integer"}),
        ),
        (
            "a component",
            json!({"$ref": "#/components/schemas/HTTPOther"}),
            json!({"$ref": other}),
        ),
        (
            "a component or null",
            with_null(json!({"$ref": "#/components/schemas/HTTPOther"})),
            json!({"allOf": [{"$ref": other}], "nullable": true}),
        ),
        (
            "a limited string is a type",
            json!({"type": "string", "minLength": 1}),
            json!({"$ref": "#/components/schemas/TProp"}),
        ),
        (
            "a length of at least 0 is no limit",
            json!({"type": "string", "minLength": 0}),
            json!({"type": "string"}),
        ),
        (
            "an object is a type",
            json!({"type": "object", "properties": {"a": {}}}),
            json!({"$ref": "#/components/schemas/TProp"}),
        ),
        (
            "a choice is a type",
            json!({"enum": ["a", "b"]}),
            json!({"$ref": "#/components/schemas/TProp"}),
        ),
        (
            "a constant is a choice",
            json!({"const": "a"}),
            json!({"$ref": "#/components/schemas/TProp"}),
        ),
        (
            "items",
            json!({"type": "array", "items": {"type": "string", "maxLength": 3}}),
            json!({"type": "array", "items": {"$ref": "#/components/schemas/TPropItem"}}),
        ),
        (
            "a map",
            json!({"type": "object", "additionalProperties": {"type": "integer"}}),
            json!({"type": "object", "additionalProperties": {"type": "integer"}}),
        ),
    ] {
        let schema = json!({"type": "object", "properties": {"prop": property}, "title": "Other"});
        let lowered = schemas(&lowered(&document(&schema)));
        assert_eq!(lowered["T"]["properties"]["prop"], expected, "{rule}");
        assert_eq!(lowered["T"].get("title"), None, "{rule}");
    }
}

#[test]
fn what_progenitor_would_lose_is_kept() {
    let schema = json!({
        "type": "object",
        "description": "A thing.",
        "required": ["name", "until"],
        "properties": {
            "name": {"type": "string", "minLength": 1, "maxLength": 5, "description": "Its name."},
            "until": {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]},
            "since": {"type": ["string", "null"], "format": "date-time", "default": "now"},
            "loc": {"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "integer"}]}},
        },
    });
    let Lowered { api, .. } = lowered(&document(&schema));

    let thing = &api.schemas["T"];
    assert_eq!((thing.name.as_str(), thing.doc.as_str()), ("T", "A thing."));
    let Shape::Object(properties) = &thing.shape else {
        panic!("{thing:?}");
    };
    let states = |name: &str| {
        let property = properties.iter().find(|property| property.name == name).unwrap();
        (property.required, property.nullable, property.has_three_states())
    };
    assert_eq!(states("name"), (true, false, false));
    assert_eq!(states("until"), (true, true, false));
    assert_eq!(states("since"), (false, true, true));
    let docs = properties
        .iter()
        .map(|Property { doc, .. }| doc.as_str())
        .collect::<Vec<_>>();
    assert_eq!(
        docs,
        [
            "Its name.\n\n1 to 5 characters.",
            "The property `until`.",
            "The property `since`.\n\nThe server's default is `\"now\"`.",
            "The property `loc`.",
        ]
    );
    assert_eq!(properties[3].words, Words::Place);

    let name = &api.schemas["TName"];
    assert!(
        matches!(&name.shape, Shape::Text { subject, min: Some(1), max: Some(5) } if subject == "T.name"),
        "{name:?}"
    );
    let Shape::Union { variants, .. } = &api.schemas["TLocItem"].shape else {
        panic!("{:?}", api.schemas["TLocItem"]);
    };
    let variants = variants
        .iter()
        .map(|variant| (variant.name.as_str(), variant.doc.as_str()));
    assert_eq!(
        variants.collect::<Vec<_>>(),
        [("String", "A string."), ("Integer", "An integer.")]
    );
    assert_eq!(api.schemas["HttpOther"].name, "HTTPOther");

    let operation = &api.operations[0];
    assert_eq!(operation.name, "do_it");
    assert_eq!(operation.security, [Scheme::Bearer, Scheme::Basic]);
}

#[test]
fn security_is_the_operations_own_or_the_documents() {
    for (own, of_document, expected) in [
        (None, json!([{"Bearer": []}]), (vec![Scheme::Bearer], false)),
        (Some(json!([])), json!([{"Bearer": []}]), (vec![], false)),
        (Some(json!([{"Basic": []}])), json!([]), (vec![Scheme::Basic], false)),
        (Some(json!([{}, {"Basic": []}])), json!([]), (vec![Scheme::Basic], true)),
    ] {
        let mut document = document(&json!({"type": "object", "properties": {}}));
        document["security"] = of_document;
        let operation = &mut document["paths"]["/x"]["post"];
        operation.as_object_mut().unwrap().remove("security");
        if let Some(own) = own {
            operation["security"] = own;
        }
        let operation = &lowered(&document).api.operations[0];
        assert_eq!((operation.security.clone(), operation.is_open), expected);
    }
}

#[test]
fn parameters_are_kept_with_their_place() {
    let mut document = document(&json!({"type": "object", "properties": {}}));
    document["components"]["parameters"] = json!({"Shared": {"name": "X-Shared", "in": "header", "schema": {}}});
    let string = json!({"type": "string"});
    document["paths"] = json!({"/x/{id}": {
        "parameters": [
            {"name": "id", "in": "path", "required": true, "schema": string},
            {"name": "limit", "in": "query", "schema": string, "description": "Of the path."},
            {"$ref": "#/components/parameters/Shared"},
        ],
        "get": {
            "operationId": "x",
            "parameters": [
                {"name": "limit", "in": "query", "required": true, "schema": {"type": "integer"}, "description": "Own."},
                {"name": "type", "in": "query", "explode": false, "schema": {"type": "array", "items": string}},
                {"name": "filter", "in": "query", "style": "deepObject", "schema": {"type": "object"}},
                {"name": "body", "in": "cookie", "schema": string},
            ],
            "responses": {"204": {"description": "ok"}},
        },
    }});
    let lowered = lowered(&document);
    let parameters = lowered.api.operations[0].parameters.iter();
    let parameters = parameters.map(|parameter| {
        let Parameter { name, field, place, .. } = parameter;
        (
            name.as_str(),
            field.as_str(),
            *place,
            parameter.required,
            parameter.doc.as_str(),
        )
    });
    assert_eq!(
        parameters.collect::<Vec<_>>(),
        [
            ("limit", "limit", Place::Query, true, "Own."),
            ("type", "type_", Place::QueryJoined, false, "The parameter `type`."),
            ("filter", "filter", Place::QueryDeep, false, "The parameter `filter`."),
            ("body", "body_parameter", Place::Cookie, false, "The parameter `body`."),
            ("id", "id", Place::Path, true, "The parameter `id`."),
            (
                "X-Shared",
                "x_shared",
                Place::Header,
                false,
                "The parameter `X-Shared`."
            ),
        ]
    );
}

#[test]
fn operations_of_one_name_are_told_apart_by_their_paths_whatever_the_order() {
    let operation = json!({"operationId": "list", "responses": {"204": {"description": "ok"}}});
    let mut document = document(&json!({"type": "object", "properties": {}}));
    document["paths"] = json!({
        "/shops/{id}/tokens": {"get": operation},
        "/tokens": {"get": operation},
        "/tokens/{id}": {"get": {"responses": operation["responses"], "parameters": []}},
    });
    document["paths"]["/tokens/{id}"]["get"]["parameters"] = json!([{"name": "id", "in": "path", "schema": {}}]);
    document["paths"]["/shops/{id}/tokens"]["get"]["parameters"] = json!([{"name": "id", "in": "path", "schema": {}}]);
    let lowered = lowered(&document);
    let names = lowered.api.operations.iter().map(|operation| operation.name.as_str());
    assert_eq!(names.collect::<Vec<_>>(), ["list_of_shops", "list", "get_tokens_id"]);
}

#[test]
fn answers_are_sorted_into_successes_and_failures() {
    let mut document = document(&json!({"type": "object", "properties": {}}));
    document["paths"]["/x"]["post"]["responses"] = json!({
        "default": {"description": ""},
        "4XX": {"description": ""},
        "404": {"description": "", "content": {"application/problem+json": {"schema": {"type": "string"}}}},
        "202": {"description": "", "content": {"text/csv": {}}},
        "200": {"description": "", "content": {"application/json": {}}},
    });
    let lowered = lowered(&document);
    let operation = &lowered.api.operations[0];
    let shape = |answers: &[Answer]| {
        let shape = |answer: &Answer| {
            let content = match &answer.content {
                None => "none",
                Some(content) => content.media_type().unwrap_or("form"),
            };
            (answer.status, answer.variant.clone(), content.to_owned())
        };
        answers.iter().map(shape).collect::<Vec<_>>()
    };
    let row = |status: Status, variant: &str, content: &str| (status, variant.to_owned(), content.to_owned());
    assert_eq!(
        shape(&operation.successes),
        [
            row(Status::Code(200), "Ok", "application/json"),
            row(Status::Code(202), "Accepted", "text/csv"),
        ]
    );
    assert_eq!(
        shape(&operation.failures),
        [
            row(Status::Code(404), "NotFound", "application/problem+json"),
            row(Status::Class(4), "ClientError", "none"),
            row(Status::Default, "Default", "none"),
        ]
    );
}

#[test]
fn what_is_lost_is_noted() {
    for (property, note) in [
        (json!(false), ": no value fits it, so it is left out"),
        (
            json!({"type": "text"}),
            ": `text` is no type of JSON Schema: any JSON is taken",
        ),
        (
            json!({"anyOf": []}),
            "/anyOf: a choice of no schemas: any JSON is taken",
        ),
        (
            json!({"anyOf": [{"$ref": "#/components/schemas/T/properties/p"}, {"type": "string"}, {"type": "number"}]}),
            "/anyOf/0: the union that it stands in, to which it adds nothing",
        ),
        (
            json!({"type": "string", "maxLength": -1}),
            "/maxLength: `maxLength` is -1, which is no length, and not checked",
        ),
        (
            json!({"type": "string", "minLength": 2, "maxLength": 1}),
            ": no string is as long as this asks for: the length is not checked",
        ),
        (
            json!({"properties": []}),
            "/properties: `properties` is not what it should be, and not used",
        ),
        (
            json!({"properties": {"a": {}}, "required": true}),
            "/required: `required` is not what it should be, and not used",
        ),
        (
            json!({"allOf": [{"type": "string"}, {"type": "integer"}]}),
            ": its parts have different types: any JSON is taken",
        ),
        (
            json!({"type": "array", "prefixItems": [{"type": "string"}, {}]}),
            "/prefixItems: a list that may be shorter or longer: its items are any JSON",
        ),
        (
            json!({"type": "string", "format": "email"}),
            ": the format `email` is not checked: a String",
        ),
        (
            json!({"type": "string", "pattern": "a"}),
            "/pattern: `pattern` is not checked by the client",
        ),
        (
            json!({"type": "integer", "minimum": 1}),
            "/minimum: `minimum` is not checked by the client",
        ),
        (
            json!({"enum": [1, 2]}),
            ": a choice of values that are not all strings: only their type is kept",
        ),
    ] {
        let schema = json!({"type": "object", "properties": {"p": property}});
        let notes = lowered(&document(&schema)).notes;
        let texts = notes.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(texts, [format!("note: #/components/schemas/T/properties/p{note}")]);
    }
}

/// A document of one operation that takes this form.
fn form(content: &Value) -> Value {
    let mut document = document(&json!({"type": "string", "format": "binary"}));
    document["paths"]["/x"]["post"]["requestBody"] = json!({"content": {"multipart/form-data": content}});
    document["paths"]["/x"]["post"]["responses"] = json!({"204": {"description": "ok"}});
    document
}

#[test]
fn files_of_forms_are_uploads_wherever_they_stand() {
    let file = || json!({"type": "string", "format": UPLOAD});
    let nullable = json!({"type": "string", "format": UPLOAD, "nullable": true});
    let list = |items: Value| json!({"type": "array", "items": items});
    let component = json!({"$ref": "#/components/schemas/T"});
    let binary = json!({"type": "string", "format": "binary"});
    for (property, expected) in [
        (binary.clone(), file()),
        (component.clone(), file()),
        (json!({"type": "file"}), file()),
        (json!({"format": "binary"}), file()),
        (json!({"type": "string", "contentMediaType": "image/png"}), file()),
        (json!({}), file()),
        (json!({"allOf": [component]}), file()),
        (
            json!({"allOf": [component, {"description": "d"}, {"maxLength": 9}]}),
            file(),
        ),
        (json!({"anyOf": [component, {"type": "null"}]}), nullable.clone()),
        (json!({"type": ["null", "string"], "format": "binary"}), nullable),
        (list(list(component.clone())), list(list(file()))),
        (list(json!({})), list(file())),
        // Text of a media type, and what is written as text.
        (
            json!({"type": "string", "contentMediaType": "application/json"}),
            json!({"type": "string"}),
        ),
        (
            json!({"type": "string", "contentMediaType": "image/png", "contentEncoding": "base64"}),
            json!({"type": "string"}),
        ),
        // The values of an object in a form are JSON.
        (
            json!({"type": "object", "additionalProperties": binary}),
            json!({"type": "object", "additionalProperties": {"type": "string"}}),
        ),
    ] {
        let document = form(&json!({"schema": {"type": "object", "properties": {"p": property}}}));
        let lowered = schemas(&lowered(&document));
        assert_eq!(lowered["DoItBody"]["properties"]["p"], expected, "{property}");
        // A component that is sent as a file, and nowhere else, is no type.
        assert_eq!(lowered.get("T"), None, "{property}");
    }
    let union = json!({"oneOf": [binary, {"type": "integer"}, component]});
    let document = form(&json!({"schema": {"type": "object", "properties": {"p": union}}}));
    let Lowered { api, .. } = lowered(&document);
    let Shape::Union { variants, .. } = &api.schemas["DoItBodyP"].shape else {
        panic!("{:?}", api.schemas["DoItBodyP"]);
    };
    let names = variants.iter().map(|variant| variant.name.as_str()).collect::<Vec<_>>();
    assert_eq!(names, ["File", "Integer"]);
}

/// The notes on a form, from its place on.
fn notes_of_form(content: &Value) -> Vec<String> {
    const CONTENT: &str = "note: #/paths/~1x/post/requestBody/content/multipart~1form-data";
    let notes = lowered(&form(content)).notes;
    let notes = notes.iter().map(ToString::to_string);
    let notes = notes.map(|note| note.strip_prefix(CONTENT).unwrap_or(&note).to_owned());
    notes.collect()
}

#[test]
fn what_is_not_done_of_an_encoding_is_noted() {
    let text = || json!({"type": "string"});
    let binary = || json!({"type": "string", "format": "binary"});
    let inner = || json!({"type": "object", "properties": {"a": {"type": "string"}}});
    let untyped_list = json!({"type": "array", "items": {}});
    let not_one = "is not one type: a file is sent as what its `Upload` says, all else by its default";
    for (schema, encoding, notes) in [
        (text(), json!({"contentType": "text/csv", "x-more": 1}), vec![]),
        (
            text(),
            json!({"style": "form", "explode": true, "allowReserved": true}),
            vec![],
        ),
        (inner(), json!({"contentType": "application/a+json"}), vec![]),
        (binary(), json!({"contentType": "image/png"}), vec![]),
        (json!({}), json!({"contentType": "text/csv"}), vec![]),
        (untyped_list, json!({"contentType": "application/json"}), vec![]),
        (
            text(),
            json!({"contentType": "a/b, c/d", "headers": {}, "explode": false, "style": "deepObject"}),
            vec![
                format!("/contentType: \"a/b, c/d\" {not_one}"),
                "/headers: `headers` of a part is not used".into(),
                "/explode: `explode` of a part is not used".into(),
                "/style: `style` of a part is not used".into(),
            ],
        ),
        (
            binary(),
            json!({"contentType": "image/png\r\nX-Other: 1"}),
            vec![format!("/contentType: \"image/png\\r\\nX-Other: 1\" {not_one}")],
        ),
        (
            inner(),
            json!({"contentType": "application/xml", "explode": true}),
            vec![
                "/contentType: not written as `application/xml`: objects are sent as `application/json`".into(),
                "/explode: `explode` of a part is not used".into(),
            ],
        ),
        (
            json!({"type": ["string", "null"]}),
            json!({"contentType": "image/png"}),
            vec![
                "/contentType: the part is text: if it is a file, give it `format: binary` in openapi/overlay.yaml"
                    .into(),
            ],
        ),
        (
            json!(false),
            json!({"contentType": "text/csv"}),
            vec![": the form has no property of that name".into()],
        ),
    ] {
        let content = json!({
            "schema": {"type": "object", "properties": {"p": schema, "q": text()}},
            "encoding": {"p": encoding},
        });
        let found = notes_of_form(&content);
        let found = found.iter().filter_map(|note| note.strip_prefix("/encoding/p"));
        assert_eq!(found.collect::<Vec<_>>(), notes, "{content}");
    }
}

#[test]
fn what_no_form_can_send_is_noted() {
    let object = |properties: Value| json!({"type": "object", "properties": properties});
    let any = "any JSON: what it holds is sent as text or JSON, never as a file";
    for (content, note) in [
        (
            json!({"schema": object(json!({"p": {"description": "d"}}))}),
            "/schema/properties/p: without a type it is a file: if it is text or JSON, say so in \
                 openapi/overlay.yaml"
                .into(),
        ),
        (
            json!({"schema": object(json!({"p": object(json!({"q": {"type": "string", "format": "binary"}}))}))}),
            "/schema/properties/p/properties/q: binary, but not a part of a form by itself: a String, as it is sent \
                 and read as text"
                .into(),
        ),
        (
            json!({"schema": {"type": "object", "properties": {"p": {"type": "string"}}, "additionalProperties": true}}),
            format!("/schema/additionalProperties: {any}"),
        ),
        (json!({"schema": {"type": "object"}}), format!("/schema: {any}")),
        (json!({}), format!("/schema: {any}")),
        (
            json!({"schema": {"type": "array", "items": {"type": "integer"}}}),
            "/schema: no object, so the parts of the form have no names, and no call can be sent: describe its \
                 properties in openapi/overlay.yaml"
                .into(),
        ),
    ] {
        assert_eq!(notes_of_form(&content), [note], "{content}");
    }
    // A schema that is sent in a form and in JSON.
    let mut document = form(&json!({"schema": {"$ref": "#/components/schemas/Both"}}));
    document["components"]["schemas"]["Both"] = object(json!({"file": {"$ref": "#/components/schemas/T"}}));
    let mut operation = document["paths"]["/x"]["post"].clone();
    let schema = json!({"schema": {"$ref": "#/components/schemas/Both"}});
    operation["requestBody"]["content"] = json!({"application/json": schema, "multipart/form-data": schema});
    document["paths"]["/x"]["put"] = operation;
    let notes = lowered(&document).notes;
    let notes = notes.iter().map(ToString::to_string).collect::<Vec<_>>();
    let note = "note: #/components/schemas/Both/properties/file: a file, and within JSON as well: there it is sent as \
                text, so it must be in memory, and UTF-8";
    assert!(notes.contains(&note.to_owned()), "{notes:#?}");
}

#[test]
fn what_is_lost_of_a_part_is_noted_where_it_stands() {
    for (parts, notes) in [
        (
            json!([{"type": "string", "pattern": "a"}, {"pattern": "b", "maxLength": 3}]),
            [
                "0/pattern: `pattern` of another part holds instead",
                "1/pattern: `pattern` is not checked by the client",
            ],
        ),
        (
            json!([{"type": "integer", "minimum": 1}, {"maximum": 3}]),
            [
                "0/minimum: `minimum` is not checked by the client",
                "1/maximum: `maximum` is not checked by the client",
            ],
        ),
        (
            json!([{"items": {"type": "string", "pattern": "a"}}, {"type": "array", "maxItems": 3}]),
            [
                "1/maxItems: `maxItems` is not checked by the client",
                "0/items/pattern: `pattern` is not checked by the client",
            ],
        ),
        (
            json!([{"properties": {"a": {"type": "integer"}}, "minProperties": 1}, {"patternProperties": {"b": {}}}]),
            [
                "0/minProperties: `minProperties` is not checked by the client",
                "1/patternProperties: the names are not checked by the client",
            ],
        ),
    ] {
        let schema = json!({"type": "object", "properties": {"p": {"allOf": parts}}});
        let found = lowered(&document(&schema)).notes;
        let found = found.iter().map(ToString::to_string).collect::<Vec<_>>();
        let expected = notes.map(|note| format!("note: #/components/schemas/T/properties/p/allOf/{note}"));
        assert_eq!(found, expected, "{parts}");
    }
}

#[test]
fn what_cannot_be_expressed_is_a_fault_with_its_place() {
    let good = || json!({"type": "object", "properties": {}});
    for (place, value, message) in [
        (
            "/components/schemas/T",
            json!({"$ref": "#/components/schemas/None"}),
            "does not exist",
        ),
        ("/components/schemas/T", json!({"$ref": "other.yaml"}), "another file"),
        ("/paths/~1x/post/responses", json!(null), "no `responses`"),
        (
            "/paths/~1x/post/responses/200",
            json!({"$ref": "#/components/responses/None"}),
            "does not exist",
        ),
        (
            "/paths/~1x/post/security",
            json!({"Bearer": []}),
            "`security` is not a list",
        ),
        ("/paths/~1x/post", json!(null), "an operation that is not an object"),
        ("/paths/~1x", json!(null), "a path that is not an object"),
        ("/paths", json!({}), "no operations"),
        ("/components/schemas/T", json!({"$ref": 5}), "not a string"),
        (
            "/components/schemas/T",
            json!({"$ref": "#/components/schemas/T"}),
            "nothing but itself",
        ),
        ("/components/schemas/T", json!("text"), "a schema that is no object"),
        (
            "/components/schemas/T",
            json!({"type": "array", "prefixItems": [{"type": "string", "format": "password"}, {}]}),
            "a secret (`format: password`)",
        ),
    ] {
        let mut document = document(&good());
        *document.pointer_mut(place).unwrap() = value;
        let faults = lower(&document).unwrap_err();
        let fault = faults.iter().find(|fault| fault.to_string().contains(message));
        let fault = fault.unwrap_or_else(|| panic!("{place}: {faults:?} do not say {message}"));
        assert!(fault.pointer().is_some(), "{fault}");
        assert!(fault.to_string().contains("\n  do: "), "{fault}");
    }
}

#[test]
fn only_openapi_3_is_taken() {
    for (document, message) in [
        (json!({"openapi": "3.1.0"}), None),
        (json!({"openapi": 3.1}), None),
        (json!({"openapi": "3.0.3"}), None),
        (json!({"openapi": "4.0.0"}), Some("the document is OpenAPI 4.0.0")),
        (json!({"swagger": "2.0"}), Some("the document is Swagger 2.0")),
        (json!({"name": "x"}), Some("not an OpenAPI document")),
        (json!([]), Some("not an OpenAPI document")),
    ] {
        let fault = version(&document).err().map(|fault| fault.to_string());
        assert_eq!(fault.is_some(), message.is_some(), "{document}");
        assert!(
            fault.unwrap_or_default().contains(message.unwrap_or_default()),
            "{document}"
        );
    }
}

#[test]
fn a_secret_stays_one_whatever_stands_beside_it() {
    for property in [
        json!({"anyOf": [{"type": "string"}, {"type": "null"}], "format": "password"}),
        json!({"type": ["string", "null"], "format": "password", "maxLength": 9}),
        json!({"type": "string", "format": "password", "nullable": true, "minLength": 1}),
    ] {
        let schema = json!({"type": "object", "properties": {"p": property}});
        let lowered = schemas(&lowered(&document(&schema)));
        let expected = json!({"type": "string", "format": "password", "nullable": true});
        assert_eq!(lowered["T"]["properties"]["p"], expected, "{property}");
    }
}

#[test]
fn a_secret_that_would_be_printed_is_a_fault_where_it_stands() {
    let secret = json!({"type": "string", "format": "password"});
    let reference = json!({"$ref": "#/components/schemas/Secret"});
    for (property, place) in [
        (json!({"type": "integer", "format": "password"}), ""),
        (json!({"type": ["string", "integer"], "format": "password"}), "/type/1"),
        (
            json!({"type": "array", "items": {"type": "string"}, "format": "password"}),
            "",
        ),
        (json!({"type": "array", "items": [reference]}), ""),
        (
            json!({"type": "array", "prefixItems": [{"type": "string"}, reference]}),
            "",
        ),
        (json!({"type": "array", "contains": reference}), "/contains"),
        (
            json!({"type": "array", "items": {"allOf": [reference, {"type": "integer"}]}}),
            "/items",
        ),
        (
            json!({"properties": {"a": reference}, "patternProperties": {"b": secret, "c": {"type": "integer"}}}),
            "/patternProperties",
        ),
        (
            json!({"patternProperties": {"b": reference}, "additionalProperties": {"type": "string"}}),
            "/patternProperties",
        ),
        (
            json!({"properties": {"a": reference}, "then": {"properties": {"b": secret}}}),
            "/then",
        ),
        (
            json!({"properties": {"a": reference}, "unevaluatedProperties": secret}),
            "/unevaluatedProperties",
        ),
        (
            json!({"allOf": [{"properties": {"a": reference}}, {"properties": {"a": {"type": "integer"}}}]}),
            "/allOf/1/properties/a",
        ),
        (
            json!({"allOf": [{"properties": {}, "propertyNames": secret}, {"minProperties": 1}]}),
            "/allOf/0/propertyNames",
        ),
    ] {
        let schema = json!({"type": "object", "properties": {"p": property}});
        let mut document = document(&schema);
        document["components"]["schemas"]["Secret"] = secret.clone();
        let faults = lower(&document).unwrap_err();
        let faults = faults.iter().map(|fault| {
            assert!(fault.message().contains("which would be printed"), "{fault}");
            fault.pointer().unwrap().to_string()
        });
        let expected = format!("#/components/schemas/T/properties/p{place}");
        assert_eq!(faults.collect::<Vec<_>>(), [expected], "{property}");
    }
}

#[test]
fn all_faults_are_reported_at_once() {
    let mut document = document(&json!({"$ref": "other.yaml"}));
    document["paths"]["/y/{id}"] = json!({"get": {"operationId": "y"}});
    let faults = lower(&document).unwrap_err();
    let pointers = faults.iter().filter_map(Diagnostic::pointer).map(Pointer::to_string);
    assert_eq!(
        pointers.collect::<Vec<_>>(),
        ["#/components/schemas/T/$ref", "#/paths/~1y~1{id}/get/responses"]
    );
    for (fault, action) in [
        (0, "- target: $.paths['/x'].post\n"),
        (1, "- target: $.paths['/y/{id}'].get\n"),
    ] {
        assert!(faults[fault].to_string().contains(action), "{}", faults[fault]);
    }
}

#[test]
fn mocks_check_what_the_document_says() {
    let whole = json!({"$ref": "T"});
    for (rule, property, expected) in [
        (
            "limits that no type checks",
            json!({"type": "integer", "maximum": 9, "multipleOf": 3, "title": "N", "default": 3}),
            json!({"type": "integer", "maximum": 9, "multipleOf": 3}),
        ),
        (
            "null before OpenAPI 3.1",
            json!({"type": "string", "nullable": true, "pattern": "^a"}),
            json!({"anyOf": [{"type": "string", "pattern": "^a"}, {"type": "null"}]}),
        ),
        (
            "exclusive limits before OpenAPI 3.1",
            json!({"type": "number", "minimum": 1, "exclusiveMinimum": true, "maximum": 2, "exclusiveMaximum": false}),
            json!({"type": "number", "exclusiveMinimum": 1, "maximum": 2}),
        ),
        (
            "any version of UUID",
            json!({"type": "string", "format": "uuid4"}),
            json!({"type": "string", "format": "uuid"}),
        ),
        (
            "a format that is not checked",
            json!({"type": "string", "format": "color"}),
            json!({"type": "string"}),
        ),
        (
            "a reference, and what stands beside it",
            json!({"$ref": "#/components/schemas/T", "description": "d", "minProperties": 1}),
            json!({"$ref": "T", "minProperties": 1}),
        ),
        (
            "a reference to another place",
            json!({"$ref": "#/components/schemas/T/properties/other"}),
            json!({"$ref": "#/components/schemas/T/properties/other"}),
        ),
        (
            "what stands within",
            json!({"type": "array", "items": {"oneOf": [{"const": 1}, false]}}),
            json!({"type": "array", "items": {"oneOf": [{"const": 1}, false]}}),
        ),
    ] {
        let component = json!({
            "type": "object",
            "required": ["p", "id"],
            "properties": {"p": property, "id": {"type": "string", "readOnly": true}, "other": {"type": "integer"}},
        });
        let Lowered { api, .. } = lowered(&document(&component));
        assert_eq!(api.operations[0].checks.body.as_ref(), Some(&whole), "{rule}");
        assert_eq!(api.definitions["T"]["properties"]["p"], expected, "{rule}");
        // What only the server writes is nothing that a request lacks.
        assert_eq!(api.definitions["T"]["required"], json!(["p"]), "{rule}");
    }
}

#[test]
fn fixtures_are_what_the_document_would_have() {
    for (rule, property, expected) in [
        ("a text", json!({"type": "string"}), json!("p")),
        (
            "a text of a length",
            json!({"type": "string", "minLength": 3, "maxLength": 5}),
            json!("ppp"),
        ),
        (
            "an example",
            json!({"type": "string", "examples": ["e", "f"]}),
            json!("e"),
        ),
        (
            "an example that is too long",
            json!({"type": "string", "example": "long", "maxLength": 3}),
            json!("p"),
        ),
        ("a default", json!({"type": "integer", "default": 7}), json!(7)),
        (
            "a default of another type",
            json!({"type": "integer", "default": "many"}),
            json!(0),
        ),
        ("bounds", json!({"type": "integer", "exclusiveMinimum": 2}), json!(3)),
        (
            "bounds below nothing",
            json!({"type": "number", "maximum": -2}),
            json!(-2.0),
        ),
        (
            "a number of 32 bits",
            json!({"type": "integer", "format": "int32", "example": 5_000_000_000_i64}),
            json!(0),
        ),
        ("a constant", json!({"const": "c"}), json!("c")),
        ("the first of several", json!({"enum": ["a", "b"]}), json!("a")),
        (
            "the one of several that is the default",
            json!({"enum": ["a", "b"], "default": "b"}),
            json!("b"),
        ),
        (
            "null",
            json!({"anyOf": [{"type": "string"}, {"type": "null"}]}),
            json!(null),
        ),
        (
            "a mail address",
            json!({"type": "string", "format": "email"}),
            json!("someone@example.com"),
        ),
        (
            "a time",
            json!({"type": "string", "format": "date-time", "example": "tomorrow"}),
            json!("2030-01-02T03:04:05Z"),
        ),
        (
            "a list",
            json!({"type": "array", "items": {"type": "string"}}),
            json!([]),
        ),
        (
            "a list of some",
            json!({"type": "array", "minItems": 2, "items": {"type": "string", "example": "e"}}),
            json!(["e", "e"]),
        ),
        (
            "a map",
            json!({"type": "object", "additionalProperties": true}),
            json!({}),
        ),
        (
            "the first of several types",
            json!({"oneOf": [{"type": "integer"}, {"type": "object", "properties": {"a": {"type": "string"}}}]}),
            json!(0),
        ),
        (
            "the first of several types that ends",
            json!({"oneOf": [{"$ref": "#/components/schemas/T"}, {"type": "boolean"}]}),
            json!(false),
        ),
    ] {
        let component = json!({
            "type": "object",
            "required": ["p", "w", "shown"],
            "properties": {
                "p": property,
                "w": {"type": "string", "writeOnly": true},
                "optional": {"type": "string"},
                "shown": {"type": "boolean"},
            },
            "example": {"shown": true},
        });
        let Lowered { api, .. } = lowered(&document(&component));
        let fixture = api.schemas["T"].fixture.as_ref();
        assert_eq!(fixture, Some(&json!({"p": expected, "shown": true})), "{rule}");
    }
    // One that holds itself without end has none.
    let endless = json!({"type": "object", "required": ["t"], "properties": {"t": {"$ref": "#/components/schemas/T"}}});
    assert_eq!(lowered(&document(&endless)).api.schemas["T"].fixture, None);
}

#[test]
fn mocks_refuse_as_the_document_says() {
    let string = json!({"type": "object", "required": ["detail"], "properties": {"detail": {"type": "string"}}});
    let with = |responses: Value| {
        let mut document = document(&json!({"type": "object", "properties": {}}));
        document["components"]["schemas"]["Failure"] = string.clone();
        for (status, response) in responses.as_object().unwrap() {
            document["paths"]["/x"]["post"]["responses"][status] = response.clone();
        }
        lowered(&document).api
    };
    let failure = json!({"description": "", "content": {"application/json": {
        "schema": {"$ref": "#/components/schemas/Failure"},
    }}});
    let text = json!({"description": "", "content": {"text/plain": {}}});
    for (responses, unauthorized, invalid) in [
        (json!({}), (401, "", "Nothing"), (422, "", "Nothing")),
        (
            json!({"401": failure, "400": failure}),
            (401, "application/json", "Text(Some(\"detail\"))"),
            (400, "application/json", "Text(Some(\"detail\"))"),
        ),
        (
            json!({"4XX": text, "422": {"description": ""}}),
            (401, "text/plain", "Text(None)"),
            (422, "", "Nothing"),
        ),
        (
            json!({"default": failure, "400": text}),
            (401, "application/json", "Text(Some(\"detail\"))"),
            (400, "text/plain", "Text(None)"),
        ),
    ] {
        let api = with(responses);
        let checks = &api.operations[0].checks;
        for (refusal, (status, media_type, says)) in [(&checks.unauthorized, unauthorized), (&checks.invalid, invalid)]
        {
            assert_eq!((refusal.status, refusal.media_type.as_str()), (status, media_type));
            assert_eq!(format!("{:?}", refusal.says), says);
        }
    }
}

#[test]
fn types_without_a_description_say_what_uses_them() {
    let schema = json!({
        "type": "object",
        "properties": {
            "state": {"type": "string", "enum": ["on", "off"]},
            "marks": {"type": "array", "items": {"type": "string", "minLength": 2, "pattern": "^a"}},
            "part": {"$ref": "#/components/schemas/Part"},
            "byName": {"type": "object", "additionalProperties": {"type": "string", "enum": ["a", "b"]}},
            "listsByName": {
                "type": "object",
                "additionalProperties": {"type": "array", "items": {"type": "string", "enum": ["a", "b"]}},
            },
            "maybe": {"anyOf": [{"type": "string", "enum": ["a", "b"]}, {"type": "null"}]},
            "either": {"oneOf": [
                {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}},
                {"type": "object", "required": ["b"], "properties": {"b": {"type": "string"}}},
            ]},
            "told": {"type": "object", "description": "Told.", "properties": {"a": {"type": "string"}}},
        },
    });
    let mut document = document(&schema);
    document["components"]["schemas"]["Part"] = json!({
        "type": "object",
        "properties": {
            "least": {"type": "integer", "minimum": 0, "exclusiveMaximum": 5},
            "few": {"type": "array", "items": {"type": "integer"}, "minItems": 1, "maxItems": 3, "uniqueItems": true},
        },
    });
    document["paths"]["/x"]["post"]["summary"] = "Do It".into();
    document["paths"]["/x"]["post"]["description"] = "Does it.".into();
    let Lowered { api, .. } = lowered(&document);
    for (key, expected) in [
        ("T", "What [`Client::do_it`](crate::Client::do_it) sends."),
        ("TState", "The property `state` of [`T`]."),
        (
            "TMarksItem",
            "An item of `marks` of [`T`].\n\nAt least 2 characters.\n\nMatches `^a`.",
        ),
        ("Part", "Part of [`T`]."),
        ("TByNameValue", "A value in the property `byName` of [`T`]."),
        ("TListsByNameValueItem", "An item of `listsByName` of [`T`]."),
        ("TMaybe", "The property `maybe` of [`T`]."),
        ("TEither", "The property `either` of [`T`]."),
        ("TEitherObject2", "One of the types of [`TEither`]."),
        ("TTold", "Told."),
        ("HttpOther", "A value."),
    ] {
        let keys = api.schemas.keys();
        let schema = api.schemas.get(key).unwrap_or_else(|| panic!("{key}: {keys:?}"));
        assert_eq!(schema.doc, expected, "{key}");
    }
    let Some([least, few]) = api.object("Part") else {
        panic!("{:?}", api.schemas["Part"]);
    };
    assert_eq!(least.doc, "The property `least`.\n\nAt least 0.\n\nLess than 5.");
    assert_eq!(few.doc, "The property `few`.\n\n1 to 3 items.\n\nNo item twice.");
    assert_eq!(api.operations[0].doc, "Does it.", "the summary is the method's name");
}
