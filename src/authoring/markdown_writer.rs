//! Blocks → the small Markdown that is read as the same blocks.

use super::markdown_source::{RECORD, TEMPLATE, TEMPLATE_HEAD, WHEN, WHO};
use crate::domain::Block;

/// The body of a section.
pub(super) fn body(blocks: &[Block]) -> String {
    let mut pieces: Vec<String> = Vec::new();
    let mut was_list = false;
    for block in blocks {
        let is_list = matches!(block, Block::List { .. });
        pieces.push(match block {
            Block::Paragraph { text } => text_line(text),
            // Two lists after each other are told apart by their sign.
            Block::List { entries } => {
                let sign = if was_list { '+' } else { '-' };
                lines(entries.iter().map(|entry| format!("{sign} {}", text_line(entry))))
            }
            Block::Steps { steps } => lines((1..).zip(steps).map(|(number, step)| {
                let mut text = format!("{number}. {}", text_line(&step.text));
                let indent = " ".repeat(number.to_string().len() + 2);
                for (word, said) in [(WHO, &step.who), (WHEN, &step.when), (RECORD, &step.record)] {
                    if !said.is_empty() {
                        text.push_str(&format!("\n{indent}- {word}：{}", text_line(said)));
                    }
                }
                text
            })),
            Block::Table { head, rows } => table(head, rows),
            Block::Template { title, fields } => {
                let rows: Vec<Vec<String>> =
                    fields.iter().map(|field| vec![field.name.clone(), field.hint.clone()]).collect();
                let head = TEMPLATE_HEAD.map(String::from);
                format!("### {TEMPLATE}：{}\n{}", text_line(title), table(&head, &rows))
            }
        });
        was_list = is_list && !was_list;
    }
    pieces.join("\n\n")
}

fn lines(lines: impl Iterator<Item = String>) -> String {
    lines.collect::<Vec<_>>().join("\n")
}

fn table(head: &[String], rows: &[Vec<String>]) -> String {
    let row = |cells: &[String]| {
        let cells: Vec<String> = cells.iter().map(|cell| text_line(cell)).collect();
        format!("| {} |", cells.join(" | "))
    };
    let rule = format!("|{}", "---|".repeat(head.len()));
    lines([row(head), rule].into_iter().chain(rows.iter().map(|cells| row(cells))))
}

/// A text with everything that would be markup made plain.
fn text_line(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for (index, character) in text.chars().enumerate() {
        let marks =
            matches!(character, '\\' | '#' | '*' | '_' | '`' | '<' | '[' | ']' | '|' | '&' | '~' | '!');
        let begins = index == 0 && matches!(character, '-' | '+' | '>' | '=');
        if marks || begins {
            plain.push('\\');
        }
        plain.push(character);
    }
    // "1. " at its beginning would be a step.
    let digits = plain.bytes().take_while(u8::is_ascii_digit).count();
    if digits > 0 && matches!(plain.as_bytes().get(digits), Some(b'.' | b')')) {
        plain.insert(digits, '\\');
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::{super::markdown, *};
    use crate::domain::document::{Step, TemplateField};
    use proptest::prelude::*;

    fn text() -> impl Strategy<Value = String> {
        "[-#*_`<>|\\\\&~!+=.)（：a1党员 ]{1,12}".prop_filter_map("blank", |text| {
            let text = text.trim().to_owned();
            (!text.is_empty()).then_some(text)
        })
    }

    fn block() -> impl Strategy<Value = Block> {
        let texts = || proptest::collection::vec(text(), 2..4);
        let said = || prop_oneof![Just(String::new()), text()];
        let step = (text(), said(), said(), said()).prop_map(|(text, who, when, record)| Step {
            text,
            who,
            when,
            record,
        });
        let field = (text(), said()).prop_map(|(name, hint)| TemplateField { name, hint });
        prop_oneof![
            text().prop_map(|text| Block::Paragraph { text }),
            texts().prop_map(|entries| Block::List { entries }),
            proptest::collection::vec(step, 1..12).prop_map(|steps| Block::Steps { steps }),
            (texts(), text()).prop_map(|(head, cell)| {
                let row = head.iter().map(|_| cell.clone()).collect();
                Block::Table { head, rows: vec![row] }
            }),
            (text(), proptest::collection::vec(field, 1..3))
                .prop_map(|(title, fields)| Block::Template { title, fields }),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn what_is_written_is_read_again(blocks in proptest::collection::vec(block(), 1..4)) {
            // Two procedures after each other are one to Markdown.
            let is_steps = |block: &Block| matches!(block, Block::Steps { .. });
            prop_assume!(!blocks.windows(2).any(|pair| is_steps(&pair[0]) && is_steps(&pair[1])));
            let written = crate::sheets::canonical(&body(&blocks));
            prop_assert_eq!(markdown::blocks(&written), Ok(blocks), "{}", written);
        }
    }
}
