//! The public API that the report compares: of small descriptions, of one whose parts stand in another order, and of the code
//! that is generated.

mod emitted;
mod operations;
mod order;
mod representation;
mod text;
mod types;
