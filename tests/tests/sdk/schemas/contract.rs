//! The schemas of the types, held against the API's document.
//!
//! Both sides are brought into one form, by the same rules, and then have to be equal, keyword by keyword. Each rule is a
//! function below that says why what it takes away, or makes alike, is no difference.

use std::{collections::BTreeSet, fmt::Write as _};

use askui_workspaces::{schemars::generate::SchemaSettings, types};
use serde_json::{Map, Value, json};

const COMPONENTS: &str = "#/components/schemas/";

/// How much was found to be equal.
#[derive(Debug, Default)]
pub(crate) struct Compared {
    /// Components of the document.
    pub(crate) components: usize,
    /// Types, which are those of the components and of what stands within them and in operations.
    pub(crate) types: usize,
    /// Properties of objects.
    pub(crate) properties: usize,
    /// Keywords of any kind.
    pub(crate) keywords: usize,
}

/// Holds every type, as it is read and as it is written, against the document that they were made from.
///
/// # Errors
///
/// Every difference: where it is, what the document says there, and what the type says.
pub(crate) fn hold(document: &Value) -> Result<Compared, String> {
    let document = &same_numbers(document);
    let settings = SchemaSettings::draft2020_12;
    let [read, written] = [settings().for_deserialize(), settings().for_serialize()].map(|settings| {
        let mut generator = settings.into_generator();
        types::define_schemas(&mut generator);
        let definitions = Value::Object(generator.take_definitions(true));
        compare(document, same_numbers(&definitions).as_object().unwrap_or(&Map::new()))
    });
    read.and(written)
}

/// The value with numbers in one form: with `arbitrary_precision`, they are the texts that they were read from.
fn same_numbers(value: &Value) -> Value {
    match value {
        Value::Number(number) if number.as_i64().is_none() && number.as_u64().is_none() => json!(number.as_f64()),
        Value::Array(items) => items.iter().map(same_numbers).collect(),
        Value::Object(members) => {
            let members = members.iter().map(|(key, value)| (key.clone(), same_numbers(value)));
            Value::Object(members.collect())
        }
        other => other.clone(),
    }
}

/// Holds `definitions`, the schemas of all types by their names, against the document.
fn compare(document: &Value, definitions: &Map<String, Value>) -> Result<Compared, String> {
    let (documented, typed) = (Side::Document(document), Side::Types(definitions));
    let mut compared = Compared::default();
    let mut differences = Vec::new();
    let mut missing = document["components"]["schemas"]
        .as_object()
        .map_or(BTreeSet::new(), |schemas| {
            let named = schemas
                .iter()
                .filter(|(_, schema)| !is_file(schema) && schema["x-uncompared"].is_null());
            named.map(|(name, _)| component(name)).collect()
        });
    compared.components = missing.len();
    for (name, definition) in definitions {
        let Some(place) = place(definition) else {
            differences.push(format!("{name} does not say where it stands in the document"));
            continue;
        };
        missing.remove(place);
        if is_uncompared(document, place) {
            continue;
        }
        compared.types += 1;
        match documented.find(place) {
            // It is compared as part of the whole.
            Some(_) if is_part(document, place) => {}
            Some((_, schema)) => {
                let mut comparison = Comparison {
                    name,
                    differences: &mut differences,
                    compared: &mut compared,
                };
                comparison.schemas(
                    place,
                    &whole(&documented, schema, place),
                    &whole(&typed, definition, place),
                );
            }
            None => differences.push(format!("{name}: the document has no {place}")),
        }
    }
    differences.extend(missing.iter().map(|place| format!("{place} has no type")));
    if differences.is_empty() {
        Ok(compared)
    } else {
        Err(differences.join("\n"))
    }
}

/// Where a component stands.
fn component(name: &str) -> String {
    format!("{COMPONENTS}{}", name.replace('~', "~0").replace('/', "~1"))
}

fn is_component(place: &str) -> bool {
    place.strip_prefix(COMPONENTS).is_some_and(|name| !name.contains('/'))
}

