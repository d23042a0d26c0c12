//! Bodies that are forms: their files, and what is lost of their parts.

use serde_json::{Value, json};

use crate::{
    description::with_form,
    text::{api, field, kind, notes, ty, type_names},
};

fn object(properties: &Value) -> Value {
    json!({"type": "object", "properties": properties})
}

#[test]
fn files_of_forms_are_uploads_wherever_they_stand() {
    let list = |items: &Value| json!({"type": "array", "items": items});
    let component = json!({"$ref": "#/components/schemas/T"});
    let binary = json!({"type": "string", "format": "binary"});
    for (property, expected) in [
        (binary.clone(), "Upload"),
        (component.clone(), "Upload"),
        (json!({"type": "file"}), "Upload"),
        (json!({"format": "binary"}), "Upload"),
        (json!({"type": "string", "contentMediaType": "image/png"}), "Upload"),
        (json!({}), "Upload"),
        (json!({"allOf": [component]}), "Upload"),
        (
            json!({"allOf": [component, {"description": "d"}, {"maxLength": 9}]}),
            "Upload",
        ),
        (json!({"anyOf": [component, {"type": "null"}]}), "Upload | null"),
        (json!({"type": ["null", "string"], "format": "binary"}), "Upload | null"),
        (list(&list(&component)), "[[Upload]]"),
        (list(&json!({})), "[Upload]"),
        // Text of a media type, and what is written as text.
        (
            json!({"type": "string", "contentMediaType": "application/json"}),
            "String",
        ),
        (
            json!({"type": "string", "contentMediaType": "image/png", "contentEncoding": "base64"}),
            "String",
        ),
        // The values of an object in a form are JSON.
        (json!({"type": "object", "additionalProperties": binary}), "{String}"),
    ] {
        let api = api(&with_form(&json!({"schema": object(&json!({"p": property}))})));
        assert_eq!(ty(&api, &field(&api, "DoItBody", "p").ty), expected, "{property}");
        // A component that is sent as a file, and nowhere else, is no type.
        assert!(!type_names(&api).contains(&"T"), "{property}");
    }
    let union = json!({"oneOf": [binary, {"type": "integer"}, component]});
    let api = api(&with_form(&json!({"schema": object(&json!({"p": union}))})));
    assert_eq!(kind(&api, "DoItBodyP"), "enum File(Upload), Integer(i64)");
}

/// The notes on a form, from its place on, and their codes.
fn notes_of_form(content: &Value) -> Vec<String> {
    const CONTENT: &str = "#/paths/~1x/post/requestBody/content/multipart~1form-data";
    let notes = notes(&with_form(content)).into_iter();
    notes.map(|note| note.replacen(CONTENT, "", 1)).collect()
}

#[test]
fn what_is_not_done_of_an_encoding_is_noted() {
    let text = || json!({"type": "string"});
    let binary = || json!({"type": "string", "format": "binary"});
    let inner = || json!({"type": "object", "properties": {"a": {"type": "string"}}});
    let untyped_list = json!({"type": "array", "items": {}});
    let not_one = "is not one type: a file is sent as what its `Upload` says, all else by its default";
    for (schema, encoding, expected) in [
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
                ("part-media-type", format!("/contentType: \"a/b, c/d\" {not_one}")),
                ("unused-encoding", "/headers: `headers` of a part is not used".into()),
                ("unused-encoding", "/explode: `explode` of a part is not used".into()),
                ("unused-encoding", "/style: `style` of a part is not used".into()),
            ],
        ),
        (
            binary(),
            json!({"contentType": "image/png\r\nX-Other: 1"}),
            vec![(
                "part-media-type",
                format!("/contentType: \"image/png\\r\\nX-Other: 1\" {not_one}"),
            )],
        ),
        (
            inner(),
            json!({"contentType": "application/xml", "explode": true}),
            vec![
                (
                    "part-media-type",
                    "/contentType: not written as `application/xml`: objects are sent as `application/json`".into(),
                ),
                ("unused-encoding", "/explode: `explode` of a part is not used".into()),
            ],
        ),
        (
            json!({"type": ["string", "null"]}),
            json!({"contentType": "image/png"}),
            vec![(
                "possible-file",
                "/contentType: the part is text: if it is a file, give it `format: binary` in openapi/overlay.yaml"
                    .into(),
            )],
        ),
        (
            json!(false),
            json!({"contentType": "text/csv"}),
            vec![("unknown-part", ": the form has no property of that name".into())],
        ),
    ] {
        let content = json!({
            "schema": object(&json!({"p": schema, "q": text()})),
            "encoding": {"p": encoding},
        });
        let mut found = notes_of_form(&content);
        found.retain(|note| note.contains("/encoding/p"));
        let expected = expected
            .iter()
            .map(|(code, note)| format!("note[{code}]: /encoding/p{note}"));
        assert_eq!(found, expected.collect::<Vec<_>>(), "{content}");
    }
}

