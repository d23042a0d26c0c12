//! What breaks a rule of the description is not sent, wherever it stands; what is received is never refused for one.

use askui_workspaces::{
    Client, Credentials, Error, InvalidRequest, Rule, Upload,
    chrono::{DateTime, NaiveDate, Utc},
    types,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

/// A response is never refused for a rule, so any value can be read.
fn read<T: DeserializeOwned>(json: &Value) -> T {
    serde_json::from_value(json.clone()).unwrap_or_else(|error| panic!("{json}: {error}"))
}

async fn responding(response: ResponseTemplate) -> (MockServer, Client) {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(response).mount(&server).await;
    let builder = Client::builder().endpoint(server.uri());
    let client = builder.credentials(Credentials::bearer("t")).build().expect("a client");
    (server, client)
}

async fn count(server: &MockServer) -> usize {
    server.received_requests().await.expect("recorded").len()
}

fn invalid<T: std::fmt::Debug, E: std::fmt::Debug>(result: Result<T, Error<E>>) -> InvalidRequest {
    match result {
        Err(Error::InvalidRequest(error)) => error,
        other => panic!("{other:?}"),
    }
}

/// The violations, as text.
fn texts(error: &InvalidRequest) -> Vec<String> {
    error.violations().iter().map(ToString::to_string).collect()
}

/// What is added to the only required property; the path, the rule, the limit, the measure; and the rest of the text.
type Row = (Value, &'static str, Rule, Value, Value, &'static str);

#[expect(clippy::too_many_lines, reason = "a table, with a row for each rule in each place")]
fn broken() -> Vec<Row> {
    let none = Value::Null;
    let mut rows: Vec<Row> = vec![
        (
            json!({"name": ""}),
            "$.name",
            Rule::MinLength,
            json!(1),
            json!(0),
            "has 0 characters, at least 1 is required",
        ),
        (
            json!({"name": "ééé\u{1f600}éé"}),
            "$.name",
            Rule::MaxLength,
            json!(5),
            json!(6),
            "has 6 characters, at most 5 are allowed",
        ),
        (
            json!({"code": "x1"}),
            "$.code",
            Rule::Pattern,
            json!(r"^\d+\p{L}?$"),
            none.clone(),
            r"does not match the pattern `^\d+\p{L}?$`",
        ),
        (
            json!({"code": "٣"}),
            "$.code",
            Rule::Pattern,
            json!(r"^\d+\p{L}?$"),
            none.clone(),
            r"does not match the pattern `^\d+\p{L}?$`",
        ),
        (
            json!({"whole": -6}),
            "$.whole",
            Rule::Minimum,
            json!(-3),
            json!(-6),
            "is -6, at least -3 is required",
        ),
        (
            json!({"whole": 9_007_199_254_740_996_i64}),
            "$.whole",
            Rule::Maximum,
            json!(9_007_199_254_740_993_i64),
            json!(9_007_199_254_740_996_i64),
            "is 9007199254740996, at most 9007199254740993 is allowed",
        ),
        (
            json!({"whole": 4}),
            "$.whole",
            Rule::MultipleOf,
            json!(3),
            json!(4),
            "is 4, a multiple of 3 is required",
        ),
        (
            json!({"open": 0}),
            "$.open",
            Rule::ExclusiveMinimum,
            json!(0),
            json!(0),
            "is 0, more than 0 is required",
        ),
        (
            json!({"open": 10}),
            "$.open",
            Rule::ExclusiveMaximum,
            json!(10),
            json!(10),
            "is 10, less than 10 is required",
        ),
        (
            json!({"ratio": 0.09}),
            "$.ratio",
            Rule::Minimum,
            json!(0.1),
            json!(0.09),
            "is 0.09, at least 0.1 is required",
        ),
        (
            json!({"ratio": 20}),
            "$.ratio",
            Rule::ExclusiveMaximum,
            json!(20),
            json!(20.0),
            "is 20.0, less than 20 is required",
        ),
        (
            json!({"ratio": 19.995}),
            "$.ratio",
            Rule::MultipleOf,
            json!(0.01),
            json!(19.995),
            "is 19.995, a multiple of 0.01 is required",
        ),
        (
            json!({"vast": 8}),
            "$.vast",
            Rule::MultipleOf,
            json!(7),
            json!(8),
            "is 8, a multiple of 7 is required",
        ),
        (
            json!({"list": []}),
            "$.list",
            Rule::MinItems,
            json!(1),
            json!(0),
            "has 0 items, at least 1 is required",
        ),
        (
            json!({"list": ["a", "b", "c"]}),
            "$.list",
            Rule::MaxItems,
            json!(2),
            json!(3),
            "has 3 items, at most 2 are allowed",
        ),
        (
            json!({"list": ["a", "a"]}),
            "$.list",
            Rule::UniqueItems,
            none.clone(),
            none.clone(),
            "has equal items, at 0 and 1",
        ),
        (
            json!({"list": ["a", "abcd"]}),
            "$.list[1]",
            Rule::MaxLength,
            json!(3),
            json!(4),
            "has 4 characters, at most 3 are allowed",
        ),
        (
            json!({"lists": [[1], [2], [1.0]]}),
            "$.lists",
            Rule::UniqueItems,
            none.clone(),
            none.clone(),
            "has equal items, at 0 and 2",
        ),
        (
            json!({"map": {}}),
            "$.map",
            Rule::MinProperties,
            json!(1),
            json!(0),
            "has 0 properties, at least 1 is required",
        ),
        (
            json!({"map": {"a": 1, "b": 1, "c": 1}}),
            "$.map",
            Rule::MaxProperties,
            json!(2),
            json!(3),
            "has 3 properties, at most 2 are allowed",
        ),
        (
            json!({"map": {"a b c": 1}}),
            r#"$.map["a b c"]"#,
            Rule::PropertyNames,
            json!(3),
            json!(5),
            "has a name that has 5 characters, at most 3 are allowed",
        ),
        (
            json!({"map": {"a": 6}}),
            "$.map.a",
            Rule::Maximum,
            json!(5),
            json!(6),
            "is 6, at most 5 is allowed",
        ),
        (
            json!({"either": "abcd"}),
            "$.either",
            Rule::MaxLength,
            json!(3),
            json!(4),
            "has 4 characters, at most 3 are allowed",
        ),
        (
            json!({"either": 9}),
            "$.either",
            Rule::Minimum,
            json!(10),
            json!(9),
            "is 9, at least 10 is required",
        ),
        (
            json!({"either": {"n": 6}}),
            "$.either.n",
            Rule::Maximum,
            json!(5),
            json!(6),
            "is 6, at most 5 is allowed",
        ),
        (
            json!({"null_or": "a"}),
            "$.null_or",
            Rule::MinLength,
            json!(2),
            json!(1),
            "has 1 character, at least 2 are required",
        ),
        (
            json!({"parts": {"beside": "a"}}),
            "$.parts.beside",
            Rule::MinLength,
            json!(2),
            json!(1),
            "has 1 character, at least 2 are required",
        ),
        (
            json!({"parts": {"beside": "abcd"}}),
            "$.parts.beside",
            Rule::MaxLength,
            json!(3),
            json!(4),
            "has 4 characters, at most 3 are allowed",
        ),
        (
            json!({"parts": {"both": "abcde"}}),
            "$.parts.both",
            Rule::MaxLength,
            json!(4),
            json!(5),
            "has 5 characters, at most 4 are allowed",
        ),
        (
            json!({"parts": {"both": "a"}}),
            "$.parts.both",
            Rule::Pattern,
            json!("b"),
            none.clone(),
            "does not match the pattern `b`",
        ),
        (
            json!({"parts": {"both": "b"}}),
            "$.parts.both",
            Rule::Pattern,
            json!("a"),
            none.clone(),
            "does not match the pattern `a`",
        ),
        (
            json!({"items": [{"n": 5}, {"n": 6}]}),
            "$.items[1].n",
            Rule::Maximum,
            json!(5),
            json!(6),
            "is 6, at most 5 is allowed",
        ),
        (
            json!({"items": [{}]}),
            "$.items[0]",
            Rule::MinProperties,
            json!(1),
            json!(0),
            "has 0 properties, at least 1 is required",
        ),
        (
            json!({"pair": ["abc", 0]}),
            "$.pair[0]",
            Rule::MaxLength,
            json!(2),
            json!(3),
            "has 3 characters, at most 2 are allowed",
        ),
        (
            json!({"pair": ["a", -1]}),
            "$.pair[1]",
            Rule::Minimum,
            json!(0),
            json!(-1.0),
            "is -1.0, at least 0 is required",
        ),
        (
            json!({"any": "a"}),
            "$.any",
            Rule::MinLength,
            json!(2),
            json!(1),
            "has 1 character, at least 2 are required",
        ),
        (
            json!({"any": 5.5}),
            "$.any",
            Rule::Maximum,
            json!(5),
            json!(5.5),
            "is 5.5, at most 5 is allowed",
        ),
        (
            json!({"any": []}),
            "$.any",
            Rule::MinItems,
            json!(1),
            json!(0),
            "has 0 items, at least 1 is required",
        ),
        (
            json!({"any": {"a": 1, "b": 2}}),
            "$.any",
            Rule::MaxProperties,
            json!(1),
            json!(2),
            "has 2 properties, at most 1 is allowed",
        ),
        (
            json!({"secret": "s3cret"}),
            "$.secret",
            Rule::MinLength,
            json!(8),
            json!(6),
            "has 6 characters, at least 8 are required",
        ),
        (
            json!({"secret": "s3cret s3cret"}),
            "$.secret",
            Rule::Pattern,
            json!(r"^\S+$"),
            none.clone(),
            r"does not match the pattern `^\S+$`",
        ),
        (
            json!({"child": {"name": ""}}),
            "$.child.name",
            Rule::MinLength,
            json!(1),
            json!(0),
            "has 0 characters, at least 1 is required",
        ),
    ];
    rows.extend([
        (
            json!({"parts": {"level": 5}}),
            "$.parts.level",
            Rule::Minimum,
            json!(6),
            json!(5),
            "is 5, at least 6 is required",
        ),
        (
            json!({"parts": {"level": 12}}),
            "$.parts.level",
            Rule::MultipleOf,
            json!(5),
            json!(12),
            "is 12, a multiple of 5 is required",
        ),
        (
            json!({"parts": {"step": 2.5}}),
            "$.parts.step",
            Rule::Maximum,
            json!(2),
            json!(2.5),
            "is 2.5, at most 2 is allowed",
        ),
        (
            json!({"parts": {"step": "2"}}),
            "$.parts.step",
            Rule::MinLength,
            json!(3),
            json!(1),
            "has 1 character, at least 3 are required",
        ),
        (
            json!({"parts": {"distinct": ["a", "a"]}}),
            "$.parts.distinct",
            Rule::UniqueItems,
            none.clone(),
            none.clone(),
            "has equal items, at 0 and 1",
        ),
        (
            json!({"parts": {"loose": "abcdef"}}),
            "$.parts.loose",
            Rule::MaxLength,
            json!(5),
            json!(6),
            "has 6 characters, at most 5 are allowed",
        ),
        (
            json!({"more": "abcd"}),
            "$.more",
            Rule::MaxLength,
            json!(3),
            json!(4),
            "has 4 characters, at most 3 are allowed",
        ),
        (
            json!({"MORE": "a"}),
            "$.MORE",
            Rule::PropertyNames,
            json!("^[a-z_]+$"),
            none,
            "has a name that does not match the pattern `^[a-z_]+$`",
        ),
        (
            json!({"a": "", "b": "", "c": "", "d": ""}),
            "$",
            Rule::MaxProperties,
            json!(4),
            json!(5),
            "has 5 properties, at most 4 are allowed",
        ),
    ]);
    rows
}

fn ruled(more: &Value) -> types::Checked {
    let mut body = json!({"name": "n"});
    for (name, value) in more.as_object().expect("an object") {
        body[name] = value.clone();
    }
    read(&body)
}

#[tokio::test]
async fn what_breaks_a_rule_of_a_body_is_not_sent() {
    let (server, client) = responding(ResponseTemplate::new(200).set_body_json(json!({"name": "n"}))).await;
    for (more, path, rule, limit, measure, text) in broken() {
        let call = client.send_rules().code("abc").body(ruled(&more));
        let error = invalid(call.send().await);
        let [violation] = error.violations() else {
            panic!("{more}: {error}");
        };
        let value = |value: Value| (!value.is_null()).then_some(value);
        assert_eq!((violation.path(), violation.rule()), (path, rule), "{more}");
        assert_eq!(violation.limit(), value(limit).as_ref(), "{more}");
        assert_eq!(violation.measure(), value(measure).as_ref(), "{more}");
        assert_eq!(error.to_string(), format!("send_rules was not sent: {path} {text}"));
        assert!(!format!("{error:?}").contains("s3cret"), "{error:?}");
    }
    assert_eq!(count(&server).await, 0);
}

#[tokio::test]
async fn what_just_keeps_the_rules_is_sent() {
    let (server, client) = responding(ResponseTemplate::new(200).set_body_json(json!({"name": "n"}))).await;
    let rows = [
        json!({"name": "éé\u{1f600}éé", "code": "12é", "parts": {"both": "ab"}, "more": "abc"}),
        json!({"whole": -3, "open": 1, "ratio": 0.1}),
        json!({"whole": 9_007_199_254_740_993_i64, "open": 9, "ratio": 19.99}),
        json!({"vast": 0, "list": ["abc", "ab"], "lists": [[1, 2], [2, 1], []]}),
        json!({"vast": 18_446_744_073_709_551_614_u64, "map": {"abc": 5, "b": -5}, "either": "abc"}),
        json!({"either": 10, "null_or": null, "parts": {"beside": "ab"}}),
        json!({"either": {"n": 5}, "null_or": "ab", "parts": {"beside": "abc"}}),
        json!({"items": [], "pair": ["ab", 0.0], "any": null}),
        json!({"items": [{"n": 5}], "any": "ab", "secret": "s3cret-s3cret"}),
        json!({"any": 5, "at": "9999-12-31T23:59:59Z", "day": "0000-01-01"}),
        json!({"any": [1], "child": {"name": "n", "child": {"name": "n"}}}),
        json!({"any": {"a": 1}, "parts": {"level": 10, "loose": "abcda", "step": 1}}),
        json!({"parts": {"loose": "", "step": "two"}}),
    ];
    for row in &rows {
        let call = client.send_rules().code("ab").body(ruled(row));
        call.send().await.unwrap_or_else(|error| panic!("{row}: {error}"));
    }
    let sent = server.received_requests().await.expect("recorded");
    assert_eq!(sent.len(), rows.len());
    for (request, row) in sent.iter().zip(&rows) {
        let sent = request.body_json::<types::Checked>().expect("what was sent");
        assert_eq!(sent, ruled(row));
    }
}

#[tokio::test]
async fn what_is_received_may_break_every_rule() {
    for (more, ..) in broken() {
        let mut body = json!({"name": "n"});
        for (name, value) in more.as_object().expect("an object") {
            body[name] = value.clone();
        }
        let (_server, client) = responding(ResponseTemplate::new(200).set_body_json(&body)).await;
        let received = client.send_rules().code("ab").body(ruled(&json!({}))).send().await;
        assert_eq!(
            *received.unwrap_or_else(|error| panic!("{more}: {error}")),
            ruled(&more)
        );
    }
}

#[tokio::test]
async fn parameters_are_checked_with_the_body_and_all_is_told_at_once() {
    let (server, client) = responding(ResponseTemplate::new(200).set_body_json(json!({"name": "n"}))).await;
    let tags = |tags: &[&str]| tags.iter().map(|tag| (*tag).to_owned()).collect::<Vec<_>>();
    let call = client
        .send_rules()
        .code("a")
        .limit(101)
        .tags(tags(&["a", "B", "a"]))
        .filter(read::<types::CheckedItem>(&json!({"n": 6})))
        .x_page(0.0)
        .session("s3cret")
        .body(ruled(&json!({"name": "", "open": 0})));
    let error = invalid(call.send().await);
    assert_eq!(error.operation(), "send_rules");
    assert_eq!(
        texts(&error),
        [
            "path.code has 1 character, at least 2 are required",
            "query.limit is 101, at most 100 is allowed",
            "query.limit is 101, a multiple of 5 is required",
            r#"query["tags[]"][1] does not match the pattern `^[a-z]+$`"#,
            r#"query["tags[]"] has 3 items, at most 2 are allowed"#,
            r#"query["tags[]"] has equal items, at 0 and 2"#,
            "query.filter.n is 6, at most 5 is allowed",
            "header.X-Page is 0.0, more than 0 is required",
            r"cookie.session does not match the pattern `^(?!0)\d+$`",
            "$.name has 0 characters, at least 1 is required",
            "$.open is 0, more than 0 is required",
        ]
    );
    assert!(!format!("{error:?} {error}").contains("s3cret"));

    let call = client
        .send_rules()
        .code("abc")
        .limit(100)
        .tags(tags(&["a", "b"]))
        .filter(read::<types::CheckedItem>(&json!({"n": 5})))
        .x_page(9.99)
        .session("12")
        .body(ruled(&json!({})));
    call.send().await.expect("it keeps the rules");
    let error = client
        .send_rules()
        .code("abcd")
        .tags(Vec::<String>::new())
        .body(ruled(&json!({})))
        .send()
        .await;
    assert_eq!(
        texts(&invalid(error)),
        [
            "path.code has 4 characters, at most 3 are allowed",
            r#"query["tags[]"] has 0 items, at least 1 is required"#,
        ]
    );
    assert_eq!(count(&server).await, 1);
}

#[tokio::test]
async fn bodies_that_are_no_objects_and_forms_are_checked() {
    let (server, client) = responding(ResponseTemplate::new(204)).await;
    let names = |names: &[&str]| read::<Vec<types::CheckedName>>(&json!(names));
    let error = client.send_ruled_list().body(names(&["ab", "a", "abc"])).send().await;
    assert_eq!(
        texts(&invalid(error)),
        [
            "$[1] has 1 character, at least 2 are required",
            "$ has 3 items, at most 2 are allowed"
        ]
    );
    client
        .send_ruled_list()
        .body(names(&["ab", "ab"]))
        .send()
        .await
        .expect("204");

    let map = |map: Value| read::<std::collections::HashMap<String, f64>>(&map);
    let error = client
        .send_ruled_map()
        .body(map(json!({"a": 0.1, "bc": 0.25})))
        .send()
        .await;
    assert_eq!(
        texts(&invalid(error)),
        [
            "$.a has a name that has 1 character, at least 2 are required",
            "$.bc is 0.25, a multiple of 0.1 is required",
        ]
    );
    let error = client.send_ruled_map().body(map(json!({}))).send().await;
    assert_eq!(texts(&invalid(error)), ["$ has 0 properties, at least 1 is required"]);
    client
        .send_ruled_map()
        .body(map(json!({"ab": 0.3})))
        .send()
        .await
        .expect("204");

    let form = |form: Value| read::<types::CheckedForm>(&form);
    let error = client
        .send_ruled_form()
        .body(form(json!({"name": "a", "list": [0, -1]})))
        .send()
        .await;
    assert_eq!(
        texts(&invalid(error)),
        [
            "$.name has 1 character, at least 2 are required",
            "$.list[1] is -1, at least 0 is required",
            "$.list has 2 items, at most 1 is allowed",
        ]
    );
    client
        .send_ruled_form()
        .body(form(json!({"name": "ab", "list": [0]})))
        .send()
        .await
        .expect("204");

    // Names of the checks themselves are names like any other.
    let of_checks = json!({"name": "ab", "check": false, "validate": -1, "at": "ab", "value": "ab"});
    let error = client.send_ruled_form().body(form(of_checks)).send().await;
    assert_eq!(
        texts(&invalid(error)),
        [
            "$.validate is -1, at least 0 is required",
            "$.at has 2 characters, at most 1 is allowed",
            "$.value has 2 characters, at most 1 is allowed",
        ]
    );

    let parts = |name: &str, n: i64| {
        let mut parts = types::SendRuledPartsBody::new(Upload::from_bytes("x"));
        parts.name = Some(name.to_owned());
        parts.item = Some(read(&json!({"n": n})));
        parts
    };
    let error = client.send_ruled_parts().body(parts("abcd", 6)).send().await;
    assert_eq!(
        texts(&invalid(error)),
        [
            "$.name has 4 characters, at most 3 are allowed",
            "$.item.n is 6, at most 5 is allowed"
        ]
    );
    client
        .send_ruled_parts()
        .body(parts("abc", 5))
        .send()
        .await
        .expect("204");
    assert_eq!(count(&server).await, 4);
}

#[tokio::test]
async fn what_other_names_of_an_object_demand_is_checked() {
    let (server, client) = responding(ResponseTemplate::new(204)).await;
    let more = |names: &[&'static str]| names.iter().map(|name| (*name, "x")).collect::<Vec<_>>();
    let too_many = [
        "$ has 4 properties, at most 3 are allowed",
        "$.abcd has a name that has 4 characters, at most 3 are allowed",
    ];
    let call = client.send_ruled_alias().id(1).n(2).extra(more(&["a", "abcd"]));
    assert_eq!(sorted(&invalid(call.send().await)), too_many);
    let call = client.send_optional_alias().id(1).extra(more(&["a", "b", "abcd"]));
    assert_eq!(sorted(&invalid(call.send().await)), too_many);
    let call = client.send_ruled_alias().kind("k").extra(more(&["a", "b"]));
    assert_eq!(
        sorted(&invalid(call.send().await)),
        ["$ has 4 properties, at most 3 are allowed", "$.id is required"]
    );
    assert_eq!(count(&server).await, 0);
    client
        .send_ruled_alias()
        .id(1)
        .extra(more(&["a", "abc"]))
        .send()
        .await
        .expect("204");
    client.send_optional_alias().send().await.expect("204");
}

/// The violations as text, in no order that matters.
fn sorted(error: &InvalidRequest) -> Vec<String> {
    let mut texts = texts(error);
    texts.sort();
    texts
}

#[tokio::test]
async fn what_cannot_be_written_is_told_with_the_rest() {
    let (server, client) = responding(ResponseTemplate::new(200).set_body_json(json!({"name": "n"}))).await;
    let mut body = ruled(&json!({"name": ""}));
    body.ratio = Some(f64::NAN);
    body.at = Some(DateTime::<Utc>::MAX_UTC);
    body.day = Some(NaiveDate::MIN);
    let error = invalid(client.send_rules().code("..").session("1").body(body).send().await);
    assert_eq!(
        error.to_string(),
        "send_rules was not sent: $.name has 0 characters, at least 1 is required; $.ratio is not finite, which JSON \
         cannot express; $.at is after the year 9999; $.day is before the year 0; path.code is empty, or has a part `.` or \
         `..`, so no path can hold it"
    );
    assert_eq!(count(&server).await, 0);
}

#[test]
fn what_is_nested_too_deep_is_not_sent() {
    let deep = |depth: usize| {
        (0..depth).fold(ruled(&json!({})), |inner, _| {
            let mut outer = ruled(&json!({}));
            outer.child = Some(Box::new(inner));
            outer
        })
    };
    let test = move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime").block_on(async move {
            let (server, client) = responding(ResponseTemplate::new(200).set_body_json(json!({"name": "n"}))).await;
            let error = invalid(client.send_rules().code("ab").body(deep(10_000)).send().await);
            let [violation] = error.violations() else {
                panic!("{error}")
            };
            assert_eq!(violation.rule(), Rule::Depth);
            assert!(
                violation.to_string().ends_with(".child is nested more than 128 deep"),
                "{violation}"
            );
            client
                .send_rules()
                .code("ab")
                .body(deep(100))
                .send()
                .await
                .expect("200");
            assert_eq!(count(&server).await, 1);
        });
    };
    // To drop the value takes stack, too.
    let thread = std::thread::Builder::new().stack_size(64 << 20).spawn(test);
    thread.expect("a thread").join().expect("it does not overflow");
}