/// Whether that stands in a component of which a document for tests says that its types mean the same in other words.
fn is_uncompared(document: &Value, place: &str) -> bool {
    let name = place.strip_prefix(COMPONENTS).and_then(|rest| rest.split('/').next());
    let mut components = document["components"]["schemas"].as_object().into_iter().flatten();
    // Documentation has no backtick within a place.
    components.any(|(key, schema)| name == Some(&*key.replace('`', "'")) && !schema["x-uncompared"].is_null())
}

/// Where a type says that it stands in the document, at the end of its description.
fn place(definition: &Value) -> Option<&str> {
    let (_, place) = definition["description"].as_str()?.rsplit_once("From `")?;
    place.strip_suffix("`.")
}

/// Whether that stands within a composition, so that its type has what stands beside it as well.
fn is_part(document: &Value, place: &str) -> bool {
    let mut segments = place.rsplitn(3, '/');
    let (_, union, outer) = (segments.next(), segments.next(), segments.next());
    let outer = outer.and_then(|outer| document.pointer(outer.strip_prefix('#')?));
    ["anyOf", "oneOf", "allOf"].iter().any(|keyword| union == Some(keyword))
        && outer.is_some_and(|outer| is_composed(&keywords(outer)))
}

/// What refers to other schemas by `$ref`.
enum Side<'a> {
    Document(&'a Value),
    Types(&'a Map<String, Value>),
}

impl<'a> Side<'a> {
    /// Where in the document that stands which is referred to, and what it is.
    fn find(&self, reference: &str) -> Option<(String, &'a Value)> {
        match self {
            Self::Document(document) => {
                let found = document.pointer(reference.strip_prefix('#')?)?;
                Some((reference.to_owned(), found))
            }
            Self::Types(definitions) => {
                let definition = definitions.get(reference.strip_prefix("#/$defs/")?)?;
                Some((place(definition)?.to_owned(), definition))
            }
        }
    }
}

/// A schema in the common form.
type Normal = Map<String, Value>;

/// A schema that is a type of its own. That it may be null as a whole is said where it is referred to.
fn whole(side: &Side<'_>, schema: &Value, place: &str) -> Normal {
    let mut normal = normal(side, schema, &mut vec![place.to_owned()]);
    normal.remove("nullable");
    normal
}

/// The common form of a schema, which stands within the types at `within`.
fn normal(side: &Side<'_>, schema: &Value, within: &mut Vec<String>) -> Normal {
    let mut own = keywords(schema);
    if is_composed(&own) {
        let alternatives = children(side, &own, within).unwrap_or_else(|| parts(side, schema, within));
        own.retain(|keyword, _| keyword == "description");
        let mut composed = one_of(alternatives);
        composed.extend(own);
        return composed;
    }
    while let Some(single) = own.remove("allOf").and_then(|parts| parts.get(0).cloned()) {
        for (keyword, value) in keywords(&single) {
            own.entry(keyword).or_insert(value);
        }
    }
    let mut inner = Map::new();
    if let Some(Value::String(reference)) = own.remove("$ref") {
        inner = referred(side, &reference, within);
    }
    let mut is_nullable = own.remove("nullable") == Some(Value::Bool(true));
    for union in ["anyOf", "oneOf"] {
        if let Some(Value::Array(alternatives)) = own.remove(union) {
            let alternatives = alternatives.iter().map(|alternative| normal(side, alternative, within));
            inner = one_of(alternatives.collect());
        }
    }
    if let Some(Value::Array(types)) = own.get("type").cloned() {
        own.remove("type");
        let types = types
            .into_iter()
            .map(|kind| Map::from_iter([("type".to_owned(), kind)]));
        inner.extend(one_of(types.collect()));
    }
    any_names(&mut own);
    for keyword in ["items", "additionalProperties"] {
        if let Some(schema) = own.get_mut(keyword).filter(|schema| **schema != false) {
            *schema = normal(side, schema, within).into();
        }
    }
    if let Some(Value::Object(properties)) = own.get_mut("properties") {
        for schema in properties.values_mut() {
            *schema = normal(side, schema, within).into();
        }
    }
    if let Some(Value::Array(items)) = own.get_mut("prefixItems") {
        for schema in items {
            *schema = normal(side, schema, within).into();
        }
    }
    // What stands beside a reference or a union says more than what is in there.
    inner.extend(own);
    let mut normal = inner;
    is_nullable |= normal.remove("nullable").is_some();
    is_nullable |= values_as_enum(&mut normal);
    lists(&mut normal);
    same_formats(&mut normal);
    required_of_one_side(&mut normal);
    without_the_obvious(&mut normal);
    // What is null alone, or any JSON, is null as it is.
    let says_more = normal.keys().any(|keyword| keyword != "description");
    if is_nullable && says_more && normal.get("type").is_none_or(|kind| kind != "null") {
        normal.insert("nullable".into(), true.into());
    }
    normal
}

/// What a schema says. Examples, comments and extensions are no part of what is valid; titles FastAPI derives from names;
/// a `discriminator` points out what the constants in its alternatives say. `false` has no values, but every type has.
fn keywords(schema: &Value) -> Normal {
    let annotations =
        "$comment $defs $schema definitions discriminator example examples externalDocs summary title xml";
    let is_annotation = |keyword: &str| annotations.split(' ').any(|known| known == keyword);
    let mut keywords = schema.as_object().cloned().unwrap_or_default();
    keywords.retain(|keyword, _| !is_annotation(keyword) && !keyword.starts_with("x-"));
    keywords
}

/// Whether a schema is put together from several that say something of the same object.
fn is_composed(schema: &Normal) -> bool {
    let count = |keyword: &str| schema.get(keyword).and_then(Value::as_array).map_or(0, Vec::len);
    let has_own = ["$ref", "properties", "required"]
        .iter()
        .any(|keyword| schema.contains_key(*keyword));
    count("allOf") > 1 || (count("allOf") + count("anyOf") + count("oneOf") > 0 && has_own)
}

/// The alternatives of a schema that lists its children, each of which extends it: they say all that it says.
fn children(side: &Side<'_>, own: &Normal, within: &mut Vec<String>) -> Option<Vec<Normal>> {
    let alternatives = own.get("oneOf").or_else(|| own.get("anyOf"))?.as_array()?;
    let parent = within.last()?;
    let extends = |child: &Value| {
        let child = side.find(child.get("$ref")?.as_str()?)?.1;
        let parts = child.get("allOf")?.as_array()?;
        Some(
            parts
                .iter()
                .any(|part| part.get("$ref").is_some_and(|part| part == parent)),
        )
    };
    let are_children = alternatives.iter().all(|child| extends(child) == Some(true));
    are_children.then(|| {
        let children = alternatives.iter();
        children.map(|child| normal(side, child, within)).collect()
    })
}

/// An object that is put together from parts is one with all their properties, or one of several if there are choices
/// among them. A part that contains the whole adds nothing to it, nor does a choice that lists the whole; a choice of what is
/// required is no choice of types.
fn parts(side: &Side<'_>, schema: &Value, within: &mut Vec<String>) -> Vec<Normal> {
    let mut own = keywords(schema);
    let mut whole = vec![Map::new()];
    let entered = own.remove("$ref").and_then(|reference| side.find(reference.as_str()?));
    if let Some((place, referred)) = entered.filter(|(place, _)| !within.contains(place)) {
        within.push(place);
        whole = combined(&whole, &parts(side, referred, within));
        within.pop();
    }
    let all = own.remove("allOf");
    for part in all.as_ref().and_then(Value::as_array).into_iter().flatten() {
        whole = combined(&whole, &parts(side, part, within));
    }
    let choices = ["anyOf", "oneOf"].map(|keyword| own.remove(keyword));
    whole = combined(&whole, &[normal(side, &Value::Object(own), within)]);
    for choice in choices.iter().flatten().filter_map(Value::as_array) {
        let is_type = |one: &Value| one.get("$ref").or(one.get("properties")).is_some();
        let is_whole = |one: &Value| {
            let place = one.get("$ref").and_then(|reference| side.find(reference.as_str()?));
            place.is_some_and(|(place, _)| within.contains(&place))
        };
        if choice.iter().any(is_type) && !choice.iter().any(is_whole) {
            let alternatives = choice
                .iter()
                .flat_map(|one| parts(side, one, within))
                .collect::<Vec<_>>();
            whole = combined(&whole, &alternatives);
        }
    }
    whole
}

/// Each of the wholes with each of the parts; what is only described anew stays what it is.
fn combined(wholes: &[Normal], parts: &[Normal]) -> Vec<Normal> {
    let pairs = wholes
        .iter()
        .flat_map(|one| parts.iter().map(move |other| (one, other)));
    let whole = pairs.map(|(one, other)| {
        let mut whole = one.clone();
        for (keyword, value) in other {
            match (keyword.as_str(), whole.get_mut(keyword), value) {
                ("properties", Some(Value::Object(properties)), Value::Object(others)) => {
                    for (name, value) in others {
                        let is_said = value
                            .as_object()
                            .is_some_and(|value| value.keys().any(|key| key != "description"));
                        if is_said || !properties.contains_key(name) {
                            properties.insert(name.clone(), value.clone());
                        }
                    }
                }
                ("required", Some(Value::Array(required)), Value::Array(others)) => {
                    required.extend(others.iter().cloned());
                    required.sort_by_key(Value::to_string);
                    required.dedup();
                }
                ("description", ..) => {}
                _ => drop(whole.insert(keyword.clone(), value.clone())),
            }
        }
        whole
    });
    whole.collect()
}

/// The client takes properties of any name, if the document only says what their names look like.
fn any_names(schema: &mut Normal) {
    if let Some(Value::Object(patterns)) = schema.remove("patternProperties") {
        for (_, values) in patterns {
            schema.entry("additionalProperties").or_insert(values);
        }
    }
}

/// A component is known by its place, and may be null wherever it is used if it may be null itself. Any other type
/// stands, in the document, where it is used, and so it does here; and so does a file, which is an `Upload` by any name.
fn referred(side: &Side<'_>, reference: &str, within: &mut Vec<String>) -> Normal {
    let Some((place, schema)) = side.find(reference) else {
        return Map::from_iter([("$ref".into(), reference.into())]);
    };
    let is_named = is_component(&place) && !is_file(schema);
    if is_named || within.contains(&place) {
        let mut referred = Map::from_iter([("$ref".into(), place.into())]);
        if may_be_null(side, schema, 0) {
            referred.insert("nullable".into(), true.into());
        }
        return referred;
    }
    within.push(place);
    let mut referred = normal(side, schema, within);
    within.pop();
    if is_file(schema) {
        referred.remove("description");
    }
    referred
}

fn is_file(schema: &Value) -> bool {
    schema["format"] == "binary" || schema.get("contentMediaType").is_some()
}

fn may_be_null(side: &Side<'_>, schema: &Value, depth: usize) -> bool {
    let says_null = |value: &Value| value == "null" || value.is_null();
    let among = |keyword: &str, is_it: &dyn Fn(&Value) -> bool| match schema.get(keyword) {
        Some(Value::Array(values)) => values.iter().any(is_it),
        single => single.is_some_and(is_it),
    };
    let referred = schema["$ref"].as_str().and_then(|reference| side.find(reference));
    let inner = |schema: &Value| may_be_null(side, schema, depth + 1);
    let is_any = || keywords(schema).keys().all(|keyword| keyword == "description");
    schema["nullable"] == true
        || is_any()
        || ["type", "enum"].iter().any(|keyword| among(keyword, &says_null))
        || depth < 16
            && (referred.is_some_and(|(_, schema)| inner(schema))
                || ["anyOf", "oneOf"].iter().any(|keyword| among(keyword, &inner)))
}

/// `anyOf` and `oneOf` are one: alternatives that exclude each other do so by their types and constants, which are
/// compared. Null among them is a flag, and their order says nothing. Several lists of texts are one list, to which texts
/// of any kind add nothing, since every list of texts stays open for those of newer servers.
fn one_of(alternatives: Vec<Normal>) -> Normal {
    let is_null = |alternative: &Normal| alternative.get("type").is_some_and(|kind| kind == "null");
    let count = alternatives.len();
    if count > 0 && alternatives.iter().all(is_null) {
        return Map::from_iter([("type".into(), "null".into())]);
    }
    let mut alternatives = alternatives.into_iter().filter(|one| !is_null(one)).collect::<Vec<_>>();
    let mut is_nullable = alternatives.len() < count;
    for alternative in &mut alternatives {
        is_nullable |= alternative.remove("nullable").is_some();
    }
    let is_list = |one: &Normal| {
        one.get("enum")
            .and_then(Value::as_array)
            .is_some_and(|all| all.iter().all(Value::is_string))
    };
    let is_any_text = |one: &Normal| one.get("type").is_some_and(|kind| kind == "string") && one.len() == 1;
    if alternatives.iter().any(is_list) && alternatives.iter().all(|one| is_list(one) || is_any_text(one)) {
        let lists = alternatives.iter().filter_map(|one| one.get("enum")?.as_array());
        let mut values = lists.flatten().cloned().collect::<Vec<_>>();
        values.sort_by_key(Value::to_string);
        values.dedup();
        alternatives = vec![Map::from_iter([("enum".to_owned(), values.into())])];
    }
    alternatives.sort_by_key(|alternative| {
        let mut told_apart = alternative.clone();
        told_apart.remove("description");
        let mut told_apart = Value::Object(told_apart);
        // Another crate in the tree may have turned on `preserve_order` of serde_json.
        told_apart.sort_all_objects();
        told_apart.to_string()
    });
    let mut normal = match <[Normal; 1]>::try_from(alternatives) {
        Ok([single]) => single,
        Err(several) => Map::from_iter([("anyOf".into(), several.into())]),
    };
    if is_nullable {
        normal.insert("nullable".into(), true.into());
    }
    normal
}

/// A constant is a list of one value, null among the values is a flag, and what the values are need not be said besides.
fn values_as_enum(schema: &mut Normal) -> bool {
    if let Some(constant) = schema.remove("const") {
        schema.insert("enum".into(), json!([constant]));
    }
    let Some(Value::Array(values)) = schema.get_mut("enum") else {
        return false;
    };
    if !values.is_empty() && values.iter().all(Value::is_null) {
        schema.remove("enum");
        schema.insert("type".into(), "null".into());
        return false;
    }
    let count = values.len();
    values.retain(|value| !value.is_null());
    values.sort_by_key(Value::to_string);
    let is_nullable = values.len() < count;
    schema.remove("type");
    is_nullable
}

/// A list whose items have types of their own is a tuple if it has just these items. Otherwise they are of the type that
/// all have, or else of any.
fn lists(schema: &mut Normal) {
    let Some(Value::Array(items)) = schema.get("prefixItems").cloned() else {
        return;
    };
    let length = Value::from(items.len());
    if schema.get("items") == Some(&Value::Bool(false)) {
        schema.remove("items");
        schema.insert("maxItems".into(), length.clone());
    }
    let is_closed = schema.get("maxItems") == Some(&length);
    let is_same = items.iter().all(|item| *item == items[0]);
    if is_same || !is_closed || schema.get("minItems") != Some(&length) {
        schema.remove("prefixItems");
        schema.remove("items");
        if is_same && is_closed {
            schema.insert("items".into(), items[0].clone());
        }
    }
}

/// A UUID has one form, whatever its version; a file is binary, whatever its media type; a number without a format has 64
/// bits in Rust, and an integer of more than these is a number.
fn same_formats(schema: &mut Normal) {
    if schema.get("contentEncoding").is_none() && schema.remove("contentMediaType").is_some() {
        schema.insert("type".into(), "string".into());
        schema.insert("format".into(), "binary".into());
    }
    let is_vast = |keyword: &str| {
        schema
            .get(keyword)
            .and_then(Value::as_f64)
            .is_some_and(|bound| bound.abs() > 1.9e19)
    };
    if is_vast("minimum") || is_vast("maximum") {
        schema.insert("type".into(), "number".into());
    }
    let Some(format) = schema.get("format").and_then(Value::as_str).map(str::to_owned) else {
        return;
    };
    if format.starts_with("uint") {
        schema.entry("minimum").or_insert_with(|| 0.into());
    }
    match format.as_str() {
        "uuid1" | "uuid3" | "uuid4" | "uuid5" | "uuid7" => drop(schema.insert("format".into(), "uuid".into())),
        "int64" | "uint64" | "double" => drop(schema.remove("format")),
        _ => {}
    }
}

/// What only one side writes can be left out by the other, and a type is there for both.
fn required_of_one_side(schema: &mut Normal) {
    let of_one_side = |name: &Value| {
        let property = name.as_str().and_then(|name| schema.get("properties")?.get(name));
        ["readOnly", "writeOnly"]
            .iter()
            .any(|keyword| property.is_some_and(|property| property[*keyword] == true))
    };
    let Some(Value::Array(required)) = schema.get("required") else {
        return;
    };
    let mut required = required
        .iter()
        .filter(|name| !of_one_side(name))
        .cloned()
        .collect::<Vec<_>>();
    required.sort_by_key(Value::to_string);
    schema.insert("required".into(), required.into());
}

/// What holds without being said.
fn without_the_obvious(schema: &mut Normal) {
    schema.retain(|keyword, value| match keyword.as_str() {
        "additionalProperties" | "items" | "properties" => *value != json!({}),
        "deprecated" | "readOnly" | "uniqueItems" | "writeOnly" => *value != false,
        "minItems" | "minLength" | "minProperties" => *value != 0,
        "required" => *value != json!([]),
        _ => true,
    });
}

/// The comparison of one type.
struct Comparison<'a> {
    name: &'a str,
    differences: &'a mut Vec<String>,
    compared: &'a mut Compared,
}

