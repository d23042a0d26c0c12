//! Operations: their names, security, parameters and responses.

use serde_json::{Value, json};
use xtask::{
    input::{overlay, rule::Rule, source::Source},
    model::{
        operation::{Content, ParameterStyle, Response, Status},
        security::{Scheme, alternatives},
    },
    parse::check_version,
};

use crate::{
    description::{analyzed, with_component},
    text::{api, field, notes, parsed, ty},
};

fn empty() -> Value {
    with_component(&json!({"type": "object", "properties": {}}))
}

#[test]
fn an_operation_has_the_name_and_the_security_that_the_description_gives_it() {
    let operation = &api(&empty()).operations[0];
    assert_eq!(operation.name, "do_it");
    assert_eq!((operation.method.as_str(), operation.path.as_str()), ("POST", "/x"));
    let security = alternatives(&operation.security, Scheme::to_string, "none");
    assert_eq!(security, "bearer token or access token");
    assert_eq!(operation.pointer.to_string(), "#/paths/~1x/post");
}

#[test]
fn security_is_the_operations_own_or_the_descriptions() {
    let malformed = "`security` (malformed in the description)";
    for (own, of_description, expected) in [
        (None, Some(json!([{"Bearer": []}])), "bearer token"),
        (None, None, "none"),
        (Some(json!([])), Some(json!([{"Bearer": []}])), "none"),
        (Some(json!([{"Basic": []}])), Some(json!([])), "access token"),
        (
            Some(json!([{}, {"Basic": []}])),
            Some(json!([])),
            "access token or none",
        ),
        (
            Some(json!([{"Bearer": []}, {"Bearer": ["read"]}])),
            None,
            "bearer token",
        ),
        (Some(json!({"Bearer": []})), None, malformed),
        (Some(json!(null)), None, malformed),
        (None, Some(json!("Bearer")), malformed),
        (
            Some(json!(["Bearer", {"Basic": []}])),
            None,
            "`security` (malformed in the description) or access token",
        ),
    ] {
        let mut description = empty();
        let members = description.as_object_mut().unwrap();
        members.remove("security");
        members.extend(of_description.map(|security| ("security".to_owned(), security)));
        let operation = description["paths"]["/x"]["post"].as_object_mut().unwrap();
        operation.remove("security");
        operation.extend(own.clone().map(|security| ("security".to_owned(), security)));
        let operation = &api(&description).operations[0];
        let security = alternatives(&operation.security, Scheme::to_string, "none");
        assert_eq!(security, expected, "{own:?}");
    }
}

#[test]
fn a_scheme_is_what_satisfies_it() {
    let key = |place: &str, name: &str| json!({"type": "apiKey", "in": place, "name": name});
    let http = |scheme: &str| json!({"type": "http", "scheme": scheme});
    for (scheme, expected) in [
        (http("bearer"), "bearer token"),
        (http("Bearer"), "bearer token"),
        (json!({"type": "oauth2", "flows": {}}), "bearer token"),
        (
            json!({"type": "openIdConnect", "openIdConnectUrl": "x"}),
            "bearer token",
        ),
        (http("basic"), "user name and password"),
        (key("header", "authorization"), "access token"),
        (key("header", "X-Key"), "API key `S` in the header `X-Key`"),
        (key("query", "key"), "API key `S` in the query parameter `key`"),
        (key("query", "a key"), "API key `S` in the query parameter `a key`"),
        (key("cookie", "key"), "API key `S` in the cookie `key`"),
        (json!({"type": "mutualTLS"}), "client certificate"),
        (json!({"$ref": "#/components/securitySchemes/Bearer"}), "bearer token"),
        (http("digest"), "`S` (HTTP authentication by `digest`)"),
        (json!({"type": "http"}), "`S` (HTTP authentication without a `scheme`)"),
        (json!({"type": "saml"}), "`S` (of the type `saml`)"),
        (json!({}), "`S` (without a `type`)"),
        (json!("http"), "`S` (without a `type`)"),
        (key("body", "key"), "`S` (an API key in `body`)"),
        (
            json!({"type": "apiKey", "in": "query"}),
            "`S` (an API key without a `name`)",
        ),
        (
            json!({"type": "apiKey", "name": "key"}),
            "`S` (an API key without a place (`in`))",
        ),
        (
            key("header", "a key"),
            "`S` (an API key in a header that cannot be called \"a key\")",
        ),
        (
            key("cookie", "a;b"),
            "`S` (an API key in a cookie that cannot be called \"a;b\")",
        ),
        (
            key("header", "Accept"),
            "`S` (an API key in the header `Accept`, which the client sets itself)",
        ),
        (
            json!({"$ref": "#/components/securitySchemes/None"}),
            "`S` (not defined in the description)",
        ),
        (
            json!({"$ref": "#/components/securitySchemes/S"}),
            "`S` (not defined in the description)",
        ),
        (json!({"$ref": "other.yaml"}), "`S` (not defined in the description)"),
    ] {
        let mut description = empty();
        description["components"]["securitySchemes"]["S"] = scheme.clone();
        description["paths"]["/x"]["post"]["security"] = json!([{"S": []}]);
        let operation = &api(&description).operations[0];
        assert_eq!(operation.security[0][0].to_string(), expected, "{scheme}");
    }
}

#[test]
fn schemes_that_are_all_needed_have_places_of_their_own() {
    let key = |place: &str, name: &str| json!({"type": "apiKey", "in": place, "name": name});
    let twice = "`B` (it needs the header `authorization` a second time)";
    for (a, b, expected) in [
        (
            key("header", "X-A"),
            key("query", "X-A"),
            "API key `B` in the query parameter `X-A`",
        ),
        (
            key("cookie", "a"),
            key("header", "Cookie"),
            "API key `B` in the header `Cookie`",
        ),
        (
            json!({"type": "oauth2"}),
            json!({"type": "openIdConnect"}),
            "bearer token",
        ),
        (json!({"type": "oauth2"}), key("header", "Authorization"), twice),
        (
            json!({"type": "http", "scheme": "basic"}),
            key("header", "Authorization"),
            twice,
        ),
        (
            key("header", "X-A"),
            key("header", "x-a"),
            "`B` (it needs the header `x-a` a second time)",
        ),
    ] {
        let mut description = empty();
        description["components"]["securitySchemes"] = json!({"A": a, "B": b});
        description["paths"]["/x"]["post"]["security"] = json!([{"A": [], "B": []}]);
        let operation = &api(&description).operations[0];
        assert_eq!(operation.security[0][1].to_string(), expected, "{a} and {b}");
    }
}

