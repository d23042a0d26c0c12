//! The generator: from the vendor's OpenAPI description to the SDK's typed client.
//!
//! ```text
//! input -> parse -> analyze -> bridge (progenitor) -> emit -> write
//! ```
//!
//! [`input`] reads the description and applies the overlay, [`parse`] makes the [`model`] of it, [`analyze`](mod@analyze)
//! completes the model, [`bridge`] has progenitor make items of it, [`emit`](mod@emit) writes the modules, and
//! [`write`](mod@write) puts them in place. What is wrong with the description comes out as
//! [diagnostics](input::diagnostic), and then nothing is written.
//!
//! Two commands look at what the stages give: [`update`](mod@update), which takes a new description and [`report`]s what changes
//! from one model to the other, and [`explain`](mod@explain).

pub mod input;
pub mod model;
pub mod parse;

pub mod analyze;
pub mod bridge;
pub mod emit;

pub mod report;
pub mod write;

pub mod explain;
pub mod generate;
pub mod update;

/// The fingerprint of the inputs, shared with the SDK's build script.
#[path = "../../sdk/fingerprint.rs"]
pub mod fingerprint;
