//! Runs progenitor: gives it the model as OpenAPI 3.0, and checks the types that it makes against the model.
//!
//! Structs, their fields with the attributes for serde, the boxes that recursion needs, newtypes, builders, and the shells of
//! calls are progenitor's (by typify). Unions, string enums and tuples are not: it is told that they exist.

mod contract;
mod openapi;
mod output;
mod run;
mod rust_type;

pub use contract::unexpected_output;
pub use output::{Output, parsed};
pub use run::run;
pub use rust_type::{Module, field_type, named_type, rust_type};
