//! 一编一册 as the phone reads it: the documents in order, a section's neighbours, and which sections help with which item.

use crate::{
    domain::{Block, Collection, ContentHash, Document, ItemId, Section, SectionId, document::Step},
    protocol::PublishedDocument,
};

/// The documents that can be read now.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Library {
    documents: Vec<Document>,
}

/// A section, with what stands around it.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// Its document.
    pub document: &'a Document,
    /// The section.
    pub section: &'a Section,
    /// Its number in its document, from 1.
    pub number: usize,
    /// The section before it, in reading order.
    pub previous: Option<&'a Section>,
    /// The one after it.
    pub next: Option<&'a Section>,
}

impl Library {
    /// The documents of the version in force, in its order. One whose new edition has not come yet is read in the edition that is
    /// here; without a published list (it could not be read) everything that is here is shown.
    pub fn new(published: &[PublishedDocument], held: Vec<(ContentHash, Document)>) -> Self {
        if published.is_empty() {
            let mut documents: Vec<Document> = held.into_iter().map(|(_, document)| document).collect();
            documents.sort_by(|a, b| (a.collection, a.number, &a.id).cmp(&(b.collection, b.number, &b.id)));
            return Self { documents };
        }
        let find = |wanted: &PublishedDocument| {
            let newest = held.iter().find(|(hash, _)| hash == &wanted.hash);
            newest.or_else(|| held.iter().find(|(_, document)| document.id == wanted.id))
        };
        Self { documents: published.iter().filter_map(find).map(|(_, document)| document.clone()).collect() }
    }

    /// Whether nothing is here.
    pub fn is_empty(&self) -> bool {
        self.documents.is_empty()
    }

    /// The documents of one book.
    pub fn of(&self, collection: Collection) -> impl Iterator<Item = &Document> {
        self.documents.iter().filter(move |document| document.collection == collection)
    }

    /// All sections in the order of reading.
    pub fn sections(&self) -> impl Iterator<Item = (&Document, &Section)> {
        self.documents
            .iter()
            .flat_map(|document| document.sections.iter().map(move |section| (document, section)))
    }

    /// The section of this id and what stands around it.
    pub fn find(&self, id: &SectionId) -> Option<Place<'_>> {
        let all: Vec<(&Document, &Section)> = self.sections().collect();
        let at = all.iter().position(|(_, section)| &section.id == id)?;
        let (document, section) = *all.get(at)?;
        let beside = |at: Option<usize>| at.and_then(|at| all.get(at)).map(|(_, section)| *section);
        Some(Place {
            document,
            section,
            number: document.sections.iter().position(|other| other.id == section.id)? + 1,
            previous: beside(at.checked_sub(1)),
            next: beside(at.checked_add(1)),
        })
    }

    /// The record templates in the order of reading, each with its section.
    pub fn templates(&self) -> impl Iterator<Item = (&Section, &Block)> {
        let blocks =
            self.sections().flat_map(|(_, section)| section.blocks.iter().map(move |block| (section, block)));
        blocks.filter(|(_, block)| matches!(block, Block::Template { .. }))
    }

    /// The sections that help with an item.
    pub fn about<'a>(&'a self, item: &'a ItemId) -> impl Iterator<Item = (&'a Document, &'a Section)> {
        self.sections().filter(move |(_, section)| section.items.contains(item))
    }
}

/// 第四章 or 制度3: how a document is called beside its title.
pub fn ordinal(document: &Document) -> String {
    const DIGITS: [&str; 11] = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十"];
    match (document.collection, DIGITS.get(usize::from(document.number))) {
        (Collection::Handbook, Some(digit)) => format!("第{digit}章"),
        (Collection::Handbook, None) => format!("第{}章", document.number),
        (Collection::Compilation, _) => format!("制度{}", document.number),
    }
}

/// A section's title with its document's, for where it stands alone: 党费收缴使用管理制度 · 交多少.
pub fn full_title(document: &Document, section: &Section) -> String {
    format!("{} · {}", document.title, section.title)
}

