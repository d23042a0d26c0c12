//! The order of the generator's folders, and what keeps its files small: read from the source itself.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use petgraph::{algo::kosaraju_scc, graph::DiGraph};
use proc_macro2::{TokenStream, TokenTree};
use syn::{
    Attribute, Item, ItemMod, ItemUse, Macro, UseTree, Visibility,
    visit::{self, Visit},
};

/// The folders, and files beside them, in their order: each imports only from those above it, or from those of its own line.
const ORDER: [&[&str]; 11] = [
    &["fingerprint"],
    &["input"],
    &["model"],
    &["parse"],
    &["analyze"],
    &["bridge"],
    &["emit"],
    &["report"],
    &["write"],
    &["explain", "generate", "update"],
    &["main"],
];

/// The folders and files that read descriptions, and so JSON values.
const READERS: [&str; 5] = ["input", "parse", "explain", "generate", "update"];

/// What stands in these macros is generated code.
const QUOTES: [&str; 4] = ["quote", "quote_spanned", "parse_quote", "parse_quote_spanned"];

/// No file has more lines than this.
const MAX_LINES: usize = 450;

/// A module's path: `["parse", "build"]`. That of the binary's begins with `main`.
type Module = Vec<String>;

/// One file of the generator.
struct File {
    path: PathBuf,
    /// What it imports from the generator, resolved to the files that these are in.
    imports: BTreeSet<Module>,
    /// What it uses of JSON values.
    values: BTreeSet<String>,
    lines: usize,
}

/// Every file that is compiled, by its module.
fn files() -> BTreeMap<Module, File> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = BTreeMap::new();
    let mut next = vec![
        (Module::new(), source.join("lib.rs")),
        (vec!["main".to_owned()], source.join("main.rs")),
    ];
    while let Some((module, path)) = next.pop() {
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let syntax = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mut uses = Uses {
            module: module.clone(),
            children: BTreeSet::new(),
            paths: Vec::new(),
        };
        for item in &syntax.items {
            let Item::Mod(ItemMod {
                ident,
                content: None,
                attrs,
                ..
            }) = item
            else {
                continue;
            };
            let name = ident.to_string();
            // What lies outside of this folder is shared with others.
            if !attrs.iter().any(|attribute| attribute.path().is_ident("path")) {
                let child = [module.clone(), vec![name.clone()]].concat();
                let folders = module.iter().filter(|name| *name != "main");
                let folder = folders.fold(source.clone(), |folder, name| folder.join(name));
                let file = folder.join(format!("{name}.rs"));
                let file = if file.exists() {
                    file
                } else {
                    folder.join(&name).join("mod.rs")
                };
                next.push((child, file));
            }
            uses.children.insert(name);
        }
        uses.visit_file(&syntax);
        found.insert(module, (path, uses.paths, text.lines().count()));
    }
    let modules = found.keys().cloned().collect::<BTreeSet<_>>();
    let files = found.into_iter().map(|(module, (path, paths, lines))| {
        let is_value = |path: &Module| match path.as_slice() {
            [first, second, ..] if first == "serde_json" => ["Value", "Map", "json"].contains(&second.as_str()),
            [only] => only == "json!",
            _ => false,
        };
        let values = paths.iter().filter(|path| is_value(path)).map(|path| path.join("::"));
        let values = values.collect();
        let imports = paths.iter().filter_map(|path| resolved(path, &modules));
        let imports = imports.filter(|import| *import != module).collect();
        let path = path.strip_prefix(&source).unwrap().to_owned();
        (
            module,
            File {
                path,
                imports,
                values,
                lines,
            },
        )
    });
    files.collect()
}

/// The module that a path is in; `None` if that is not the generator's, or its root.
fn resolved(path: &Module, modules: &BTreeSet<Module>) -> Option<Module> {
    let (_, path) = path.split_first().filter(|(first, _)| *first == "crate")?;
    let within = (1..=path.len()).rev().map(|length| path[..length].to_vec());
    let within = within.into_iter().find(|module| modules.contains(module));
    within.or_else(|| path.first().map(|first| vec![first.clone()]))
}

/// Collects the paths that a file uses. What only tests use does not count, nor what stands in generated code.
struct Uses {
    module: Module,
    /// The modules that the file declares.
    children: BTreeSet<String>,
    /// Each begins with `crate` or the name of another crate.
    paths: Vec<Module>,
}

impl Uses {
    fn add(&mut self, path: Module) {
        let Some(first) = path.first() else { return };
        let outer = |levels: usize| self.module[..self.module.len().saturating_sub(levels)].to_vec();
        // The binary is a crate of its own.
        let root = self
            .module
            .iter()
            .take(1)
            .filter(|name| *name == "main")
            .cloned()
            .collect();
        let levels = path.iter().take_while(|segment| *segment == "super").count();
        let (base, rest) = match first.as_str() {
            "super" => (outer(levels), &path[levels..]),
            "self" => (outer(0), &path[1..]),
            "crate" => (root, &path[1..]),
            "xtask" => (Module::new(), &path[1..]),
            first if self.children.contains(first) => (outer(0), &path[..]),
            _ => return self.paths.push(path),
        };
        self.paths
            .push([vec!["crate".to_owned()], base, rest.to_vec()].concat());
    }

