//! Reading: the description and its overlay, as JSON values with positions, and what can be wrong with them.

pub mod diagnostic;
pub mod overlay;
pub mod panics;
pub mod pointer;
pub mod rule;
pub mod source;
mod unquoted;
mod yaml;
mod yaml_repairs;
