//! The vendor's texts as documentation for rustdoc, which must not compile them, link them or take them for HTML.
//!
//! rustdoc reads documentation as Markdown, compiles code in it that is not said to be something else, and warns of links
//! that lead nowhere, of HTML, and of addresses that are not marked as such. A vendor's text holds all of these, whether
//! it was meant as Markdown or not.

/// What words stand within.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    Text,
    /// A text that has a table somewhere, in which bars part cells.
    Table,
    /// One cell, in which a bar is a word.
    Cell,
}

/// A text of several lines, with the lists, fences, code and links that it has.
#[must_use]
pub fn prose(text: &str) -> String {
    let text = printable(text);
    let text = text.trim_matches('\n').trim_end();
    let within = if text.lines().any(is_below_head) {
        Within::Table
    } else {
        Within::Text
    };
    let mut fence = None::<String>;
    let lines = text.lines().map(|line| {
        let line = line.trim_end();
        match (&fence, fence_of(line)) {
            (Some(open), Some((run, ""))) if run.starts_with(open.as_str()) => {
                let close = open.clone();
                fence = None;
                close
            }
            (Some(_), _) => line.to_owned(),
            (None, Some((run, _))) => {
                fence = Some(run.to_owned());
                format!("{run}text")
            }
            (None, None) => block(line, within),
        }
    });
    let mut lines = lines.collect::<Vec<_>>();
    lines.extend(fence);
    lines.join("\n")
}

/// A text as one line, to stand within a paragraph.
#[must_use]
pub fn line(text: &str) -> String {
    inline(&one_line(text), Within::Text)
}

/// A text as one line, to stand in a table.
#[must_use]
pub fn cell(text: &str) -> String {
    inline(&one_line(text), Within::Cell)
}

/// A text as it is written, to be read as code.
#[must_use]
pub fn code(text: &str) -> String {
    // A backtick would end it.
    let text = printable(text).replace('`', "'").replace('\n', " ");
    if text.is_empty() {
        "`\"\"`".into()
    } else {
        format!("`{text}`")
    }
}