#[test]
fn parameters_are_kept_with_their_places() {
    let mut description = empty();
    description["components"]["parameters"] = json!({"Shared": {"name": "X-Shared", "in": "header", "schema": {}}});
    let string = json!({"type": "string"});
    description["paths"] = json!({"/x/{id}": {
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
    let api = api(&description);
    let parameters = api.operations[0].parameters.iter().map(|parameter| {
        (
            parameter.name.as_str(),
            parameter.ident.as_str(),
            parameter.style,
            parameter.required,
            parameter.doc.as_str(),
        )
    });
    assert_eq!(
        parameters.collect::<Vec<_>>(),
        [
            ("limit", "limit", ParameterStyle::Query, true, "Own."),
            (
                "type",
                "type_",
                ParameterStyle::QueryJoined,
                false,
                "The parameter `type`."
            ),
            (
                "filter",
                "filter",
                ParameterStyle::QueryDeep,
                false,
                "The parameter `filter`.\n\nAn empty map is not sent, because a query of this style cannot express one."
            ),
            (
                "body",
                "body_parameter",
                ParameterStyle::Cookie,
                false,
                "The parameter `body`."
            ),
            ("id", "id", ParameterStyle::Path, true, "The parameter `id`."),
            (
                "X-Shared",
                "x_shared",
                ParameterStyle::Header,
                false,
                "The parameter `X-Shared`."
            ),
        ]
    );
}

#[test]
fn parameters_are_written_as_their_styles_say() {
    let media_type = json!({"application/json": {"schema": {"type": "object"}}});
    for (parameter, expected) in [
        (json!({"in": "path"}), Some(ParameterStyle::Path)),
        (
            json!({"in": "path", "allowReserved": true}),
            Some(ParameterStyle::PathTail),
        ),
        (json!({"in": "path", "style": "label"}), Some(ParameterStyle::PathLabel)),
        (
            json!({"in": "path", "style": "matrix"}),
            Some(ParameterStyle::PathMatrix),
        ),
        (json!({"in": "query"}), Some(ParameterStyle::Query)),
        (
            json!({"in": "query", "explode": false}),
            Some(ParameterStyle::QueryJoined),
        ),
        (
            json!({"in": "query", "style": "spaceDelimited"}),
            Some(ParameterStyle::QuerySpaced),
        ),
        (
            json!({"in": "query", "style": "pipeDelimited"}),
            Some(ParameterStyle::QueryPiped),
        ),
        (
            json!({"in": "query", "style": "deepObject"}),
            Some(ParameterStyle::QueryDeep),
        ),
        (
            json!({"in": "query", "content": media_type}),
            Some(ParameterStyle::QueryJson),
        ),
        (
            json!({"in": "query", "content": {"text/plain": {"schema": {"type": "string"}}}}),
            Some(ParameterStyle::Query),
        ),
        (
            json!({"in": "query", "style": "spaceDelimited", "explode": true}),
            Some(ParameterStyle::Query),
        ),
        (
            json!({"in": "path", "explode": true}),
            Some(ParameterStyle::PathExploded),
        ),
        (
            json!({"in": "path", "style": "label", "explode": true}),
            Some(ParameterStyle::PathLabelExploded),
        ),
        (
            json!({"in": "path", "style": "matrix", "explode": true}),
            Some(ParameterStyle::PathMatrixExploded),
        ),
        (
            json!({"in": "path", "content": media_type}),
            Some(ParameterStyle::PathJson),
        ),
        (json!({"in": "header"}), Some(ParameterStyle::Header)),
        (
            json!({"in": "header", "explode": true}),
            Some(ParameterStyle::HeaderExploded),
        ),
        (
            json!({"in": "header", "content": media_type}),
            Some(ParameterStyle::HeaderJson),
        ),
        (json!({"in": "cookie"}), Some(ParameterStyle::Cookie)),
        (
            json!({"in": "cookie", "content": media_type}),
            Some(ParameterStyle::CookieJson),
        ),
        (json!({"in": "header", "name": "Authorization"}), None),
    ] {
        let mut parameter = parameter;
        for (keyword, value) in [("name", json!("id")), ("schema", json!({}))] {
            if parameter.get(keyword).is_none() {
                parameter[keyword] = value;
            }
        }
        let mut description = empty();
        let item = description["paths"]["/x"].take();
        let path = if parameter["in"] == "path" { "/x/{id}" } else { "/x" };
        description["paths"] = json!({path: item});
        description["paths"][path]["post"]["parameters"] = json!([parameter]);
        let api = api(&description);
        let found = api.operations[0].parameters.first().map(|parameter| parameter.style);
        assert_eq!(found, expected, "{parameter}");
    }
}

#[test]
fn operations_of_one_name_are_told_apart_by_their_paths_whatever_the_order() {
    let operation = json!({"operationId": "list", "responses": {"204": {"description": "ok"}}});
    let id = json!([{"name": "id", "in": "path", "schema": {}}]);
    let paths = [
        (
            "/shops/{id}/tokens",
            json!({"parameters": id, "get": operation}),
            "list_of_shops",
        ),
        ("/tokens", json!({"get": operation}), "list"),
        (
            "/tokens/{id}",
            json!({"parameters": id, "get": {"responses": operation["responses"]}}),
            "get_tokens_id",
        ),
    ];
    for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2]] {
        let mut description = empty();
        let items = order.map(|index| (paths[index].0.to_owned(), paths[index].1.clone()));
        description["paths"] = Value::Object(items.into_iter().collect());
        let api = api(&description);
        let names = api.operations.iter().map(|operation| operation.name.as_str());
        assert_eq!(names.collect::<Vec<_>>(), order.map(|index| paths[index].2));
    }
}

#[test]
fn responses_are_sorted_into_successes_and_failures() {
    let mut description = empty();
    description["paths"]["/x"]["post"]["responses"] = json!({
        "default": {"description": ""},
        "4XX": {"description": ""},
        "404": {"description": "", "content": {"application/problem+json": {"schema": {"type": "string"}}}},
        "202": {"description": "", "content": {"text/csv": {}}},
        "200": {"description": "", "content": {"application/json": {}}},
    });
    let api = api(&description);
    let operation = &api.operations[0];
    let rows = |responses: &[Response]| {
        let row = |response: &Response| {
            let content = response.content.as_ref();
            let media_type = content.map_or("none", |content| content.media_type().unwrap_or("form"));
            (response.status, response.variant.clone(), media_type.to_owned())
        };
        responses.iter().map(row).collect::<Vec<_>>()
    };
    let row = |status: Status, variant: &str, content: &str| (status, variant.to_owned(), content.to_owned());
    assert_eq!(
        rows(&operation.successes),
        [
            row(Status::Code(200), "Ok", "application/json"),
            row(Status::Code(202), "Accepted", "text/csv"),
        ]
    );
    assert_eq!(
        rows(&operation.failures),
        [
            row(Status::Code(404), "NotFound", "application/problem+json"),
            row(Status::Class(4), "ClientError", "none"),
            row(Status::Default, "Default", "none"),
        ]
    );
}

#[test]
fn media_types_are_chosen_whatever_their_order() {
    let json = || json!({"schema": {"type": "integer"}});
    let text = || json!({"schema": {"type": "string"}});
    let forward = |media_types: &[(&str, Value)]| {
        let members = media_types
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()));
        Value::Object(members.collect())
    };
    for (media_types, sent, accepted) in [
        (
            vec![
                ("application/xml", text()),
                ("application/json", json()),
                ("text/plain", text()),
            ],
            "application/json",
            "application/json",
        ),
        (
            vec![("application/b+json", json()), ("application/a+json", json())],
            "application/a+json",
            "application/a+json",
        ),
        (
            vec![("application/a+json", json()), ("application/json", json())],
            "application/json",
            "application/json",
        ),
        (
            vec![("*/*", json()), ("text/plain", text())],
            "application/json",
            "application/json",
        ),
        (
            vec![("text/plain", text()), ("application/octet-stream", text())],
            "application/octet-stream",
            "application/octet-stream",
        ),
        (
            vec![
                (
                    "multipart/form-data",
                    json!({"schema": {"properties": {"a": {"type": "string"}}}}),
                ),
                ("text/plain", text()),
                (
                    "application/x-www-form-urlencoded",
                    json!({"schema": {"properties": {"a": {"type": "string"}}}}),
                ),
            ],
            "application/x-www-form-urlencoded",
            "application/x-www-form-urlencoded",
        ),
    ] {
        let mut backward = media_types.clone();
        backward.reverse();
        for content in [forward(&media_types), forward(&backward)] {
            let mut description = empty();
            let operation = &mut description["paths"]["/x"]["post"];
            operation["requestBody"] = json!({"content": content});
            operation["responses"] = json!({"200": {"description": "", "content": content}});
            let api = api(&description);
            let operation = &api.operations[0];
            let media_type = |content: &Content| match content {
                Content::UrlEncoded { .. } => "application/x-www-form-urlencoded".to_owned(),
                Content::Multipart { .. } => "multipart/form-data".to_owned(),
                other => other.media_type().unwrap_or_default().to_owned(),
            };
            let body = operation.body.as_ref().map(|body| media_type(&body.content));
            assert_eq!(body.as_deref(), Some(sent), "{content}");
            let response = operation.successes[0].content.as_ref().map(media_type);
            assert_eq!(response.as_deref(), Some(accepted), "{content}");
        }
    }
}

