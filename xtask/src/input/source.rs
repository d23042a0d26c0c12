//! Reads a description from JSON, from YAML, or from the vendor's documentation page.

use std::{fs, path::Path};

use saphyr::{LoadableYamlNode, MarkedYaml, Scalar, YamlData};
use serde_json::{Map, Number, Value};

use super::{
    diagnostic::{Diagnostic, Errors},
    pointer::Pointer,
    rule::Rule,
};

/// How deep values may stand in each other, as `serde_json` has it for JSON.
const MAX_DEPTH: usize = 127;

/// The forms in which a description comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// JSON.
    Json,
    /// YAML.
    Yaml,
    /// A page in Markdown, with JSON or YAML in a fence.
    Page,
}

impl Form {
    /// The form that the ending of a file's name promises.
    #[must_use]
    pub fn of_name(file: &str) -> Option<Self> {
        match file.rsplit_once('.')?.1 {
            "json" => Some(Self::Json),
            "yaml" | "yml" => Some(Self::Yaml),
            "md" | "markdown" => Some(Self::Page),
            _ => None,
        }
    }

    /// The form of `text`, from `file`. What begins with a brace is JSON, since names lie; that it is a page is asked of
    /// the text only where the name says nothing, since texts in a description may have fences too.
    #[must_use]
    pub fn of(file: &str, text: &str) -> Self {
        let begins_fence = |line: &str| line.starts_with("```") || line.starts_with("~~~");
        match Self::of_name(file) {
            Some(Self::Page) => Self::Page,
            _ if bare(text).trim_start().starts_with('{') => Self::Json,
            None if text.lines().any(begins_fence) => Self::Page,
            _ => Self::Yaml,
        }
    }

    /// The ending of the name of a file of that form.
    #[must_use]
    pub fn ending(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Yaml => "yaml",
            Self::Page => "md",
        }
    }
}

/// The text without the mark that some editors put before it.
fn bare(text: &str) -> &str {
    text.trim_start_matches('\u{feff}')
}

/// An input file and what it says.
#[derive(Debug)]
pub struct Source {
    /// Its path, as a person would type it.
    pub file: String,
    /// What it says.
    pub value: Value,
    text: String,
    /// How many lines of the file stand before `text`.
    lines_before: usize,
}

impl Source {
    /// Reads `file` below `root`. JSON and YAML are told apart by the first character, since names lie.
    ///
    /// # Errors
    ///
    /// If it is not there, not UTF-8, or neither JSON nor YAML nor Markdown with one of the two in a fence.
    pub fn read(root: &Path, file: &str) -> Result<Self, Diagnostic> {
        let text = fs::read_to_string(root.join(file)).map_err(|error| {
            Diagnostic::new(Rule::UnusableFile, format!("the file cannot be read: {error}"))
                .in_file(file)
                .help("check its path and that it is text in UTF-8")
        })?;
        Self::parse(file, &text)
    }

    /// Reads `text`, which stands in `file`.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    pub fn parse(file: &str, text: &str) -> Result<Self, Diagnostic> {
        // A file in the repository is a page only if its name says so.
        let form = Form::of_name(file).unwrap_or(Form::Yaml);
        Self::parse_as(form, file, text)
    }

    /// Reads `text`, which stands in `file` and is of that form.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    pub fn parse_as(form: Form, file: &str, text: &str) -> Result<Self, Diagnostic> {
        let text = bare(text);
        let (text, lines_before) = match form {
            Form::Page => fenced(text).ok_or_else(|| {
                Diagnostic::new(Rule::MalformedFile, "the page holds no OpenAPI description")
                    .in_file(file)
                    .help("a fence that begins with ```yaml or ```json is looked for; save the page as Markdown")
            })?,
            Form::Json | Form::Yaml => (text, 0),
        };
        let value = if text.trim_start().starts_with('{') {
            serde_json::from_str(text).map_err(|error| {
                Diagnostic::new(Rule::MalformedFile, format!("the file is not JSON: {error}"))
                    .in_file(file)
                    .on_line(Some(lines_before + error.line()))
                    .help("take the description from the vendor again, or correct that place")
            })?
        } else {
            yaml(text).map_err(|(message, line)| {
                Diagnostic::new(Rule::MalformedFile, format!("the file is not YAML: {message}"))
                    .in_file(file)
                    .on_line(line.map(|line| lines_before + line))
                    .help("take the description from the vendor again, or correct that place")
            })?
        };
        Ok(Self {
            file: file.into(),
            value,
            text: text.into(),
            lines_before,
        })
    }

    /// Adds the file and the lines to errors that were found in this file. The text is read anew for it: lines are
    /// asked for only when there is something to report.
    #[must_use]
    pub fn locate(&self, errors: Errors) -> Errors {
        let indented = with_indented_brackets(&self.text);
        let documents = MarkedYaml::load_from_str(&self.text).or_else(|_| MarkedYaml::load_from_str(&indented));
        let documents = documents.unwrap_or_default();
        let locate = |error: Diagnostic| {
            let line = error
                .pointer()
                .zip(documents.first())
                .map(|(pointer, root)| line(root, pointer));
            error
                .in_file(&self.file)
                .on_line(line.map(|line| self.lines_before + line))
        };
        errors.into_iter().map(locate).collect()
    }
}

