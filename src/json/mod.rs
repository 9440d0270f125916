//! JSON (RFC 8259) for everything the app stores, sends and receives; the bytes are those that `serde_json` writes.
//!
//! Our own, because of its size: serde's derives are compiled once for each type and each way in which a format may call them,
//! and a general format calls all of them (records as arrays, keys as numbers or bytes). This one has records as objects and
//! names as text, and whatever does not depend on the type is an ordinary function.

mod grammar;
mod read;
mod write;

pub use read::from_str;
pub use write::to_string;

/// Why a text is not JSON, or not what is wanted. Small and without memory of its own, because it travels through everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Error {
    what: &'static str,
    name: &'static str,
    at: usize,
}

impl Error {
    const fn new(what: &'static str) -> Self {
        Self { what, name: "", at: 0 }
    }
}

impl core::fmt::Display for Error {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}{} at byte {}", self.what, self.name, self.at)
    }
}

impl std::error::Error for Error {}

impl serde::de::Error for Error {
    fn custom<T: core::fmt::Display>(_: T) -> Self {
        Self::new("a value that cannot be")
    }

    fn invalid_type(_: serde::de::Unexpected<'_>, _: &dyn serde::de::Expected) -> Self {
        Self::new("a value of another kind")
    }

    fn missing_field(name: &'static str) -> Self {
        Self { what: "no field ", name, at: 0 }
    }

    fn duplicate_field(name: &'static str) -> Self {
        Self { what: "twice the field ", name, at: 0 }
    }
}

impl serde::ser::Error for Error {
    fn custom<T: core::fmt::Display>(_: T) -> Self {
        Self::new("a value that cannot be written")
    }
}

#[cfg(test)]
mod tests;
