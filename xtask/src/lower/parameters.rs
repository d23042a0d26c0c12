//! The rules for parameters.

use serde_json::Value;

use super::{Lowering, operations::Site, schemas::doc};
use crate::{
    api::{Parameter, Place},
    names,
    pointer::Pointer,
    prose::{code, prose},
};

impl<'a> Lowering<'a> {
    /// The parameters of the operation and of its path.
    pub(super) fn parameters(
        &mut self,
        site: Site<'_>,
        type_name: &str,
        operation: &'a Value,
        item: (&'a Value, &Pointer),
        at: &Pointer,
    ) -> Vec<Parameter> {
        let listed = |whole: &'a Value, at: &Pointer| {
            let at = at.child("parameters");
            let list = whole.get("parameters").and_then(Value::as_array).into_iter().flatten();
            let list = list.enumerate().map(|(index, parameter)| (parameter, at.child(index)));
            list.collect::<Vec<_>>()
        };
        let mut parameters = Vec::<Parameter>::new();
        let mut seen = Vec::new();
        let (item, item_at) = item;
        for (parameter, at) in listed(operation, at).into_iter().chain(listed(item, item_at)) {
            let Some((parameter, at)) = self.resolved(parameter, &at, site) else {
                continue;
            };
            let text = |keyword: &str| parameter.get(keyword).and_then(Value::as_str);
            let (Some(name), Some(place)) = (text("name"), text("in")) else {
                self.note(&at, "a parameter without `name` or `in` is not used");
                continue;
            };
            // An operation's own parameter overrides its path's of that name and place.
            if seen.contains(&(place, name)) {
                continue;
            }
            seen.push((place, name));
            let Some(parameter) = self.parameter(parameter, name, &at, type_name, site, &parameters) else {
                continue;
            };
            parameters.push(parameter);
        }
        for missing in names::path_parameters(site.path) {
            let is_named = |parameter: &Parameter| parameter.name == missing && parameter.place.is_path();
            if !parameters.iter().any(is_named) {
                self.note(
                    at,
                    format!("the path has `{{{missing}}}`, and no parameter says what that is: a string"),
                );
                parameters.push(Parameter {
                    name: missing.into(),
                    field: names::parameter(missing, &fields(&parameters)),
                    place: Place::Path,
                    required: true,
                    doc: format!(
                        "The part {} of the path, of which the document says nothing.",
                        code(missing)
                    ),
                    probe: self.probe(serde_json::json!({"type": "string"})),
                });
            }
        }
        parameters
    }

    fn parameter(
        &mut self,
        parameter: &Value,
        name: &str,
        at: &Pointer,
        type_name: &str,
        site: Site<'_>,
        others: &[Parameter],
    ) -> Option<Parameter> {
        let text = |keyword: &str| parameter.get(keyword).and_then(Value::as_str);
        let flag = |keyword: &str| parameter.get(keyword).and_then(Value::as_bool);
        let content = parameter
            .get("content")
            .and_then(Value::as_object)
            .and_then(|content| content.iter().next());
        let in_path = names::path_parameters(site.path).any(|named| named == name);
        let place = match (text("in").unwrap_or_default(), text("style")) {
            ("path", _) if !in_path => {
                self.note(at, format!("the path has no `{{{name}}}`, so this is not used"));
                return None;
            }
            ("query", _) if content.is_some() => Place::QueryJson,
            ("path", None | Some("simple" | "form")) if flag("allowReserved") == Some(true) => Place::PathTail,
            ("path", None | Some("simple" | "form")) => Place::Path,
            ("path", Some("label")) => Place::PathLabel,
            ("path", Some("matrix")) => Place::PathMatrix,
            ("query", None | Some("form" | "simple")) if flag("explode") == Some(false) => Place::QueryJoined,
            ("query", None | Some("form" | "simple")) => Place::Query,
            ("query", Some("spaceDelimited")) => Place::QuerySpaced,
            ("query", Some("pipeDelimited")) => Place::QueryPiped,
            ("query", Some("deepObject")) => Place::QueryDeep,
            ("header", _) => Place::Header,
            ("cookie", _) => Place::Cookie,
            (place, style) => {
                let style = style.unwrap_or("default");
                let what = format!("a parameter in `{place}` of the style `{style}`");
                self.unknown(at, &what, site);
                return None;
            }
        };
        if place == Place::Header {
            let lower = name.to_ascii_lowercase();
            if ["accept", "authorization", "content-type", "content-length", "host"].contains(&lower.as_str()) {
                self.note(at, format!("the client sets the header `{name}` itself"));
                return None;
            }
            if http::HeaderName::from_bytes(name.as_bytes()).is_err() {
                self.note(
                    at,
                    format!("{name:?} cannot be the name of a header, so this is not used"),
                );
                return None;
            }
        }
        let place_of_schema = match content {
            Some((media_type, _)) => at.child("content").child(media_type).child("schema"),
            None => at.child("schema"),
        };
        let schema = content.map_or(parameter, |(_, content)| content).get("schema");
        let schema = schema.unwrap_or_else(|| {
            self.note(at, "a parameter without a schema: any JSON is taken");
            &Value::Bool(true)
        });
        let field = names::parameter(name, &fields(others));
        let made = self.inline(schema, &place_of_schema, &names::inline(type_name, &field));
        let fallback = doc(schema, &format!("The parameter {}.", code(name)));
        let description = text("description").filter(|text| !text.trim().is_empty());
        Some(Parameter {
            name: name.into(),
            doc: description.map_or(fallback, prose),
            required: place.is_path() || flag("required") == Some(true),
            field,
            place,
            probe: self.probe(made),
        })
    }
}

fn fields(parameters: &[Parameter]) -> Vec<&str> {
    parameters.iter().map(|parameter| parameter.field.as_str()).collect()
}