/// A text without line breaks, as no Markdown.
#[must_use]
pub fn one_line(text: &str) -> String {
    printable(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text without what a source file cannot hold, or a reader cannot see.
fn printable(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let kept = text.chars().filter_map(|character| match character {
        '\n' => Some('\n'),
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => None,
        character if character.is_control() => Some(' '),
        character => Some(character),
    });
    kept.collect()
}

/// The fence that a line is, and what follows it.
fn fence_of(line: &str) -> Option<(&str, &str)> {
    let line = line.trim_start();
    let sign = line.chars().next().filter(|sign| ['`', '~'].contains(sign))?;
    let (run, rest) = line.split_at(line.len() - line.trim_start_matches(sign).len());
    (run.len() >= 3 && !(sign == '`' && rest.contains('`'))).then_some((run, rest.trim()))
}

/// Whether a line makes a table of those around it.
fn is_below_head(line: &str) -> bool {
    line.contains('|') && line.contains('-') && line.chars().all(|character| "|-: ".contains(character))
}

/// A line outside of fences. Indented by four, it would be code.
fn block(line: &str, within: Within) -> String {
    let mut rest = line.trim_start();
    let mut made = String::new();
    while let Some((marker, after)) = marker_of(rest) {
        made.push_str(marker);
        made.push(' ');
        rest = after.trim_start();
    }
    made.push_str(&inline(rest, within));
    made.truncate(made.trim_end().len());
    made
}

/// The marker of a quotation or of an item of a list that a line begins with, and what follows it.
fn marker_of(line: &str) -> Option<(&str, &str)> {
    let digits = line.len() - line.trim_start_matches(|first: char| first.is_ascii_digit()).len();
    let length = match line.as_bytes().get(digits)? {
        b'>' if digits == 0 => return Some(line.split_at(1)),
        b'-' | b'*' | b'+' if digits == 0 => 1,
        b'.' | b')' if (1..=9).contains(&digits) => digits + 1,
        _ => return None,
    };
    let (marker, after) = line.split_at(length);
    (after.is_empty() || after.starts_with(' ')).then_some((marker, after))
}

/// The words of a line.
fn inline(text: &str, within: Within) -> String {
    let mut made = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (words, length) = match first {
            '\\' => escaped(rest),
            '`' => span(rest, within),
            '<' => address_in_brackets(rest).unwrap_or(("\\<".into(), 1)),
            '[' if !made.ends_with('!') => link(rest, within).unwrap_or(("\\[".into(), 1)),
            '[' => ("\\[".into(), 1),
            '|' if within == Within::Cell => ("\\|".into(), 1),
            '~' => {
                let run = run_of(rest, '~');
                let sign = if run > 2 { "\\~" } else { "~" };
                (sign.repeat(run), run)
            }
            'h' => address(rest).map_or(("h".into(), 1), |address| (format!("<{address}>"), address.len())),
            other => (other.into(), other.len_utf8()),
        };
        made.push_str(&words);
        rest = &rest[length..];
    }
    made
}

fn run_of(text: &str, sign: char) -> usize {
    text.len() - text.trim_start_matches(sign).len()
}

/// A backslash, with the sign that it takes the meaning from; one that takes it from none is itself.
fn escaped(text: &str) -> (String, usize) {
    match text[1..].chars().next() {
        Some('`') => {
            let run = run_of(&text[1..], '`');
            ("\\`".repeat(run), 1 + run)
        }
        Some(sign) if sign.is_ascii_punctuation() => (format!("\\{sign}"), 2),
        _ => ("\\\\".into(), 1),
    }
}

/// What stands between backticks, or backticks that nothing stands between.
fn span(text: &str, within: Within) -> (String, usize) {
    let run = run_of(text, '`');
    let inner = &text[run..];
    let mut at = 0;
    while let Some(next) = inner[at..].find('`') {
        at += next;
        let length = run_of(&inner[at..], '`');
        if length == run {
            // In a table, a bar ends the cell even there.
            let is_whole = within == Within::Text || !inner[..at].contains('|');
            let end = run + at + run;
            return if is_whole {
                (text[..end].to_owned(), end)
            } else {
                ("\\`".repeat(run), run)
            };
        }
        at += length;
    }
    ("\\`".repeat(run), run)
}

fn is_scheme(text: &str) -> bool {
    text.starts_with("http://") || text.starts_with("https://")
}

/// The address that a text begins with; what ends a sentence is none of it.
fn address(text: &str) -> Option<&str> {
    let of_address = |character: char| character.is_ascii_alphanumeric() || "-@:%_+.~#?&/=".contains(character);
    let length = text.find(|character| !of_address(character)).unwrap_or(text.len());
    let address = text[..length].trim_end_matches(|last: char| ".:?&~_#".contains(last));
    let is_named = |rest: &str| rest.starts_with(|first: char| first.is_ascii_alphanumeric());
    (is_scheme(text) && address.split_once("//").is_some_and(|(_, rest)| is_named(rest))).then_some(address)
}

/// The address in angle brackets that a text begins with, as it is.
fn address_in_brackets(text: &str) -> Option<(String, usize)> {
    let (inner, _) = text[1..].split_once('>')?;
    (address(inner) == Some(inner)).then(|| (format!("<{inner}>"), inner.len() + 2))
}

/// The link to a page of the web that a text begins with, as it is.
fn link(text: &str, within: Within) -> Option<(String, usize)> {
    let (words, rest) = text[1..].split_once("](")?;
    let (address, _) = rest.split_once(')')?;
    let is_plain = !words.trim().is_empty() && !words.contains(['[', ']', '<', '>', '\\', '`', '~']);
    let of_address = |character: char| character.is_ascii_alphanumeric() || "-@:%_+.~#?&/=,;!".contains(character);
    let is_address = is_scheme(address) && address.chars().all(of_address);
    let is_cell = within == Within::Text || !words.contains('|');
    let length = words.len() + address.len() + 4;
    (is_plain && is_address && is_cell && !words.contains("://")).then(|| (text[..length].to_owned(), length))
}

#[cfg(test)]
mod tests {
    use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

    use super::*;

    #[test]
    fn what_rustdoc_would_compile_link_or_refuse_is_words() {
        for (text, expected) in [
            ("Plain, *with* `code`.", "Plain, *with* `code`."),
            (
                "See [the docs](https://a.example/b?c=d).",
                "See [the docs](https://a.example/b?c=d).",
            ),
            ("See https://a.example/b.", "See <https://a.example/b>."),
            ("<https://a.example>", "<https://a.example>"),
            (
                "a [link] and [one](to.md), Vec<String>",
                "a \\[link] and \\[one](to.md), Vec\\<String>",
            ),
            (
                "![image](https://a.example/i.png)",
                "!\\[image](<https://a.example/i.png>)",
            ),
            ("a ` alone, then [x]", "a \\` alone, then \\[x]"),
            ("``two ` one`` [x]", "``two ` one`` \\[x]"),
            (
                "escaped \\[x] and \\\\[x] and C:\\dir",
                "escaped \\[x] and \\\\\\[x] and C:\\\\dir",
            ),
            ("    let x = 1;", "let x = 1;"),
            ("-     let x;\n1.\t  y\n>     z", "- let x;\n1. y\n> z"),
            ("```\nlet x;", "```text\nlet x;\n```"),
            ("~~~rust\nlet x;\n```\n~~~\n[x]", "~~~text\nlet x;\n```\n~~~\n\\[x]"),
            ("> ```\n> let x;", "> \\`\\`\\`\n> let x;"),
            ("```json``` inline", "```json``` inline"),
            ("a | b\n--|--\n`c | [d]` | e", "a | b\n--|--\n\\`c | \\[d]\\` | e"),
            ("a\u{202e}b\u{7}c\r\nd", "ab c\nd"),
        ] {
            assert_eq!(prose(text), expected, "{text}");
        }
        assert_eq!(line("```\nlet [x];\n```"), "``` let [x]; ```");
        assert_eq!(cell("`a|b` | c"), "\\`a\\|b\\` \\| c");
        assert_eq!([code("a`b\n"), code("")], ["`a'b `", "`\"\"`"]);
    }

    #[test]
    fn nothing_is_compiled_linked_or_taken_for_html_whatever_is_written() {
        const SIGNS: [&str; 28] = [
            "`",
            "``",
            "```",
            "~~~",
            "\\",
            "[",
            "]",
            "(",
            ")",
            "<",
            ">",
            "!",
            "|",
            "-",
            "*",
            "_",
            "#",
            "&lt;",
            "\n",
            "\n\n",
            "    ",
            "\t",
            "- ",
            "1. ",
            "a",
            "b.c",
            "https://a.example/x",
            "|-|-|\n",
        ];
        let is_page = |address: &str| is_scheme(address);
        arbtest::arbtest(|u| {
            let length = u.int_in_range(1..=24)?;
            let signs = (0..length).map(|_| u.choose(&SIGNS).copied());
            let text = signs.collect::<Result<String, _>>()?;
            for made in [
                prose(&text),
                line(&text),
                format!("| {} |\n|---|\n| {} |", cell(&text), cell(&text)),
            ] {
                let mut in_link = 0;
                let mut words = String::new();
                let options = Options::ENABLE_TABLES
                    | Options::ENABLE_FOOTNOTES
                    | Options::ENABLE_STRIKETHROUGH
                    | Options::ENABLE_TASKLISTS
                    | Options::ENABLE_SMART_PUNCTUATION;
                for event in Parser::new_ext(&made, options) {
                    match event {
                        Event::Html(_) | Event::InlineHtml(_) => panic!("HTML in {made:?}, of {text:?}"),
                        Event::Start(Tag::CodeBlock(kind)) => {
                            in_link += 1;
                            let is_text = matches!(&kind, CodeBlockKind::Fenced(kind) if &**kind == "text");
                            assert!(is_text, "code in {made:?}, of {text:?}");
                        }
                        Event::Start(Tag::Link { dest_url, .. }) => {
                            in_link += 1;
                            assert!(is_page(&dest_url), "a link in {made:?}, of {text:?}");
                        }
                        Event::End(TagEnd::Link | TagEnd::CodeBlock) => in_link -= 1,
                        Event::Text(text) if in_link == 0 => words.push_str(&text),
                        _ => words.push(' '),
                    }
                }
                assert!(
                    !words.contains("https://a.example"),
                    "an address in {made:?}, of {text:?}"
                );
            }
            Ok(())
        });
    }
}
