//! What values keep, wherever they are written and read: absent, null and empty, every digit, every instant.

use std::{collections::HashMap, fmt::Debug};

use askui_workspaces::{
    Client, Credentials, Error, Null,
    chrono::{DateTime, Datelike as _, NaiveDate, Utc},
    mock, types,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

fn read<T: DeserializeOwned>(json: &Value) -> T {
    serde_json::from_value(json.clone()).unwrap_or_else(|error| panic!("{json}: {error}"))
}

/// Reads each value, writes it, and expects the same.
fn kept<T: DeserializeOwned + Serialize + Debug>(rows: impl IntoIterator<Item = Value>) {
    for json in rows {
        let value = read::<T>(&json);
        assert_eq!(
            serde_json::to_value(&value).expect("it can be written"),
            json,
            "{value:?}"
        );
    }
}

async fn responding(response: ResponseTemplate) -> (MockServer, Client) {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(response).mount(&server).await;
    let builder = Client::builder().endpoint(server.uri());
    let client = builder.credentials(Credentials::bearer("t")).build().expect("a client");
    (server, client)
}

/// What was sent last: the query, and the body.
async fn sent(server: &MockServer) -> (Option<String>, String) {
    let requests = server.received_requests().await.expect("they are recorded");
    let last = requests.last().expect("a request");
    let body = String::from_utf8(last.body.clone()).expect("text");
    (last.url.query().map(str::to_owned), body)
}

#[test]
fn absent_null_and_empty_are_three_things() {
    kept::<types::Emptied>([
        json!({"required": []}),
        json!({"required": [], "list": []}),
        json!({"required": [], "map": {}, "any_map": {}}),
        json!({"required": [], "lists": [[], [1]]}),
        json!({"required": [], "null_list": null, "null_map": null}),
        json!({"required": [], "null_list": [], "null_map": {}}),
        json!({"required": [], "children": [{"required": ["a"], "children": []}]}),
    ]);
    let new = types::Emptied::new(vec![]);
    assert_eq!((new.list, new.map, new.null_list), (None, None, None));
    assert!(
        serde_json::from_value::<types::Emptied>(json!({})).is_err(),
        "a required list is not absent"
    );
}

#[tokio::test]
async fn an_empty_list_is_sent_as_such() {
    let response = json!({"required": ["a"], "list": [], "map": {}});
    let (server, client) = responding(ResponseTemplate::new(200).set_body_json(&response)).await;
    let call = client
        .send_empty()
        .required(Vec::<String>::new())
        .list(Vec::<String>::new())
        .map(HashMap::<String, i64>::new())
        .null_list(Null)
        .null_map(HashMap::<String, i64>::new());
    let received = call.send().await.expect("200");
    assert_eq!(
        (&received.list, &received.map, &received.lists),
        (&Some(vec![]), &Some(HashMap::new()), &None)
    );
    let (_, body) = sent(&server).await;
    assert_eq!(
        body,
        r#"{"list":[],"map":{},"null_list":null,"null_map":{},"required":[]}"#
    );
}

#[tokio::test]
async fn an_empty_list_is_in_a_query_where_its_style_has_a_text_for_it() {
    let (server, client) = responding(ResponseTemplate::new(204)).await;
    let call = client.all_parameters().id(1).tail("t");
    let (texts, numbers) = (Vec::<String>::new(), Vec::<i64>::new());
    let call = call
        .list(texts.clone())
        .joined(numbers)
        .spaced(texts.clone())
        .piped(texts);
    call.send().await.expect("204");
    assert_eq!(sent(&server).await.0.as_deref(), Some("joined=&spaced=&piped="));

    let (server, client) = responding(ResponseTemplate::new(204)).await;
    let form = client.send_form().name("n").tags(Vec::<String>::new());
    form.send().await.expect("204");
    assert_eq!(sent(&server).await.1, "name=n");
}

#[tokio::test]
async fn a_mock_tells_empty_from_absent() {
    let server = mock::MockServer::start().await;
    let client = server.client();
    let received = server.all_parameters().with_joined(Vec::<i64>::new()).no_content();
    let call = client
        .all_parameters()
        .id(1)
        .tail("t")
        .joined(Vec::<i64>::new())
        .send()
        .await;
    call.expect("204");
    let request = received.requests().remove(0);
    assert_eq!(
        (request.joined, request.spaced, request.list),
        (Some(vec![]), None, None)
    );

    let received = server
        .send_empty()
        .with_list(Vec::<String>::new())
        .with_map(None::<[(&str, i64); 0]>)
        .ok(types::Emptied::fixture());
    let none = Vec::<String>::new();
    let call = client.send_empty().required(none.clone()).list(none.clone());
    call.send().await.expect("200");
    assert_eq!(received.requests().remove(0).body.lists, None);
    let refused = client.send_empty().required(none);
    refused.send().await.expect_err("no mock takes it");
    assert_eq!(server.take_rejected_requests().len(), 1);
}

#[test]
fn null_is_kept_wherever_it_is_a_value() {
    let nulls = |name: &str, value: Value| json!({"nothing": null, name: value});
    for name in [
        "nothing_too",
        "nothing_of_list",
        "nothing_of_union",
        "nothing_of_const",
        "nothing_of_enum",
        "nothing_by_reference",
        "any",
        "any_or_null",
        "any_described",
        "any_by_reference",
        "any_of_true",
        "text",
        "text_of_parts",
        "choice",
        "union",
        "within",
        "deep",
        "one_of_one",
        "of_part",
        "of_parts",
        "inline",
        "text_or_null",
        "not_named",
    ] {
        kept::<types::Nulls>([nulls(name, json!(null))]);
    }
    kept::<types::Nulls>([
        json!({"nothing": null}),
        nulls("any", json!({"a": null})),
        nulls("any_by_reference", json!([null])),
        nulls("deep", json!([null, [null], "a", 1])),
        nulls("list", json!([null, "a", 1])),
        nulls("any_list", json!([null, {}])),
        nulls("map", json!({"a": null, "b": "b"})),
        nulls("any_map", json!({"a": null, "b": "b"})),
        nulls("arguments", json!({})),
        nulls("arguments", json!("{}")),
        nulls("itself", json!({"any": null, "next": {"next": null}})),
        nulls("tuple", json!([null, null])),
    ]);
    let absent = read::<types::Nulls>(&json!({"nothing": null}));
    assert_eq!((absent.any, absent.nothing_too, absent.text), (None, None, None));
    let null = read::<types::Nulls>(&json!({"nothing": null, "any": null, "nothing_too": null, "text": null}));
    assert_eq!(null.any, Some(Value::Null));
    assert_eq!((null.nothing_too, null.text), (Some(Null), Some(None)));
}

#[test]
fn null_is_kept_where_types_hold_themselves() {
    kept::<types::NullLoop>([
        json!({}),
        json!({"next": null, "or_text": null, "last": null, "rest": null}),
        json!({"rest": {"rest": {"rest": null}}}),
        json!({"next": {"next": {"next": null}}, "or_text": "text", "last": 1}),
        json!({"or_text": {"or_text": null}, "last": {"last": null}}),
    ]);
    kept::<types::Branch>([json!({"name": "n", "a": {"name": "a", "b": {}}, "c": {}})]);
}

#[test]
fn null_is_nothing_else_and_nothing_else_is_null() {
    for json in [
        json!({}),
        json!({"nothing": 1}),
        json!({"nothing": {}}),
        json!({"nothing": []}),
        json!({"nothing": null, "nothing_too": ""}),
    ] {
        assert!(serde_json::from_value::<types::Nulls>(json.clone()).is_err(), "{json}");
    }
    for json in [json!(null), json!(1), json!([])] {
        assert!(
            serde_json::from_value::<types::NullOrMap>(json.clone()).is_err(),
            "{json}"
        );
    }
}

#[tokio::test]
async fn null_is_sent_where_it_is_set() {
    let (server, client) = responding(ResponseTemplate::new(200).set_body_json(json!({"nothing": null}))).await;
    client.send_nulls().send().await.expect("200");
    assert_eq!(sent(&server).await.1, r#"{"nothing":null}"#);
    let call = client.send_nulls().any(Null).text(Null).nothing_too(Null);
    call.send().await.expect("200");
    assert_eq!(
        sent(&server).await.1,
        r#"{"any":null,"nothing":null,"nothing_too":null,"text":null}"#
    );
}

/// Reads each text as a response is read, writes it, and expects the same value.
fn kept_text<T: DeserializeOwned + Serialize + Debug>(rows: &[&str]) {
    for text in rows {
        let value: T = serde_json::from_str(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        let written = serde_json::to_string(&value).expect("it can be written");
        let (before, after): (Value, Value) = (parsed(text), parsed(&written));
        assert_eq!(before, after, "{text}: {value:?}");
    }
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn every_digit_is_kept() {
    kept_text::<types::Digits>(&[
        r#"{"number":0.1,"float":16777217.25,"double":5e-324,"floats":[1.7976931348623157e308,-2.5,0.30000000000000004]}"#,
        r#"{"number":122.41629403378658,"float":3.14159265358979,"other_name":0.1234567890123456}"#,
        r#"{"any":{"a":[1.5,18446744073709551615,-9223372036854775808,1]}}"#,
        r#"{"int":9007199254740993,"int32":-2147483648,"uint32":4294967295}"#,
        r#"{"int":-9223372036854775808,"wide_int32":5000000000,"negative_uint32":-1}"#,
        r#"{"unsigned":18446744073709551615,"unsigned_flag":9223372036854775808}"#,
        r#"{"signed":9223372036854775807,"rounded":-9223372036854775808}"#,
        r#"{"number_of_integers":9007199254740993}"#,
        r#"{"number_of_integers":0.1}"#,
        r#"{"big":18446744073709551615}"#,
        r#"{"big":-9223372036854775808}"#,
        r#"{"ints":{"a":1,"b":-1},"either":0.5,"pair":[0.1,9007199254740993]}"#,
        r#"{"either":"0.5"}"#,
    ]);
    assert!(
        serde_json::from_str::<types::Digits>(r#"{"number":1e999}"#).is_err(),
        "no float is as large"
    );
}

#[test]
fn every_digit_is_kept_by_way_of_other_properties_and_of_unions() {
    kept_text::<types::Rates>(&[r#"{"named":"n","a":1.5,"b":2.25,"c":0.1}"#, r#"{"named":"n"}"#]);
    kept_text::<types::RatesByList>(&[r#"{"named":"n","a":[1.5,"1.5"],"b":[]}"#]);
    kept_text::<types::Reading>(&[
        r#"{"kind":"plain","value":1.5,"more":9007199254740993}"#,
        r#"{"kind":"curve","points":[0.5,100.5],"more":{"a":[1.5,{"b":2.5}]}}"#,
        r#"{"kind":"new","value":[1.5,18446744073709551615]}"#,
    ]);
    kept_text::<types::EitherNumber>(&["1.5", "\"1.5\"", "0.1"]);
    kept_text::<types::Untagged>(&["1.5", "3", r#"{"a":1}"#]);
    kept_text::<types::Open>(&[r#"{"named":"n","a":1}"#]);
    let error = serde_json::from_str::<types::Rates>(r#"{"named":"n","a":"zebra"}"#).expect_err("no number");
    assert!(error.to_string().contains("expected f64"), "{error}");
}

#[test]
fn numbers_that_the_description_names_are_not_rounded() {
    kept_text::<types::Rounded>(&[
        r#"{"limited":9007199254740993,"named":18446744073709551615,"listed":[1]}"#,
        r#"{"limited":1.5,"named":-1}"#,
    ]);
}

#[tokio::test]
async fn a_whole_number_is_an_integer_however_a_response_writes_it() {
    let body = r#"{"int":1.0,"int32":1e3,"ints":{"a":2.0},"pair":[1,3.0],"unsigned":1.8446744073709550e19}"#;
    let (_server, client) = responding(ResponseTemplate::new(200).set_body_raw(body, "application/json")).await;
    let digits = client.send_numbers().send().await.expect("200").into_inner();
    assert_eq!((digits.int, digits.int32), (Some(1), Some(1000)));
    assert_eq!(digits.ints, Some(HashMap::from([("a".to_owned(), 2)])));
    assert_eq!(digits.pair, Some(types::DigitsPair(1.0, 3)));
    assert_eq!(digits.unsigned, Some(18_446_744_073_709_549_568));
}

#[tokio::test]
async fn a_number_that_json_cannot_express_is_not_sent() {
    let (server, client) = responding(ResponseTemplate::new(200).set_body_json(json!({"named": "n"}))).await;
    let numbers = || client.send_numbers();
    let pair = types::DigitsPair(f64::NAN, 1);
    let mut reasons = Vec::new();
    for call in [
        numbers().ratio(f64::INFINITY),
        numbers().ratios(vec![0.5, f64::NAN]),
        numbers().number(f64::NAN),
        numbers().floats(vec![0.5, f64::NEG_INFINITY]),
        numbers().pair(pair),
        numbers().either(types::EitherNumber::Number(f64::NAN)),
        numbers().other_name(types::Ratio(f64::NAN)),
    ] {
        reasons.push(reason(call.send().await.expect_err("it cannot be written")));
    }
    reasons.push(reason(
        client
            .send_ratios()
            .body(vec![f64::NAN])
            .send()
            .await
            .expect_err("no number"),
    ));
    let part = client.send_times_parts().day(NaiveDate::default()).ratio(f64::NAN);
    reasons.push(reason(part.send().await.expect_err("no number")));
    let because = "is not finite, which JSON cannot express";
    assert_eq!(
        reasons,
        [
            "query.ratio",
            "query.ratios[1]",
            "$.number",
            "$.floats[1]",
            "$.pair[0]",
            "$.either",
            "$.other_name",
            "$[0]",
            "$.ratio",
        ]
        .map(|place| format!("{place} {because}"))
    );
    assert!(server.received_requests().await.expect("recorded").is_empty());
}

/// Why a call was not sent.
fn reason<E: Debug>(error: Error<E>) -> String {
    match error {
        Error::InvalidRequest(error) => {
            let violations = error.violations().iter().map(ToString::to_string);
            violations.collect::<Vec<_>>().join("; ")
        }
        other => panic!("{other:?}"),
    }
}

fn time(text: &str) -> DateTime<Utc> {
    text.parse().expect("a time")
}

#[test]
fn a_time_keeps_its_instant() {
    kept::<types::Times>([
        json!({"required": "2031-05-06T07:08:09Z", "nullable": null}),
        json!({"required": "2031-05-06T07:08:09.123456789Z", "nullable": "0000-01-01T00:00:00Z"}),
        json!({
            "required": "9999-12-31T23:59:59.999Z", "nullable": "2016-12-31T23:59:60Z", "optional": "2031-05-06T07:08:09Z",
            "three": null, "day": "9999-12-31", "list": ["2031-05-06T07:08:09Z"], "null_list": [null, "2031-05-06T07:08:09Z"],
            "map": {"a": "2031-05-06T07:08:09Z"}, "deep": {"a": ["2031-05-06T07:08:09Z"]}, "days": {"a": ["2031-05-06"]},
            "named": "2031-05-06T07:08:09Z", "named_list": ["2031-05-06T07:08:09Z"], "null_named": null,
            "either": "2031-05-06T07:08:09Z", "or_text": "2031-05-06T07:08:09Z",
            "pair": ["2031-05-06T07:08:09Z", "2031-05-06"], "more": "2031-05-06T07:08:09Z",
        }),
        json!({"required": "2031-05-06T07:08:09Z", "nullable": null, "list": [], "map": {}, "either": 1, "or_text": "text"}),
        json!({"required": "2031-05-06T07:08:09Z", "nullable": null, "or_text": "2031-05-06T07:08:09"}),
    ]);
    assert!(serde_json::from_value::<types::Times>(json!({"required": "2031-05-06T07:08:09Z"})).is_err());
    assert!(serde_json::from_value::<types::Times>(json!({"nullable": null})).is_err());
}

#[test]
fn a_time_without_a_zone_is_one_in_utc() {
    let times = |text: &str, day: &str| {
        json!({
            "required": text, "nullable": text, "optional": text, "three": text, "list": [text], "null_list": [text, null],
            "map": {"a": text}, "deep": {"a": [text]}, "named": text, "named_list": [text], "null_named": text, "either": text,
            "pair": [text, day], "next": {"required": text, "nullable": text}, "more": text,
        })
    };
    let expected = times("2031-05-06T07:08:09.123456Z", "2031-05-06");
    for naive in [
        "2031-05-06T07:08:09.123456",
        "2031-05-06 07:08:09.123456",
        "2031-05-06t07:08:09.123456",
        "2031-05-06t07:08:09.123456z",
        "2031-05-06T09:08:09.123456+02:00",
    ] {
        let read = read::<types::Times>(&times(naive, "2031-05-06"));
        assert_eq!(serde_json::to_value(read).expect("JSON"), expected, "{naive}");
    }
}

#[tokio::test]
async fn a_response_that_is_a_time_is_read_as_any() {
    let call = |client: &Client| {
        let body = types::Times::new(time("2031-05-06T07:08:09Z"));
        let client = client.clone();
        async move { client.send_times().day(NaiveDate::default()).body(body).send().await }
    };
    let (_server, client) = responding(ResponseTemplate::new(200).set_body_json("2031-05-06T07:08:09")).await;
    match call(&client).await.expect("200").into_inner() {
        types::SendTimesSuccess::Ok(at) => assert_eq!(at, time("2031-05-06T07:08:09Z")),
        other => panic!("{other:?}"),
    }
    let times = json!(["2031-05-06 07:08:09", null]);
    let (_server, client) = responding(ResponseTemplate::new(202).set_body_json(times)).await;
    match call(&client).await.expect("202").into_inner() {
        types::SendTimesSuccess::Accepted(times) => assert_eq!(times, [Some(time("2031-05-06T07:08:09Z")), None]),
        other => panic!("{other:?}"),
    }
    let (_server, client) = responding(ResponseTemplate::new(409).set_body_json("2031-05-06T07:08:09")).await;
    match call(&client).await.expect_err("409") {
        Error::Api(failure) => match failure.into_error() {
            types::SendTimesError::Conflict(at) => assert_eq!(at, time("2031-05-06T07:08:09Z")),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_time_that_rfc_3339_cannot_express_is_not_sent() {
    let (server, client) = responding(ResponseTemplate::new(200).set_body_json("2031-05-06T07:08:09Z")).await;
    let (far, ok) = (DateTime::<Utc>::MAX_UTC, time("2031-05-06T07:08:09Z"));
    let call = |change: fn(&mut types::Times)| {
        let mut body = types::Times::new(ok);
        change(&mut body);
        client.send_times().day(NaiveDate::default()).body(body)
    };
    let plain = || call(|_| {});
    let mut reasons = Vec::new();
    for call in [
        call(|times| times.required = DateTime::<Utc>::MAX_UTC),
        call(|times| times.nullable = Some(DateTime::<Utc>::MAX_UTC)),
        call(|times| times.three = Some(Some(DateTime::<Utc>::MAX_UTC))),
        call(|times| times.day = Some(NaiveDate::MAX)),
        call(|times| times.null_list = Some(vec![None, Some(DateTime::<Utc>::MAX_UTC)])),
        call(|times| times.map = Some(HashMap::from([("a".into(), DateTime::<Utc>::MAX_UTC)]))),
        call(|times| times.deep = Some(HashMap::from([("a".into(), vec![DateTime::<Utc>::MAX_UTC])]))),
        call(|times| times.days = Some(HashMap::from([("a".into(), vec![types::Day(NaiveDate::MAX)])]))),
        call(|times| times.named_list = Some(vec![types::Instant(DateTime::<Utc>::MAX_UTC)])),
        call(|times| times.null_named = Some(Some(types::Instant(DateTime::<Utc>::MAX_UTC)))),
        call(|times| times.either = Some(DateTime::<Utc>::MAX_UTC.into())),
        call(|times| times.pair = Some(types::TimesPair(DateTime::default(), NaiveDate::MAX))),
        call(|times| times.next = Some(Box::new(types::Times::new(DateTime::<Utc>::MAX_UTC)))),
        call(|times| times.extra = HashMap::from([("more".into(), DateTime::<Utc>::MAX_UTC)])),
        plain().day(NaiveDate::MAX),
        plain().since(far),
        plain().times(vec![types::Instant(far)]),
        plain().x_time(far),
        plain().at(far),
    ] {
        reasons.push(reason(call.send().await.expect_err("it cannot be written")));
    }
    let form = client.send_times_form().day(NaiveDate::default()).at(far);
    reasons.push(reason(form.send().await.expect_err("beyond 9999")));
    let form = client.send_times_parts().day(NaiveDate::default()).at(far);
    reasons.push(reason(form.send().await.expect_err("beyond 9999")));
    let because = "is after the year 9999";
    assert_eq!(
        reasons,
        [
            "$.required",
            "$.nullable",
            "$.three",
            "$.day",
            "$.null_list[1]",
            "$.map.a",
            "$.deep.a[0]",
            "$.days.a[0]",
            "$.named_list[0]",
            "$.null_named",
            "$.either",
            "$.pair[1]",
            "$.next.required",
            "$.more",
            "path.day",
            "query.since",
            "query.times[0]",
            "header.x-time",
            "cookie.at",
            "$.at",
            "$.at",
        ]
        .map(|place| format!("{place} {because}"))
    );
    let early = call(|times| times.required = DateTime::<Utc>::MIN_UTC).send().await;
    let reason = reason(early.expect_err("before 0"));
    assert_eq!(reason, "$.required is before the year 0");
    assert!(server.received_requests().await.expect("recorded").is_empty());
    plain().since(ok).x_time(ok).at(ok).send().await.expect("200");
    assert_eq!(sent(&server).await.0.as_deref(), Some("since=2031-05-06T07%3A08%3A09Z"));
}

#[tokio::test]
async fn a_mock_reads_times_as_the_client_does() {
    let server = mock::MockServer::start().await;
    let mock = server.send_times().ok(time("2031-05-06T07:08:09Z"));
    let (client, at) = (server.client(), time("2031-05-06T07:08:09.5Z"));
    let call = client.send_times().day(NaiveDate::MIN.with_year(2031).expect("a day"));
    let call = call.since(at).times(vec![types::Instant(at)]).x_time(at).at(at);
    call.body(types::Times::new(at)).send().await.expect("200");
    let request = mock.requests().remove(0);
    assert_eq!(
        (request.since, request.x_time, request.at),
        (Some(at), Some(at), Some(at))
    );
    assert_eq!(
        (request.times, request.body.required),
        (Some(vec![types::Instant(at)]), at)
    );
}
