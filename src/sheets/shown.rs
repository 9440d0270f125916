//! What a spreadsheet shows of a number: its format may pad it, round it, or hide it.
//!
//! After ECMA-376 part 1, section 18.8.31 (number format codes), as far as it takes to tell whether what is shown is the number.

use super::sheet::CellKind;

/// Whether a format shows a number as it is.
pub(super) fn number(value: f64, code: &str) -> CellKind {
    let Some((section, negates)) = section(code, value) else { return CellKind::Masked };
    if ["", "General", "@"].iter().any(|plain| section.eq_ignore_ascii_case(plain)) {
        return if section.is_empty() && !code.is_empty() { CellKind::Masked } else { CellKind::Number };
    }
    let Some(form) = Form::parse(section) else { return CellKind::Masked };
    let shown = form.rounded(value);
    let same = (shown - value).abs() <= value.abs() * 1e-12;
    let hides_sign = value < 0.0 && negates && !form.signed;
    if !same
        || hides_sign
        || (value == 0.0 && form.whole_zeros == 0 && form.decimal_zeros == 0 && !form.general)
    {
        return CellKind::Masked;
    }
    let whole_digits = format!("{:.0}", (value * form.scale()).abs().trunc()).len();
    let padded = form.dressed
        || (form.grouped && value.abs() >= 1_000.0)
        || form.whole_zeros > whole_digits
        || form.decimal_zeros > decimals(value * form.scale());
    if padded { CellKind::Padded } else { CellKind::Number }
}

/// Whether a format shows the year and the day of a date. Formats that belong to the program and not to the file go by their
/// number, which is all that a Chinese spreadsheet writes.
pub(super) fn date(code: &str, id: Option<u32>) -> CellKind {
    let whole = match id {
        Some(14 | 15 | 22 | 30 | 31) => true,
        Some(16..=21 | 27..=29 | 32..=36 | 45..=47 | 50..=58) => false,
        _ => {
            let letters: String = bare(code).to_lowercase();
            letters.contains(['y', 'e'])
                && letters.split(|c| c != 'd').any(|run| (1..=2).contains(&run.len()))
        }
    };
    if whole { CellKind::Date } else { CellKind::PartialDate }
}

/// The part of a code that counts for a value, and whether it is one for negative numbers alone, which are shown without their
/// sign. `None` where conditions decide.
fn section(code: &str, value: f64) -> Option<(&str, bool)> {
    let mut sections = Vec::new();
    let (mut begin, mut quoted, mut escaped, mut bracket) = (0, false, false, false);
    for (index, c) in code.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '"' => quoted = !quoted,
            _ if quoted => {}
            '\\' | '_' | '*' => escaped = true,
            '[' => bracket = true,
            ']' => bracket = false,
            '<' | '>' | '=' if bracket => return None,
            ';' => {
                sections.push(code.get(begin..index).unwrap_or_default());
                begin = index + 1;
            }
            _ => {}
        }
    }
    sections.push(code.get(begin..).unwrap_or_default());
    let at = |index: usize| sections.get(index).copied();
    Some(match sections.len() {
        2.. if value < 0.0 => (at(1).unwrap_or_default(), true),
        3.. if value == 0.0 => (at(2).unwrap_or_default(), false),
        _ => (at(0).unwrap_or_default(), false),
    })
}

/// A code without what it only adds: quoted and escaped characters, colours and languages.
fn bare(code: &str) -> String {
    let mut bare = String::new();
    let (mut quoted, mut escaped, mut bracket) = (false, false, false);
    for c in code.chars() {
        match c {
            _ if escaped => escaped = false,
            '"' => quoted = !quoted,
            _ if quoted => {}
            '\\' | '_' | '*' => escaped = true,
            '[' => bracket = true,
            ']' => bracket = false,
            _ if bracket => {}
            c => bare.push(c),
        }
    }
    bare
}

/// How one section lays a number out.
#[derive(Debug, Default)]
struct Form {
    whole_zeros: usize,
    decimals: usize,
    decimal_zeros: usize,
    percent: bool,
    grouped: bool,
    /// General with something around it.
    general: bool,
    /// Shows a sign of its own, or the brackets that accountants write.
    signed: bool,
    /// Shows more than the number: 5分.
    dressed: bool,
}

