use serde::{Deserialize, Serialize};

/// Null: the value of a property that the description gives as `type: null`.
///
/// It is read from null and from nothing else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Null;
