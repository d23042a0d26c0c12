//! What a description says, and what the model says therefore: a row for each case.

mod anchors;
mod depth;
#[path = "../description/mod.rs"]
mod description;
mod docs;
mod emitted;
mod families;
mod forms;
mod intersections;
mod kept;
mod mocks;
mod notes;
mod omitted;
mod operations;
mod parents;
mod reordered;
mod rules;
mod secrets;
mod text;
mod types;
