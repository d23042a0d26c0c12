//! The text of a module, item by item.

use quote::quote;
use syn::{Attribute, Item, parse_quote, visit_mut::VisitMut as _};

use super::{
    format,
    paths::{Prelude, Shorten},
    tokens,
};
use crate::bridge::Module;

/// The text of one generated file, formatted, without its header.
#[derive(Clone, Debug)]
pub struct Code {
    /// Its path below the folder of generated code.
    pub path: String,
    /// What it says.
    pub text: String,
}

/// A module as far as it is written. Things have the names in it that a person would write.
pub(super) struct Text<'a> {
    shorten: Shorten<'a>,
    text: String,
}

impl<'a> Text<'a> {
    /// A module of that documentation, without items.
    pub(super) fn new(prelude: &'a Prelude, module: Module, doc: &str) -> Self {
        let doc = tokens::doc_lines(doc).map(|line| -> Attribute { parse_quote!(#![doc = #line]) });
        let mut text = Self {
            shorten: Shorten::new(prelude, module),
            text: String::new(),
        };
        text.write(doc.collect(), Vec::new());
        text
    }

    /// Writes items.
    pub(super) fn add(&mut self, items: impl IntoIterator<Item = Item>) {
        for item in items {
            self.write(Vec::new(), vec![item]);
        }
    }

    /// Writes what is no item that a formatter knows.
    pub(super) fn add_text(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// A type as a person would write it.
    pub(super) fn type_name(&self, ty: &syn::Type) -> String {
        let (mut ty, mut shorten) = (ty.clone(), self.shorten);
        shorten.visit_type_mut(&mut ty);
        quote!(#ty).to_string().replace(' ', "").replace(',', ", ")
    }

    /// The lines of a block, without its braces.
    pub(super) fn statements(&self, block: &syn::Block) -> Vec<String> {
        let mut file: syn::File = parse_quote!(fn block() #block);
        let mut shorten = self.shorten;
        shorten.visit_file_mut(&mut file);
        let text = prettyplease::unparse(&file);
        let lines = text.lines().skip(1).filter_map(|line| line.strip_prefix("    "));
        lines.map(str::to_owned).collect()
    }

    /// The file.
    pub(super) fn finish(self, path: &str) -> Code {
        Code {
            path: path.to_owned(),
            text: format::spaced(&self.text),
        }
    }

    fn write(&mut self, attrs: Vec<Attribute>, items: Vec<Item>) {
        let mut file = syn::File {
            shebang: None,
            attrs,
            items,
        };
        self.shorten.visit_file_mut(&mut file);
        self.text.push_str(&prettyplease::unparse(&file));
    }
}
