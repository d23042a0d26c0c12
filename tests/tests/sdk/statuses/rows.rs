//! The table: what a server may answer, and what a caller is to be told.

use serde_json::{Value, json};

use crate::server::CREATED;

/// An answer, and what the call comes to.
pub(crate) struct Row {
    pub(crate) status: u16,
    /// None is sent if it is empty.
    pub(crate) content_type: &'static str,
    pub(crate) body: Vec<u8>,
    pub(crate) outcome: Outcome,
}

pub(crate) enum Outcome {
    /// A success with this `token` and `tokenString`.
    Created(Value, &'static str),
    /// A documented failure, with what its variant displays and its typed body.
    Documented(String, Value),
    /// A documented status with a body that is not as documented, and what is said of it first.
    UndocumentedBody(String),
    /// A status that the document does not list.
    UndocumentedStatus,
}

use Outcome::{Created, Documented, UndocumentedBody, UndocumentedStatus};

/// Stands wherever a body is wrong, so that a test sees whether an error repeats it.
pub(crate) const WRONG: &str = "zebra";

const JSON: &str = "application/json";

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = successes();
    for (status, words) in STRING_ERRORS {
        rows.extend(string_errors(status, words));
    }
    rows.extend(validation_errors());
    for (status, valid) in VALID {
        rows.extend(bodies_of_another_kind(status, valid));
    }
    rows.extend(undocumented_statuses());
    rows
}