impl Form {
    fn parse(section: &str) -> Option<Self> {
        let mut form = Self::default();
        let (mut quoted, mut escaped, mut bracket, mut skipped) = (false, false, String::new(), false);
        let (mut in_bracket, mut point, mut last_digit) = (false, false, false);
        let plain = section.replace("General", "\u{1}");
        for c in plain.chars() {
            if skipped {
                skipped = false;
                continue;
            }
            if escaped {
                escaped = false;
                form.literal(c);
                continue;
            }
            match c {
                '"' => quoted = !quoted,
                c if quoted => form.literal(c),
                '\\' => escaped = true,
                // The width of a character, and what fills the cell: nothing that says something.
                '_' | '*' => skipped = true,
                '[' => in_bracket = true,
                ']' => {
                    in_bracket = false;
                    // [$¥-804] shows a currency, [$-804] and [Red] nothing.
                    form.dressed |= bracket
                        .strip_prefix('$')
                        .is_some_and(|rest| !rest.starts_with('-') && !rest.is_empty());
                    bracket.clear();
                }
                c if in_bracket => bracket.push(c),
                '\u{1}' => form.general = true,
                '0' | '#' | '?' => {
                    if point {
                        form.decimals += 1;
                        // Zeros behind the last one that must be shown only where there is something.
                        if c == '0' {
                            form.decimal_zeros = form.decimals;
                        }
                    } else if c == '0' || form.whole_zeros > 0 {
                        form.whole_zeros += 1;
                    }
                    last_digit = true;
                    continue;
                }
                '.' if !point => point = true,
                ',' if last_digit && !point => form.grouped = true,
                '%' => form.percent = true,
                '-' | '+' | '(' | ')' => form.literal(c),
                ' ' => {}
                '$' | '¥' | '￥' => form.dressed = true,
                _ => return None,
            }
            last_digit = false;
        }
        // A separator behind the last digit divides by a thousand.
        let scales = plain.trim_end_matches(|c: char| !"0#?,.".contains(c)).ends_with(',');
        (!scales && !quoted && !in_bracket).then_some(form)
    }

    fn literal(&mut self, c: char) {
        match c {
            '-' | '(' => self.signed = true,
            ')' | ' ' => {}
            _ => self.dressed = true,
        }
    }

    fn scale(&self) -> f64 {
        if self.percent { 100.0 } else { 1.0 }
    }

    /// The value as it is shown.
    fn rounded(&self, value: f64) -> f64 {
        if self.general {
            return value;
        }
        let shown = format!("{:.*}", self.decimals.min(30), value * self.scale());
        shown.parse::<f64>().map_or(f64::NAN, |shown| shown / self.scale())
    }
}

/// How many decimals a number has that a spreadsheet holds, which knows fifteen digits.
fn decimals(value: f64) -> usize {
    let shown: f64 = format!("{value:.14e}").parse().unwrap_or(value);
    shown.to_string().split_once('.').map_or(0, |(_, decimals)| decimals.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use CellKind::{Date, Masked, Number, Padded, PartialDate};

    #[test]
    fn a_format_shows_a_number_pads_it_or_masks_it() {
        for (value, code, kind) in [
            (3.1, "General", Number),
            (210_726_117_203.0, "0", Number),
            (210_726_117_203.0, "0_ ", Number),
            (3.1, "@", Number),
            (0.5, "0.0", Number),
            (2.5, "0.0#", Number),
            (-3.0, "0_);[Red]\\(0\\)", Number),
            (7.0, "000", Padded),
            (3.1, "0.00", Padded),
            (1_000.0, "#,##0", Padded),
            (999.0, "#,##0", Number),
            (5.0, "0\"分\"", Padded),
            (5.0, "General\"分\"", Padded),
            (5.0, "[$¥-804]0", Padded),
            (5.0, "[$-804]0", Number),
            (2.55, "0.0", Masked),
            (2.5, "0", Masked),
            (0.575, "0%", Masked),
            (0.57, "0%", Number),
            (1.0 / 3.0, "0.00%", Masked),
            (0.0, "#", Masked),
            (0.0, "0;-0;", Masked),
            (5.0, ";;;", Masked),
            (-5.0, "0;0", Masked),
            (1_500_000.0, "0,", Masked),
            (1_500_000.0, "0,,", Masked),
            (210_726_117_203.0, "0.00E+00", Masked),
            (0.5, "# ?/?", Masked),
            (5.0, "[>=10]0;\"少\"", Masked),
            (0.1 + 0.2, "0.0", Number),
        ] {
            assert_eq!(number(value, code), kind, "{value} {code}");
        }
    }

    #[test]
    fn a_date_is_one_where_its_year_and_its_day_are_in_sight() {
        for code in
            ["yyyy-mm-dd", "yyyy\"年\"m\"月\"d\"日\"", "[$-804]yyyy/m/d", "yy.m.d", "m/d/yyyy h:mm", "e/m/d"]
        {
            assert_eq!(date(code, Some(164)), Date, "{code}");
        }
        for code in ["m\"月\"d\"日\"", "yyyy\"年\"m\"月\"", "h:mm", "yyyy", "dddd", "m\"day\"yy"] {
            assert_eq!(date(code, Some(170)), PartialDate, "{code}");
        }
        assert_eq!((date("General", Some(31)), date("General", Some(58))), (Date, PartialDate));
    }
}