/// Everything a section says, as one text to be searched, in the [`lines`] of its blocks.
pub fn plain_text(section: &Section) -> String {
    let lines = section.blocks.iter().flat_map(lines).map(|line| line.replace('\n', " "));
    lines.collect::<Vec<_>>().join("\n")
}

/// What a block says: a text for each paragraph, entry, step, row and template, which are the places one can be led to.
pub fn lines(block: &Block) -> Vec<String> {
    match block {
        Block::Paragraph { text } => vec![text.clone()],
        Block::List { entries } => entries.iter().map(|entry| format!("· {entry}")).collect(),
        Block::Steps { steps } => {
            let step = |(number, step): (usize, &Step)| {
                let facts = [("谁", &step.who), ("何时", &step.when), ("记什么", &step.record)];
                let said = facts.iter().filter(|(_, text)| !text.is_empty());
                let said = said.map(|(name, text)| format!("\n{name}：{text}"));
                format!("{}. {}{}", number + 1, step.text, said.collect::<String>())
            };
            steps.iter().enumerate().map(step).collect()
        }
        Block::Table { head, rows } => {
            let row = |row: &Vec<String>| {
                let cells = head.iter().zip(row).map(|(name, cell)| format!("{name}：{cell}"));
                cells.collect::<Vec<_>>().join("，")
            };
            rows.iter().map(row).collect()
        }
        Block::Template { title, .. } => vec![format!("{title}\n{}", template_text(block))],
    }
}

/// A template as lines to fill in: what is copied or shared. Empty for other blocks.
pub fn template_text(block: &Block) -> String {
    let Block::Template { fields, .. } = block else { return String::new() };
    let line = |hint: &str| if hint.is_empty() { String::new() } else { format!("（{hint}）") };
    let lines = fields.iter().map(|field| format!("{}：{}", field.name, line(&field.hint)));
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::testing::document;

    fn published(document: &Document) -> PublishedDocument {
        let Document { id, collection, number, title, .. } = document.clone();
        PublishedDocument { id, collection, number, title, hash: document.hash().unwrap(), bytes: 1 }
    }

    #[test]
    fn a_document_whose_new_edition_has_not_come_is_read_in_the_old_one() {
        let old: Vec<Document> = (1..=3).map(|number| document(Collection::Handbook, number)).collect();
        let mut new = old.clone();
        new[1].title = "新版".into();
        let list: Vec<PublishedDocument> = new.iter().rev().map(published).collect();
        let held = |documents: &[Document]| -> Vec<(ContentHash, Document)> {
            documents.iter().map(|document| (document.hash().unwrap(), document.clone())).collect()
        };
        let titles = |library: &Library| -> Vec<String> {
            library.documents.iter().map(|document| document.title.clone()).collect()
        };
        assert_eq!(titles(&Library::new(&list, held(&old))), ["第3份", "第2份", "第1份"]);
        let both = [held(&old), held(&new[1..2])].concat();
        assert_eq!(titles(&Library::new(&list, both)), ["第3份", "新版", "第1份"]);
        assert_eq!(titles(&Library::new(&[], held(&old))), ["第1份", "第2份", "第3份"]);
    }

    #[test]
    fn sections_follow_each_other_across_documents_and_know_their_items() {
        let mut documents: Vec<Document> =
            (1..=2).map(|number| document(Collection::Handbook, number)).collect();
        let item = ItemId::new("NC-D1").unwrap();
        documents[1].sections[0].items.push(item.clone());
        let library = Library { documents };
        let place = library.find(&SectionId::new("D2-1").unwrap()).unwrap();
        assert_eq!((place.number, place.previous.map(|section| section.id.as_str())), (1, Some("D1-1")));
        assert!(place.next.is_none());
        assert_eq!(ordinal(place.document), "第二章");
        assert_eq!(
            library.about(&item).map(|(_, section)| section.id.as_str()).collect::<Vec<_>>(),
            ["D2-1"]
        );
        assert!(library.find(&SectionId::new("gone").unwrap()).is_none());
    }
}
