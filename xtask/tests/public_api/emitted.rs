//! What the report says that a client offers is what the generated code offers.

use std::collections::BTreeSet;

use quote::ToTokens;
use syn::{Attribute, Fields, ImplItem, Item, ItemImpl, Type, Visibility, punctuated::Punctuated};
use xtask::{
    generate::{Generated, Inputs, Options},
    input::source::Source,
    report::{ItemPath, MemberKind, PublicApi},
};

/// Tokens, or a text, without spaces and the modules of paths: `Option<DateTime<Utc>>`.
fn short(text: &impl ToString) -> String {
    let text = text.to_string().replace(' ', "").replace(",)", ")").replace(",>", ">");
    let mut short = String::new();
    for part in text.split_inclusive("::") {
        let is_path = part.ends_with("::");
        let name = part.trim_end_matches("::");
        let module = name.len()
            - name
                .trim_end_matches(|last: char| last.is_alphanumeric() || last == '_')
                .len();
        short.push_str(&part[..if is_path { name.len() - module } else { part.len() }]);
    }
    short
}

fn of_tokens(tokens: &impl ToTokens) -> String {
    short(&tokens.to_token_stream())
}

/// What the public items of a file offer, a line each.
struct Offered {
    /// What stands before the names of its types.
    module: &'static str,
    lines: BTreeSet<String>,
}

impl Offered {
    fn add(&mut self, name: &str, rest: &str) {
        self.lines.insert(format!("{}{name}{rest}", self.module));
    }

    fn file(&mut self, text: &str) {
        for item in syn::parse_file(text).unwrap().items {
            match item {
                Item::Struct(item) => {
                    let name = item.ident.to_string();
                    self.derives(&name, &item.attrs);
                    for (index, field) in item.fields.iter().enumerate() {
                        if matches!(field.vis, Visibility::Public(_)) {
                            let ident = field
                                .ident
                                .as_ref()
                                .map_or_else(|| index.to_string(), ToString::to_string);
                            self.add(&name, &format!(".{ident}:{}", of_tokens(&field.ty)));
                        }
                    }
                }
                Item::Enum(item) => {
                    let name = item.ident.to_string();
                    self.derives(&name, &item.attrs);
                    for variant in &item.variants {
                        let content = match &variant.fields {
                            Fields::Unnamed(fields) => of_tokens(&fields.unnamed),
                            _ => String::new(),
                        };
                        self.add(&name, &format!("::{}({content})", variant.ident));
                    }
                }
                Item::Impl(block) => self.block(&block),
                _ => {}
            }
        }
    }

    fn derives(&mut self, name: &str, attributes: &[Attribute]) {
        for attribute in attributes
            .iter()
            .filter(|attribute| attribute.path().is_ident("derive"))
        {
            let paths = attribute.parse_args_with(Punctuated::<syn::Path, syn::Token![,]>::parse_terminated);
            for path in paths.unwrap() {
                self.add(name, &format!(":{}", of_tokens(path.segments.last().unwrap())));
            }
        }
    }

    fn block(&mut self, block: &ItemImpl) {
        let Type::Path(of) = &*block.self_ty else { return };
        let of = of.path.segments.last().unwrap();
        let Some((_, path, _)) = &block.trait_ else {
            for item in &block.items {
                if let ImplItem::Fn(function) = item
                    && matches!(function.vis, Visibility::Public(_))
                {
                    self.add(&of.ident.to_string(), &format!("::{}()", function.sig.ident));
                }
            }
            return;
        };
        // The crate's own traits are private.
        if path.segments[0].ident != "crate" {
            let name = of_tokens(path.segments.last().unwrap()).replace("<'de>", "");
            self.add(&of_tokens(of), &format!(":{name}"));
        }
    }
}

/// What the report knows of a client, in the same words.
fn reported(api: &PublicApi) -> BTreeSet<String> {
    let mut lines = BTreeSet::new();
    for (path, item) in &api.items {
        for (path, member) in item.members.iter().map(|(path, member)| (path.as_str(), member)) {
            let (module, rest) = match path.split_once("::") {
                Some(("builder", rest)) => ("builder::", rest),
                Some(("types", rest)) => ("", rest),
                _ => ("", path),
            };
            let signature = short(&member.signature);
            lines.insert(match member.kind {
                MemberKind::Parameter | MemberKind::Body | MemberKind::Function | MemberKind::Setter => {
                    format!("{module}{rest}()")
                }
                MemberKind::Success => format!("{module}{rest}"),
                MemberKind::Field => format!("{rest}:{signature}"),
                MemberKind::Status | MemberKind::Variant if signature.is_empty() => format!("{rest}()"),
                MemberKind::Status | MemberKind::Variant => format!("{rest}{signature}"),
                MemberKind::Trait => {
                    let (of, name) = path.split_once(": ").unwrap();
                    format!("{module}{}:{}", short(&of), short(&name))
                }
                _ => continue,
            });
        }
        if let ItemPath::Operation(_) = path {
            lines.insert(format!("builder::{}::options()", item.own_types[0]));
        }
    }
    lines
}

#[test]
fn what_is_reported_is_what_is_generated() {
    let description = Source::parse("constructs.yaml", include_str!("../../constructs/constructs.yaml")).unwrap();
    let inputs = Inputs {
        description,
        overlay: None,
    };
    let generated = inputs.generate(Options::default());
    let Generated { api, code, .. } = generated.unwrap_or_else(|errors| panic!("{}", errors[0]));
    let mut lines = BTreeSet::new();
    for (path, module) in [("builder.rs", "builder::"), ("types.rs", "")] {
        let file = code.iter().find(|code| code.path == path).unwrap();
        let mut offered = Offered {
            module,
            lines: BTreeSet::new(),
        };
        offered.file(&file.text);
        lines.extend(offered.lines);
    }
    let fixtures = code.iter().find(|code| code.path == "mock/fixture.rs").unwrap();
    // Each line of its table begins with the name of a type.
    for line in fixtures.text.lines().filter_map(|line| line.strip_prefix("    ")) {
        let name = line.split([' ', '.']).next().unwrap();
        lines.insert(format!("{name}::fixture()"));
    }
    // `new` takes what is required, which the report says of fields.
    lines.retain(|line| !line.ends_with("::new()"));
    let reported = reported(&PublicApi::of(&api));
    let only = |here: &BTreeSet<String>, there: &BTreeSet<String>| here.difference(there).cloned().collect::<Vec<_>>();
    let (missing, surplus) = (only(&lines, &reported), only(&reported, &lines));
    assert!(
        missing.is_empty() && surplus.is_empty(),
        "the report does not know of {missing:#?}, and is wrong about {surplus:#?}"
    );
}
