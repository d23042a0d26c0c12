//! Compiles the client of a description whose names are all taken: by Rust, by the runtime, or by generated code itself.
//!
//! `NAMES='gen Vec' cargo test -p xtask --test names` compiles the names `gen` and `Vec` alone.

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    fmt::Write as _,
    fs,
    path::Path,
    process::Command,
};

use heck::{ToSnakeCase as _, ToUpperCamelCase as _};
use serde_json::{Map, Value, json};
use syn::visit::{self, Visit};

mod checkout;

/// The prelude of every edition, and what may be in the next.
const PRELUDE: &str = "
    AsMut AsRef AsyncFn AsyncFnMut AsyncFnOnce Box Clone Copy Debug Default DoubleEndedIterator Drop Eq Err ExactSizeIterator Extend
    Fn FnMut FnOnce From FromIterator Future Hash Into IntoFuture IntoIterator Iterator None Ok Option Ord PartialEq PartialOrd
    Result Send Sized Some String Sync ToOwned ToString TryFrom TryInto Unpin Vec
    align_of align_of_val drop size_of size_of_val
";

const PRIMITIVES: &str = "
    array bool char f32 f64 i128 i16 i32 i64 i8 isize never pointer reference slice str tuple u128 u16 u32 u64 u8 unit usize
";

const CRATES: &str = "
    alloc askui_workspaces base64 bytes chrono core http percent_encoding proc_macro regex reqwest rustls
    schemars serde serde_json std tokio tracing uuid wiremock
";

/// The keywords of every edition: strict, reserved, and those that are keywords only in some places.
const KEYWORDS: &str = "
    Self _ abstract as async auto await become box break const continue crate do dyn else enum extern false final fn for gen if impl
    in let loop macro macro_rules match mod move mut override priv pub raw ref return safe self static struct super trait true try
    type typeof union unsafe unsized use virtual where while yield
";

/// Names that the generator, progenitor or typify give, or gave once, besides those in `Vocabulary`.
const RUNTIME: &str = "
    Arguments BTreeMap Bytes Duration EverythingBody EverythingError EverythingSuccess HashMap HeaderMap Instant RequestBuilder ResponseValue Rfc3339 StatusCode Url
    answer body_parameter call callOptions client_parameter clone_from cmp eq fixture fmt hash headerValue lazy ne options_parameter
    partial_cmp probe probe1 send_parameter some to_value unknown Unknown unnamed Value
";

/// The names in Rust code.
#[derive(Default)]
struct Vocabulary {
    /// All names, except those of methods where they are called.
    used: BTreeSet<String>,
    /// The names of items, fields and variants that the code defines.
    defined: BTreeSet<String>,
}

impl Vocabulary {
    /// The names in all files of a folder.
    fn of(folder: &Path) -> Self {
        let mut vocabulary = Self::default();
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                let inner = Self::of(&path);
                vocabulary.used.extend(inner.used);
                vocabulary.defined.extend(inner.defined);
            } else {
                vocabulary.visit_file(&parsed(&path));
            }
        }
        vocabulary
    }

    fn define(&mut self, ident: &syn::Ident) {
        self.defined.insert(ident.to_string());
    }
}

