//! Reads a description from JSON, from YAML, or from the vendor's documentation page.

use std::{fs, path::Path};

use serde_json::Value;

use super::{
    diagnostic::{Diagnostic, Errors, Note},
    rule::Rule,
    unquoted,
    yaml::{Node, YamlError},
};

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
    /// What it says otherwise than it is written.
    pub notes: Vec<Note>,
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
    pub fn read(root: &Path, file: &str) -> Result<Self, Errors> {
        let text = fs::read_to_string(root.join(file)).map_err(|error| {
            let error = Diagnostic::new(Rule::UnusableFile, format!("the file cannot be read: {error}"));
            vec![error.in_file(file).help("check its path and that it is text in UTF-8")]
        })?;
        Self::parse(file, &text)
    }

    /// Reads `text`, which stands in `file`.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    pub fn parse(file: &str, text: &str) -> Result<Self, Errors> {
        // A file in the repository is a page only if its name says so.
        let form = Form::of_name(file).unwrap_or(Form::Yaml);
        Self::parse_as(form, file, text)
    }

    /// Reads `text`, which stands in `file` and is of that form.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    pub fn parse_as(form: Form, file: &str, text: &str) -> Result<Self, Errors> {
        let text = bare(text);
        let (text, lines_before) = match form {
            Form::Page => fenced(text).ok_or_else(|| {
                let error = Diagnostic::new(Rule::MalformedFile, "the page holds no OpenAPI description");
                vec![
                    error
                        .in_file(file)
                        .help("a fence that begins with ```yaml or ```json is looked for; save the page as Markdown"),
                ]
            })?,
            Form::Json | Form::Yaml => (text, 0),
        };
        let malformed = |message: String, line: Option<usize>| {
            Diagnostic::new(Rule::MalformedFile, message)
                .in_file(file)
                .on_line(line.map(|line| lines_before + line))
                .help("take the description from the vendor again, or correct that place")
        };
        let read = || {
            let failed = |error| match error {
                YamlError::Malformed(message, line) => malformed(format!("the file is not YAML: {message}"), line),
                YamlError::DuplicateKey(at, key, [first, second]) => {
                    let [first, second] = [first, second].map(|line| lines_before + line);
                    let lines = if first == second {
                        format!("on line {first}")
                    } else {
                        format!("on lines {first} and {second}")
                    };
                    Diagnostic::new(
                        Rule::DuplicateKey,
                        format!("an object has the key `{key}` twice, {lines}"),
                    )
                    .at(&at)
                    .in_file(file)
                    .on_line(Some(second))
                    .help("readers keep one of them, and not all the same one: remove or rename the other")
                }
            };
            Node::parse(text).map_err(|errors| errors.into_iter().map(failed).collect::<Errors>())
        };
        let (mut value, node) = if text.trim_start().starts_with('{') {
            let value = serde_json::from_str(text)
                .map_err(|error| vec![malformed(format!("the file is not JSON: {error}"), Some(error.line()))])?;
            if count_members(&value) != count_colons(text) {
                read()?;
            }
            (value, None)
        } else {
            let node = read()?;
            (node.to_json(), Some(node))
        };
        let notes = unquoted::quote(&mut value, || node.or_else(|| Node::parse(text).ok()), lines_before);
        Ok(Self {
            file: file.into(),
            value,
            notes,
            text: text.into(),
            lines_before,
        })
    }

    /// Adds the file and the lines to errors that were found in this file. The text is read anew for it: lines are
    /// asked for only when there is something to report.
    #[must_use]
    pub fn locate(&self, errors: Errors) -> Errors {
        let root = Node::parse(&self.text).ok();
        let locate = |error: Diagnostic| {
            let line = error
                .pointer()
                .zip(root.as_ref())
                .map(|(pointer, root)| root.line_of(pointer));
            error
                .in_file(&self.file)
                .on_line(line.map(|line| self.lines_before + line))
        };
        errors.into_iter().map(locate).collect()
    }
}

/// How many members the objects in a value have.
fn count_members(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.iter().map(count_members).sum(),
        Value::Object(members) => members.len() + members.values().map(count_members).sum::<usize>(),
        _ => 0,
    }
}

