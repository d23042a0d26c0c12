//! What schemas demand of values besides their types: the rules that the client checks.

use std::{borrow::Cow, collections::BTreeSet};

use serde_json::{Number, Value};

use super::{
    build::Build,
    description::{Description, MAX_DEPTH},
    node::Node,
    parts::COMPOSITION,
    shape::{Part, Parts},
    vocabulary::{flag, is_annotation},
};
use crate::{
    input::{pointer::Pointer, rule},
    model::{
        rules::{self, Pattern, Rule, Rules, is_less},
        ty::Ty,
        typedef::Kind,
    },
};

impl<'a> Build<'a> {
    /// What holds for the values of a schema that became a type, where the schema is used: not what a type with a name demands
    /// itself.
    pub(super) fn rules_of(&mut self, node: &Node<'a>, ty: &Ty) -> Rules {
        let (inner, _) = node.without_null();
        if self.description.is_reference_without_rules(&inner.schema) {
            return Rules::default();
        }
        let without = match ty.named() {
            None => None,
            Some(id) => match self.place(id) {
                // The type was made of something that this schema refers to.
                Some(place) if place != node.at && place != inner.at => {
                    self.description.resolve(&place).map(|schema| Node::at(schema, place))
                }
                _ => return Rules::default(),
            },
        };
        let (items, values) = match ty.not_null() {
            Ty::List(items) => (Some(&**items), None),
            Ty::Map(values) => (None, Some(&**values)),
            _ => (None, None),
        };
        self.rules(node, without.as_ref(), items, values)
    }

    /// What holds for all values of a type that has a name, which was made of that schema.
    pub(super) fn rules_of_type(&mut self, node: &Node<'a>, kind: &Kind) -> Rules {
        match kind {
            Kind::Alias(ty) => self.rules_of(node, ty),
            Kind::Struct { additional, .. } => self.rules(node, None, None, additional.as_ref()),
            _ => self.rules(node, None, None, None),
        }
    }

    /// What all parts of a schema demand, but for those that `without` consists of; and what they demand of its items and values,
    /// where they have a type.
    fn rules(&mut self, node: &Node<'a>, without: Option<&Node<'a>>, items: Option<&Ty>, values: Option<&Ty>) -> Rules {
        let mut rules = Rules::default();
        let without = without.map_or_else(Vec::new, |without| parts(&self.description, without, 0));
        let without = without.iter().map(|part| &part.node.at).collect::<BTreeSet<_>>();
        let mut parts = parts(&self.description, node, 0);
        parts.retain(|part| !without.contains(&part.node.at));
        // The properties that a pattern names are no others.
        let mut schemas = parts.iter().map(|part| &part.node.schema);
        let values = values.filter(|_| !schemas.any(|schema| schema.get("patternProperties").is_some()));
        for Part { node, .. } in &parts {
            let mut found = Rules {
                own: self.own(&node.schema, &node.at),
                ..Rules::default()
            };
            let child = |keyword: &str| node.child(keyword).filter(|child| child.schema.is_object());
            if let Some((ty, node)) = items.zip(child("items")) {
                found.items = self.rules_of(&node, ty).boxed();
            }
            let others = || child("additionalProperties").or_else(|| child("unevaluatedProperties"));
            if let Some((ty, node)) = values.zip(others()) {
                found.values = self.rules_of(&node, ty).boxed();
            }
            rules.add(found);
        }
        self.possible(&mut rules.own, node);
        rules
    }