impl Comparison<'_> {
    fn schemas(&mut self, at: &str, documented: &Normal, typed: &Normal) {
        // A part of a form of which the document says nothing is a file, by the rules of OpenAPI.
        if documented.keys().all(|keyword| keyword == "description") && typed.get("format") == Some(&"binary".into()) {
            return;
        }
        for keyword in documented.keys().chain(typed.keys()).collect::<BTreeSet<_>>() {
            self.compared.keywords += 1;
            let at = format!("{at}/{keyword}");
            match (keyword.as_str(), documented.get(keyword), typed.get(keyword)) {
                ("description", Some(documented), typed) => self.descriptions(&at, documented, typed),
                ("description", None, _) => {}
                ("properties", Some(Value::Object(documented)), Some(Value::Object(typed))) => {
                    for name in documented.keys().chain(typed.keys()).collect::<BTreeSet<_>>() {
                        self.compared.properties += 1;
                        let at = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
                        self.values(&at, documented.get(name), typed.get(name));
                    }
                }
                ("anyOf" | "prefixItems", Some(Value::Array(documented)), Some(Value::Array(typed)))
                    if documented.len() == typed.len() =>
                {
                    for (index, (documented, typed)) in documented.iter().zip(typed).enumerate() {
                        self.values(&format!("{at}/{index}"), Some(documented), Some(typed));
                    }
                }
                ("items" | "additionalProperties", documented, typed) => self.values(&at, documented, typed),
                (_, documented, typed) if documented != typed => self.differ(&at, documented, typed),
                _ => {}
            }
        }
    }

    /// The schemas of what stands in the same place, if it does.
    fn values(&mut self, at: &str, documented: Option<&Value>, typed: Option<&Value>) {
        match (documented, typed) {
            (Some(Value::Object(documented)), Some(Value::Object(typed))) => self.schemas(at, documented, typed),
            _ if documented == typed => {}
            _ => self.differ(at, documented, typed),
        }
    }

    /// A type's description begins with the document's and goes on with what else a caller has to know; where the
    /// document has none, it says what can be said.
    fn descriptions(&mut self, at: &str, documented: &Value, typed: Option<&Value>) {
        // Some signs are escaped for Markdown.
        let words = |value: &Value| {
            let text = value.as_str().unwrap_or_default();
            text.chars().filter(|sign| sign.is_alphanumeric()).collect::<String>()
        };
        if !typed.map(words).unwrap_or_default().starts_with(&words(documented)) {
            self.differ(at, Some(documented), typed);
        }
    }

    fn differ(&mut self, at: &str, documented: Option<&Value>, typed: Option<&Value>) {
        let mut text = format!("{} differs at {at}", self.name);
        for (side, value) in [("document", documented), ("type", typed)] {
            let value = value.map_or("nothing".to_owned(), Value::to_string);
            let _ = write!(text, "\n  {side}: {value}");
        }
        self.differences.push(text);
    }
}