impl Visit<'_> for Vocabulary {
    fn visit_ident(&mut self, ident: &syn::Ident) {
        self.used.insert(ident.to_string());
    }

    // Rust looks for a method in the type of its receiver, so nothing else can take its place.
    fn visit_expr_method_call(&mut self, call: &syn::ExprMethodCall) {
        self.visit_expr(&call.receiver);
        call.args.iter().for_each(|argument| self.visit_expr(argument));
    }

    fn visit_attribute(&mut self, _: &syn::Attribute) {}

    fn visit_macro(&mut self, item: &syn::Macro) {
        self.visit_path(&item.path);
    }

    fn visit_item_mod(&mut self, item: &syn::ItemMod) {
        if item.ident != "tests" {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_struct(&mut self, item: &syn::ItemStruct) {
        self.define(&item.ident);
        visit::visit_item_struct(self, item);
    }

    fn visit_item_enum(&mut self, item: &syn::ItemEnum) {
        self.define(&item.ident);
        visit::visit_item_enum(self, item);
    }

    fn visit_item_static(&mut self, item: &syn::ItemStatic) {
        self.define(&item.ident);
        visit::visit_item_static(self, item);
    }

    fn visit_field(&mut self, field: &syn::Field) {
        if let Some(ident) = &field.ident {
            self.define(ident);
        }
        visit::visit_field(self, field);
    }

    fn visit_variant(&mut self, variant: &syn::Variant) {
        self.define(&variant.ident);
        visit::visit_variant(self, variant);
    }

    fn visit_signature(&mut self, signature: &syn::Signature) {
        self.define(&signature.ident);
        visit::visit_signature(self, signature);
    }
}

fn parsed(path: &Path) -> syn::File {
    syn::parse_file(&fs::read_to_string(path).unwrap()).unwrap()
}

/// The words that the names are made of. With those in the variable `NAMES` come harmless ones, since a description with few names
/// has few kinds of schemas.
fn words() -> BTreeSet<String> {
    if let Ok(selected) = env::var("NAMES") {
        let harmless = (0..20).map(|number| format!("harmless{number}"));
        return selected.split_whitespace().map(str::to_owned).chain(harmless).collect();
    }
    let listed = [PRELUDE, PRIMITIVES, CRATES, KEYWORDS, RUNTIME];
    let listed = listed.iter().flat_map(|list| list.split_whitespace());
    let mut words = listed.map(str::to_owned).collect::<BTreeSet<_>>();
    let sdk = checkout::repository().join("sdk/src");
    // Generated code uses names of its own, and defines names from the description. What two clients have in common is its own.
    let constructs = Vocabulary::of(&checkout::repository().join("xtask/constructs/src/generated"));
    let bundled = Vocabulary::of(&sdk.join("generated"));
    words.extend(constructs.used.difference(&constructs.defined).cloned());
    words.extend(constructs.used.intersection(&bundled.used).cloned());
    let mut exported = Vocabulary::default();
    exported.visit_file(&parsed(&sdk.join("lib.rs")));
    words.append(&mut exported.used);
    // Operations become methods of these types, which have methods already.
    for (file, name) in [("client.rs", "Client"), ("mock/mod.rs", "MockServer")] {
        let mut methods = Vocabulary::default();
        for item in &parsed(&sdk.join(file)).items {
            match item {
                syn::Item::Impl(item) if matches!(&*item.self_ty, syn::Type::Path(own) if own.path.is_ident(name)) => {
                    methods.visit_item_impl(item);
                }
                _ => {}
            }
        }
        assert!(!methods.defined.is_empty(), "{name} has methods in {file}");
        words.append(&mut methods.defined);
    }
    words
}

/// The spellings of a word: its own first.
const SPELLINGS: [fn(&str) -> String; 5] = [
    str::to_owned,
    str::to_lowercase,
    str::to_uppercase,
    |word| word.to_upper_camel_case(),
    |word| word.to_snake_case(),
];

/// Names, by what the generator makes of them.
struct Names {
    /// All names, each once: first all words in the first spelling, then all in the second, and so on.
    all: Vec<String>,
    /// Names that differ as types do. A type keeps a name in camel case; any other name is converted.
    types: Vec<String>,
    /// Names that differ as functions and fields do, which are in snake case. The spellings of a word take turns.
    functions: Vec<String>,
    /// How many words there are.
    words: usize,
}

impl Names {
    /// Spells the words.
    fn of(words: &BTreeSet<String>, spellings: &[fn(&str) -> String]) -> Self {
        let spelled = spellings.iter().flat_map(|spell| words.iter().map(|word| spell(word)));
        let mut known = BTreeSet::from([String::new()]);
        let all = spelled.filter(|name| known.insert(name.clone())).collect::<Vec<_>>();

        let mut types = all.clone();
        let mut known = BTreeSet::new();
        types.retain(|name| {
            let is_type = name.starts_with(|first: char| first.is_ascii_uppercase()) && !name.contains('_');
            known.insert(if is_type {
                name.clone()
            } else {
                name.to_upper_camel_case()
            })
        });

        let mut functions = BTreeMap::<String, Vec<&String>>::new();
        for name in &all {
            functions.entry(name.to_snake_case()).or_default().push(name);
        }
        let functions = functions.values().enumerate();
        let functions = functions
            .map(|(turn, spellings)| spellings[turn % spellings.len()].clone())
            .collect();
        Self {
            all,
            types,
            functions,
            words: words.len(),
        }
    }
}

/// Names that are used one after the other, again and again.
struct Turns<'a> {
    names: &'a [String],
    taken: usize,
}