/// How many colons of a JSON text stand outside of strings, one for each member: `serde_json` keeps the last of those with one key.
fn count_colons(json: &str) -> usize {
    let (mut count, mut is_in_string, mut is_escaped) = (0, false, false);
    for byte in json.bytes() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => is_in_string = !is_in_string,
            b':' if !is_in_string => count += 1,
            _ => {}
        }
    }
    count
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::input::{pointer::Pointer, yaml::MAX_DEPTH};

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
    fn a_byte_order_mark_is_skipped() {
        for (file, text) in [
            ("a.yaml", "\u{feff}a: 1"),
            ("a.json", "\u{feff}{\"a\": 1}"),
            ("a.md", "\u{feff}```yaml\na: 1\n```\n"),
        ] {
            assert_eq!(Source::parse(file, text).unwrap().value, json!({"a": 1}), "{file}");
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
    fn a_key_that_an_object_has_twice_is_an_error_with_both_lines() {
        let yaml = "a:\n  200: 1\n  b: {c: 1}\n  \"200\": 2\nd: 1\nd: 2\ne: {f: 1, <<: {f: 2}}\n";
        let json = "{\"a:\\\\\": {\n\"b\": \"\\\":\",\n\"c\": 1,\n\"b\": 2},\n\"\\ud83d\\ude00\": 1}";
        let page = format!("\n```yaml\n{yaml}```\n");
        for (file, text, expected) in [
            ("a.yaml", yaml, vec![("`200`", 2, 4), ("`d`", 5, 6)]),
            ("a.md", &page, vec![("`200`", 4, 6), ("`d`", 7, 8)]),
            ("a.json", json, vec![("`b`", 2, 4)]),
        ] {
            let errors = Source::parse(file, text).unwrap_err();
            assert_eq!(errors.len(), expected.len(), "{errors:?}");
            for (error, (key, first, second)) in errors.iter().zip(expected) {
                assert_eq!(error.rule(), Rule::DuplicateKey);
                let text = error.to_string();
                assert!(
                    text.contains(key) && text.contains(&format!("lines {first} and {second}\n")),
                    "{text}"
                );
                assert!(text.contains(&format!("in: {file}:{second}\n")), "{text}");
            }
        }
        for (file, text, expected) in [
            (
                "a.json",
                r#"{"a": 1, "b": {"c/d": [{}, {"e": 1, "e": 2}]}}"#,
                "`e` twice, on line 1\n  in: a.json:1\n  at: #/b/c~1d/1\n",
            ),
            (
                "a.yaml",
                "a:\n  b: 1\n  b: 2\n",
                "twice, on lines 2 and 3\n  in: a.yaml:3\n  at: #/a\n",
            ),
            ("a.yaml", "a: 1\na: 2\n", "\n  at: #\n"),
            ("a.yaml", "a:\n  <<: {b: 1, b: 2}\n", "\n  at: #/a/<<\n"),
        ] {
            let error = Source::parse(file, text).unwrap_err()[0].to_string();
            assert!(error.contains(expected), "{error}");
        }
        // A colon is no member where it stands in a text.
        assert!(Source::parse("a.json", r#"{"a:": ":", "b\\": "\":"}"#).is_ok());
    }

    #[test]
    fn what_is_no_description_is_refused() {
        let nested = |depth: usize| format!("a: {}1{}", "[".repeat(depth), "]".repeat(depth));
        assert!(Source::parse("a.yaml", &nested(MAX_DEPTH - 1)).is_ok());
        let too_deep = nested(MAX_DEPTH);
        let too_many = (0..9).fold("a0: &a0 [x]\n".to_owned(), |text, level| {
            let aliases = vec![format!("*a{level}"); 9].join(", ");
            text + &format!("a{next}: &a{next} [{aliases}]\n", next = level + 1)
        });
        let far_too_deep = (0..500).fold(String::new(), |text, depth| text + &" ".repeat(depth) + "a:\n");
        for (file, text, message) in [
            ("a.yaml", "a: [", "not YAML"),
            ("a.yaml", "a: &a [*a]", "what it stands in"),
            ("a.yaml", "a: {<<: 1}", "merges objects"),
            ("a.yaml", "a: 1\n---\nb: 2", "more than one document"),
            ("a.yaml", &too_many, "more than 100000 values"),
            ("a.yaml", "", "empty"),
            ("a.yaml", &too_deep, "more than 127 deep"),
            ("a.yaml", &far_too_deep, "more than 127 deep"),
            ("a.json", "{\"a\": }", "not JSON"),
            ("a.md", "no fence here", "no OpenAPI description"),
        ] {
            let error = Source::parse(file, text).unwrap_err()[0].to_string();
            assert!(error.contains(message), "{text}: {error}");
            assert!(error.contains("do: "), "{error}");
        }
    }
}
