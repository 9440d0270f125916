//! What an item of the checklist is found by in the search, beside its title.

use crate::domain::{Item, Rule};

/// Everything that it says, in lines: what is asked and how to do it, what there is to choose from or to tick, its limits, what proves
/// it, and the documents it rests on.
pub fn item_text(item: &Item) -> String {
    let evidence: Vec<&str> = item.evidence.iter().map(|evidence| evidence.name.as_str()).collect();
    let documents: Vec<&str> = item.citations.iter().map(|citation| citation.document.as_str()).collect();
    let mut lines = vec![item.requirement.as_str(), item.plain.as_str()];
    lines.extend(item.guidance.iter().map(String::as_str));
    lines.extend(item.parts.iter().map(|part| part.text.as_str()));
    lines.extend(item.parts.iter().flat_map(|part| options(&part.rule)));
    lines.extend(item.limits.iter().map(|limit| limit.text.as_str()));
    let (evidence, documents) = (evidence.join("、"), documents.join("、"));
    lines.extend([evidence.as_str(), documents.as_str()]);
    lines.retain(|line| !line.is_empty());
    lines.join("\n")
}

fn options(rule: &Rule) -> Vec<&str> {
    match rule {
        Rule::Level { choices } => choices.iter().map(|choice| choice.text.as_str()).collect(),
        Rule::Deduction { occurrences } | Rule::FromTotal { occurrences } => {
            occurrences.iter().map(|occurrence| occurrence.text.as_str()).collect()
        }
        Rule::Facts { facts } => facts.iter().map(|fact| fact.text.as_str()).collect(),
        Rule::YesNo | Rule::Count { .. } | Rule::Share { .. } => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Choice, ChoiceId, Citation, Points, testing::checklist};

    #[test]
    fn an_item_is_found_by_all_that_it_says() {
        let mut item = checklist().aspects[0].items[0].clone();
        let choice =
            Choice { id: ChoiceId::new("c1").unwrap(), text: "建了台账".into(), points: Points::ZERO };
        item.parts[0].rule = Rule::Level { choices: vec![choice] };
        item.citations = vec![Citation {
            document: "《条例》".into(),
            article: String::new(),
            article_checked: false,
            effective_from: None,
            effective_to: None,
        }];
        let text = item_text(&item);
        // The test item's own requirement and veto, then what was added.
        for said in [item.requirement.as_str(), "未批未换届", "建了台账", "《条例》"] {
            assert!(text.lines().any(|line| line.contains(said)), "{said}: {text}");
        }
        assert!(text.lines().all(|line| !line.is_empty()), "{text}");
    }
}