impl<'a> Turns<'a> {
    /// Skips so many thirds of the names, so that several turns are out of step.
    fn new(names: &'a [String], thirds: usize) -> Self {
        let taken = names.len() * thirds / 3;
        Self { names, taken }
    }

    fn next(&mut self) -> &'a str {
        self.taken += 1;
        &self.names[(self.taken - 1) % self.names.len()]
    }
}

/// A description that uses the names in every role.
struct Description<'a> {
    names: &'a Names,
    properties: Turns<'a>,
    values: Turns<'a>,
    tags: Turns<'a>,
    queries: Turns<'a>,
    paths: Turns<'a>,
    headers: Turns<'a>,
}

impl<'a> Description<'a> {
    fn of(names: &'a Names) -> Value {
        let mut description = Self {
            names,
            properties: Turns::new(&names.all, 0),
            values: Turns::new(&names.all, 0),
            tags: Turns::new(&names.all, 0),
            queries: Turns::new(&names.functions, 0),
            paths: Turns::new(&names.functions, 1),
            headers: Turns::new(&names.functions, 2),
        };
        let types = names.types.iter().enumerate();
        let schemas = types
            .map(|(index, name)| (name.clone(), description.schema(index, name)))
            .collect::<Map<_, _>>();
        let functions = names.functions.iter().enumerate();
        let mut paths = functions
            .map(|(index, name)| description.path(index, name))
            .collect::<Map<_, _>>();
        paths.insert("/".into(), description.everything());
        for turns in [&description.properties, &description.values, &description.tags] {
            assert!(turns.taken >= turns.names.len(), "every name has its turn");
        }
        json!({
            "openapi": "3.1.0",
            "info": {"title": "Names", "version": "1"},
            "servers": [{"url": "https://api.example.com"}],
            "paths": paths,
            "components": {"schemas": schemas},
        })
    }

    fn reference(&self, index: usize) -> Value {
        let types = &self.names.types;
        json!({"$ref": format!("#/components/schemas/{}", types[index % types.len()])})
    }

    /// The component with this name. Its kind depends on the index: words in the first spelling become structs and enums, the others
    /// something small.
    fn schema(&mut self, index: usize, name: &str) -> Value {
        if index >= self.names.words {
            return match index % 5 {
                0 => json!({"type": "array", "items": self.reference(index + 1)}),
                1 => json!({"type": "string", "minLength": 1, "maxLength": 9}),
                2 => {
                    let items = json!([self.reference(index + 1), {"type": "integer"}]);
                    json!({"type": "array", "prefixItems": items, "minItems": 2, "maxItems": 2})
                }
                3 => json!({"type": "string", "format": "password"}),
                _ => json!({"type": "integer"}),
            };
        }
        // How many names each round of sixteen components uses, so that all are used in the end.
        let turns = self.names.all.len().div_ceil((self.names.words / 16).max(1));
        match index % 16 {
            1 | 9 => json!({"enum": (0..turns.div_ceil(2)).map(|_| self.values.next()).collect::<Vec<_>>()}),
            3 | 11 => json!({"anyOf": [self.reference(index - 1), self.reference(index - 3), {"type": "string"}]}),
            5 | 13 => json!({"allOf": [self.reference(index - 1), self.object(index, 1)]}),
            7 => {
                let mut alternative = || {
                    let tag = json!({"const": self.values.next()});
                    json!({"type": "object", "required": [name], "properties": {name: tag}})
                };
                json!({"oneOf": [alternative(), alternative()], "discriminator": {"propertyName": name}})
            }
            _ => self.object(index, turns.div_ceil(9)),
        }
    }

