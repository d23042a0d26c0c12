//! The types of values, as Rust has them.

/// Identifies a type of the API that has a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TypeId(usize);

impl TypeId {
    /// The type at that place of [`Api::types`](super::Api::types).
    #[must_use]
    pub fn new(index: usize) -> Self {
        Self(index)
    }

    /// Its place in [`Api::types`](super::Api::types).
    #[must_use]
    pub fn index(self) -> usize {
        self.0
    }
}

/// The type of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ty {
    /// Any JSON.
    Any,
    /// Null, and nothing else.
    Null,
    /// `bool`.
    Bool,
    /// An integer.
    Int(Int),
    /// A floating-point number of 64 bits, whatever its `format`: JSON has no other.
    Float,
    /// A string of that format.
    Str(Format),
    /// A type of the API that has a name.
    Named(TypeId),
    /// A list of such values.
    List(Box<Ty>),
    /// An object whose properties have such values.
    Map(Box<Ty>),
    /// Such a value, or null. Never twice, and never around [`Ty::Any`] and [`Ty::Null`], which may be null as they are.
    Nullable(Box<Ty>),
}

/// The integers that Rust has for the formats of JSON Schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Int {
    /// `format: int32`.
    I32,
    /// Any other.
    I64,
    /// `format: uint32`.
    U32,
    /// `format: uint64`, or where the limits ask for it.
    U64,
    /// Beyond 64 bits: whatever a number in JSON can be.
    Big,
}

/// What a string holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Text.
    Text,
    /// A UUID.
    Uuid,
    /// A time (RFC 3339).
    DateTime,
    /// A day (RFC 3339).
    Date,
    /// A secret.
    Secret,
    /// A file of a form, which is no string on the wire: `parse::classify` decides, and `emit::multipart` sends it.
    Upload,
}

impl Ty {
    /// The type, or null.
    #[must_use]
    pub fn nullable(self) -> Self {
        match self {
            Self::Any | Self::Null | Self::Nullable(_) => self,
            other => Self::Nullable(Box::new(other)),
        }
    }

    /// Whether it may be null besides its own values.
    #[must_use]
    pub fn is_nullable(&self) -> bool {
        matches!(self, Self::Nullable(_))
    }

    /// The type without null.
    #[must_use]
    pub fn not_null(&self) -> &Self {
        match self {
            Self::Nullable(inner) => inner,
            other => other,
        }
    }

    /// The named type that it is, be it or null.
    #[must_use]
    pub fn named(&self) -> Option<TypeId> {
        match self.not_null() {
            Self::Named(id) => Some(*id),
            _ => None,
        }
    }

    /// Whether it is a string, number or boolean that can be printed.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        match self {
            Self::Bool | Self::Int(_) | Self::Float => true,
            Self::Str(format) => !matches!(format, Format::Secret | Format::Upload),
            _ => false,
        }
    }

    /// It, and all types within it, from the outside inwards.
    pub fn parts(&self) -> impl Iterator<Item = &Self> {
        let mut next = Some(self);
        std::iter::from_fn(move || {
            let here = next.take()?;
            next = match here {
                Self::List(inner) | Self::Map(inner) | Self::Nullable(inner) => Some(inner),
                _ => None,
            };
            Some(here)
        })
    }

    /// The named type that it is or consists of.
    #[must_use]
    pub fn refers_to(&self) -> Option<TypeId> {
        self.innermost().named()
    }

    /// Whether it is a string of that format, or consists of such.
    #[must_use]
    pub fn contains(&self, format: Format) -> bool {
        *self.innermost() == Self::Str(format)
    }

    /// Whether it is a time, or consists of such without a type that has a name between.
    #[must_use]
    pub fn is_of_times(&self) -> bool {
        self.contains(Format::DateTime)
    }

    /// The type with the named type that it is or consists of exchanged.
    #[must_use]
    pub fn map_named(self, exchange: &impl Fn(TypeId) -> TypeId) -> Self {
        match self {
            Self::Named(id) => Self::Named(exchange(id)),
            Self::List(inner) => Self::List(Box::new(inner.map_named(exchange))),
            Self::Map(inner) => Self::Map(Box::new(inner.map_named(exchange))),
            Self::Nullable(inner) => Self::Nullable(Box::new(inner.map_named(exchange))),
            other => other,
        }
    }

    fn innermost(&self) -> &Self {
        self.parts().last().unwrap_or(self)
    }
}