    fn add_tree(&mut self, tree: &UseTree, before: &Module) {
        let with = |name: &syn::Ident| [before.clone(), vec![name.to_string()]].concat();
        match tree {
            UseTree::Path(path) => self.add_tree(&path.tree, &with(&path.ident)),
            UseTree::Name(name) if name.ident == "self" => self.add(before.clone()),
            UseTree::Name(name) => self.add(with(&name.ident)),
            UseTree::Rename(rename) if rename.ident == "self" => self.add(before.clone()),
            UseTree::Rename(rename) => self.add(with(&rename.ident)),
            UseTree::Glob(_) => self.add(before.clone()),
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.add_tree(tree, before)),
        }
    }

    /// The paths among the tokens of a macro.
    fn add_tokens(&mut self, tokens: TokenStream) {
        let mut path = Module::new();
        let mut colons = 0;
        let mut is_quoted = false;
        for token in tokens {
            match token {
                TokenTree::Punct(punct) if punct.as_char() == '!' => {
                    is_quoted = path.last().is_some_and(|name| QUOTES.contains(&name.as_str()));
                    self.add(std::mem::take(&mut path));
                }
                TokenTree::Ident(ident) => {
                    if colons != 2 {
                        self.add(std::mem::take(&mut path));
                    }
                    path.push(ident.to_string());
                    colons = 0;
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' && !path.is_empty() => colons += 1,
                other => {
                    self.add(std::mem::take(&mut path));
                    colons = 0;
                    if let TokenTree::Group(group) = other
                        && !std::mem::take(&mut is_quoted)
                    {
                        self.add_tokens(group.stream());
                    }
                }
            }
        }
        self.add(path);
    }
}

fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let list = attribute.meta.require_list();
        attribute.path().is_ident("cfg") && list.is_ok_and(|list| list.tokens.to_string() == "test")
    })
}

impl<'ast> Visit<'ast> for Uses {
    fn visit_item_mod(&mut self, module: &'ast ItemMod) {
        if !is_for_tests(&module.attrs) {
            visit::visit_item_mod(self, module);
        }
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        if !is_for_tests(&item.attrs) {
            self.add_tree(&item.tree, &Module::new());
        }
    }

    // `pub(super)` imports nothing.
    fn visit_visibility(&mut self, _: &'ast Visibility) {}

    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.add(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast Macro) {
        let Some(name) = call.path.segments.last().map(|segment| segment.ident.to_string()) else {
            return;
        };
        if name == "json" {
            self.paths.push(vec!["json!".into()]);
        }
        if !QUOTES.contains(&name.as_str()) {
            self.add_tokens(call.tokens.clone());
        }
    }
}

/// Where a folder, or a file beside them, stands in the order.
fn rank(folder: &str) -> Option<usize> {
    ORDER.iter().position(|line| line.contains(&folder))
}

fn assert_none(problems: &[String], what_to_do: &str) {
    assert!(problems.is_empty(), "{}\n\n{what_to_do}\n", problems.join("\n"));
}

#[test]
fn folders_import_only_from_those_above_them() {
    let mut problems = Vec::new();
    for (module, file) in files() {
        // The root declares all of them.
        let Some(folder) = module.first() else { continue };
        let path = file.path.display();
        let Some(own) = rank(folder) else {
            problems.push(format!("{path}: `{folder}` has no place in the order"));
            continue;
        };
        for import in &file.imports {
            match rank(&import[0]) {
                Some(other) if other <= own => {}
                Some(_) => problems.push(format!("{path} imports from `{}`", import.join("::"))),
                None => problems.push(format!("{path}: `{}` has no place in the order", import[0])),
            }
        }
    }
    let order = ORDER.map(|line| line.join("/")).join(" -> ");
    assert_none(
        &problems,
        &format!(
            "The order is {order}: a folder imports only from those before it. Move what is imported into a folder that \
             comes before, or move the file that imports it. A new folder gets its place in `ORDER` in \
             xtask/tests/structure.rs."
        ),
    );
}

#[test]
fn no_files_import_each_other() {
    let files = files();
    let mut graph = DiGraph::<&Module, ()>::new();
    let nodes = files.keys().map(|module| (module, graph.add_node(module)));
    let nodes = nodes.collect::<BTreeMap<_, _>>();
    for (module, file) in files.iter().filter(|(module, _)| !module.is_empty()) {
        for target in file.imports.iter().filter_map(|import| nodes.get(import)) {
            graph.add_edge(nodes[module], *target, ());
        }
    }
    let circles = kosaraju_scc(&graph).into_iter().filter(|circle| circle.len() > 1);
    let problems = circles.map(|circle| {
        let inside = circle.iter().map(|node| graph[*node]).collect::<BTreeSet<_>>();
        let lines = inside.iter().map(|module| {
            let imports = files[*module].imports.iter().filter(|import| inside.contains(import));
            let imports = imports.map(|import| files[import].path.display().to_string());
            let imports = imports.collect::<Vec<_>>().join(", ");
            format!("  {} imports {imports}", files[*module].path.display())
        });
        format!("these files need each other:\n{}", lines.collect::<Vec<_>>().join("\n"))
    });
    assert_none(
        &problems.collect::<Vec<_>>(),
        "Move what both sides need into a file of its own, or into the one that needs less.",
    );
}

#[test]
fn only_what_reads_descriptions_knows_json_values() {
    let mut problems = Vec::new();
    for (module, file) in files() {
        let is_reader = module.first().is_some_and(|folder| READERS.contains(&folder.as_str()));
        if !is_reader {
            let values = file.values.iter();
            problems.extend(values.map(|value| format!("{} uses `{value}`", file.path.display())));
        }
    }
    assert_none(
        &problems,
        "After `parse`, the model says what the description says: read it there, and add to the model what it does not say \
         yet. A JSON value of the description that goes into generated code is a `model::json::Json`.",
    );
}

#[test]
fn no_file_is_long() {
    let long = files().into_values().filter(|file| file.lines > MAX_LINES);
    let problems = long.map(|file| format!("{} has {} lines", file.path.display(), file.lines));
    assert_none(
        &problems.collect::<Vec<_>>(),
        &format!(
            "No file has more than {MAX_LINES} lines: move a part that has a name of its own into a file of that name."
        ),
    );
}