    /// An object with `size` properties, of which every second one is required.
    fn object(&mut self, index: usize, size: usize) -> Value {
        let properties = (index..index + size).map(|index| {
            let name = self.properties.next();
            (name.to_owned(), self.property(index, name))
        });
        let properties = properties.collect::<Map<_, _>>();
        let required = properties.keys().skip(index % 2).step_by(2).collect::<Vec<_>>();
        json!({"type": "object", "required": required, "properties": properties})
    }

    /// The property with this name. Its kind depends on the index.
    fn property(&self, index: usize, name: &str) -> Value {
        match index % 32 {
            0 => json!({"type": "string", "maxLength": 9}),
            1 => json!({"enum": [name, "other"], "default": name}),
            2 => json!({"anyOf": [{"type": "integer"}, {"type": "string"}]}),
            3 => json!({"type": "object", "properties": {name: {"type": "boolean", "default": true}}}),
            4..8 => json!({"type": "integer", "default": 7}),
            8..12 => json!({"type": "array", "items": self.reference(index + 1)}),
            12..16 => json!({"type": ["string", "null"], "format": "date-time"}),
            16..20 => json!({"type": "string", "format": "password"}),
            20..24 => json!({"type": "object", "additionalProperties": {"type": "number"}}),
            24..28 => json!({"anyOf": [self.reference(index + 1), {"type": "null"}]}),
            28 => json!({"type": "string", "format": "uuid"}),
            _ => json!({"type": "string"}),
        }
    }

    /// The path of the operation with this name, and the path item. Every fourth operation has parameters, a body and responses; the
    /// others are short, since compiling takes time.
    fn path(&mut self, index: usize, name: &str) -> (String, Value) {
        let mut path = format!("/{index}");
        let mut operation = json!({
            "operationId": name,
            "tags": (0..3).map(|_| self.tags.next()).collect::<Vec<_>>(),
            "responses": {"204": {"description": "nothing"}},
        });
        if index.is_multiple_of(4) {
            let parameters = (index..index + 4).flat_map(|index| {
                let segment = self.paths.next();
                let _ = write!(path, "/{{{segment}}}");
                let (query, header) = (self.queries.next(), self.headers.next());
                let is_required = index.is_multiple_of(3);
                [
                    parameter(index, "query", query, is_required),
                    parameter(index + 1, "path", segment, true),
                    parameter(index + 2, "header", header, is_required),
                ]
            });
            operation["parameters"] = parameters.collect();
            operation["responses"] = self.responses(index / 4);
            if let Some(body) = self.body(index / 4) {
                operation["requestBody"] = body;
            }
        }
        (path, json!({"post": operation}))
    }

    /// An operation that receives every word in its first spelling, and sends some of them.
    fn everything(&self) -> Value {
        let content = |step: usize| {
            let components = (0..self.names.words).step_by(step);
            let parts = components.map(|index| (format!("part{index}"), self.reference(index)));
            json!({"application/json": {"schema": {"type": "object", "properties": parts.collect::<Map<_, _>>()}}})
        };
        json!({"post": {
            "operationId": "everything",
            "requestBody": {"content": content(8)},
            "responses": {"200": {"description": "everything", "content": content(1)}},
        }})
    }

