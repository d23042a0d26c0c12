//! The layout of generated code, as a person would write it.

/// Puts an empty line between items; the formatter leaves none. What stands in a macro is left as it is.
pub(super) fn spaced(code: &str) -> String {
    let mut spaced = String::with_capacity(code.len() + code.len() / 32);
    let mut lines = code.lines().peekable();
    let mut is_in_macro = false;
    while let Some(line) = lines.next() {
        is_in_macro = (is_in_macro || (!line.starts_with(' ') && line.ends_with("! {"))) && line != "}";
        spaced.push_str(line);
        spaced.push('\n');
        let Some(next) = lines.peek() else { break };
        let indent = |line: &str| line.len() - line.trim_start().len();
        let is_item_end = match line.trim() {
            "}" | "};" => indent(line) <= 8,
            empty if empty.ends_with("{}") => indent(line) < 8,
            text => text.starts_with("//!") || (text.ends_with(';') && indent(line) % 8 == 0 && indent(line) < 8),
        };
        let is_same_kind = |start: &str| line.starts_with(start) && next.starts_with(start);
        if is_item_end
            && !is_in_macro
            && indent(next) == indent(line)
            && !next.trim_start().starts_with("else")
            && !["use ", "pub mod ", "//!"].into_iter().any(is_same_kind)
        {
            spaced.push('\n');
        }
    }
    spaced
}
