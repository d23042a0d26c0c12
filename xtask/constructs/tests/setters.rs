//! What the setters of calls take, and what is sent of it.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
    path::{Path, PathBuf},
};

use askui_workspaces::{
    Client, Credentials, Error, Null, Secret, Upload, builder,
    chrono::{DateTime, FixedOffset, NaiveDate, Utc},
    serde_json::{Map, Number},
    types,
    uuid::Uuid,
};
use serde_json::{Value, json};
use wiremock::{Mock, MockServer, Request, ResponseTemplate, matchers::any};

async fn responding() -> (MockServer, Client) {
    let server = MockServer::start().await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(204))
        .mount(&server)
        .await;
    let builder = Client::builder().endpoint(server.uri());
    let client = builder.credentials(Credentials::bearer("t")).build().expect("a client");
    (server, client)
}

/// The requests that a server received.
async fn received(server: &MockServer) -> Vec<Request> {
    server.received_requests().await.expect("they are recorded")
}

#[tokio::test]
#[allow(clippy::too_many_lines, reason = "it has a row for each conversion")]
async fn each_setter_takes_what_converts() {
    type Call = builder::SetValues;
    type Row = (&'static str, fn(Call) -> Call, Value);

    fn in_india() -> DateTime<FixedOffset> {
        "2031-05-06T12:38:09+05:30".parse().expect("a time")
    }
    fn in_utc() -> DateTime<Utc> {
        in_india().to_utc()
    }
    fn seconds(seconds: i64) -> HashMap<String, i64> {
        HashMap::from([("a".to_owned(), seconds)])
    }

    let rows: &[Row] = &[
        ("text", |call| call.text("x"), json!("x")),
        ("text", |call| call.text("x".to_owned()), json!("x")),
        (
            "text",
            |call| {
                let owned = "x".to_owned();
                call.text(&owned)
            },
            json!("x"),
        ),
        ("text", |call| call.text(Cow::Borrowed("x")), json!("x")),
        ("text", |call| call.text(Box::<str>::from("x")), json!("x")),
        ("count", |call| call.count(5_000_000_000), json!(5_000_000_000_i64)),
        ("owner", |call| call.owner("x"), json!("x")),
        ("owner", |call| call.owner(Some("x")), json!("x")),
        ("owner", |call| call.owner(None::<&str>), json!(null)),
        ("owner", |call| call.owner(Null), json!(null)),
        ("key", |call| call.key("x"), json!("x")),
        ("key", |call| call.key(Secret::from("x")), json!("x")),
        ("key", |call| call.key(Some("x".to_owned())), json!("x")),
        (
            "uuid",
            |call| call.uuid(Uuid::nil()),
            json!("00000000-0000-0000-0000-000000000000"),
        ),
        ("day", |call| call.day(NaiveDate::default()), json!("1970-01-01")),
        ("at", |call| call.at(in_utc()), json!("2031-05-06T07:08:09Z")),
        ("at", |call| call.at(in_india()), json!("2031-05-06T07:08:09Z")),
        ("at", |call| call.at(Some(in_india())), json!("2031-05-06T07:08:09Z")),
        ("ratio", |call| call.ratio(0.5), json!(0.5)),
        ("ratio", |call| call.ratio(0.5_f32), json!(0.5)),
        ("ratio", |call| call.ratio(Some(1)), json!(1.0)),
        ("small", |call| call.small(7), json!(7)),
        ("flag", |call| call.flag(true), json!(true)),
        ("any", |call| call.any("x"), json!("x")),
        ("any", |call| call.any(1), json!(1)),
        ("any", |call| call.any(1.5), json!(1.5)),
        ("any", |call| call.any(true), json!(true)),
        ("any", |call| call.any(json!({"a": [null]})), json!({"a": [null]})),
        ("any", |call| call.any(Null), json!(null)),
        ("object", |call| call.object(Map::new()), json!({})),
        (
            "object",
            |call| call.object([("a", 1), ("b", 2)]),
            json!({"a": 1, "b": 2}),
        ),
        (
            "object",
            |call| call.object(vec![("a", json!([1])), ("b", Value::Null)]),
            json!({"a": [1], "b": null}),
        ),
        ("counts", |call| call.counts([("a", 1)]), json!({"a": 1})),
        ("counts", |call| call.counts(vec![("a".to_owned(), 1)]), json!({"a": 1})),
        (
            "counts",
            |call| call.counts(BTreeMap::from([("a", 1)])),
            json!({"a": 1}),
        ),
        ("counts", |call| call.counts(Some(seconds(1))), json!({"a": 1})),
        ("tags", |call| call.tags(["x", "y"]), json!(["x", "y"])),
        ("tags", |call| call.tags(vec!["x", "y"]), json!(["x", "y"])),
        ("tags", |call| call.tags(&["x", "y"][..]), json!(["x", "y"])),
        ("tags", |call| call.tags(Some(["x".to_owned()])), json!(["x"])),
        ("tags", |call| call.tags(Vec::<String>::new()), json!([])),
        ("rows", |call| call.rows([[0.5], [1.5]]), json!([[0.5], [1.5]])),
        ("rows", |call| call.rows([vec![0.5], vec![]]), json!([[0.5], []])),
        ("gaps", |call| call.gaps([Some("x"), None]), json!(["x", null])),
        ("choice", |call| call.choice("a"), json!("a")),
        ("choice", |call| call.choice("new".to_owned()), json!("new")),
        ("choice", |call| call.choice(types::SettersValuesChoice::B), json!("b")),
        ("either", |call| call.either(1), json!(1)),
        ("either", |call| call.either("x"), json!("x")),
        ("either", |call| call.either(Some(0.5)), json!(0.5)),
        ("note", |call| call.note("x"), json!("x")),
        ("note", |call| call.note(types::SettersNote("x".into())), json!("x")),
        ("seconds", |call| call.seconds([("a", 1)]), json!({"a": 1})),
        (
            "seconds",
            |call| call.seconds(types::SettersSeconds(seconds(1))),
            json!({"a": 1}),
        ),
        ("level", |call| call.level(2), json!(2)),
        ("pair", |call| call.pair(types::Pair("a".into(), 1)), json!(["a", 1])),
        (
            "cats",
            |call| call.cats([types::Cat::new(1)]),
            json!([{"kind": "cat", "claws": 1}]),
        ),
        ("three", |call| call.three(1), json!(1)),
        ("three", |call| call.three(Some(1)), json!(1)),
        ("three", |call| call.three(Some(Some(1))), json!(1)),
        ("three", |call| call.three(Some(None::<i64>)), json!(null)),
        ("three", |call| call.three(Null), json!(null)),
        (
            "null_time",
            |call| call.null_time(in_india()),
            json!("2031-05-06T07:08:09Z"),
        ),
        ("null_time", |call| call.null_time(Null), json!(null)),
        ("null_tags", |call| call.null_tags(["x"]), json!(["x"])),
        ("null_tags", |call| call.null_tags(Null), json!(null)),
        (
            "null_cat",
            |call| call.null_cat(types::Cat::new(1)),
            json!({"kind": "cat", "claws": 1}),
        ),
        ("null_cat", |call| call.null_cat(Null), json!(null)),
        (
            "nested",
            |call| call.nested(types::SettersValues::new(1, "x")),
            json!({"sort": "values", "text": "x", "count": 1, "owner": null, "nothing": null}),
        ),
    ];
    let (server, client) = responding().await;
    for (_, set, _) in rows {
        let call = set(client.set_values().text("t").count(0));
        call.send().await.expect("204");
    }
    for (request, (name, _, expected)) in received(&server).await.iter().zip(rows) {
        let mut all = json!({"sort": "values", "text": "t", "count": 0, "owner": null, "nothing": null});
        all[name] = expected.clone();
        assert_eq!(request.body_json::<Value>().expect("JSON"), all, "{name}");
    }
}

#[tokio::test]
async fn what_is_none_leaves_out_what_may_be_absent() {
    let (server, client) = responding().await;
    let at = None::<DateTime<FixedOffset>>;
    let call = client.set_values().text("t").count(0);
    let call = call.tags(["x"]).at(at).ratio(None::<f64>).tags(None::<Vec<&str>>);
    // Three states, as a field has them.
    let call = call.three(Null).three(None::<Option<i64>>);
    // So does an application that has no value: it clears nothing.
    let call = call.null_cat(Null).null_cat(None::<types::Cat>);
    let call = call
        .null_time(Null)
        .null_time(at)
        .null_tags(Null)
        .null_tags(None::<[&str; 1]>);
    call.send().await.expect("204");
    let body = received(&server).await[0].body_json::<Value>().expect("JSON");
    assert_eq!(
        body,
        json!({"sort": "values", "text": "t", "count": 0, "owner": null, "nothing": null})
    );
}

/// Each body shows the file's bytes, between its head and the next boundary.
#[tokio::test]
async fn setters_of_uploads_take_what_becomes_one() {
    const MANIFEST: &str = include_str!("../Cargo.toml");
    type Call = builder::UploadAll;
    type Row = (fn(Call) -> Call, &'static [&'static str]);

    let rows: &[Row] = &[
        (|call| call.one(Upload::from_bytes("1")), &["1"]),
        (|call| call.one(b"12".to_vec()), &["12"]),
        (|call| call.many([b"2".to_vec(), b"3".to_vec()]), &["2", "3"]),
        (|call| call.many(vec![Upload::from_bytes("4")]), &["4"]),
        (|call| call.maybe(b"5".to_vec()), &["5"]),
        (|call| call.maybe(Some(b"6".to_vec())), &["6"]),
        (|call| call.maybe(b"7".to_vec()).maybe(None::<PathBuf>), &[]),
        (|call| call.one(Path::new("Cargo.toml")), &[MANIFEST]),
        (|call| call.one(PathBuf::from("Cargo.toml")), &[MANIFEST]),
        (|call| call.maybe(Some(Path::new("Cargo.toml"))), &[MANIFEST]),
        (|call| call.many([Path::new("Cargo.toml")]), &[MANIFEST]),
    ];
    let (server, client) = responding().await;
    for (set, _) in rows {
        let call = client.upload_all().one(b"one".to_vec()).many([b"many".to_vec()]);
        set(call).send().await.expect("204");
    }
    for (row, (request, (_, expected))) in received(&server).await.iter().zip(rows).enumerate() {
        let body = String::from_utf8_lossy(&request.body);
        for file in *expected {
            assert!(body.contains(&format!("\r\n\r\n{file}\r\n")), "{row}: {body}");
        }
        assert!(!body.contains("\r\n\r\n7\r\n"), "{row}: {body}");
    }
}