#[test]
fn what_no_form_can_send_is_noted() {
    let any = "any JSON: what it holds is sent as text or JSON, never as a file";
    for (content, code, note) in [
        (
            json!({"schema": object(&json!({"p": {"description": "d"}}))}),
            "untyped-part",
            "/schema/properties/p: without a type it is a file: if it is text or JSON, say so in openapi/overlay.yaml"
                .into(),
        ),
        (
            json!({"schema": object(&json!({"p": object(&json!({"q": {"type": "string", "format": "binary"}}))}))}),
            "binary-text",
            "/schema/properties/p/properties/q: binary, but not a part of a form by itself: a String, as it is sent and \
             read as text"
                .into(),
        ),
        (
            json!({"schema": {
                "type": "object",
                "properties": {"p": {"type": "string"}},
                "additionalProperties": true,
            }}),
            "any-part",
            format!("/schema/additionalProperties: {any}"),
        ),
        (json!({"schema": {"type": "object"}}), "any-part", format!("/schema: {any}")),
        (json!({}), "any-part", format!("/schema: {any}")),
        (
            json!({"schema": {"type": "array", "items": {"type": "integer"}}}),
            "form-without-parts",
            "/schema: no object, so the parts of the form have no names, and no call can be sent: describe its \
             properties in openapi/overlay.yaml"
                .into(),
        ),
    ] {
        assert_eq!(notes_of_form(&content), [format!("note[{code}]: {note}")], "{content}");
    }
}

#[test]
fn a_file_that_is_sent_in_json_as_well_is_noted() {
    let mut description = with_form(&json!({"schema": {"$ref": "#/components/schemas/Both"}}));
    description["components"]["schemas"]["Both"] = object(&json!({"file": {"$ref": "#/components/schemas/T"}}));
    let mut operation = description["paths"]["/x"]["post"].clone();
    let schema = json!({"schema": {"$ref": "#/components/schemas/Both"}});
    operation["requestBody"]["content"] = json!({"application/json": schema, "multipart/form-data": schema});
    description["paths"]["/x"]["put"] = operation;
    let notes = notes(&description);
    let note = "note[file-in-json]: #/components/schemas/Both/properties/file: a file, and within JSON as well: there it \
                is sent as text, so it must be in memory, and UTF-8";
    assert!(notes.contains(&note.to_owned()), "{notes:#?}");
}

#[test]
fn what_is_text_in_one_form_may_be_a_file_in_another() {
    let form = |content: &Value| json!({"multipart/form-data": content});
    let schema = object(&json!({"p": {}}));
    let mut description = with_form(&json!({"schema": schema, "encoding": {"p": {"contentType": "text/plain"}}}));
    let mut operation = description["paths"]["/x"]["post"].clone();
    operation["operationId"] = json!("other");
    operation["requestBody"]["content"] = form(&json!({"schema": schema}));
    description["paths"]["/x"]["put"] = operation;
    let api = api(&description);
    assert_eq!(ty(&api, &field(&api, "DoItBody", "p").ty), "any");
    assert_eq!(ty(&api, &field(&api, "OtherBody", "p").ty), "Upload");
}