/// Every documented status, and the least body that it takes.
const VALID: [(u16, &str); 5] = [
    (201, CREATED),
    (401, r#"{"detail":"No."}"#),
    (403, r#"{"detail":"No."}"#),
    (422, "{}"),
    (500, r#"{"detail":"No."}"#),
];

/// The documented statuses whose body is a sentence.
const STRING_ERRORS: [(u16, &str); 3] = [
    (401, "401 Unauthorized"),
    (403, "403 Forbidden"),
    (500, "500 Internal Server Error"),
];

fn row(status: u16, body: &str, outcome: Outcome) -> Row {
    Row {
        status,
        content_type: JSON,
        body: body.into(),
        outcome,
    }
}

/// What no documented status promises, whatever its schema.
fn bodies_of_another_kind(status: u16, valid: &str) -> Vec<Row> {
    let not_json = "it is not JSON (line 1, column 1)";
    let empty = "it is empty, where JSON is expected";
    let other = "$: expected an object";
    let cases: [(&'static str, Vec<u8>, &str); 16] = [
        ("text/plain", "Internal Server Error, says the zebra".into(), not_json),
        (
            "text/html; charset=utf-8",
            "<!doctype html>\n<title>zebra</title>\n".into(),
            not_json,
        ),
        (JSON, "<zebra/>".into(), not_json),
        ("", "zebra".into(), not_json),
        (JSON, Vec::new(), empty),
        ("", Vec::new(), empty),
        (JSON, b"\xff\xfezebra".to_vec(), not_json),
        (JSON, " \n".into(), "it is not JSON (line 2, column 0)"),
        (JSON, valid[..valid.len() - 1].into(), "it is not JSON (line "),
        (JSON, format!("{valid}\n{valid}").into(), "it is not JSON (line "),
        (JSON, format!("{valid} zebra").into(), "it is not JSON (line "),
        (JSON, "null".into(), other),
        (JSON, "7".into(), other),
        (JSON, "true".into(), other),
        (JSON, r#""zebra""#.into(), other),
        (JSON, "[]".into(), "$: expected "),
    ];
    cases
        .into_iter()
        .map(|(content_type, body, reason)| Row {
            status,
            content_type,
            body,
            outcome: UndocumentedBody(reason.into()),
        })
        .collect()
}

fn string_errors(status: u16, words: &'static str) -> Vec<Row> {
    let no = || Documented(format!("{words}: No."), json!({"detail": "No."}));
    let plain = |content_type| Row {
        status,
        content_type,
        body: r#"{"detail":"No."}"#.into(),
        outcome: no(),
    };
    let wrong = |body, reason: &str| row(status, body, UndocumentedBody(reason.into()));
    vec![
        row(status, r#"{"detail":"No."}"#, no()),
        // The status decides, not the content type.
        plain("text/plain"),
        plain(""),
        row(status, "\n { \"detail\" : \"No.\", \"code\": [7] } \r\n", no()),
        row(
            status,
            r#"{"detail":""}"#,
            Documented(words.into(), json!({"detail": ""})),
        ),
        row(
            status,
            r#"{"detail":" \n"}"#,
            Documented(words.into(), json!({"detail": " \n"})),
        ),
        row(
            status,
            r#"{"detail":"Nein, größer: 🔑\nzwei\u001b[31m"}"#,
            Documented(
                format!(r"{words}: Nein, größer: 🔑\nzwei\u{{1b}}[31m"),
                json!({"detail": "Nein, größer: 🔑\nzwei\u{1b}[31m"}),
            ),
        ),
        wrong(r#"{"error":1,"zebra":"zebra"}"#, "$: missing field `detail`"),
        wrong(r#"{"detail":null}"#, "$.detail: expected a string"),
        wrong(r#"{"detail":{"zebra":"zebra"}}"#, "$.detail: expected a string"),
        wrong(
            r#"{"detail":[{"loc":["body"],"msg":"zebra","type":"zebra"}]}"#,
            "$.detail: expected a string",
        ),
        wrong(
            r#"{"detail":"zebra","detail":"zebra"}"#,
            "$: not a value of the documented type",
        ),
        wrong(r#"["zebra"]"#, "$: expected "),
        Row {
            body: b"{\"detail\":\"zebra\xff\"}".to_vec(),
            ..wrong("", "it is not JSON (line 1, column ")
        },
        wrong(r#"{"detail":"zebra"#, "it is not JSON (line 1, column 16)"),
    ]
}

fn validation_errors() -> Vec<Row> {
    let right =
        |body: &str, words: &str, typed| row(422, body, Documented(format!("422 Unprocessable Entity{words}"), typed));
    let wrong = |body, reason: &str| row(422, body, UndocumentedBody(reason.into()));
    let too_short = json!({
        "loc": ["body", "name"],
        "msg": "String should have at least 1 character",
        "type": "string_too_short"
    });
    // What FastAPI adds since version 0.100, or its users by a handler of their own.
    let mut newer = too_short.clone();
    newer["input"] = json!("");
    newer["ctx"] = json!({"min_length": 1});
    newer["url"] = json!("https://errors.pydantic.dev/2.5/v/string_too_short");
    let nested = json!({"loc": ["body", "items", 0, "0", -1], "msg": "Input should be a date", "type": "date"});
    let nowhere = json!({"loc": [], "msg": "Empty", "type": "missing"});
    let words = ": body.name: String should have at least 1 character";
    vec![
        right(
            &json!({"detail": [too_short]}).to_string(),
            words,
            json!({"detail": [too_short]}),
        ),
        right(
            &json!({"detail": [newer], "body": null}).to_string(),
            words,
            json!({"detail": [too_short]}),
        ),
        right(
            &json!({"detail": [too_short, nested, nowhere]}).to_string(),
            &format!("{words}; body.items[0][0].-1: Input should be a date; : Empty"),
            json!({"detail": [too_short, nested, nowhere]}),
        ),
        right("{}", "", json!({})),
        right(r#"{"detail":[]}"#, "", json!({"detail": []})),
        // Null for a property that may be absent is taken for that.
        right(r#"{"detail":null}"#, "", json!({})),
        right(r#"{"error":1}"#, "", json!({})),
        wrong(r#"{"detail":"zebra"}"#, "$.detail: expected a sequence"),
        wrong(r#"{"detail":["zebra"]}"#, "$.detail[0]: expected an object"),
        wrong(
            r#"{"detail":[{"loc":[],"msg":"","type":""},{"loc":["body"],"msg":"zebra"}]}"#,
            "$.detail[1]: missing field `type`",
        ),
        wrong(r#"{"detail":[[["body"],"zebra","zebra"]]}"#, "$.detail[0]: expected "),
        wrong(
            r#"{"detail":[{"loc":"zebra","msg":"zebra","type":"zebra"}]}"#,
            "$.detail[0].loc: expected a sequence",
        ),
        wrong(
            r#"{"detail":[{"loc":["zebra",1.5],"msg":"zebra","type":"zebra"}]}"#,
            "$.detail[0].loc[1]: expected one of the documented types",
        ),
    ]
}

fn successes() -> Vec<Row> {
    let created = |body: &str, token| row(201, body, Created(token, "a-new-token"));
    let wrong = |body: &str, reason: &str| row(201, body, UndocumentedBody(reason.into()));
    let token = |properties: &str| {
        format!(r#"{{"token":{{"name":"ci","creatorId":"me"{properties}}},"tokenString":"a-new-token"}}"#)
    };
    let least = || json!({"name": "ci", "creatorId": "me", "expiresAt": null});
    let mut dated = least();
    dated["createdAt"] = json!("2030-01-02T03:04:05.678900Z");
    dated["expiresAt"] = json!("2031-01-01T21:34:05Z");
    let mut named = least();
    named["id"] = json!("2f4b1d1e-6e5e-4b8e-9f0a-1b2c3d4e5f60");
    vec![
        created(
            CREATED,
            json!({
                "id": "2f4b1d1e-6e5e-4b8e-9f0a-1b2c3d4e5f60",
                "createdAt": "2030-01-02T03:04:05Z",
                "name": "ci",
                "expiresAt": null,
                "creatorId": "someone"
            }),
        ),
        created(&token(r#","expiresAt":null"#), least()),
        created(
            &token(r#","expiresAt":null,"scopes":["zebra"],"owner":{"id":7}"#),
            least(),
        ),
        created(
            &token(r#","createdAt":"2030-01-02T03:04:05.6789Z","expiresAt":"2031-01-02T03:04:05+05:30""#),
            dated.clone(),
        ),
        created(
            &token(r#","expiresAt":null,"id":"2F4B1D1E-6E5E-4B8E-9F0A-1B2C3D4E5F60""#),
            named,
        ),
        // As servers write a time that has no zone, which is one in UTC.
        created(
            &token(r#","createdAt":"2030-01-02T03:04:05.678900","expiresAt":"2031-01-01 21:34:05""#),
            dated,
        ),
        // After a byte order mark.
        created(&format!("\u{feff}{}", token(r#","expiresAt":null"#)), least()),
        wrong(&token(""), "$.token: missing field `expiresAt`"),
        wrong(
            &token(r#","expiresAt":"zebra""#),
            "$.token.expiresAt: expected a time of RFC 3339",
        ),
        wrong(&token(r#","expiresAt":1893553445"#), "$.token.expiresAt: expected "),
        wrong(
            &token(r#","expiresAt":null,"id":"zebra""#),
            "$.token.id: not a value of the documented type",
        ),
        wrong(&token(r#","expiresAt":null,"id":7"#), "$.token.id: expected "),
        wrong(
            &token(r#","expiresAt":null,"createdAt":"zebra""#),
            "$.token.createdAt: expected a time of RFC 3339",
        ),
        wrong(
            &token(r#","expiresAt":null,"createdAt":["zebra"]"#),
            "$.token.createdAt: expected ",
        ),
        wrong(
            r#"{"token":{"name":["zebra"],"expiresAt":null,"creatorId":"zebra"},"tokenString":"zebra"}"#,
            "$.token.name: expected a string",
        ),
        wrong(r#"{"token":{},"tokenString":"zebra"}"#, "$.token: missing field `"),
        wrong(
            r#"{"token":"zebra","tokenString":"zebra"}"#,
            "$.token: expected an object",
        ),
        wrong(
            r#"{"token":{"name":"zebra","expiresAt":null,"creatorId":"zebra"}}"#,
            "$: missing field `tokenString`",
        ),
        wrong(
            r#"{"token":{"name":"zebra","expiresAt":null,"creatorId":"zebra"},"tokenString":null}"#,
            "$.tokenString: expected a string",
        ),
        wrong(r#"{"tokenString":"zebra"}"#, "$: missing field `token`"),
        wrong("{}", "$: missing field `token`"),
        wrong(r#"{"error":1}"#, "$: missing field `token`"),
        wrong(
            r#"[{"name":"zebra","expiresAt":null,"creatorId":"zebra"},"zebra"]"#,
            "$: expected ",
        ),
    ]
}

fn undocumented_statuses() -> Vec<Row> {
    let mut rows = Vec::new();
    for status in [
        200, 202, 301, 302, 307, 308, 400, 404, 405, 409, 429, 499, 502, 503, 504,
    ] {
        for (content_type, body) in [
            // A body that would be right with a documented status changes nothing.
            (JSON, CREATED),
            (JSON, r#"{"detail":"zebra"}"#),
            ("text/plain", "zebra"),
            ("text/html; charset=utf-8", "<!doctype html>\n<title>zebra</title>\n"),
            ("", ""),
        ] {
            rows.push(Row {
                status,
                content_type,
                body: body.into(),
                outcome: UndocumentedStatus,
            });
        }
    }
    // HTTP gives this one no body.
    rows.push(row(204, "", UndocumentedStatus));
    rows
}