/// The line on which `pointer` begins, or its nearest ancestor that stands in the file.
fn line(root: &MarkedYaml<'_>, pointer: &Pointer) -> usize {
    let mut node = root;
    let mut line = node.span.start.line();
    for segment in pointer.segments() {
        let child = match &node.data {
            YamlData::Mapping(mapping) => mapping
                .iter()
                .find(|(key, _)| key_text(key).as_deref() == Some(&segment))
                .map(|(key, value)| (key.span, value)),
            YamlData::Sequence(sequence) => {
                let item = segment.parse::<usize>().ok().and_then(|index| sequence.get(index));
                item.map(|item| (item.span, item))
            }
            _ => None,
        };
        let Some((span, child)) = child else { break };
        line = span.start.line();
        node = child;
    }
    line
}

/// The content of the first fence that says `yaml` or `json`, and how many lines stand before it.
fn fenced(page: &str) -> Option<(&str, usize)> {
    let mut start = 0;
    let mut opened: Option<(&str, usize, usize)> = None;
    for (number, line) in page.split_inclusive('\n').enumerate() {
        let trimmed = line.trim();
        match opened {
            None => {
                let info = trimmed.trim_start_matches(['`', '~']);
                let fence = &trimmed[..trimmed.len() - info.len()];
                if fence.len() >= 3 && ["yaml", "yml", "json"].contains(&info.split_whitespace().next().unwrap_or("")) {
                    opened = Some((fence, start + line.len(), number + 1));
                }
            }
            Some((fence, from, lines)) if trimmed == fence => return Some((&page[from..start], lines)),
            Some(_) => {}
        }
        start += line.len();
    }
    None
}

/// The same text, with every line that begins within brackets indented far enough for any place.
fn with_indented_brackets(text: &str) -> String {
    const FAR: &str = "                                                                                ";

    let mut indented = String::with_capacity(text.len() * 2);
    let mut depth = 0_usize;
    for line in text.split_inclusive('\n') {
        if depth > 0 {
            indented.push_str(FAR);
        }
        indented.push_str(line);
        let mut quote = None;
        let mut before = ' ';
        for character in line.chars() {
            match (quote, character) {
                (Some(open), _) => quote = Some(open).filter(|open| character != *open || before == '\\'),
                (None, '"' | '\'') if !before.is_alphanumeric() => quote = Some(character),
                (None, '#') if before == ' ' => break,
                (None, '{' | '[') => depth += 1,
                (None, '}' | ']') => depth = depth.saturating_sub(1),
                _ => {}
            }
            before = character;
        }
    }
    indented
}

type YamlError = (String, Option<usize>);

fn yaml(text: &str) -> Result<Value, YamlError> {
    let indented;
    let documents = match MarkedYaml::load_from_str(text) {
        Ok(documents) => documents,
        Err(error) => {
            // Most readers of YAML let lines within brackets begin anywhere, which the specification does not.
            indented = with_indented_brackets(text);
            let failed = (error.info().to_owned(), Some(error.marker().line()));
            MarkedYaml::load_from_str(&indented).map_err(|_| failed)?
        }
    };
    match documents.as_slice() {
        [document] => json(document, 0),
        [] => Err(("it is empty".into(), None)),
        [_, second, ..] => Err(("it holds more than one document".into(), Some(second.span.start.line()))),
    }
}

fn json(node: &MarkedYaml<'_>, depth: usize) -> Result<Value, YamlError> {
    let error = |message: &str| (message.to_owned(), Some(node.span.start.line()));
    if depth > MAX_DEPTH {
        return Err(error(&format!("values stand in each other more than {MAX_DEPTH} deep")));
    }
    match &node.data {
        YamlData::Value(Scalar::Null) => Ok(Value::Null),
        YamlData::Value(Scalar::Boolean(value)) => Ok((*value).into()),
        YamlData::Value(Scalar::Integer(value)) => Ok((*value).into()),
        YamlData::Value(Scalar::FloatingPoint(value)) => Number::from_f64(value.0)
            .map(Value::Number)
            .ok_or_else(|| error("JSON has no such number")),
        YamlData::Value(Scalar::String(value)) => Ok(value.as_ref().into()),
        YamlData::Sequence(items) => items.iter().map(|item| json(item, depth + 1)).collect(),
        YamlData::Mapping(mapping) => mapping
            .iter()
            .map(|(key, value)| {
                let key = key_text(key).ok_or_else(|| error("a key is not a string"))?;
                Ok((key, json(value, depth + 1)?))
            })
            .collect::<Result<Map<_, _>, _>>()
            .map(Value::Object),
        YamlData::Tagged(_, inner) => json(inner, depth + 1),
        YamlData::Representation(..) | YamlData::Alias(_) | YamlData::BadValue => Err(error("a value cannot be read")),
    }
}

