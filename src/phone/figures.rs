//! Numbers as people type them.

/// A number as people type it, full-width digits included.
pub fn figure(text: &str) -> Option<u32> {
    let digits: Option<String> = text
        .trim()
        .chars()
        .map(|c| match c {
            '0'..='9' => Some(c),
            '０'..='９' => char::from_digit(u32::from(c) - u32::from('０'), 10),
            _ => None,
        })
        .collect();
    digits.filter(|digits| !digits.is_empty()).and_then(|digits| digits.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_as_people_type_them() {
        for (text, read) in
            [("12", Some(12)), (" １２ ", Some(12)), ("", None), ("-1", None), ("一", None), ("1.5", None)]
        {
            assert_eq!(figure(text), read, "{text:?}");
        }
        assert_eq!(figure("99999999999"), None);
    }
}
