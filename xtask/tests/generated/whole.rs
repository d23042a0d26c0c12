//! Calls of the client that is generated from the vendor's whole document: one of each kind of operation.

use std::fs;

use askui_workspaces::{Client, Credentials, Error, Null, Upload, types, uuid::Uuid};
use serde_json::json;
use wiremock::{
    Mock, MockServer, Request, ResponseTemplate,
    matchers::{any, method},
};

const WORKSPACE: Uuid = Uuid::from_u128(7);

async fn answering(answer: ResponseTemplate) -> (MockServer, Client) {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(answer).mount(&server).await;
    let client = Client::builder()
        .endpoint(server.uri())
        .credentials(Credentials::bearer("t"))
        .build()
        .expect("a client");
    (server, client)
}

async fn received(server: &MockServer) -> Request {
    let mut requests = server.received_requests().await.expect("they are recorded");
    assert_eq!(requests.len(), 1);
    requests.remove(0)
}

fn ok(status: u16, body: serde_json::Value) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(body)
}

#[tokio::test]
async fn one_file_is_uploaded() {
    let (server, client) = answering(ok(201, json!({"filePath": "a/b c.txt", "contentType": "text/plain"}))).await;
    let file = Upload::from_bytes("content").file_name("c.txt").media_type("text/plain");
    let uploaded = client
        .upload_file()
        .file_path("a/b c.txt")
        .strict(true)
        .file(file)
        .send()
        .await
        .expect("it is uploaded");
    assert_eq!(uploaded.file_path, "a/b c.txt");
    let request = received(&server).await;
    assert_eq!(request.url.path(), "/api/v1/files/a%2Fb%20c.txt");
    assert_eq!(request.url.query(), Some("strict=true"));
    let media_type = request.headers["content-type"].to_str().expect("text");
    let boundary = media_type.strip_prefix("multipart/form-data; boundary=").expect("a form");
    assert_eq!(
        String::from_utf8_lossy(&request.body),
        format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"c.txt\"\r\n\
             Content-Type: text/plain\r\n\r\ncontent\r\n--{boundary}--\r\n"
        )
    );
    assert_eq!(request.headers["content-length"], request.body.len().to_string().as_str());
}

#[tokio::test]
async fn several_files_are_uploaded_from_disk() {
    let (server, client) = answering(ResponseTemplate::new(500)).await;
    let folder = tempfile::tempdir().expect("a folder");
    let paths = ["one.txt", "two.txt"].map(|name| folder.path().join(name));
    for path in &paths {
        fs::write(path, format!("content of {}", path.display())).expect("a file");
    }
    let error = client
        .create_agent_execution()
        .agent_id(WORKSPACE)
        .input_files(paths.iter().map(|path| Upload::from_path(path)).collect::<Vec<_>>())
        .send()
        .await
        .expect_err("the server fails");
    assert_eq!(error.status().map(|status| status.as_u16()), Some(500));
    let body = String::from_utf8(received(&server).await.body).expect("text");
    for path in &paths {
        assert!(body.contains(&format!("content of {}", path.display())), "{body}");
    }
    assert_eq!(body.matches("name=\"input_files\"; filename=").count(), 2, "{body}");
}

#[tokio::test]
async fn answers_of_every_kind_are_read() {
    // A list at the top level.
    let (_server, client) = answering(ok(200, json!([]))).await;
    let call = client.list_access_tokens_of_workspaces();
    assert_eq!(call.workspace_id(WORKSPACE).send().await.expect("a list").len(), 0);

    // Null at the top level, and repeated parameters.
    let (server, client) = answering(ok(200, json!(null))).await;
    let leased = client
        .lease()
        .runner_host(types::RunnerHost::from("a new kind"))
        .runner_id("r")
        .workspace_id(WORKSPACE)
        .tags(vec!["a".to_owned(), "b c".to_owned()])
        .send()
        .await
        .expect("nothing to lease");
    assert!(leased.into_inner().is_none());
    let query = received(&server).await.url.query().map(str::to_owned).expect("a query");
    assert!(query.starts_with("runner_host=a+new+kind&"), "{query}");
    assert!(query.ends_with("tags=a&tags=b+c"), "{query}");

    // No body.
    let (server, client) = answering(ResponseTemplate::new(204)).await;
    client.delete_file().file_path("a").send().await.expect("it is deleted");
    assert_eq!(received(&server).await.method, "DELETE");

    // Any JSON.
    let (_server, client) = answering(ok(200, json!({"any": ["thing"]}))).await;
    let call = client.set_signed_cookies().workspace_id(Null);
    let any = call.send().await.expect("any JSON").into_inner();
    assert_eq!(any, json!({"any": ["thing"]}));

    // One of several types, told apart by a tag; one that is not listed is kept.
    let file = json!({"type": "file", "name": "a", "path": "a", "size": 1, "lastModified": "2026-01-01T00:00:00Z"});
    let list = json!({"data": [file, {"type": "folder", "name": "b", "path": "b"}, {"type": "link"}]});
    let (_server, client) = answering(ok(200, list)).await;
    let files = client.list_files().prefix("a").send().await.expect("files");
    assert!(matches!(files.data[0], types::FilesListResponseDtoDataItem::FileDto(_)));
    assert!(matches!(files.data[1], types::FilesListResponseDtoDataItem::FolderDto(_)));
    assert!(matches!(&files.data[2], types::FilesListResponseDtoDataItem::Unknown(link) if link.as_value()["type"] == "link"));
}

#[tokio::test]
async fn failures_are_told_apart_by_status() {
    let server = MockServer::start().await;
    let client = Client::builder().endpoint(server.uri()).credentials(Credentials::bearer("t")).build();
    let client = client.expect("a client");
    for (status, body) in [
        (401, json!({"detail": "a"})),
        (413, json!({"detail": "b"})),
        (422, json!({"detail": "c"})),
    ] {
        server.reset().await;
        Mock::given(method("PUT")).respond_with(ok(status, body)).mount(&server).await;
        let call = client.upload_file().file_path("a").file(Upload::from_bytes(""));
        match (status, call.send().await) {
            (401, Err(Error::Api(failure))) => {
                assert!(matches!(failure.error(), types::UploadFileError::Unauthorized(_)));
            }
            (413, Err(Error::Api(failure))) => {
                assert!(matches!(failure.error(), types::UploadFileError::PayloadTooLarge(_)));
            }
            (422, Err(Error::Api(failure))) => {
                let text = failure.to_string();
                assert!(text.starts_with("upload_file failed: 422 Unprocessable Entity: c (PUT "), "{text}");
            }
            (status, result) => panic!("{status}: {result:?}"),
        }
    }
}
