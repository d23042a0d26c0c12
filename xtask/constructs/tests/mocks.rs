//! What mocks make of every construct in constructs.yaml: what a call sends is what a mock receives, by its type.

use askui_workspaces::{
    Client, Credentials, Error, Null, Upload,
    chrono::{DateTime, FixedOffset},
    mock::MockServer,
    types::{self, SeveralAnswersError2 as Failure, SeveralAnswersSuccess as Success},
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

fn read<T: DeserializeOwned>(json: &Value) -> T {
    serde_json::from_value(json.clone()).unwrap_or_else(|error| panic!("{json}: {error}"))
}

#[tokio::test]
async fn parameters() {
    let server = MockServer::start().await;
    let mock = server
        .all_parameters()
        .with_id(7)
        .with_tail("a b/c")
        .with_list(["x", "y&z"])
        .with_choice("b")
        .no_content();
    let client = server.client();
    let call = client
        .all_parameters()
        .id(7)
        .tail("a b/c")
        .shared("s")
        .list(vec!["x".to_owned(), "y&z".to_owned()]);
    let call = call
        .joined(vec![1, 2])
        .spaced(vec!["p".to_owned(), "q".to_owned()])
        .piped(vec!["p".to_owned(), "q".to_owned()]);
    let call = call.choice("b").short("abc").type_("t").x_header(true).session("a;b");
    let call = call.deep(read::<types::AllParametersDeep>(&json!({"a": "1", "b": {"c": 2}})));
    let call = call.flat(read::<types::AllParametersFlat>(&json!({"x": 1, "y": 2})));
    let call = call.json(read::<types::AllParametersJson>(&json!({"k": "v"})));
    call.send().await.expect("204");
    client
        .all_parameters()
        .id(8)
        .tail("t")
        .send()
        .await
        .expect_err("no stub matches it");
    let received = mock.requests().remove(0);
    assert_eq!((received.id, received.tail.as_str()), (7, "a b/c"));
    assert_eq!(
        received.list.as_deref(),
        Some(["x".to_owned(), "y&z".to_owned()].as_slice())
    );
    assert_eq!(received.joined, Some(vec![1, 2]));
    assert_eq!(received.spaced, Some(vec!["p".to_owned(), "q".to_owned()]));
    assert_eq!(received.piped, Some(vec!["p".to_owned(), "q".to_owned()]));
    assert_eq!(received.deep, Some(read(&json!({"a": "1", "b": {"c": 2}}))));
    assert_eq!(received.flat, Some(read(&json!({"x": 1, "y": 2}))));
    assert_eq!(received.json, Some(read(&json!({"k": "v"}))));
    assert_eq!(received.choice, Some(types::AllParametersChoice::B));
    assert_eq!(received.short.as_deref(), Some("abc"));
    assert_eq!((received.type_.as_deref(), received.x_header), (Some("t"), Some(true)));
    assert_eq!(
        (received.session.as_deref(), received.shared.as_deref()),
        (Some("a;b"), Some("s"))
    );
    let refused = server.take_rejected_requests().remove(0);
    assert!(
        refused
            .to_string()
            .starts_with("GET /parameters/8/t was rejected with 501: no stub matches it"),
        "{refused}"
    );
    assert!(
        refused.reason.contains("asks for `id` = 7: the request has 8"),
        "{refused}"
    );
}

#[tokio::test]
async fn bodies() {
    let server = MockServer::start().await;
    let client = server.client();
    let tags = vec!["x".to_owned(), "y".to_owned()];
    let form = server.send_form().with_name("a b").no_content();
    client
        .send_form()
        .name("a b")
        .tags(tags.clone())
        .send()
        .await
        .expect("204");
    assert_eq!(form.requests()[0].body.tags, Some(tags));

    let address = json!({"address": {"city": "c"}});
    let deep = server.send_deep_form().no_content();
    client
        .send_deep_form()
        .body(read::<types::SendDeepFormBody>(&address))
        .send()
        .await
        .expect("204");
    assert_eq!(deep.requests()[0].body, read(&address));

    server.send_bytes().with_body("png").no_content().expect(1);
    client.send_bytes().body("png").send().await.expect("204");

    server.send_merge().with_claws(1).no_content().expect(1);
    client.send_merge().claws(1).send().await.expect("204");

    let named = server.delete_with_body().with_name("n").no_content();
    let other = server.delete_with_body().no_content();
    client.delete_with_body().send().await.expect("204");
    client.delete_with_body().name("n").send().await.expect("204");
    assert_eq!((named.calls(), other.requests()[0].body.is_none()), (1, true));

    let everything = server.everything().ok_with(|request| request.body.clone());
    let body = json!({"tagged": {"kind": "dog"}, "signs": [">="], "pair": ["a", 1], "nullable": null, "untagged": [1]});
    let answer = client
        .everything()
        .body(read::<types::Everything>(&body))
        .send()
        .await
        .expect("200")
        .into_inner();
    assert_eq!(answer, everything.requests().remove(0).body);
    assert_eq!(serde_json::to_value(answer).expect("JSON"), body);
}

#[tokio::test]
async fn matchers_take_what_setters_take() {
    let in_india = || {
        "2031-05-06T12:38:09+05:30"
            .parse::<DateTime<FixedOffset>>()
            .expect("a time")
    };
    let server = MockServer::start().await;
    let client = server.client();
    let call = || client.set_values().text("t").count(0);
    let stub = || server.set_values().with_text("t");
    let absent = None::<DateTime<FixedOffset>>;
    let stubs = [
        stub().with_null_time(in_india()).with_null_tags(["x"]),
        stub().with_null_time(Null).with_null_cat(types::Cat::new(1)),
        stub()
            .with_null_time(absent)
            .with_owner(Null)
            .with_choice("a")
            .with_key("k"),
        stub()
            .with_null_time(absent)
            .with_owner("o")
            .with_tags(["x", "y"])
            .with_at(in_india()),
        stub()
            .with_three(Some(1))
            .with_body(types::SettersValues::new(0, "none")),
    ];
    let stubs = stubs.map(|stub| stub.no_content());
    let messages = [
        "`null_time` = 2031-05-06T07:08:09Z: the request has None",
        "`null_time` = Some(None): the request has None",
        "`owner` = None: the request has \"other\"",
        "`owner` = \"o\": the request has \"other\"",
        "`three` = 1: the request has None",
    ];
    let calls = [
        call().null_time(in_india()).null_tags(["x"]),
        call().null_time(Null).null_cat(types::Cat::new(1)),
        call().choice("a").key("k"),
        call().owner("o").tags(["x", "y"]).at(in_india()),
    ];
    for call in calls {
        call.send().await.expect("204");
    }
    assert_eq!(stubs.map(|stub| stub.calls()), [1, 1, 1, 1, 0]);
    call().owner("other").send().await.expect_err("no stub matches it");
    let rejected = server.take_rejected_requests().remove(0).reason;
    for message in messages {
        assert!(rejected.contains(message), "{message}: {rejected}");
    }
}

#[tokio::test]
async fn forms_with_files() {
    let server = MockServer::start().await;
    let client = server.client();
    let file = Upload::from_bytes;
    let all = server
        .upload_all()
        .with_one("1".as_bytes().to_vec())
        .with_note("n")
        .no_content();
    let call = client
        .upload_all()
        .one(file("1"))
        .many(vec![
            Upload::from_bytes([0xff, 0x0d, 0x0a]),
            file("3").file_name("a; \"b\".txt").media_type("text/plain"),
        ])
        .maybe(Some(file("4")))
        .note("n".to_owned())
        .tags(vec![5, 6])
        .meta(read::<types::UploadAllBodyMeta>(&json!({"k": "v"})));
    call.send().await.expect("204");
    let body = all.requests().remove(0).body;
    let second = file("3").file_name("a; \"b\".txt").media_type("text/plain");
    assert_eq!(body.many, [Upload::from_bytes([0xff, 0x0d, 0x0a]), second]);
    assert_eq!((body.maybe.flatten(), body.tags), (Some(file("4")), Some(vec![5, 6])));
    assert_eq!(body.meta, Some(read(&json!({"k": "v"}))));

    let parts = server.upload_parts().no_content();
    let cat = json!({"claws": 1, "kind": "cat"});
    let call = client
        .upload_parts()
        .file(file("1"))
        .files(types::Files::from(vec![file("4"), file("5")]))
        .lists(vec![vec![file("6")], vec![file("7")]])
        .pair(types::PartsPair(file("9"), 10))
        .untyped(file("d"))
        .json(vec!["j".to_owned(), "k".to_owned()])
        .text("*m*".to_owned())
        .picture(file("p"))
        .cat(read::<types::Cat>(&cat))
        .cats(vec![read::<types::Cat>(&cat)])
        .extra(std::collections::HashMap::from([("x".to_owned(), 1)]));
    call.send().await.expect("204");
    let body = parts.requests().remove(0).body;
    assert_eq!(body.file, file("1"));
    assert_eq!(body.files, Some(types::Files::from(vec![file("4"), file("5")])));
    assert_eq!(body.lists, Some(vec![vec![file("6")], vec![file("7")]]));
    assert_eq!(body.pair, Some(types::PartsPair(file("9"), 10)));
    assert_eq!(body.untyped, Some(file("d")));
    assert_eq!(body.json, Some(vec!["j".to_owned(), "k".to_owned()]));
    assert_eq!(body.picture, Some(file("p").media_type("image/png")));
    assert_eq!((body.cat, body.cats), (Some(read(&cat)), Some(vec![read(&cat)])));
    assert_eq!(body.extra["x"], 1);

    let by_name = server.upload_by_name().no_content();
    let files = std::collections::HashMap::from([("b".to_owned(), file("2")), ("a".to_owned(), file("1"))]);
    client.upload_by_name().body(files.clone()).send().await.expect("204");
    assert_eq!(by_name.requests()[0].body, files);
}

#[tokio::test]
async fn answers() {
    let server = MockServer::start().await;
    let client = server.client();
    let call = || client.several_answers();
    let problem = types::Problem::fixture();

    server.several_answers().ok(7).up_to_n_times(1);
    server.several_answers().accepted().up_to_n_times(1);
    server
        .several_answers()
        .non_authoritative_information("text")
        .up_to_n_times(1);
    server.several_answers().not_found(problem.clone()).up_to_n_times(1);
    server.several_answers().conflict(json!([1])).up_to_n_times(1);
    server.several_answers().gone().up_to_n_times(1);
    server.several_answers().client_error(418, "tea").up_to_n_times(1);
    server.several_answers().default(500, problem).up_to_n_times(1);
    server.several_answers().status(206).up_to_n_times(1);
    server
        .several_answers()
        .status(200)
        .body("{", "application/json")
        .up_to_n_times(1);
    assert_eq!(call().send().await.expect("200").into_inner(), Success::Ok(7));
    assert_eq!(call().send().await.expect("202").into_inner(), Success::Accepted);
    match call().send().await.expect("203").into_inner() {
        Success::NonAuthoritativeInformation(body) => assert_eq!(body.text(), "text"),
        other => panic!("{other:?}"),
    }
    for is_it in [
        (|failure| matches!(failure, Failure::NotFound(_))) as fn(&Failure) -> bool,
        |failure| matches!(failure, Failure::Conflict(any) if *any == json!([1])),
        |failure| matches!(failure, Failure::Gone),
        |failure| matches!(failure, Failure::ClientError(body) if body.text() == "tea"),
        |failure| matches!(failure, Failure::Default(_)),
    ] {
        match call().send().await {
            Err(Error::Api(failure)) => assert!(is_it(failure.error()), "{failure:?}"),
            other => panic!("{other:?}"),
        }
    }
    for status in [206, 200] {
        let error = call().send().await.expect_err("it is not as documented");
        assert!(matches!(error, Error::UnexpectedResponse(_)));
        assert_eq!(error.status().map(|status| status.as_u16()), Some(status));
    }

    server.only_default().success(201, "all");
    assert_eq!(*client.only_default().send().await.expect("201"), "all");
    server.maybe_null().ok(None);
    assert!(client.maybe_null().send().await.expect("null").is_none());
    server.stream_events().ok("data: 1\n\n").up_to_n_times(1);
    let mut events = client.stream_events().send().await.expect("a stream").into_inner();
    assert_eq!(
        events.chunk().await.expect("a piece").as_deref(),
        Some(b"data: 1\n\n".as_slice())
    );
    server.stream_events().unprocessable_entity("wrong");
    let error = client.stream_events().send().await.expect_err("a failure");
    let text = error.to_string();
    assert!(
        text.starts_with("stream_events failed: 422 Unprocessable Entity: wrong (GET "),
        "{text}"
    );
}

#[tokio::test]
#[allow(deprecated)]
async fn operations_are_told_apart_by_method_and_path() {
    let server = MockServer::start().await;
    let client = server.client();
    server.twin_of_id().with_id("a").no_content().expect(1);
    server.twin().no_content().expect(1);
    server.post_twins().no_content().expect(1);
    server.by_reference().no_content().expect(1);
    server.call_error().no_content().expect(1);
    server.old_one().no_content().expect(1);
    client.twin_of_id().id("a").send().await.expect("204");
    client.twin().send().await.expect("204");
    client.post_twins().send().await.expect("204");
    client.by_reference().send().await.expect("204");
    client.call_error().send().await.expect("204");
    client.old_one().send().await.expect("204");
}

#[tokio::test]
async fn what_separates_items_is_told_from_what_stands_in_them() {
    let server = MockServer::start().await;
    let parameters = server.all_separated().no_content();
    let forms = server.send_separated().no_content();
    let client = server.client();
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let points = || read::<Vec<types::Point>>(&json!([{"x": 1, "y": "a,b"}, {"x": 2}]));
    let nested = vec![vec![1, 2], vec![3], vec![]];
    let call = client.all_separated().csv(texts(&["a,b", "c d", "%+"]));
    let call = call.spaced(texts(&["a,b", "c|d"])).piped(texts(&["a b", "c"]));
    let call = call
        .nested(nested.clone())
        .nested_csv(vec![texts(&["a,b", "c"]), texts(&["d"])]);
    let call = call.objects(points()).deep(points());
    let call = call.x_list(texts(&["a b", "c"])).c(texts(&["a;b", "c"]));
    call.send().await.expect("204");
    let received = parameters.requests().remove(0);
    assert_eq!(received.csv, Some(texts(&["a,b", "c d", "%+"])));
    assert_eq!(received.spaced, Some(texts(&["a,b", "c|d"])));
    assert_eq!(received.piped, Some(texts(&["a b", "c"])));
    assert_eq!(received.nested.as_ref(), Some(&nested));
    assert_eq!(received.nested_csv, Some(vec![texts(&["a,b", "c"]), texts(&["d"])]));
    assert_eq!((received.objects, received.deep), (Some(points()), Some(points())));
    assert_eq!(received.x_list, Some(texts(&["a b", "c"])));
    assert_eq!(received.c, Some(texts(&["a;b", "c"])));

    // A form cannot express null, and the documentation of the property says so.
    let body = json!({"csv": ["a,b", "c"], "nested": [[1, 2]]});
    let mut form = read::<types::SendSeparatedBody>(&body);
    form.note = Some(None);
    client.send_separated().body(form).send().await.expect("204");
    let received = forms.requests().remove(0);
    assert_eq!(serde_json::to_value(&received.body).expect("JSON"), body);

    let sent = server.received_requests();
    let query = sent[0].url.query().unwrap_or_default();
    for pair in [
        "csv=a%2Cb,c+d,%25%2B&",
        "spaced=a%2Cb%20c%7Cd&",
        "piped=a+b%7Cc&",
        "nested=%5B1%2C2%5D&nested=%5B3%5D&nested=%5B%5D&",
        "nested_csv=%5B%22a%2Cb%22%2C%22c%22%5D,%5B%22d%22%5D&",
    ] {
        assert!(query.contains(pair), "{pair}: {query}");
    }
    let form = std::str::from_utf8(sent[1].body.as_bytes()).expect("text");
    assert!(
        form.contains("csv=a%2Cb,c") && form.contains("nested=%5B1%2C2%5D"),
        "{form}"
    );

    for (call, name, what) in [
        (client.all_separated().spaced(texts(&["a b"])), "spaced", "` `"),
        (client.all_separated().piped(texts(&["a|b"])), "piped", "`|`"),
        (client.all_separated().x_list(texts(&["a,b"])), "X-List", "`,`"),
        (client.all_separated().c(texts(&["a,b"])), "c", "`,`"),
        (client.all_separated().csv(texts(&[""])), "csv", "one empty text"),
    ] {
        let error = call.send().await.expect_err(name);
        assert!(matches!(error, Error::InvalidRequest(_)), "{error:?}");

        let error = error.to_string();
        assert!(error.contains(&format!(".{name} ")) && error.contains(what), "{error}");
    }
    assert_eq!(server.received_requests().len(), 2);
}

#[tokio::test]
async fn parameters_and_forms_are_written_and_read_as_their_styles_say() {
    let server = MockServer::start().await;
    let parameters = server.all_styles().no_content();
    let forms = server.send_styled_form().no_content();
    let client = server.client();
    let point = |x: i64, y: &str| read::<types::Point>(&json!({"x": x, "y": y}));
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let call = client.all_styles().simple(point(1, "a,b")).exploded(point(2, "="));
    let call = call.label(texts(&["a.b", "c"])).matrix(vec![1, 2]).json(texts(&["/"]));
    let call = call.plain("\"text\"").joined(point(3, "c")).piped(texts(&["d", "e"]));
    let call = call.x_simple(point(4, "f")).x_exploded(point(5, "g")).c(point(6, ";"));
    let labels = std::collections::HashMap::from([("k".to_owned(), "\u{e9}".to_owned())]);
    call.x_json(labels.clone()).send().await.expect("204");
    let received = parameters.requests().remove(0);
    assert_eq!(received.simple, point(1, "a,b"));
    assert_eq!(received.exploded, point(2, "="));
    assert_eq!(received.label, ["a.b", "c"]);
    assert_eq!(received.matrix, [1, 2]);
    assert_eq!(received.json, ["/"]);
    assert_eq!(received.plain.as_deref(), Some("\"text\""));
    assert_eq!(received.joined, Some(point(3, "c")));
    assert_eq!(received.piped, Some(texts(&["d", "e"])));
    assert_eq!(received.x_simple, Some(point(4, "f")));
    assert_eq!(received.x_exploded, Some(point(5, "g")));
    assert_eq!(received.x_json, Some(labels));
    assert_eq!(received.c, Some(point(6, ";")));

    let body = json!({
        "deep": {"x": 1, "y": "a"},
        "joined": ["b", "c"],
        "spaced": [1, 2],
        "json": ["d", "e"],
        "plain": {"x": 2},
        "list": ["f", "g"],
    });
    let call = client
        .send_styled_form()
        .simple("a")
        .exploded("b")
        .label(point(7, "h"))
        .matrix(point(8, "i"));
    let call = call.json("c").body(read::<types::SendStyledFormBody>(&body));
    call.send().await.expect("204");
    let received = forms.requests().remove(0);
    assert_eq!(received.label, point(7, "h"));
    assert_eq!(received.matrix, point(8, "i"));
    assert_eq!(serde_json::to_value(&received.body).expect("JSON"), body);

    let sent = server.received_requests();
    assert_eq!(
        sent[0].url.as_str(),
        "http://localhost/styles/x,1,y,a%2Cb/x=2,y=%3D/.a%2Eb.c/;matrix=1;matrix=2/%5B%22%2F%22%5D?plain=%22text%22&joined=x,3,y,c\
         &piped=d&piped=e"
    );
    for (name, expected) in [
        ("x-simple", "x,4,y,f"),
        ("x-exploded", "x=5,y=g"),
        ("x-json", r#"{"k":"\u00e9"}"#),
        ("cookie", "c=%7B%22x%22%3A6%2C%22y%22%3A%22%3B%22%7D"),
    ] {
        assert_eq!(sent[0].headers[name], expected, "{name}");
    }
    assert_eq!(sent[1].url.path(), "/styles/a/b/.x=7.y=h/;x=8;y=i/c");
    let form = std::str::from_utf8(sent[1].body.as_bytes()).expect("text");
    let mut fields = form.split('&').collect::<Vec<_>>();
    fields.sort_unstable();
    assert_eq!(
        fields,
        [
            "deep%5Bx%5D=1",
            "deep%5By%5D=a",
            "joined=b,c",
            "json=%5B%22d%22%2C%22e%22%5D",
            "list=f",
            "list=g",
            "plain=%7B%22x%22%3A2%7D",
            "spaced=1%202"
        ]
    );
}

#[tokio::test]
async fn operations_are_told_apart_by_the_query_of_their_path() {
    let server = MockServer::start().await;
    let made = server.make_note().no_content();
    let previewed = server.preview_note().with_lang("en us").no_content();
    let found = server.find_notes().with_text("a&b/..").no_content();
    let all = server.all_notes().no_content();
    let client = server.client();
    client.make_note().send().await.expect("204");
    client.preview_note().lang("en us").send().await.expect("204");
    client.find_notes().text("a&b/..").send().await.expect("204");
    client.all_notes().send().await.expect("204");
    let counts = [
        made.requests().len(),
        previewed.requests().len(),
        found.requests().len(),
        all.requests().len(),
    ];
    assert_eq!(counts, [1; 4]);
    let sent = server.received_requests();
    let sent = sent
        .iter()
        .map(|request| request.url.as_str().replace("http://localhost", ""));
    assert_eq!(
        sent.collect::<Vec<_>>(),
        [
            "/notes",
            "/notes?preview=true&tag=a%20b&lang=en+us",
            "/notes?find=a%26b%2F..",
            "/notes/all"
        ]
    );
}

#[tokio::test]
async fn what_is_not_as_documented_is_refused() {
    let server = MockServer::start().await;
    let http = askui_workspaces::reqwest::Client::new();
    let anonymous = |path: &str| http.get(format!("{}{path}", server.uri()));
    let get = |path: &str| anonymous(path).bearer_auth("t");
    let post = || http.post(format!("{}/upload", server.uri())).bearer_auth("t");
    let form = "multipart/form-data; boundary=b";
    for (request, status, reason) in [
        (get("/parameters/x/t"), 422, "path.id: Input should be a valid integer"),
        (
            get("/parameters/1/t?short=abcd"),
            422,
            "query.short: String should have at most 3 characters",
        ),
        (
            get("/parameters/1/t?choice=c"),
            422,
            "query.choice: Input should be 'a' or 'b'",
        ),
        (
            get("/parameters/1/t?joined=1,b"),
            422,
            "query.joined[1]: Input should be a valid integer",
        ),
        (get("/parameters/1/t?json=%7B"), 422, "query.json: JSON decode error"),
        (
            get("/parameters/1/t").header("X-Header", "?"),
            422,
            "header.X-Header: Input should be a valid boolean",
        ),
        (
            get("/parameters/1"),
            404,
            "no operation of the description is GET /parameters/1",
        ),
        (
            get("/upload"),
            405,
            "no operation of the description is GET /upload: that path has",
        ),
        (
            anonymous("/null"),
            401,
            "no `Authorization` header, where the operation takes `Bearer` (a bearer token",
        ),
        (
            anonymous("/null").basic_auth("a", Some("b")),
            401,
            "`Authorization` holds a user name and a password, where",
        ),
        (
            anonymous("/null").header("Authorization", "a-secret"),
            401,
            "`Authorization` holds no credentials of a known kind",
        ),
        (post(), 422, "body: Field required"),
        (
            post().body("{}"),
            422,
            "body: the body is sent without a `Content-Type`, and the description has `multipart/form-data`",
        ),
        (
            post().header("Content-Type", form).body("--b\r\n"),
            422,
            "body: the last boundary of the form is missing",
        ),
    ] {
        let answer = request.send().await.expect("an answer");
        let refused = server.take_rejected_requests().remove(0);
        assert_eq!(
            (answer.status().as_u16(), refused.status.as_u16()),
            (status, status),
            "{refused}"
        );
        assert!(refused.reason.starts_with(reason), "{refused}");
    }
    // Open to all, with credentials or without.
    server.nothing_documented().status(204).expect(2);
    let builder = || Client::builder().endpoint(server.uri());
    for builder in [builder(), builder().credentials(Credentials::bearer("t"))] {
        builder
            .build()
            .expect("a client")
            .nothing_documented()
            .send()
            .await
            .expect("204");
    }
}

/// JSON that is sent to `send_closed` without the SDK, and all that is wrong with it.
#[rustfmt::skip]
fn bodies_that_are_wrong() -> Vec<(Value, &'static str)> {
    let right = json!({"sign": ">=", "at": "2030-01-02T03:04:05Z", "note": null});
    let with = |name: &str, value: Value| {
        let mut body = right.clone();
        body[name] = value;
        body
    };
    vec![
        (with("one", json!({"a": 1, "b": 2, "c": 3})), "body.one.b: Extra inputs are not permitted; body.one.c: Extra inputs are not permitted"),
        (with("many", json!([{"a": 1}, {"x": 1}])), "body.many[1].x: Extra inputs are not permitted"),
        (with("either", json!({"a": 1, "c": 2})), "body.either: Input should be one of the documented types"),
        (with("sign", json!("s3cret")), "body.sign: Input should be '>' or '>='"),
        (with("size", json!(3)), "body.size: Input should be 1 or 2"),
        (with("size", json!("1")), "body.size: Input should be a valid number"),
        (with("pet", json!({"kind": "s3cret"})), "body.pet: Input should be an object with 'cat', 'hound', 'dog' or 'puppy' for `kind`"),
        (with("id", json!("s3cret")), "body.id: Input should be a valid UUID"),
        (with("at", json!("s3cret")), "body.at: Input should be a valid datetime"),
        (json!({}), "body.at: Field required; body.note: Field required; body.sign: Field required"),
        (json!({"sign": ">", "at": "2030-01-02T03:04:05Z"}), "body.note: Field required"),
        (json!({"many": [1, {"a": "s3cret"}, {"a": 1.5}], "at": 1, "note": "n"}), "body.at: Input should be a valid string; body.many[0]: Input should be a valid dictionary; body.many[1].a: Input should be a valid integer; body.many[2].a: Input should be a valid integer; body.sign: Field required"),
    ]
}

#[tokio::test]
async fn all_that_is_wrong_with_a_body_is_named() {
    let server = MockServer::start().await;
    let stub = server.send_closed().no_content();
    let put = |body: &Value| {
        let request = askui_workspaces::reqwest::Client::new().put(format!("{}/closed", server.uri()));
        request
            .bearer_auth("t")
            .header("Content-Type", "application/json")
            .body(body.to_string())
    };
    let right = json!({
        "sign": ">=", "note": null, "at": "2030-01-02 03:04:05+01:00", "one": {"a": 1.0}, "many": [{}], "either": {"b": 1, "c": 2}, "size": 2.0, "unknown": 1,
    });
    assert_eq!(put(&right).send().await.expect("a response").status().as_u16(), 204);
    assert_eq!(
        stub.requests()[0]
            .body
            .size
            .as_ref()
            .map(types::SendClosedBodySize::value),
        Some(2)
    );
    for (body, expected) in bodies_that_are_wrong() {
        put(&body).send().await.expect("a response");
        let rejected = server.take_rejected_requests();
        let reasons = rejected
            .iter()
            .map(|rejected| rejected.reason.as_str())
            .collect::<Vec<_>>();
        assert_eq!(reasons, [expected], "{body}");
    }
}

/// What is added to a body that is right, and what FastAPI says of it: the place, the message, and the type.
#[rustfmt::skip]
fn bodies_that_break_a_rule() -> Vec<(Value, Value, &'static str, &'static str)> {
    vec![
        (json!({"name": null}), json!(["body", "name"]), "Input should be a valid string", "string_type"),
        (json!({"name": ""}), json!(["body", "name"]), "String should have at least 1 character", "string_too_short"),
        (json!({"name": "abcdef"}), json!(["body", "name"]), "String should have at most 5 characters", "string_too_long"),
        (json!({"code": "x1"}), json!(["body", "code"]), r"String should match pattern '^\d+\p{L}?$'", "string_pattern_mismatch"),
        (json!({"whole": -6}), json!(["body", "whole"]), "Input should be greater than or equal to -3", "greater_than_equal"),
        (json!({"whole": 9_007_199_254_740_996_i64}), json!(["body", "whole"]), "Input should be less than or equal to 9007199254740993", "less_than_equal"),
        (json!({"whole": 4}), json!(["body", "whole"]), "Input should be a multiple of 3", "multiple_of"),
        (json!({"open": 0}), json!(["body", "open"]), "Input should be greater than 0", "greater_than"),
        (json!({"open": 10}), json!(["body", "open"]), "Input should be less than 10", "less_than"),
        (json!({"list": []}), json!(["body", "list"]), "List should have at least 1 item, not 0", "too_short"),
        (json!({"list": ["a", "b", "c"]}), json!(["body", "list"]), "List should have at most 2 items, not 3", "too_long"),
        (json!({"list": ["a", "a"]}), json!(["body", "list"]), "List items should be unique", "unique_items"),
        (json!({"list": ["a", "abcd"]}), json!(["body", "list", 1]), "String should have at most 3 characters", "string_too_long"),
        (json!({"map": {}}), json!(["body", "map"]), "Dictionary should have at least 1 item, not 0", "too_short"),
        (json!({"map": {"a": 1, "b": 2, "c": 3}}), json!(["body", "map"]), "Dictionary should have at most 2 items, not 3", "too_long"),
        (json!({"map": {"abcd": 1}}), json!(["body", "map", "abcd", "[key]"]), "String should have at most 3 characters", "string_too_long"),
        (json!({"map": {"a": 6}}), json!(["body", "map", "a"]), "Input should be less than or equal to 5", "less_than_equal"),
        (json!({"MORE": "a"}), json!(["body", "MORE", "[key]"]), "String should match pattern '^[a-z_]+$'", "string_pattern_mismatch"),
        (json!({"a": "", "b": "", "c": "", "d": ""}), json!(["body"]), "Dictionary should have at most 4 items, not 5", "too_long"),
        (json!({"items": [{"n": 1}, {}]}), json!(["body", "items", 1]), "Dictionary should have at least 1 item, not 0", "too_short"),
        (json!({"pair": ["abc", 0]}), json!(["body", "pair", 0]), "String should have at most 2 characters", "string_too_long"),
        (json!({"parts": {"level": 5}}), json!(["body", "parts", "level"]), "Input should be greater than or equal to 6", "greater_than_equal"),
        (json!({"secret": "s3cret"}), json!(["body", "secret"]), "String should have at least 8 characters", "string_too_short"),
    ]
}

#[tokio::test]
async fn what_breaks_a_rule_is_rejected_as_fastapi_does() {
    let server = MockServer::start().await;
    server.send_rules().ok(read::<types::Checked>(&json!({"name": "n"})));
    let http = askui_workspaces::reqwest::Client::new();
    let post = |path: &str, more: &Value| {
        let mut body = json!({"name": "n"});
        for (name, value) in more.as_object().expect("an object") {
            body[name] = value.clone();
        }
        let request = http.post(format!("{}/rules/{path}", server.uri())).bearer_auth("t");
        request
            .header("Content-Type", "application/json")
            .body(body.to_string())
    };
    let none = json!({});
    let mut rows = Vec::new();
    for (more, place, message, kind) in bodies_that_break_a_rule() {
        rows.push((post("abc", &more), place, message, kind));
    }
    rows.extend([
        (
            post("a", &none),
            json!(["path", "code"]),
            "String should have at least 2 characters",
            "string_too_short",
        ),
        (
            post("abc?limit=0", &none),
            json!(["query", "limit"]),
            "Input should be greater than or equal to 1",
            "greater_than_equal",
        ),
        (
            post("abc?limit=3", &none),
            json!(["query", "limit"]),
            "Input should be a multiple of 5",
            "multiple_of",
        ),
        (
            post("abc?tags[]=A", &none),
            json!(["query", "tags[]", 0]),
            "String should match pattern '^[a-z]+$'",
            "string_pattern_mismatch",
        ),
        (
            post("abc?tags[]=a&tags[]=a", &none),
            json!(["query", "tags[]"]),
            "List items should be unique",
            "unique_items",
        ),
        (
            post("abc?filter[n]=6", &none),
            json!(["query", "filter", "n"]),
            "Input should be less than or equal to 5",
            "less_than_equal",
        ),
        (
            post("abc", &none).header("X-Page", "10"),
            json!(["header", "X-Page"]),
            "Input should be less than 10",
            "less_than",
        ),
        (
            post("abc", &none).header("Cookie", "session=01"),
            json!(["cookie", "session"]),
            r"String should match pattern '^(?!0)\d+$'",
            "string_pattern_mismatch",
        ),
    ]);
    let count = rows.len();
    for (request, place, message, kind) in rows {
        let response = request.send().await.expect("a response");
        assert_eq!(response.status().as_u16(), 422, "{place}: {message}");
        let body = response.bytes().await.expect("a body");
        let body = serde_json::from_slice::<Value>(&body).expect("JSON");
        assert_eq!(body, json!({"detail": [{"loc": place, "msg": message, "type": kind}]}));
    }
    assert_eq!(server.take_rejected_requests().len(), count);
    assert_eq!(
        post("abc", &none).send().await.expect("a response").status().as_u16(),
        200
    );
}