#[tokio::test]
async fn a_property_whose_name_is_taken_has_another_setter() {
    let (server, client) = responding().await;
    let call = client
        .set_names()
        .name("n")
        .client_parameter("c")
        .violations_parameter("v");
    let call = call.body_name("1").body_body_name("2").body_body("3").body_send("4");
    let call = call.body_options("5").body_new("6").client("7").clone("8").type_("9");
    let call = call.self_("10").into_value("11").violations("12").extra_2("13");
    call.extra([("more", 14)]).send().await.expect("204");
    // With the parameters `name` and `body_name`.
    let call = client.set_names_alone().name("n").body_name("b");
    let call = call.body_body_name("1").body_body_body_name("2").body_body("3");
    call.send().await.expect("204");
    let [one, two] = &received(&server).await[..] else {
        panic!("two requests");
    };
    assert_eq!(
        (one.url.path(), one.url.query()),
        ("/setters/names/n", Some("client=c&violations=v"))
    );
    assert_eq!(
        one.body_json::<Value>().expect("JSON"),
        json!({
            "name": "1", "body_name": "2", "body": "3", "send": "4", "options": "5", "new": "6", "client": "7", "clone": "8",
            "type": "9", "self": "10", "into_value": "11", "violations": "12", "extra": "13", "more": 14,
        })
    );
    assert_eq!(
        (one.url.path(), two.url.query()),
        ("/setters/names/n", Some("body_name=b"))
    );
    assert_eq!(two.body, b"body=3&body_name=2&name=1");
}