/// A key as JSON would have it: YAML reads an unquoted `200` as a number.
fn key_text(key: &MarkedYaml<'_>) -> Option<String> {
    match &key.data {
        YamlData::Value(Scalar::String(text)) => Some(text.as_ref().into()),
        YamlData::Value(Scalar::Integer(number)) => Some(number.to_string()),
        YamlData::Value(Scalar::Boolean(value)) => Some(value.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_three_forms_say_the_same() {
        let yaml = "openapi: 3.1.0\nresponses:\n  200: {a: [1, 1.5, 'null', null, true]}\n";
        let expected = json!({"openapi": "3.1.0", "responses": {"200": {"a": [1, 1.5, "null", null, true]}}});
        let page = format!("# Page\n\n````yaml post /x\n{yaml}\n````\n\nmore\n");
        for (file, text) in [("a.yaml", yaml), ("a.json", &expected.to_string()), ("a.md", &page)] {
            assert_eq!(Source::parse(file, text).unwrap().value, expected, "{file}");
        }
    }

    #[test]
    fn the_form_is_told_by_name_and_text() {
        for (file, text, form) in [
            ("a.json", "{}", Form::Json),
            ("a.yaml", " \u{feff}{}", Form::Yaml),
            ("a.yaml", "\u{feff}{}", Form::Json),
            ("a.json", "a: 1", Form::Yaml),
            ("a.yml", "a: |\n\n```yaml\n", Form::Yaml),
            ("a.md", "{", Form::Page),
            ("<stdin>", " {}", Form::Json),
            ("<stdin>", "# A page\n\n````yaml post /x\n", Form::Page),
            ("<stdin>", "a: |\n  ```yaml\n", Form::Yaml),
            ("page.txt", "~~~json\n", Form::Page),
        ] {
            assert_eq!(Form::of(file, text), form, "{file}: {text}");
        }
    }

    #[test]
    fn errors_name_the_line() {
        let pointer = Pointer::root().child("paths").child("/a").child("get");
        let found = |file: &str, text: &str| {
            let source = Source::parse(file, text).unwrap();
            source.locate(vec![Diagnostic::new(Rule::UnusableFile, "x").at(&pointer)])[0].to_string()
        };
        let yaml = "openapi: 3.1.0\npaths:\n  /a:\n    get: {}\n";
        assert!(found("a.yaml", yaml).contains("a.yaml:4\n"));
        assert!(found("a.md", &format!("\n```yaml\n{yaml}```\n")).contains("a.md:6\n"));
        assert!(found("a.json", "{\"paths\":\n{\"/a\":\n{\"get\": {}}}}").contains("a.json:3\n"));
    }

    #[test]
    fn lines_within_brackets_may_begin_anywhere() {
        let text = "a:\n  b:\n    c: {\n\"d\": [\n1, 'it''s }'\n]\n}\n  e: [\n{f: 2},\n]\n";
        let expected = json!({"a": {"b": {"c": {"d": [1, "it's }"]}}, "e": [{"f": 2}]}});
        assert_eq!(Source::parse("a.yaml", text).unwrap().value, expected);
    }

    #[test]
    fn what_is_no_description_is_refused() {
        let nested = |depth: usize| format!("a: {}1{}", "[".repeat(depth), "]".repeat(depth));
        assert!(Source::parse("a.yaml", &nested(MAX_DEPTH - 1)).is_ok());
        let too_deep = nested(MAX_DEPTH);
        let far_too_deep = (0..500).fold(String::new(), |text, depth| text + &" ".repeat(depth) + "a:\n");
        for (file, text, message) in [
            ("a.yaml", "a: [", "not YAML"),
            ("a.yaml", "a: 1\na: 2", "not YAML"),
            ("a.yaml", "", "empty"),
            ("a.yaml", "a: .nan", "no such number"),
            ("a.yaml", &too_deep, "more than 127 deep"),
            ("a.yaml", &far_too_deep, "more than 127 deep"),
            ("a.json", "{\"a\": }", "not JSON"),
            ("a.md", "no fence here", "no OpenAPI description"),
        ] {
            let error = Source::parse(file, text).unwrap_err().to_string();
            assert!(error.contains(message), "{text}: {error}");
            assert!(error.contains("do: "), "{error}");
        }
    }
}
