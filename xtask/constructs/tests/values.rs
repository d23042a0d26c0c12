//! What values keep, wherever they are written and read: absent, null and empty, every digit, every instant.

use std::{collections::HashMap, fmt::Debug};

use askui_workspaces::{Client, Credentials, Null, mock, types};
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
    let call = client.send_empty().body_map(|body| {
        body.required(vec![])
            .list(vec![])
            .map(HashMap::new())
            .null_list(None)
            .null_map(HashMap::new())
    });
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
    let call = call.list(vec![]).joined(vec![]).spaced(vec![]).piped(vec![]);
    call.send().await.expect("204");
    assert_eq!(sent(&server).await.0.as_deref(), Some("joined=&spaced=&piped="));

    let (server, client) = responding(ResponseTemplate::new(204)).await;
    let form = client.send_form().body_map(|form| form.name("n").tags(vec![]));
    form.send().await.expect("204");
    assert_eq!(sent(&server).await.1, "name=n");
}

#[tokio::test]
async fn a_mock_tells_empty_from_absent() {
    let server = mock::MockServer::start().await;
    let client = server.client();
    let received = server.all_parameters().with_joined(vec![]).no_content();
    let call = client.all_parameters().id(1).tail("t").joined(vec![]).send().await;
    call.expect("204");
    let request = received.requests().remove(0);
    assert_eq!(
        (request.joined, request.spaced, request.list),
        (Some(vec![]), None, None)
    );

    let received = server
        .send_empty()
        .with_list(vec![])
        .with_map(None)
        .ok(types::Emptied::fixture());
    let call = client.send_empty().body_map(|body| body.required(vec![]).list(vec![]));
    call.send().await.expect("200");
    assert_eq!(received.requests().remove(0).body.lists, None);
    let refused = client.send_empty().body_map(|body| body.required(vec![]));
    refused.send().await.expect_err("no mock takes it");
    assert_eq!(server.take_refused().len(), 1);
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
    client.send_nulls().body_map(|body| body).send().await.expect("200");
    assert_eq!(sent(&server).await.1, r#"{"nothing":null}"#);
    let call = client
        .send_nulls()
        .body_map(|body| body.any(Value::Null).text(None).nothing_too(Null));
    call.send().await.expect("200");
    assert_eq!(
        sent(&server).await.1,
        r#"{"any":null,"nothing":null,"nothing_too":null,"text":null}"#
    );
}