#[test]
fn only_openapi_3_is_taken() {
    for (description, message) in [
        (json!({"openapi": "3.1.0"}), None),
        (json!({"openapi": 3.1}), None),
        (json!({"openapi": "3.0.3"}), None),
        (
            json!({"openapi": "4.0.0"}),
            Some("error[unsupported-version]: the description is OpenAPI 4.0.0\n  at: #/openapi\n"),
        ),
        (
            json!({"swagger": "2.0"}),
            Some("error[unsupported-version]: the description is Swagger 2.0\n  at: #/swagger\n"),
        ),
        (
            json!({"name": "x"}),
            Some("error[not-openapi]: the file is not an OpenAPI description: `openapi` is missing\n  at: #\n"),
        ),
        (
            json!([]),
            Some("error[not-openapi]: the file is not an OpenAPI description: `openapi` is missing\n  at: #\n"),
        ),
    ] {
        let error = check_version(&description).err().map(|error| error.to_string());
        match (error, message) {
            (None, None) => {}
            (Some(error), Some(message)) => assert!(error.starts_with(message), "{error}"),
            (error, _) => panic!("{description}: {error:?}"),
        }
    }
}

#[test]
fn parameters_of_a_path_that_is_referred_to_are_sent() {
    let limited = json!({"type": "string", "maxLength": 3});
    let mut description = with_component(&json!({"type": "object", "properties": {"name": limited}}));
    let item = description["paths"]["/x"].take();
    let schema = json!({"$ref": "#/components/schemas/Filter"});
    description["components"]["schemas"]["Filter"] = json!({"type": "object", "properties": {"name": limited}});
    description["components"]["pathItems"] = json!({"X": item, "Y": {"$ref": "#/components/pathItems/X"}});
    description["components"]["pathItems"]["X"]["parameters"] =
        json!([{"name": "filter", "in": "query", "style": "deepObject", "schema": schema}]);
    description["paths"]["/x"] = json!({"$ref": "#/components/pathItems/Y"});
    let api = api(&description);
    assert_eq!(api.operations.len(), 1);
    assert!(crate::text::def(&api, "Filter").usage.is_sent);
}