    /// What a schema demands itself, and not by what it consists of.
    fn own(&mut self, schema: &Value, at: &Pointer) -> Vec<Rule> {
        let mut found = Vec::new();
        for keyword in rules::KEYWORDS {
            let Some(value) = schema.get(keyword) else { continue };
            let rule = match keyword {
                "minLength" => self
                    .count(keyword, value, at)
                    .filter(|count| *count > 0)
                    .map(Rule::MinLength),
                "maxLength" => self.count(keyword, value, at).map(Rule::MaxLength),
                "minItems" => self
                    .count(keyword, value, at)
                    .filter(|count| *count > 0)
                    .map(Rule::MinItems),
                "maxItems" => self.count(keyword, value, at).map(Rule::MaxItems),
                "minProperties" => self
                    .count(keyword, value, at)
                    .filter(|count| *count > 0)
                    .map(Rule::MinProperties),
                "maxProperties" => self.count(keyword, value, at).map(Rule::MaxProperties),
                "uniqueItems" => flag(schema, keyword).then_some(Rule::UniqueItems),
                "pattern" => self.pattern(value, at).map(Rule::Pattern),
                "propertyNames" => self.names(value, &at.child(keyword)),
                // In OpenAPI 3.0, these are flags.
                "exclusiveMinimum" | "exclusiveMaximum" if value.is_boolean() => None,
                "minimum" if flag(schema, "exclusiveMinimum") => {
                    self.number(keyword, value, at).map(Rule::ExclusiveMinimum)
                }
                "maximum" if flag(schema, "exclusiveMaximum") => {
                    self.number(keyword, value, at).map(Rule::ExclusiveMaximum)
                }
                "minimum" => self.number(keyword, value, at).map(Rule::Minimum),
                "maximum" => self.number(keyword, value, at).map(Rule::Maximum),
                "exclusiveMinimum" => self.number(keyword, value, at).map(Rule::ExclusiveMinimum),
                "exclusiveMaximum" => self.number(keyword, value, at).map(Rule::ExclusiveMaximum),
                _ => {
                    let divisor = self.number(keyword, value, at);
                    let is_divisor = |divisor: &Number| divisor.as_f64().is_some_and(|divisor| divisor > 0.0);
                    if divisor.as_ref().is_some_and(|divisor| !is_divisor(divisor)) {
                        self.invalid(keyword, value, at);
                    }
                    divisor.filter(is_divisor).map(Rule::MultipleOf)
                }
            };
            if let Some(rule) = rule {
                rules::add(&mut found, rule);
            }
        }
        found
    }

    /// A length or a count; JSON Schema takes `2.0` for the integer it is.
    fn count(&mut self, keyword: &str, value: &Value, at: &Pointer) -> Option<u64> {
        let count = value
            .as_u64()
            .or_else(|| value.to_string().strip_suffix(".0")?.parse().ok());
        if count.is_none() {
            self.invalid(keyword, value, at);
        }
        count
    }

    fn number(&mut self, keyword: &str, value: &Value, at: &Pointer) -> Option<Number> {
        if !value.is_number() {
            self.invalid(keyword, value, at);
        }
        value.as_number().cloned()
    }

    fn invalid(&mut self, keyword: &str, value: &Value, at: &Pointer) {
        let text = format!("`{keyword}` is {value}, which is no limit, and not checked");
        self.reports.note(rule::Rule::InvalidLimit, &at.child(keyword), text);
    }

    /// A pattern, if it is one of ECMA-262.
    fn pattern(&mut self, value: &Value, at: &Pointer) -> Option<Pattern> {
        let at = at.child("pattern");
        let Some(text) = value.as_str() else {
            let text = "a pattern that is no text, and not checked";
            self.reports.note(rule::Rule::InvalidPattern, &at, text);
            return None;
        };
        let compiles = |flags: &str| regress::Regex::with_flags(text, flags);
        let is_unicode = match (compiles("u"), compiles("")) {
            (Ok(_), _) => true,
            // Without the flag, an escape that ECMA-262 does not know is the letter itself, which is never meant.
            (Err(_), Ok(_)) if !has_unknown_escape(text) => false,
            (Err(error), _) => {
                let text = format!("no pattern of ECMA-262 ({error}): it is not checked by the client");
                self.reports.note(rule::Rule::InvalidPattern, &at, text);
                return None;
            }
        };
        Some(Pattern {
            text: text.to_owned(),
            is_unicode,
        })
    }

    /// What holds for the names of properties, which are texts.
    fn names(&mut self, schema: &Value, at: &Pointer) -> Option<Rule> {
        let node = Node::of(Cow::Owned(schema.clone()), at.clone());
        let mut rules = Vec::new();
        for Part { node, .. } in parts(&self.description, &node, 0) {
            for (keyword, _) in node.schema.as_object().into_iter().flatten() {
                let is_said = ["minLength", "maxLength", "pattern", "type"].contains(&keyword.as_str())
                    || is_annotation(keyword)
                    || COMPOSITION.contains(&keyword.as_str());
                if !is_said {
                    let text = format!("`{keyword}` of the names is not checked by the client");
                    self.reports
                        .note(rule::Rule::UncheckedKeyword, &node.at.child(keyword), text);
                }
            }
            for rule in self.own(&node.schema, &node.at) {
                if matches!(rule, Rule::MinLength(_) | Rule::MaxLength(_) | Rule::Pattern(_)) {
                    rules::add(&mut rules, rule);
                }
            }
        }
        (!rules.is_empty()).then_some(Rule::PropertyNames(rules))
    }

