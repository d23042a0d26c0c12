//! Mocks of the vendor's whole document: one of each kind of operation.

use askui_workspaces::{Error, Upload, mock::MockServer, types, uuid::Uuid};
use serde_json::json;

const WORKSPACE: Uuid = Uuid::from_u128(7);

#[tokio::test]
async fn operations_of_every_kind_are_mocked() {
    let server = MockServer::start().await;
    let client = server.client();

    // A list.
    server.list_access_tokens_of_workspaces().with_workspace_id(WORKSPACE).ok(vec![]).expect(1);
    let call = client.list_access_tokens_of_workspaces().workspace_id(WORKSPACE);
    assert!(call.send().await.expect("a list").is_empty());

    // Null, and repeated parameters.
    let lease = server.lease().with_tags(vec!["a".to_owned(), "b c".to_owned()]).ok(None);
    let call = client.lease().runner_host("SELF").runner_id("r").workspace_id(WORKSPACE);
    let call = call.tags(vec!["a".to_owned(), "b c".to_owned()]);
    assert!(call.send().await.expect("nothing to lease").is_none());
    assert_eq!(lease.requests()[0].runner_id, "r");

    // No body, and a slash in a parameter.
    server.delete_file().with_file_path("a/b").no_content().expect(1);
    client.delete_file().file_path("a/b").send().await.expect("204");

    // An upload, and several failures.
    let upload = server.upload_file().with_strict(true).created(types::UploadFileResponse::fixture()).up_to_n_times(1);
    server.upload_file().payload_too_large("too large").up_to_n_times(1);
    server.upload_file().forbidden("not yours").up_to_n_times(1);
    let call = || {
        let call = client.upload_file().file_path("a b.txt").strict(true);
        call.file(Upload::from_bytes("content").file_name("c.txt").media_type("text/plain"))
    };
    call().send().await.expect("it is uploaded");
    let received = upload.requests().remove(0);
    assert_eq!(received.file_path, "a b.txt");
    assert_eq!(received.body.file, Upload::from_bytes("content").file_name("c.txt").media_type("text/plain"));
    for expected in ["413 Payload Too Large: too large", "403 Forbidden: not yours"] {
        match call().send().await {
            Err(Error::Api(failure)) => {
                assert!(failure.to_string().starts_with(&format!("upload_file failed: {expected} (PUT ")), "{failure}");
            }
            other => panic!("{other:?}"),
        }
    }

    // Any JSON.
    server.set_signed_cookies().ok_with(|request| json!([request.body.workspace_id]));
    let call = client.set_signed_cookies().workspace_id(Some(WORKSPACE));
    assert_eq!(call.send().await.expect("any JSON").into_inner(), json!([WORKSPACE]));

    // One of several types.
    server.list_files().with_prefix("a").ok(types::FilesListResponseDto::fixture()).expect(1);
    client.list_files().prefix("a").send().await.expect("files");
}

#[tokio::test]
async fn what_the_description_does_not_list_is_rejected() {
    let server = MockServer::start().await;
    let client = server.client();
    let error = client.lease().runner_host(types::RunnerHost::from("a new kind")).runner_id("r").send().await;
    let error = error.expect_err("it is none of the documented ones").to_string();
    assert!(error.contains("query.runner_host: Input should be 'SELF' or 'ASKUI'"), "{error}");
    assert_eq!(server.take_rejected_requests().len(), 1);
}
