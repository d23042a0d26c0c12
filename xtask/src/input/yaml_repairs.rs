//! What YAML's specification does not allow, and most of its readers take.

/// The same text, with every line that begins within brackets indented far enough for any place.
pub(super) fn with_indented_brackets(text: &str) -> String {
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

/// The same text, with a character instead of each two escapes that JSON has for one outside of Unicode's first plane.
pub(super) fn with_whole_characters(text: &str) -> String {
    let mut parts = text.split("\\u");
    let mut complete = parts.next().unwrap_or_default().to_owned();
    let mut high = None;
    for part in parts {
        let unit = part.get(..4).and_then(|digits| u16::from_str_radix(digits, 16).ok());
        let rest = part.get(4..).unwrap_or_default();
        match (high.take(), unit) {
            (None, Some(unit @ 0xD800..0xDC00)) if rest.is_empty() => high = Some(unit),
            (Some(high), Some(low)) => {
                complete.extend(char::decode_utf16([high, low]).map(|decoded| decoded.unwrap_or('\u{fffd}')));
                complete.push_str(rest);
            }
            (_, Some(0xD800..0xE000)) => {
                complete.push('\u{fffd}');
                complete.push_str(rest);
            }
            _ => {
                complete.push_str("\\u");
                complete.push_str(part);
            }
        }
    }
    complete
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::input::source::Source;

    #[test]
    fn lines_within_brackets_may_begin_anywhere() {
        let text = "a:\n  b:\n    c: {\n\"d\": [\n1, 'it''s }'\n]\n}\n  e: [\n{f: 2},\n]\n";
        let expected = json!({"a": {"b": {"c": {"d": [1, "it's }"]}}, "e": [{"f": 2}]}});
        assert_eq!(Source::parse("a.yaml", text).unwrap().value, expected);
    }

    #[test]
    fn json_writes_some_characters_as_two() {
        let text = "a: {\"b\": \"\\ud83d\\ude00 \\ud83d \\u00e9\"}\n";
        let expected = json!({"a": {"b": "\u{1f600} \u{fffd} \u{e9}"}});
        assert_eq!(Source::parse("a.yaml", text).unwrap().value, expected);
    }
}
