//! JSON pointers: where in a description something is.

use std::fmt;

use percent_encoding::percent_decode_str;
use serde_json::Value;

/// A JSON pointer (RFC 6901), printed as the fragment of a URI: `#/components/schemas/Pet`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pointer(String);

impl Pointer {
    /// The root of the description.
    #[must_use]
    pub fn root() -> Self {
        Self::default()
    }

    /// The pointer that a local `$ref` holds; `None` if it does not begin with `#`.
    #[must_use]
    pub fn from_reference(reference: &str) -> Option<Self> {
        let pointer = reference.strip_prefix('#')?;
        let pointer = percent_decode_str(pointer).decode_utf8().ok()?;
        Some(Self(pointer.into_owned()))
    }

    /// The pointer that a person types, with or without `#` before it; `None` if it is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let pointer = match text.strip_prefix('#') {
            Some(_) => Self::from_reference(text)?,
            None => Self(text.to_owned()),
        };
        (pointer.0.is_empty() || pointer.0.starts_with('/')).then_some(pointer)
    }

    /// The pointer to what this stands in; `None` for the root.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        let (parent, _) = self.0.rsplit_once('/')?;
        Some(Self(parent.to_owned()))
    }

    /// The pointer to the member `key` of this object, or the element of that index of this array.
    #[must_use]
    pub fn child(&self, key: impl fmt::Display) -> Self {
        let key = key.to_string().replace('~', "~0").replace('/', "~1");
        Self(format!("{}/{key}", self.0))
    }

    /// The members and indices on the way, unescaped.
    pub fn segments(&self) -> impl Iterator<Item = String> {
        self.0
            .split('/')
            .skip(1)
            .map(|segment| segment.replace("~1", "/").replace("~0", "~"))
    }

    /// It as a query of RFC 9535, which an action of the overlay can have for its target.
    #[must_use]
    pub fn json_path(&self) -> String {
        let segments = self.segments().map(|segment| match segment.parse::<usize>() {
            // The statuses of responses are names.
            Ok(index) if index < 100 => format!("[{index}]"),
            _ => format!("['{}']", segment.replace('\\', "\\\\").replace('\'', "\\'")),
        });
        format!("${}", segments.collect::<String>())
    }

    /// Whether it is `whole`, or stands in it.
    #[must_use]
    pub fn is_in(&self, whole: &Self) -> bool {
        self.0
            .strip_prefix(&whole.0)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// Where it would be if what stands at `from` stood at `to`; `None` if it is not in that.
    #[must_use]
    pub fn moved(&self, from: &Self, to: &Self) -> Option<Self> {
        let rest = self.0.strip_prefix(&from.0).filter(|_| self.is_in(from))?;
        Some(Self(format!("{}{rest}", to.0)))
    }

    /// It, and all that it stands in, from the inside outwards.
    pub fn outwards(&self) -> impl Iterator<Item = Self> {
        let mut next = Some(self.clone());
        std::iter::from_fn(move || {
            let here = next.take()?;
            next = here.0.rsplit_once('/').map(|(outer, _)| Self(outer.into()));
            Some(here)
        })
    }

    /// What stands there in the value `root`.
    #[must_use]
    pub fn resolve<'a>(&self, root: &'a Value) -> Option<&'a Value> {
        root.pointer(&self.0)
    }

    /// As [`resolve`](Self::resolve), to be changed.
    pub fn resolve_mut<'a>(&self, root: &'a mut Value) -> Option<&'a mut Value> {
        root.pointer_mut(&self.0)
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}
