//! What changes for the people who call the SDK, and which version that asks for.
//!
//! [`PublicApi::of`] computes from a model what a client offers: operations and types, each an [`Item`] with [members](Member)
//! that callers use by name and a [`Representation`] that they rely on without naming it. [`Report::between`] compares two of
//! these, and [`Version::after`] is the version that the report asks for.
//!
//! Nothing here reads generated code. Where code is not simply a member of the model, `emit` and this folder call the same
//! function of `model` or `analyze`.

mod change;
mod compare;
mod item;
mod limits;
mod operations;
mod public_api;
mod representation;
pub mod signature;
mod types;
mod version;

pub use compare::{Effect, Report};
pub use item::{Item, ItemPath, Member, MemberKind};
pub use limits::Limits;
pub use public_api::PublicApi;
pub use representation::{CallRepresentation, Representation, TypeRepresentation};
pub use version::Version;