#[test]
fn a_key_of_paths_may_be_more_than_a_path() {
    let operation = || json!({"responses": {"204": {"description": "ok"}}});
    let mut description = empty();
    description["paths"] = json!({
        "/notes": {"post": operation()},
        "/notes?preview=true&lang={lang}": {
            "parameters": [{"name": "lang", "in": "query", "schema": {}}, {"name": "preview", "in": "query", "schema": {}}],
            "post": operation(),
        },
        "/find?q={q}": {"get": operation()},
        "other": {"get": operation(), "parameters": []},
        "/notes#create": {"get": operation(), "put": operation()},
    });
    let parsed = parsed(&description);
    let operations = parsed.api.operations.iter().map(|operation| {
        let parameters = operation.parameters.iter();
        let parameters = parameters.map(|parameter| (parameter.name.as_str(), parameter.style));
        (
            operation.name.as_str(),
            operation.path.as_str(),
            parameters.collect::<Vec<_>>(),
        )
    });
    assert_eq!(
        operations.collect::<Vec<_>>(),
        [
            ("post_notes", "/notes", vec![]),
            (
                "post_notes_preview_true_lang_lang",
                "/notes?preview=true",
                vec![("lang", ParameterStyle::Query)]
            ),
            ("get_find_q_q", "/find?q={q}", vec![("q", ParameterStyle::Path)]),
            ("get_other", "/other", vec![]),
        ]
    );
    let omitted = parsed.notes.iter().filter(|note| note.rule() == Rule::OmittedOperation);
    let omitted = omitted.map(|note| note.pointer().to_string()).collect::<Vec<_>>();
    assert_eq!(omitted, ["#/paths/~1notes#create/get", "#/paths/~1notes#create/put"]);
    let errors = analyzed(&description, true).unwrap_err();
    assert_eq!(errors.len(), 2, "{errors:?}");
    assert!(errors.iter().all(|error| error.rule() == Rule::UnusualPath));

    // Of two that are called alike, the shorter key keeps the name.
    let named = || json!({"operationId": "make", "responses": {}});
    description["paths"] = json!({"/notes?preview=true": {"post": named()}, "/notes": {"post": named()}});
    let api = api(&description);
    let methods = api.operations.iter().map(|operation| operation.name.as_str());
    assert_eq!(methods.collect::<Vec<_>>(), ["make_of_preview_true", "make"]);
}

#[test]
fn what_stands_in_braces_besides_a_name_is_noted() {
    let parameter = |name: &str| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}});
    let mut description = empty();
    description["paths"] = json!({
        "/files/{path+}": {"get": {"parameters": [parameter("path")], "responses": {"204": {"description": "ok"}}}},
        "/things/{id:[0-9]+}": {"get": {"responses": {"204": {"description": "ok"}}}},
    });
    let parsed = parsed(&description);
    let parameters = parsed.api.operations.iter().map(|operation| {
        let parameter = &operation.parameters[0];
        (operation.path.as_str(), parameter.name.as_str(), parameter.style)
    });
    assert_eq!(
        parameters.collect::<Vec<_>>(),
        [
            ("/files/{path}", "path", ParameterStyle::PathTail),
            ("/things/{id}", "id", ParameterStyle::Path)
        ]
    );
    let notes = parsed.notes.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(
        notes,
        [
            "note[unusual-path]: #/paths/~1files~1{path+}: `{path+}` is more than a name in braces: the parameter `path`, whose \
             slashes are kept",
            "note[unusual-path]: #/paths/~1things~1{id:[0-9]+}: `{id:[0-9]+}` is more than a name in braces: the parameter `id`",
            "note[undescribed-path-parameter]: #/paths/~1things~1{id:[0-9]+}/get: the path has `{id}`, and no parameter \
             describes it: a string",
        ]
    );
}

#[test]
fn a_parameter_is_sent_once() {
    let header = |name: &str, kind: &str| json!({"name": name, "in": "header", "schema": {"type": kind}});
    let mut description = empty();
    description["paths"]["/x"]["parameters"] = json!([header("x-b", "string"), header("X-C", "string")]);
    description["paths"]["/x"]["post"]["parameters"] = json!([
        header("X-A", "integer"),
        header("x-a", "string"),
        header("X-B", "integer"),
        {"name": "X-A", "in": "query", "schema": {"type": "boolean"}},
        {"name": "x-a", "in": "query", "schema": {"type": "boolean"}},
    ]);
    let parsed = parsed(&description);
    let parameters = parsed.api.operations[0].parameters.iter();
    let parameters = parameters.map(|parameter| {
        (
            parameter.name.as_str(),
            parameter.style.location(),
            ty(&parsed.api, &parameter.ty),
        )
    });
    assert_eq!(
        parameters.collect::<Vec<_>>(),
        [
            ("X-A", "header", "i64".to_owned()),
            ("X-B", "header", "i64".to_owned()),
            ("X-A", "query", "bool".to_owned()),
            ("x-a", "query", "bool".to_owned()),
            ("X-C", "header", "String".to_owned()),
        ]
    );
    let notes = parsed.notes.iter().map(ToString::to_string).collect::<Vec<_>>();
    let twice = "note[duplicate-parameter]: #/paths/~1x/post/parameters/1: `x-a` in the header a second time: the first one is used";
    assert_eq!(notes, [twice]);
}

#[test]
fn other_servers_are_noted_as_they_can_be_called() {
    for (urls, expected, default) in [
        (
            &["https://a.b", "https://a.b/v2", "http://c.d", "http://localhost:1"][..],
            "clients call `https://a.b` unless they are given another `endpoint`, of which there are `https://a.b/v2`, \
             `http://c.d` (with `allow_insecure_http(true)`), `http://localhost:1`; to make another one the default",
            Some("https://a.b/v2"),
        ),
        (
            &["/v1", "https://a.b/v1"],
            "clients call `https://a.b/v1`; `/v1` alone names no host, and is not used",
            None,
        ),
        (
            &["/v1", "/v2", "/"],
            "clients that are given a host alone add `/v1`; for the others, give them the path: `https://api.example.com/v2`, no \
             endpoint for `/`; to make another one the default",
            Some("/v2"),
        ),
        (&["https://a.b", "https://a.b/", "https://a.b"], "", None),
        (&["/", ""], "", None),
    ] {
        let mut description = empty();
        description["servers"] = urls.iter().map(|url| json!({"url": url})).collect();
        let notes = notes(&description);
        let found = notes
            .iter()
            .find_map(|note| note.strip_prefix("note[several-servers]: #/servers: "));
        let found = found.unwrap_or_default();
        assert_eq!(found.is_empty(), expected.is_empty(), "{urls:?}: {found}");
        assert!(found.starts_with(expected), "{urls:?}: {found}");
        let update = default.map(|url| format!("update: {{servers: [{{url: '{url}'}}]}}"));
        assert_eq!(found.contains("update: "), update.is_some(), "{urls:?}: {found}");
        assert!(found.ends_with(&update.unwrap_or_default()), "{urls:?}: {found}");
    }
}

