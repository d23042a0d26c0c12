//! A row for each rule: what stands in the document, and what becomes of it.

use serde_json::{Value, json};

use super::{Lowered, UPLOAD, lower, version};
use crate::{
    api::{Answer, Parameter, Place, Property, Scheme, Shape, Status, Words},
    diagnostic::Diagnostic,
    pointer::Pointer,
};

mod forms;
mod mocks;

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