    /// The body of a request, or none. Its kind depends on the index.
    fn body(&mut self, index: usize) -> Option<Value> {
        let file = json!({"type": "string", "format": "binary"});
        let (media_type, schema) = match index % 7 {
            0 | 1 => ("application/json", self.reference(index)),
            2 => ("application/json", self.object(index, 2)),
            3 => {
                let properties =
                    json!({self.properties.next(): {"type": "string"}, self.properties.next(): {"type": "integer"}});
                (
                    "application/x-www-form-urlencoded",
                    json!({"type": "object", "properties": properties}),
                )
            }
            4 => {
                let name = self.properties.next();
                let files = json!({"type": "array", "items": file});
                let properties =
                    json!({name: file, self.properties.next(): files, self.properties.next(): {"type": "string"}});
                (
                    "multipart/form-data",
                    json!({"type": "object", "required": [name], "properties": properties}),
                )
            }
            5 => ("application/octet-stream", file),
            _ => return None,
        };
        Some(json!({"required": index.is_multiple_of(2), "content": {media_type: {"schema": schema}}}))
    }

    /// Responses with one status or several, with or without a body.
    fn responses(&mut self, index: usize) -> Value {
        let json = |schema: Value| json!({"description": "JSON", "content": {"application/json": {"schema": schema}}});
        let mut responses = match index % 4 {
            0 => json!({"204": {"description": "nothing"}}),
            1 => json!({"200": {"description": "a stream", "content": {"text/event-stream": {}}}}),
            2 => json!({"200": json(self.reference(index))}),
            _ => {
                json!({"200": json(self.reference(index)), "201": json(self.object(index, 1)), "202": {"description": "nothing"}})
            }
        };
        match index % 3 {
            0 => {}
            1 => responses["422"] = json(self.reference(index + 1)),
            _ => {
                responses["404"] = json!({"description": "text", "content": {"text/plain": {}}});
                responses["409"] = json(self.object(index, 1));
                responses["default"] = json(self.reference(index + 2));
            }
        }
        responses
    }
}

fn parameter(index: usize, place: &str, name: &str, is_required: bool) -> Value {
    let schema = match index % 32 {
        0 => json!({"type": "string", "maxLength": 3}),
        1 => json!({"enum": [name, "other"]}),
        2 => json!({"type": "string", "format": "password"}),
        3 | 4 => json!({"type": "integer"}),
        _ => json!({"type": "string"}),
    };
    json!({"name": name, "in": place, "required": is_required, "schema": schema})
}

/// Compiles the SDK with these features. Neither an error nor a warning is allowed.
fn check(root: &Path, features: &str) {
    let check = Command::new(env!("CARGO"))
        .args([
            "check",
            "--quiet",
            "--offline",
            "--lib",
            "--no-default-features",
            "--features",
            features,
        ])
        .arg("--target-dir")
        .arg(checkout::target())
        // Nothing is compiled again.
        .env("CARGO_INCREMENTAL", "0")
        .current_dir(root)
        .output()
        .unwrap();
    let messages = String::from_utf8_lossy(&check.stderr);
    let first = messages.lines().take(100).collect::<Vec<_>>().join("\n");
    assert!(
        check.status.success() && messages.is_empty(),
        "with the features [{features}]:\n{first}"
    );
}

/// Generates the client of a description with these names, and compiles it with each set of features.
fn compile(version: &str, names: &Names, features: &[&str]) {
    let checkout = checkout::of(version, &Description::of(names).to_string(), None);
    let code = fs::read_to_string(checkout.path().join("sdk/src/generated/mod.rs")).unwrap();
    let operations = names.functions.len() + 1;
    assert_eq!(
        code.matches("    pub fn ").count(),
        operations,
        "no operation is left out"
    );
    for features in features {
        check(checkout.path(), features);
    }
    println!(
        "compiled {} names as properties, values and tags, {} as schemas, {} as operations and as parameters in query, path and header: \
         with the features {features:?}",
        names.all.len(),
        names.types.len(),
        names.functions.len()
    );
}

#[test]
fn every_name_compiles_in_every_role() {
    let words = words();
    compile("0.0.2", &Names::of(&words, &SPELLINGS), &["mock,schemars"]);
    // These compile less of the same code, so one spelling of each word suffices.
    compile("0.0.3", &Names::of(&words, &SPELLINGS[..1]), &["mock", "schemars", ""]);
}