#[test]
fn keywords_that_openapi_does_not_have_there_are_noted() {
    let operation = |responses: &Value| json!({"operationId": "x", "responses": responses});
    let string = json!({"type": "string"});
    let json_body = |keywords: &Value| {
        let mut media_type = json!({"schema": string});
        media_type
            .as_object_mut()
            .unwrap()
            .extend(keywords.as_object().unwrap().clone());
        json!({"content": {"application/json": media_type}})
    };
    for (place, value, expected) in [
        (
            "/definition",
            json!({}),
            "note[unused-keyword]: #/definition: `definition` is no keyword of a description, and not used",
        ),
        (
            "/components/definitions",
            json!({}),
            "note[unused-keyword]: #/components/definitions: `definitions` is no keyword of `components`, and not used",
        ),
        (
            "/paths/~1x/post/responses/200/schema",
            string.clone(),
            "note[unused-keyword]: #/paths/~1x/post/responses/200/schema: `schema` is no keyword of a response, and not used",
        ),
        (
            "/paths/~1x/post/requestBody/schema",
            string.clone(),
            "note[unused-keyword]: #/paths/~1x/post/requestBody/schema: `schema` is no keyword of a request body, and not used",
        ),
        (
            "/paths/~1x/post/requestBody",
            json!({"content": {}}),
            "note[malformed-keyword]: #/paths/~1x/post/requestBody/content: `content` is not what it should be, and not used",
        ),
        (
            "/paths/~1x/post/requestBody",
            json_body(&json!({"schemas": []})),
            "note[unused-keyword]: #/paths/~1x/post/requestBody/content/application~1json/schemas: `schemas` is no keyword of a \
             media type, and not used",
        ),
        (
            "/paths/~1x/post/requestBody",
            json_body(&json!({"encoding": {}})),
            "note[unused-encoding]: #/paths/~1x/post/requestBody/content/application~1json/encoding: only the parts of a form \
             have an `encoding`: not used",
        ),
        (
            "/paths/~1x/post/parameters",
            json!([{"name": "a", "in": "query", "schema": string, "collectionFormat": "multi"}]),
            "note[unused-keyword]: #/paths/~1x/post/parameters/0/collectionFormat: `collectionFormat` is no keyword of a \
             parameter, and not used",
        ),
        (
            "/paths/~1x/post/parameters",
            json!([{"name": "a", "in": "query", "schema": string, "required": "true"}]),
            "note[malformed-keyword]: #/paths/~1x/post/parameters/0/required: `required` is not what it should be, and not used",
        ),
        (
            "/paths/~1x/post/parameters",
            json!([{"name": "a", "in": "query", "schema": string, "content": {"application/json": {}}}]),
            "note[several-media-types]: #/paths/~1x/post/parameters/0/content: a parameter has one media type and no `schema` \
             beside it: the first one is used",
        ),
        (
            "/paths/~1x/post/parameters",
            json!([{"name": "", "in": "query", "schema": string}]),
            "note[incomplete-parameter]: #/paths/~1x/post/parameters/0: a parameter without `name` or `in` is not used",
        ),
        (
            "/paths/~1x/post/deprecated",
            json!("true"),
            "note[malformed-keyword]: #/paths/~1x/post/deprecated: `deprecated` is not what it should be, and not used",
        ),
        (
            "/paths/~1y",
            json!({"head": operation(&json!({"200": {"description": "ok", "content": {"application/json": {"schema": string}}}}))}),
            "note[unused-keyword]: #/paths/~1y/head/responses/200/content: a response to HEAD has no body: this is what GET would \
             return",
        ),
    ] {
        let mut description = empty();
        let (parent, key) = place.rsplit_once('/').unwrap();
        description.pointer_mut(parent).unwrap()[key.replace("~1", "/")] = value;
        let notes = notes(&description);
        assert!(notes.contains(&expected.to_owned()), "{place}: {notes:?}");
    }
}

#[test]
fn what_something_refers_to_is_used_wherever_it_stands() {
    let mut description = with_component(&json!({"$ref": "#/definitions/D"}));
    description["definitions"] = json!({"D": {"type": "object", "properties": {"a": {"type": "string"}}}});
    assert!(!notes(&description).join("\n").contains("unused-keyword"));
}

#[test]
fn a_response_to_head_has_no_content() {
    let mut description = empty();
    let content = json!({"application/json": {"schema": {"type": "object", "properties": {"a": {}}}}});
    description["paths"]["/x"]["head"] = json!({
        "operationId": "x",
        "responses": {"200 ": {"description": "ok", "content": content}},
    });
    let api = api(&description);
    let head = api
        .operations
        .iter()
        .find(|operation| operation.method == "HEAD")
        .unwrap();
    assert_eq!(head.successes[0].status, Status::Code(200));
    assert!(head.successes[0].content.is_none());
}

#[test]
fn what_a_parameter_is_is_documented() {
    let mut description = empty();
    description["paths"]["/x"]["post"]["externalDocs"] = json!({"url": "https://a.b/c", "description": "More"});
    description["paths"]["/x"]["post"]["parameters"] = json!([
        {"name": "a", "in": "query", "description": "An a.", "deprecated": true, "schema": {"type": "integer", "maximum": 9, "default": 5}},
        {"name": "b", "in": "query", "schema": {"type": "integer"}},
    ]);
    let api = api(&description);
    let docs = api.operations[0]
        .parameters
        .iter()
        .map(|parameter| parameter.doc.as_str());
    assert_eq!(
        docs.collect::<Vec<_>>(),
        [
            "An a.\n\nAt most 9.\n\nThe server's default is `5`.\n\nDeprecated by the API's description.",
            "The parameter `b`."
        ]
    );
    assert!(
        api.operations[0].doc.ends_with("See <https://a.b/c> (More)."),
        "{}",
        api.operations[0].doc
    );
}

