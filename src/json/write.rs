//! Writing: no space, fields in the order of their declaration.

use super::Error;
use core::fmt::Write as _;
use serde::ser::{
    Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant, Serializer,
};

/// Writes a value.
///
/// # Errors
/// [`Error`] where a value has no such form: a fraction, or a key that is not a text.
pub fn to_string<T: Serialize + ?Sized>(value: &T) -> Result<String, Error> {
    let mut writer = Writer { text: String::new() };
    value.serialize(&mut writer)?;
    Ok(writer.text)
}

struct Writer {
    text: String,
}

impl Writer {
    fn plain(&mut self, text: &str) {
        self.text.push_str(text);
    }

    fn string(&mut self, text: &str) {
        self.text.push('"');
        let mut from = 0;
        for (at, byte) in text.bytes().enumerate() {
            if !matches!(byte, b'"' | b'\\' | 0..=0x1f) {
                continue;
            }
            // Only ASCII is escaped, so this never cuts a character.
            self.plain(&text[from..at]);
            from = at + 1;
            match byte {
                b'"' => self.plain("\\\""),
                b'\\' => self.plain("\\\\"),
                8 => self.plain("\\b"),
                0xc => self.plain("\\f"),
                b'\n' => self.plain("\\n"),
                b'\r' => self.plain("\\r"),
                b'\t' => self.plain("\\t"),
                // Writing to a String cannot fail.
                other => drop(write!(self.text, "\\u{other:04x}")),
            }
        }
        self.plain(&text[from..]);
        self.text.push('"');
    }

    fn unsigned(&mut self, number: u64) {
        let _ = write!(self.text, "{number}");
    }

    fn signed(&mut self, number: i64) {
        let _ = write!(self.text, "{number}");
    }

    /// Before a member: a comma, unless it is the first one.
    fn next(&mut self) {
        if !self.text.ends_with(['{', '[']) {
            self.text.push(',');
        }
    }

    fn key(&mut self, name: &str) {
        self.next();
        self.string(name);
        self.text.push(':');
    }

    fn open_variant(&mut self, name: &str, open: &str) {
        self.text.push('{');
        self.key(name);
        self.plain(open);
    }
}

macro_rules! write_number {
    ($($method:ident: $number:ty => $as:ident;)*) => {$(
        fn $method(self, number: $number) -> Result<(), Error> {
            self.$as(number.into());
            Ok(())
        }
    )*};
}

impl<'w> Serializer for &'w mut Writer {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Members<'w>;
    type SerializeTuple = Members<'w>;
    type SerializeTupleStruct = Members<'w>;
    type SerializeTupleVariant = Members<'w>;
    type SerializeMap = Members<'w>;
    type SerializeStruct = Members<'w>;
    type SerializeStructVariant = Members<'w>;

    write_number! {
        serialize_u8: u8 => unsigned;
        serialize_u16: u16 => unsigned;
        serialize_u32: u32 => unsigned;
        serialize_u64: u64 => unsigned;
        serialize_i8: i8 => signed;
        serialize_i16: i16 => signed;
        serialize_i32: i32 => signed;
        serialize_i64: i64 => signed;
    }

    fn serialize_bool(self, value: bool) -> Result<(), Error> {
        self.plain(if value { "true" } else { "false" });
        Ok(())
    }

    fn serialize_f32(self, value: f32) -> Result<(), Error> {
        self.serialize_f64(value.into())
    }

    fn serialize_f64(self, _: f64) -> Result<(), Error> {
        Err(Error::new("a fraction"))
    }

    fn serialize_char(self, value: char) -> Result<(), Error> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<(), Error> {
        self.string(value);
        Ok(())
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), Error> {
        self.collect_seq(value)
    }

    fn serialize_none(self) -> Result<(), Error> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Error> {
        self.plain("null");
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Error> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, name: &'static str) -> Result<(), Error> {
        self.serialize_str(name)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        self.open_variant(name, "");
        value.serialize(&mut *self)?;
        self.plain("}");
        Ok(())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Members<'w>, Error> {
        self.plain("[");
        Ok(Members { writer: self, close: "]" })
    }

    fn serialize_tuple(self, length: usize) -> Result<Members<'w>, Error> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_struct(self, _: &'static str, length: usize) -> Result<Members<'w>, Error> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        _: usize,
    ) -> Result<Members<'w>, Error> {
        self.open_variant(name, "[");
        Ok(Members { writer: self, close: "]}" })
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Members<'w>, Error> {
        self.plain("{");
        Ok(Members { writer: self, close: "}" })
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Members<'w>, Error> {
        self.serialize_map(None)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        _: usize,
    ) -> Result<Members<'w>, Error> {
        self.open_variant(name, "{");
        Ok(Members { writer: self, close: "}}" })
    }
}

/// What is written between brackets.
struct Members<'w> {
    writer: &'w mut Writer,
    close: &'static str,
}

impl Members<'_> {
    fn member<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.writer.next();
        value.serialize(&mut *self.writer)
    }

    fn field<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Result<(), Error> {
        self.writer.key(name);
        value.serialize(&mut *self.writer)
    }

    fn done(self) {
        self.writer.plain(self.close);
    }
}

macro_rules! members {
    ($($kind:ident $method:ident;)*) => {$(
        impl $kind for Members<'_> {
            type Ok = ();
            type Error = Error;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
                self.member(value)
            }

            fn end(self) -> Result<(), Error> {
                self.done();
                Ok(())
            }
        }
    )*};
}

macro_rules! fields {
    ($($kind:ident)*) => {$(
        impl $kind for Members<'_> {
            type Ok = ();
            type Error = Error;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Error> {
                self.field(name, value)
            }

            fn end(self) -> Result<(), Error> {
                self.done();
                Ok(())
            }
        }
    )*};
}

members! {
    SerializeSeq serialize_element;
    SerializeTuple serialize_element;
    SerializeTupleStruct serialize_field;
    SerializeTupleVariant serialize_field;
}

fields! { SerializeStruct SerializeStructVariant }

impl SerializeMap for Members<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        self.writer.next();
        let start = self.writer.text.len();
        key.serialize(&mut *self.writer)?;
        let is_text = self.writer.text[start..].starts_with('"');
        if is_text { Ok(()) } else { Err(Error::new("a key that is not a text")) }
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.writer.plain(":");
        value.serialize(&mut *self.writer)
    }

    fn end(self) -> Result<(), Error> {
        self.done();
        Ok(())
    }
}
