//! Runs progenitor: gives it the model as OpenAPI 3.0, and checks the types that it makes against the model.
//!
//! progenitor (by typify) makes structs, their fields with the attributes for serde, the boxes that recursion needs, newtypes
//! and the shells of calls. It does not make unions, string enums and tuples: it knows them as replacements.

mod contract;
mod openapi;
mod output;
mod run;
mod rust_type;

pub use contract::unexpected_output;
pub use output::{Output, parsed};
pub use run::run;
pub use rust_type::{Module, field_type, named_type, rust_type};
