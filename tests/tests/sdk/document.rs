//! The vendor's document: nothing in it is without a test, whatever it comes to say.

use std::collections::BTreeSet;

use askui_workspaces::Error;
use saphyr::{LoadableYamlNode, Yaml};

use crate::{
    server::{Server, create, create_fails, json},
    statuses::rows::{Outcome, rows},
};

pub(crate) const DOCUMENT: &str = include_str!("../../../openapi/askui-workspaces.yaml");

/// The operation that the table of answers is about.
const OPERATION: &str = "post /api/v1/access-tokens";

fn document() -> Yaml<'static> {
    let mut documents = Yaml::load_from_str(DOCUMENT).expect("the document is YAML");
    assert_eq!(documents.len(), 1);
    documents.remove(0)
}

/// The entries of a mapping, in the order of the document.
fn entries<'a>(yaml: &'a Yaml<'static>) -> impl Iterator<Item = (&'a str, &'a Yaml<'static>)> {
    let mapping = yaml.as_mapping().expect("a mapping");
    mapping
        .iter()
        .map(|(key, value)| (key.as_str().expect("a text as key"), value))
}

/// Each status of each operation, as (`post /path`, status, the name of the schema of its body).
fn documented() -> BTreeSet<(String, u16, String)> {
    const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

    let document = document();
    let mut documented = BTreeSet::new();
    for (path, item) in entries(&document["paths"]) {
        for (method, operation) in entries(item).filter(|(key, _)| METHODS.contains(key)) {
            for (status, response) in entries(&operation["responses"]) {
                let reference = response["content"]["application/json"]["schema"]["$ref"].as_str();
                let schema = reference.and_then(|text| text.rsplit('/').next()).unwrap_or_default();
                documented.insert((
                    format!("{method} {path}"),
                    status.parse().expect("a status is a number"),
                    schema.to_owned(),
                ));
            }
        }
    }
    documented
}

#[test]
fn every_documented_status_has_rows_and_every_row_is_of_a_documented_status() {
    let documented = documented()
        .into_iter()
        .map(|(operation, status, _)| (operation, status))
        .collect::<BTreeSet<_>>();
    let in_table = |wanted: fn(&Outcome) -> bool| {
        rows()
            .into_iter()
            .filter(|row| wanted(&row.outcome))
            .map(|row| (OPERATION.to_owned(), row.status))
            .collect::<BTreeSet<_>>()
    };
    let as_documented = in_table(|outcome| matches!(outcome, Outcome::Created(..) | Outcome::Documented(..)));
    assert_eq!(as_documented, documented);
    let otherwise = in_table(|outcome| matches!(outcome, Outcome::UndocumentedBody(_)));
    assert_eq!(otherwise, documented);
    let undocumented = in_table(|outcome| matches!(outcome, Outcome::UndocumentedStatus));
    assert!(undocumented.is_disjoint(&documented));
}

#[tokio::test]
async fn every_documented_failure_has_a_variant() {
    let server = Server::start().await;
    let client = server.client();
    for (_, status, schema) in documented().into_iter().filter(|(_, status, _)| *status >= 400) {
        let body = match schema.as_str() {
            "StringErrorResponse" => r#"{"detail":"No."}"#,
            "HTTPValidationError" => r#"{"detail":[]}"#,
            other => panic!("{status}: give an example of {other} here"),
        };
        server.answer_with(json(status, body)).await;
        let error = create_fails(&client).await;
        let Error::Api(failure) = &error else {
            panic!("{status} has no variant: {error:?}");
        };
        let words = failure.error().to_string();
        assert!(words.starts_with(&format!("{status} ")), "{words}");
    }
}

#[tokio::test]
async fn the_operation_is_the_one_in_the_document() {
    let operations = documented()
        .into_iter()
        .map(|(operation, ..)| operation)
        .collect::<BTreeSet<_>>();
    assert_eq!(operations, BTreeSet::from([OPERATION.to_owned()]));
    let server = Server::start().await;
    create(&server.client()).await.expect("the token is created");
    let request = server.received_one().await;
    let called = format!("{} {}", request.method.as_str().to_lowercase(), request.url.path());
    assert_eq!(called, OPERATION);
}