#[test]
fn a_client_is_built_for_the_first_server_that_it_can_call() {
    let url = |url: &str| json!({"url": url});
    let variables =
        json!({"url": "https://{region}.a.b/{v}", "variables": {"region": {"default": "eu"}, "v": {"enum": ["v1"]}}});
    for (servers, expected, notes) in [
        (json!([url("https://a.b/c")]), "https://a.b/c", &[][..]),
        (
            json!([url("http://a.b"), url("https://c.d")]),
            "https://c.d",
            &["several-servers"],
        ),
        (json!([url("http://a.b")]), "http://a.b", &["unusual-server"]),
        (json!([url("http://localhost:80/a")]), "http://localhost:80/a", &[]),
        (json!([url("http://[::1]:80")]), "http://[::1]:80", &[]),
        (
            json!([url("HTTPS://a.b/c?d=e#f")]),
            "https://a.b/c",
            &["unusual-server"],
        ),
        (json!([url("https://me:pass@a.b")]), "https://a.b", &["unusual-server"]),
        (json!([variables]), "https://eu.a.b/v1", &["unusual-server"]),
        (
            json!([url("https://{host}/a"), url("/b")]),
            "/b",
            &["unusual-server", "no-server"],
        ),
        (json!([url("//a.b/c")]), "https://a.b/c", &[]),
        (json!([url("/api/v2/")]), "/api/v2", &["no-server"]),
        (json!([url("./v2?a=b")]), "/v2", &["no-server"]),
        (
            json!([url("/"), url("../a"), url("mailto:a@b")]),
            "",
            &["unusual-server", "unusual-server", "no-server"],
        ),
        (json!([5]), "", &["unusual-server", "no-server"]),
        (json!(null), "", &["no-server"]),
    ] {
        let mut description = empty();
        description["servers"] = servers.clone();
        let parsed = parsed(&description);
        assert_eq!(parsed.api.server, expected, "{servers}");
        let rules = parsed.notes.iter().map(|note| note.rule().code()).collect::<Vec<_>>();
        assert_eq!(rules, notes, "{servers}: {:?}", parsed.notes);
    }
    let mut description = empty();
    description["servers"] = json!([url("/api/v2")]);
    let notes = notes(&description).join("\n");
    assert!(
        notes.contains("`/api/v2` is added") && notes.contains("- target: $\n"),
        "{notes}"
    );

    // That of all operations is that of the API.
    let operation = |servers: Value| json!({"servers": servers, "responses": {}});
    description["servers"] = json!(null);
    description["paths"]["/x"]["post"]["servers"] = json!([url("https://a.b")]);
    description["paths"]["/y"] = json!({"get": operation(json!([url("https://a.b")]))});
    assert_eq!(api(&description).server, "https://a.b");
    description["paths"]["/z"] = json!({"get": operation(json!([url("https://c.d")]))});
    assert_eq!(api(&description).server, "");
}

#[test]
fn what_is_said_of_another_media_type_chooses_it() {
    let mut description = empty();
    let content = || json!({"text/csv": {}, "application/json": {"schema": {"type": "string"}}, "application/xml": {}});
    description["paths"]["/it's/{a}"] = json!({"put": {
        "operationId": "put",
        "requestBody": {"content": content()},
        "responses": {"200": {"description": "ok", "content": content()}},
    }});
    for (place, media_type, expected) in [
        (
            "requestBody/content",
            "application/json",
            "application/xml` or `text/csv",
        ),
        (
            "responses/200/content",
            "application/json",
            "application/xml` or `text/csv",
        ),
    ] {
        let notes = notes(&description);
        let start = format!("note[several-media-types]: #/paths/~1it's~1{{a}}/put/{place}: ");
        let note = notes.iter().find(|note| note.starts_with(&start));
        let note = note.unwrap_or_else(|| panic!("no {start} in {notes:#?}"));
        let (_, not) = note
            .split_once(&format!("`{media_type}`, and not "))
            .unwrap_or_else(|| panic!("{note}"));
        let others = expected.split("` or `").collect::<Vec<_>>();
        assert!(others.iter().all(|other| not.contains(&format!("`{other}`"))), "{note}");
        let (_, action) = note
            .split_once("openapi/overlay.yaml:\n")
            .unwrap_or_else(|| panic!("{note}"));
        let overlay = format!("overlay: 1.0.0\ninfo: {{title: t, version: '1'}}\nactions:\n{action}\n");
        let overlay = Source::parse("overlay.yaml", &overlay).unwrap();
        overlay::apply(&overlay, &mut description).unwrap();
    }
    let api = api(&description);
    let put = api.operations.iter().find(|operation| operation.name == "put").unwrap();
    let body = put.body.as_ref().and_then(|body| body.content.media_type());
    let response = put.successes[0].content.as_ref().and_then(Content::media_type);
    assert_eq!((body, response), (Some("application/xml"), Some("application/xml")));
}

#[test]
fn what_the_client_has_nothing_for_is_noted_once() {
    let mut description = empty();
    let response = |names: &[&str]| {
        let headers = names.iter().map(|name| ((*name).to_owned(), json!({"schema": {}})));
        json!({"description": "ok", "headers": Value::Object(headers.collect())})
    };
    description["paths"]["/a"] =
        json!({"get": {"responses": {"204": response(&["A", "B"]), "404": response(&["B", "C", "D", "E", "F"])}}});
    description["paths"]["/b"] = json!({"get": {"responses": {"204": response(&["A"])}}});
    assert_eq!(
        notes(&description),
        [
            "note[response-headers]: #/paths/~1a/get/responses/204/headers: headers have no types of their own: read them with \
          `headers()`; here and in 2 more places: `A`, `B`, `C`, `D`, `E` and 1 more"
        ]
    );
}

