//! The mocks, for the feature `mock`: for each operation, how a request is read, what of it can be matched, and the documented
//! responses; and a plausible value of each type that a server responds with.
//!
//! All of it is tables: what becomes of them, the runtime's macros say (`mock/define.rs`).

mod fixtures;
mod operation;
mod server;
mod values;

pub(super) use fixtures::write_fixtures;
pub(super) use operation::write_operations;
pub(super) use server::{Rejections, write_server};
