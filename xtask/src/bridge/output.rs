//! progenitor's output, split by type and not parsed yet, so that one item at a time is parsed.

use std::collections::BTreeMap;

use proc_macro2::{Delimiter, TokenStream, TokenTree, token_stream};

use super::contract::unexpected_output;
use crate::{
    input::{
        diagnostic::{BUG, Diagnostic},
        rule::Rule,
    },
    model::{Api, ty::TypeId},
};

/// What the SDK takes from progenitor.
pub struct Output {
    /// The declarations of types, each with what typify implements for it.
    pub types: BTreeMap<TypeId, TokenStream>,
    /// The shells of calls, by their names.
    pub calls: BTreeMap<String, TokenStream>,
    /// The methods that begin calls.
    pub methods: TokenStream,
}

impl Output {
    /// What is taken of progenitor's file.
    ///
    /// # Errors
    ///
    /// If a part is missing.
    pub(super) fn of(file: TokenStream, api: &Api) -> Result<Self, Diagnostic> {
        let (mut blocks, mut methods) = (BTreeMap::new(), None);
        for item in Items::of(file) {
            match (item.name("mod"), item.name("impl")) {
                (Some(name), _) => {
                    blocks.insert(name, item.block);
                }
                // The last inherent `impl Client` is the one with the operations.
                (None, Some(name)) if name == "Client" => methods = Some(item.tokens),
                _ => {}
            }
        }
        let mut module = |name: &str| {
            let block = blocks.remove(name).flatten();
            block.ok_or_else(|| unexpected_output(&format!("the module `{name}`")))
        };
        let (types, shells) = (module("types")?, module("builder")?);
        let shells = Items::of(shells).filter_map(|item| Some((item.name("struct")?, item.tokens)));
        // A call has the setters that typify gives to builders of types, and no value is refused by a type.
        let declarations = Items::of(types).filter(|item| item.name("mod").is_none());
        Ok(Self {
            types: by_type(declarations, api)?,
            calls: shells.collect(),
            methods: methods.ok_or_else(|| unexpected_output("the operations of `Client`"))?,
        })
    }
}

/// The items that belong to each type: its declaration, and what follows until that of another.
fn by_type(items: impl IntoIterator<Item = Unparsed>, api: &Api) -> Result<BTreeMap<TypeId, TokenStream>, Diagnostic> {
    let ids = api.types().map(|(id, def)| (def.name.as_str(), id));
    let ids = ids.collect::<BTreeMap<_, _>>();
    let mut by_type = BTreeMap::<TypeId, TokenStream>::new();
    let mut here = None;
    for item in items {
        if let Some(name) = item.name("struct") {
            here = ids.get(name.as_str()).copied();
        }
        let id = here.ok_or_else(|| unexpected_output("a type that the model has, before what is implemented,"))?;
        by_type.entry(id).or_default().extend(item.tokens);
    }
    Ok(by_type)
}

/// Parses tokens that progenitor wrote.
///
/// # Errors
///
/// If they are not Rust.
pub fn parsed<T: syn::parse::Parse>(tokens: TokenStream) -> Result<T, Diagnostic> {
    syn::parse2(tokens).map_err(|error| {
        let message = format!("progenitor's output is not Rust: {error}");
        Diagnostic::new(Rule::UnexpectedOutput, message).help(BUG)
    })
}

/// The items of a file or a module: each ends with a block or a semicolon.
struct Items(token_stream::IntoIter);

struct Unparsed {
    tokens: TokenStream,
    /// What stands in its block.
    block: Option<TokenStream>,
}

impl Items {
    fn of(tokens: TokenStream) -> Self {
        Self(tokens.into_iter())
    }
}

impl Iterator for Items {
    type Item = Unparsed;

    fn next(&mut self) -> Option<Unparsed> {
        let mut tokens = TokenStream::new();
        for tree in self.0.by_ref() {
            let (is_end, block) = match &tree {
                TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => (true, Some(group.stream())),
                TokenTree::Punct(punct) => (punct.as_char() == ';', None),
                _ => (false, None),
            };
            tokens.extend([tree]);
            if is_end {
                return Some(Unparsed { tokens, block });
            }
        }
        None
    }
}

impl Unparsed {
    /// The name that follows `keyword`, if the item is one of that kind.
    fn name(&self, keyword: &str) -> Option<String> {
        let idents = self.tokens.clone().into_iter().filter_map(|tree| match tree {
            TokenTree::Ident(ident) => Some(ident.to_string()),
            _ => None,
        });
        let mut idents = idents.skip_while(|ident| ident == "pub");
        (idents.next()? == keyword).then(|| idents.next()).flatten()
    }
}