#[test]
fn what_a_parameter_is_sent_without_is_noted() {
    let custom = |schema: Value| json!({"application/x-custom": {"schema": schema}});
    let list = json!({"type": "array", "items": {"type": "string"}});
    for (parameter, place) in [
        (
            json!({"in": "query", "content": custom(json!({"type": "string"}))}),
            Some("content"),
        ),
        (
            json!({"in": "query", "content": custom(json!({"type": "object"}))}),
            Some("content"),
        ),
        (
            json!({"in": "query", "content": {"text/plain": {"schema": {"type": "object"}}}}),
            Some("content"),
        ),
        (
            json!({"in": "query", "content": {"text/csv": {"schema": {"type": "string"}}}}),
            None,
        ),
        (
            json!({"in": "query", "allowReserved": true, "schema": {"type": "string"}}),
            Some("allowReserved"),
        ),
        (json!({"in": "cookie", "schema": list}), Some("schema")),
        (
            json!({"in": "cookie", "schema": list, "explode": true}),
            Some("explode"),
        ),
        (json!({"in": "cookie", "schema": list, "explode": false}), None),
        (json!({"in": "header", "schema": list, "style": "form"}), Some("style")),
        (json!({"in": "header", "schema": list, "style": "simple"}), None),
    ] {
        let mut described = parameter.clone();
        described["name"] = json!("a");
        let mut description = empty();
        description["paths"]["/x"]["post"]["parameters"] = json!([described]);
        let start = place.map(|place| format!("note[parameter-style]: #/paths/~1x/post/parameters/0/{place}: "));
        let notes = notes(&description);
        assert_eq!(notes.len(), start.iter().len(), "{parameter}: {notes:?}");
        assert!(
            notes.iter().zip(&start).all(|(note, start)| note.starts_with(start)),
            "{notes:?}"
        );
    }
}

#[test]
fn headers_that_clients_set_are_no_parameters_and_no_keys() {
    for name in [
        "Accept",
        "Connection",
        "Content-Length",
        "content-type",
        "Host",
        "Transfer-Encoding",
        "User-Agent",
        "TE",
        "Upgrade",
    ] {
        let mut description = empty();
        description["paths"]["/x"]["post"]["parameters"] =
            json!([{"name": name, "in": "header", "schema": {"type": "string"}}]);
        description["components"]["securitySchemes"]["Bearer"] =
            json!({"type": "apiKey", "in": "header", "name": name});
        assert_eq!(api(&description).operations[0].parameters.len(), 0, "{name}");
        let notes = notes(&description).join("\n");
        for start in [
            "note[reserved-header]: #/paths/~1x/post/parameters/0: ",
            "note[unsupported-security]: #/components/securitySchemes/Bearer: ",
        ] {
            assert!(notes.contains(start), "{name}: {notes}");
        }
    }
}

#[test]
fn what_is_within_a_list_or_an_object_is_noted_as_it_is_sent() {
    let list = |items: &Value| json!({"type": "array", "items": items});
    let object = |property: &Value| json!({"type": "object", "properties": {"p": property}});
    let text = json!({"type": "string"});
    let (lists, objects) = (list(&list(&text)), list(&object(&text)));
    for (style, schema, expected) in [
        (json!({}), lists.clone(), Some("a list within the list: sent as JSON")),
        (
            json!({"explode": false}),
            lists.clone(),
            Some("a list within the list: sent as JSON"),
        ),
        (
            json!({"in": "header"}),
            lists.clone(),
            Some("a list within the list: sent as JSON"),
        ),
        (
            json!({}),
            objects.clone(),
            Some("an object within the list: sent as JSON"),
        ),
        (
            json!({}),
            json!({"anyOf": [list(&json!({"allOf": [object(&text)]})), {"type": "null"}]}),
            Some("an object within the list: sent as JSON"),
        ),
        (
            json!({}),
            object(&list(&text)),
            Some("a list within the object: sent as `property=item` for each item"),
        ),
        (
            json!({"explode": false}),
            object(&list(&text)),
            Some("a list within the object: sent as JSON"),
        ),
        (
            json!({}),
            object(&object(&text)),
            Some("an object within the object: sent as JSON"),
        ),
        (
            json!({"style": "deepObject"}),
            list(&text),
            Some("a list: sent as `name=item` for each item"),
        ),
        (
            json!({"style": "deepObject"}),
            objects,
            Some("a list: sent as `name[0]…` for each item"),
        ),
        (
            json!({"style": "deepObject"}),
            object(&list(&text)),
            Some("a list within the object: sent as `name[property]=item` for each item"),
        ),
        (
            json!({"style": "deepObject"}),
            object(&object(&text)),
            Some("an object within the object: sent as `name[property][…]`"),
        ),
        (json!({"style": "deepObject"}), object(&text), None),
        (json!({}), list(&text), None),
        (json!({"explode": false}), object(&text), None),
        (json!({}), json!({"anyOf": [text, list(&text)]}), None),
    ] {
        let mut parameter = json!({"in": "query", "name": "a", "schema": schema});
        for (keyword, value) in style.as_object().unwrap() {
            parameter[keyword] = value.clone();
        }
        let mut description = empty();
        description["paths"]["/x"]["post"]["parameters"] = json!([parameter]);
        let start = "note[parameter-style]: #/paths/~1x/post/parameters/0/schema: OpenAPI does not define how to send ";
        let expected = expected.map(|how| format!("{start}{how}"));
        assert_eq!(notes(&description), Vec::from_iter(expected), "{parameter}");
    }
    // What is JSON by its media type is defined.
    let mut description = empty();
    description["paths"]["/x"]["post"]["parameters"] =
        json!([{"in": "query", "name": "a", "content": {"application/json": {"schema": lists}}}]);
    assert!(notes(&description).is_empty());
}

#[test]
fn a_schema_that_the_client_drops_is_noted_once() {
    let own = json!({"$ref": "#/components/schemas/T"});
    for (media_type, schema, lost) in [
        ("application/xml", own.clone(), Some("the schema `T`")),
        (
            "application/yaml",
            json!({"type": "object"}),
            Some("a schema of the type `object`"),
        ),
        (
            "text/csv",
            json!({"type": "array", "items": own}),
            Some("a schema of the type `array`"),
        ),
        ("application/x-ndjson", json!({"anyOf": [own, own]}), Some("a schema")),
        ("text/event-stream", own.clone(), Some("the schema `T`")),
        (
            "text/plain",
            json!({"type": "integer"}),
            Some("a schema of the type `integer`"),
        ),
        ("text/csv", json!({"type": "string"}), None),
        ("text/csv", json!({"type": ["string", "null"]}), None),
        ("application/xml", json!({}), None),
        ("application/pdf", json!({"type": "string", "format": "binary"}), None),
        ("application/pdf", json!({"format": "binary"}), None),
    ] {
        for place in ["requestBody", "responses/200"] {
            let mut description = empty();
            let pointer = format!("/paths/~1x/post/{place}/content");
            *description.pointer_mut(&pointer).unwrap() = json!({media_type: {"schema": schema}});
            let at = media_type.replace('/', "~1");
            let expected = lost.map(|lost| {
                format!(
                    "note[untyped-body]: #{pointer}/{at}/schema: {lost} is lost: `{media_type}` is neither read nor written, and \
                     the body is bytes"
                )
            });
            assert_eq!(notes(&description), Vec::from_iter(expected), "{place}");
        }
    }
}