#[tokio::test]
async fn everything_that_is_missing_is_named_at_once() {
    let (server, client) = responding().await;
    let error = client.set_values().tags(["x"]).send().await.expect_err("it lacks much");
    assert_eq!(
        error.to_string(),
        "set_values was not sent: $.text is required; $.count is required"
    );
    let Error::InvalidRequest(_) = error else {
        panic!("{error:?}");
    };
    let error = client.set_names_alone().body_body("b").send().await;
    assert_eq!(
        error.expect_err("it lacks its parameters").to_string(),
        "set_names_alone was not sent: path.name is required; query.body_name is required"
    );
    let error = client.set_list().send().await.expect_err("it lacks its body");
    assert_eq!(error.to_string(), "set_list was not sent: $ is required");
    assert!(received(&server).await.is_empty());
}

#[tokio::test]
async fn a_body_that_may_be_absent_is_there_once_something_of_it_is_set() {
    let (server, client) = responding().await;
    client.set_some().send().await.expect("204");
    client.set_some().text("x").count(1).send().await.expect("204");
    let body = || types::SettersOtherName(types::SettersKept::new("x"));
    client.set_some().body(body()).count(1).send().await.expect("204");
    client.set_some().body(Some(body())).send().await.expect("204");
    let none = client.set_some().text("x").body(None::<types::SettersOtherName>);
    none.send().await.expect("204");
    let error = client
        .set_some()
        .count(1)
        .send()
        .await
        .expect_err("it lacks a property");
    assert_eq!(error.to_string(), "set_some was not sent: $.text is required");
    let bodies = received(&server).await.into_iter();
    let bodies = bodies.map(|request| String::from_utf8(request.body).expect("text"));
    let whole = r#"{"count":1,"text":"x"}"#;
    assert_eq!(bodies.collect::<Vec<_>>(), ["", whole, whole, r#"{"text":"x"}"#, ""]);
}

#[tokio::test]
async fn a_complete_body_is_sent_as_it_is() {
    let (server, client) = responding().await;
    let mut body = types::SettersValues::new(1, "x");
    // What only the server writes has no setter; who gives it all the same is taken at his word.
    body.id = Some("i".into());
    body.sort = types::SettersValuesSort::from("other");
    client.set_values().tags(["gone"]).body(body).send().await.expect("204");
    let kept = types::SettersKept::new("x");
    client
        .set_other_name()
        .body(kept)
        .extra([("more", 1)])
        .send()
        .await
        .expect("204");
    client.set_list().body(["a", "b"]).send().await.expect("204");
    client.set_text_or_null().body("a").send().await.expect("204");
    client.set_text_or_null().body(None::<&str>).send().await.expect("204");
    client.set_union().body("a").send().await.expect("204");
    client.set_union().body(Some(1)).send().await.expect("204");
    let bodies = received(&server).await.into_iter();
    let bodies = bodies.map(|request| request.body_json::<Value>().expect("JSON"));
    assert_eq!(
        bodies.collect::<Vec<_>>(),
        [
            json!({"id": "i", "sort": "other", "text": "x", "count": 1, "owner": null, "nothing": null}),
            json!({"text": "x", "more": 1}),
            json!(["a", "b"]),
            json!("a"),
            json!(null),
            json!("a"),
            json!(1),
        ]
    );
}

#[tokio::test]
async fn parameters_take_what_converts() {
    let (server, client) = responding().await;
    let call = client.all_parameters().id(7).tail("t").list(["x"]).joined([1, 2]);
    let call = call
        .choice("b")
        .level(Some(2))
        .mixed(json!(2))
        .type_(None::<String>)
        .x_header(true);
    call.send().await.expect("204");
    let query = received(&server).await[0].url.query().map(str::to_owned);
    assert_eq!(query.as_deref(), Some("list=x&joined=1,2&choice=b&level=2&mixed=2"));
}

#[tokio::test]
async fn every_call_can_be_spawned() {
    fn check<T: Send + 'static>(future: T) -> T {
        future
    }

    let (_server, client) = responding().await;
    let sent = tokio::spawn(client.set_values().text("t").count(0).send());
    let uploaded = check(client.upload_all().one(Upload::from_bytes("1")).send());
    let streamed = check(client.stream_events().send());
    let bytes = check(client.send_bytes().body("png").send());
    drop(client);
    sent.await.expect("no panic").expect("204");
    drop((uploaded, streamed, bytes));
}

#[test]
fn numbers_beyond_64_bits_are_taken_as_they_are() {
    fn taken(value: impl askui_workspaces::IntoValue<Number>) -> Number {
        value.into_value()
    }

    assert_eq!(taken(7), Number::from(7));
    assert_eq!(taken(Number::from(u64::MAX)), Number::from(u64::MAX));
}
