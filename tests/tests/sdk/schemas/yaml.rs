//! Reads descriptions without the generator, so that their tests do not wait until it is compiled.

use saphyr::{ScalarStyle, Yaml, YamlLoader};
use saphyr_parser::Parser;
use serde_json::Value;

/// The first document of YAML, as JSON.
pub(crate) fn parsed(text: &str) -> Value {
    let mut loader = YamlLoader::default();
    // Numbers keep all their digits.
    loader.early_parse(false);
    Parser::new_from_str(text).load(&mut loader, false).expect("YAML");
    value(&loader.into_documents()[0])
}

fn value(yaml: &Yaml<'_>) -> Value {
    match yaml {
        Yaml::Representation(text, ScalarStyle::Plain, _) => match text.as_ref() {
            "" | "~" => Value::Null,
            text => serde_json::from_str(text).unwrap_or_else(|_| text.into()),
        },
        Yaml::Representation(text, ..) => text.as_ref().into(),
        Yaml::Sequence(items) => items.iter().map(value).collect(),
        Yaml::Mapping(entries) => entries.iter().map(|(key, entry)| (name(key), value(entry))).collect(),
        other => panic!("no JSON: {other:?}"),
    }
}

fn name(key: &Yaml<'_>) -> String {
    match key {
        Yaml::Representation(text, ..) => text.clone().into_owned(),
        other => panic!("no name of a property: {other:?}"),
    }
}
