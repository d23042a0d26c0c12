//! Bodies that are forms: their files, and what is lost of their parts.

use super::*;

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
