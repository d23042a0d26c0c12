//! Attributes that all kinds of types have in common.

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::{prose::code, typedef::TypeDef};

/// The documentation of a type.
pub(super) fn type_doc(def: &TypeDef) -> String {
    let doc = def.doc.text(def.kind.description());
    format!("{doc}\n\nFrom {}.", code(&def.pointer.to_string()))
}

/// `Serialize` for mocks, which make up the secrets that they respond with, of a type that has it for nobody else.
pub(super) fn mock_serialize(def: &TypeDef, options: Option<TokenStream>) -> Option<TokenStream> {
    let options = options.into_iter();
    let is_one = def.traits.is_serialized_by_mocks_alone;
    is_one.then(|| quote!(#[cfg_attr(feature = "mock", derive(serde::Serialize) #(, #options)*)]))
}