    /// Leaves out limits that no value satisfies.
    fn possible(&mut self, rules: &mut Vec<Rule>, node: &Node<'a>) {
        for (least, greatest, what) in [
            ("minLength", "maxLength", "string is as long"),
            ("minItems", "maxItems", "list is as long"),
            ("minProperties", "maxProperties", "object has as many properties"),
        ] {
            let count = |keyword: &str| rules.iter().find_map(|rule| count(rule, keyword));
            if count(least)
                .zip(count(greatest))
                .is_some_and(|(least, greatest)| least > greatest)
            {
                rules.retain(|rule| ![least, greatest].contains(&rule.keyword()));
                let text = format!("no {what} as this asks for: `{least}` and `{greatest}` are not checked");
                self.reports.note(rule::Rule::ImpossibleLimits, &node.at, text);
            }
        }
        let limits = |is_lower: bool| {
            let limits = rules.iter().filter_map(move |rule| match rule {
                Rule::Minimum(limit) if is_lower => Some((limit, false)),
                Rule::ExclusiveMinimum(limit) if is_lower => Some((limit, true)),
                Rule::Maximum(limit) if !is_lower => Some((limit, false)),
                Rule::ExclusiveMaximum(limit) if !is_lower => Some((limit, true)),
                _ => None,
            });
            limits.collect::<Vec<_>>()
        };
        let is_empty = |least: &(&Number, bool), greatest: &(&Number, bool)| {
            is_less(greatest.0, least.0) || (least.1 || greatest.1) && !is_less(least.0, greatest.0)
        };
        let (least, greatest) = (limits(true), limits(false));
        if least
            .iter()
            .any(|least| greatest.iter().any(|greatest| is_empty(least, greatest)))
        {
            rules.retain(|rule| {
                let keyword = rule.keyword().to_lowercase();
                !keyword.ends_with("minimum") && !keyword.ends_with("maximum")
            });
            let text = "no number is as large as this asks for: its limits are not checked";
            self.reports.note(rule::Rule::ImpossibleLimits, &node.at, text);
        }
    }
}

fn count(rule: &Rule, keyword: &str) -> Option<u64> {
    match rule {
        Rule::MinLength(count)
        | Rule::MaxLength(count)
        | Rule::MinItems(count)
        | Rule::MaxItems(count)
        | Rule::MinProperties(count)
        | Rule::MaxProperties(count)
            if rule.keyword() == keyword =>
        {
            Some(*count)
        }
        _ => None,
    }
}

/// All schemas that hold for a value; of a union, its alternative if there is only one.
fn parts<'a>(description: &Description<'a>, node: &Node<'a>, depth: usize) -> Vec<Part<'a>> {
    let Some(parts) = Parts::known(description, node) else {
        return Vec::new();
    };
    let mut all = parts.all.clone();
    for union in &parts.unions {
        let alternatives = union.alternatives.iter();
        let mut possible = alternatives.filter(|alternative| *alternative.schema != Value::Bool(false));
        if let (Some(only), None, true) = (possible.next(), possible.next(), depth < MAX_DEPTH) {
            all.extend(self::parts(description, only, depth + 1));
        }
    }
    all
}

/// Whether a pattern has a backslash before a letter that means nothing in ECMA-262.
fn has_unknown_escape(pattern: &str) -> bool {
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        let escaped = (character == '\\').then(|| characters.next()).flatten();
        if escaped.is_some_and(|escaped| escaped.is_alphabetic() && !"bBcdDfknprsStuvwWx".contains(escaped)) {
            return true;
        }
    }
    // `\p{…}` is a class with the flag alone.
    pattern.contains(r"\p{") || pattern.contains(r"\P{")
}

impl Description<'_> {
    /// Whether a schema is a `$ref`, and no rule stands beside it.
    fn is_reference_without_rules(&self, schema: &Value) -> bool {
        let keywords = schema.as_object().into_iter().flatten();
        let mut rules = keywords.filter(|(keyword, _)| rules::KEYWORDS.contains(&keyword.as_str()));
        self.is_only_reference(schema) && (!self.refers_with_keywords() || rules.next().is_none())
    }
}
