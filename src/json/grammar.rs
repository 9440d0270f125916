//! The grammar: what does not depend on the type that is read.

use super::Error;
use std::borrow::Cow;

/// So many objects and lists may lie in one another.
const DEEPEST: u8 = 127;

/// A text and how far it has been read.
pub(super) struct Reader<'t> {
    text: &'t str,
    at: usize,
    depth: u8,
}

impl<'t> Reader<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, at: 0, depth: 0 }
    }

    /// How many bytes have been read.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// The number that comes next, and whether it is a whole one, without reading on.
    pub(super) fn coming_number(&mut self) -> Result<(&'t str, bool), Error> {
        let start = self.at;
        let number = self.number();
        self.at = start;
        number
    }

    /// The next byte that is not space; 0 at the end.
    pub(super) fn peek(&mut self) -> u8 {
        while let b' ' | b'\n' | b'\t' | b'\r' = self.here() {
            self.at += 1;
        }
        self.here()
    }

    fn here(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }

    pub(super) fn end(&mut self) -> Result<(), Error> {
        self.peek();
        if self.at == self.text.len() { Ok(()) } else { Err(Error::new("more after the end")) }
    }

    pub(super) fn expect(&mut self, sign: u8) -> Result<(), Error> {
        if self.peek() == sign {
            self.at += 1;
            Ok(())
        } else {
            Err(Error::new("another sign than expected"))
        }
    }

    fn word(&mut self, word: &str) -> Result<(), Error> {
        if self.text.get(self.at..).is_some_and(|rest| rest.starts_with(word)) {
            self.at += word.len();
            Ok(())
        } else {
            Err(Error::new("an unknown word"))
        }
    }

    pub(super) fn null(&mut self) -> Result<(), Error> {
        self.peek();
        self.word("null")
    }

    pub(super) fn bool(&mut self) -> Result<bool, Error> {
        let is_true = self.peek() == b't';
        self.word(if is_true { "true" } else { "false" })?;
        Ok(is_true)
    }

    /// The digits of a number and whether it is a whole one.
    pub(super) fn number(&mut self) -> Result<(&'t str, bool), Error> {
        self.peek();
        let (start, text) = (self.at, self.text);
        if self.here() == b'-' {
            self.at += 1;
        }
        let zero = self.here() == b'0';
        if self.digits()? > 1 && zero {
            return Err(Error::new("a number with a leading zero"));
        }
        let whole = self.at;
        if self.here() == b'.' {
            self.at += 1;
            self.digits()?;
        }
        if let b'e' | b'E' = self.here() {
            self.at += 1;
            if let b'+' | b'-' = self.here() {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok((&text[start..self.at], self.at == whole))
    }

    fn digits(&mut self) -> Result<usize, Error> {
        let start = self.at;
        while self.here().is_ascii_digit() {
            self.at += 1;
        }
        if self.at == start { Err(Error::new("a number without digits")) } else { Ok(self.at - start) }
    }

    pub(super) fn whole<T: core::str::FromStr>(&mut self) -> Result<T, Error> {
        let (text, _) = self.number()?;
        text.parse().map_err(|_| Error::new("a number out of its range"))
    }

    pub(super) fn string(&mut self) -> Result<Cow<'t, str>, Error> {
        self.expect(b'"')?;
        let text = self.text;
        let mut unescaped = String::new();
        loop {
            let start = self.at;
            while !matches!(self.here(), b'"' | b'\\' | 0..=0x1f) {
                self.at += 1;
            }
            // Both ends stand at ASCII signs, so this never cuts a character.
            let plain = &text[start..self.at];
            let sign = self.here();
            self.at += 1;
            match sign {
                b'"' if unescaped.is_empty() => return Ok(Cow::Borrowed(plain)),
                b'"' => return Ok(Cow::Owned(unescaped + plain)),
                b'\\' => {
                    unescaped.push_str(plain);
                    unescaped.push(self.escaped()?);
                }
                _ => return Err(Error::new("a text without end, or with a control character")),
            }
        }
    }

    /// What stands after a backslash.
    fn escaped(&mut self) -> Result<char, Error> {
        let sign = self.here();
        self.at += 1;
        Ok(match sign {
            b'"' | b'\\' | b'/' => char::from(sign),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let mut code = self.four_digits()?;
                if let 0xd800..0xdc00 = code {
                    self.word("\\u")?;
                    let low = self.four_digits()?;
                    let low = low.checked_sub(0xdc00).filter(|low| *low < 0x400);
                    // A second half that is none gives no character either.
                    code = low.map_or(code, |low| 0x10000 + (code - 0xd800) * 0x400 + low);
                }
                char::from_u32(code).ok_or(Error::new("half a character"))?
            }
            _ => return Err(Error::new("an unknown escape")),
        })
    }

    fn four_digits(&mut self) -> Result<u32, Error> {
        let mut code = 0;
        for _ in 0..4 {
            let digit =
                char::from(self.here()).to_digit(16).ok_or(Error::new("not four hexadecimal digits"))?;
            code = code * 16 + digit;
            self.at += 1;
        }
        Ok(code)
    }

    pub(super) fn open(&mut self, bracket: u8) -> Result<(), Error> {
        self.expect(bracket)?;
        self.depth += 1;
        if self.depth > DEEPEST { Err(Error::new("too deep")) } else { Ok(()) }
    }

    pub(super) fn close(&mut self, bracket: u8) -> Result<(), Error> {
        self.depth -= 1;
        self.expect(bracket)
    }

    /// Whether another one follows before the closing bracket.
    pub(super) fn has_more(&mut self, bracket: u8, first: &mut bool) -> Result<bool, Error> {
        let is_first = core::mem::replace(first, false);
        if self.peek() == bracket {
            return Ok(false);
        }
        if !is_first {
            self.expect(b',')?;
        }
        Ok(true)
    }

    pub(super) fn has_more_fields(&mut self, first: &mut bool) -> Result<bool, Error> {
        if !self.has_more(b'}', first)? {
            return Ok(false);
        }
        if self.peek() == b'"' { Ok(true) } else { Err(Error::new("a key that is not a text")) }
    }

    pub(super) fn skip(&mut self) -> Result<(), Error> {
        let mut first = true;
        match self.peek() {
            b'{' => {
                self.open(b'{')?;
                while self.has_more_fields(&mut first)? {
                    self.string()?;
                    self.expect(b':')?;
                    self.skip()?;
                }
                self.close(b'}')
            }
            b'[' => {
                self.open(b'[')?;
                while self.has_more(b']', &mut first)? {
                    self.skip()?;
                }
                self.close(b']')
            }
            b'"' => self.string().map(drop),
            b't' | b'f' => self.bool().map(drop),
            b'n' => self.null(),
            _ => self.number().map(drop),
        }
    }
}