#[test]
fn a_key_is_not_sent_beside_a_value_that_the_path_has_for_it() {
    let mut description = empty();
    description["components"]["securitySchemes"]["Key"] = json!({"type": "apiKey", "in": "query", "name": "key"});
    let operation = |id: &str| {
        json!({"post": {
            "operationId": id,
            "security": [{"Key": []}],
            "responses": {"204": {"description": "ok"}},
        }})
    };
    description["paths"]["/a?key=fixed"] = operation("fixed");
    description["paths"]["/a?other=fixed"] = operation("other");
    let api = api(&description);
    let security = |name: &str| {
        let found = api.operations.iter().find(|operation| operation.name == name);
        alternatives(&found.unwrap().security, Scheme::to_string, "none")
    };
    let why = "`Key` (it needs the query parameter `key`, for which the path has a value)";
    assert_eq!(security("fixed"), why);
    assert!(!security("other").contains("path"), "{}", security("other"));
    let expected = "note[combined-security]: #/paths/~1a?key=fixed/post/security/0: `Key` needs the query parameter `key`, for which \
                    the path has a value: calls that need it are not sent";
    assert!(
        notes(&description).contains(&expected.to_owned()),
        "{:?}",
        notes(&description)
    );
    let errors = analyzed(&description, true).unwrap_err();
    assert!(errors.iter().any(|error| error.rule() == Rule::CombinedSecurity));
}

#[test]
fn what_a_form_or_a_query_cannot_say_is_documented() {
    let object = json!({"type": "object", "required": ["must"], "properties": {
        "may": {"type": ["string", "null"]},
        "must": {"type": ["string", "null"]},
        "any": {},
        "text": {"type": "string"},
        "list": {"type": "array", "items": {"type": "string"}},
    }});
    let form = "In a form, null is not sent, because a form cannot express it.";
    let query = "In a query, null is not sent, because a query cannot express it.";
    let mut description = with_component(&object);
    let content = json!({"application/x-www-form-urlencoded": {"schema": {"$ref": "#/components/schemas/T"}}});
    description["paths"]["/x"]["post"]["requestBody"]["content"] = content;
    description["paths"]["/x"]["post"]["responses"] = json!({"200": {"description": "ok"}});
    description["paths"]["/x"]["post"]["parameters"] = json!([
        {"in": "query", "name": "deep", "style": "deepObject", "schema": {"type": "object", "properties": {
            "inner": {"type": "object", "properties": {"n": {"type": ["string", "null"]}}},
        }}},
        {"in": "query", "name": "needed", "required": true, "schema": {"type": "array", "items": {"type": "string"}}},
    ]);
    let api = api(&description);
    for (name, is_noted) in [
        ("may", true),
        ("must", true),
        ("any", true),
        ("text", false),
        ("list", false),
    ] {
        assert_eq!(field(&api, "T", name).doc.contains(form), is_noted, "{name}");
        assert_eq!(field(&api, "T", name).writes_null, !is_noted, "{name}");
    }
    let inner = field(&api, "DoItDeepInner", "n");
    assert!(inner.doc.contains(query) && !inner.writes_null, "{}", inner.doc);
    let needed = &api.operations[0].parameters[1];
    assert!(
        needed.required && needed.doc.contains("An empty list is not sent"),
        "{}",
        needed.doc
    );

    // In JSON, null is null.
    let json = with_component(&object);
    assert!(!field(&self::api(&json), "T", "may").doc.contains("null is not sent"));
    assert!(field(&self::api(&json), "T", "may").writes_null);
    // What is sent as both says so.
    let mut both = description;
    let response =
        json!({"description": "ok", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/T"}}}});
    both["paths"]["/x"]["post"]["responses"]["200"] = response;
    let api = self::api(&both);
    let may = field(&api, "T", "may");
    assert!(may.doc.contains(form) && may.writes_null, "{}", may.doc);
}

#[test]
fn each_property_of_a_form_has_a_style_of_its_own() {
    let mut description = empty();
    let encoding = json!({
        "deep": {"style": "deepObject"},
        "joined": {"explode": false},
        "repeated": {"style": "pipeDelimited", "explode": true, "contentType": "ignored/beside-style"},
        "json": {"contentType": "application/json"},
        "text": {"contentType": "text/plain"},
        "custom": {"contentType": "application/x-custom"},
        "reserved": {"allowReserved": true},
        "headers": {"headers": {}},
        "unknown": {"style": "label"},
    });
    description["paths"]["/x"]["post"]["requestBody"] = json!({"content": {"application/x-www-form-urlencoded": {
        "schema": {"type": "object", "properties": {"deep": {"type": "object"}}},
        "encoding": encoding,
    }}});
    let parsed = parsed(&description);
    let Some(Content::UrlEncoded { styles, .. }) = parsed.api.operations[0].body.as_ref().map(|body| &body.content)
    else {
        panic!("it is a form");
    };
    let styles = styles.iter().map(|(name, style)| (name.as_str(), *style));
    assert_eq!(
        styles.collect::<Vec<_>>(),
        [
            ("deep", ParameterStyle::QueryDeep),
            ("joined", ParameterStyle::QueryJoined),
            ("repeated", ParameterStyle::Query),
            ("json", ParameterStyle::QueryJson),
            ("reserved", ParameterStyle::Query),
        ]
    );
    let notes = parsed.notes.iter().filter(|note| note.rule() == Rule::UnusedEncoding);
    let notes = notes.map(|note| note.pointer().segments().skip(6).collect::<Vec<_>>().join("/"));
    assert_eq!(
        notes.collect::<Vec<_>>(),
        [
            "encoding/custom/contentType",
            "encoding/reserved/allowReserved",
            "encoding/headers/headers",
            "encoding/unknown/style"
        ]
    );
}
