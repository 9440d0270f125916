//! 搜索 over what is on this phone: the items of the checklist and the sections of 一编一册.

use crate::{
    domain::{Checklist, Collection, Item, ItemId, SectionId},
    phone::{
        item_text::item_text,
        library::{Library, full_title, plain_text},
        search::{Entry, Found, Hits, Index},
    },
};
use std::{ops::Range, sync::Arc};

/// So many results of a group are shown; who sees more types another character.
const SHOWN: usize = 8;

/// The groups of results.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// 考核条目
    Item,
    /// 手册
    Handbook,
    /// 制度
    Compilation,
}

/// Results of one kind.
#[derive(Debug, Clone)]
pub struct Group {
    /// Which.
    pub kind: Kind,
    /// How many there are.
    pub count: usize,
    /// The best of them, by their numbers in the index.
    best: Vec<usize>,
    hits: Arc<Hits>,
    index: Arc<Index<Target>>,
}

impl Group {
    /// How many can be shown.
    pub fn showable(&self) -> usize {
        self.best.len()
    }

    /// Some of them as they are shown. Only as many as are drawn at a time: marking what was found takes longer than finding it.
    pub fn show(&self, which: Range<usize>) -> Vec<Found<Target>> {
        let numbers = self.best.get(which).unwrap_or_default();
        numbers.iter().filter_map(|number| self.index.show(*number, &self.hits)).collect()
    }
}

/// What a result opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// An item of the checklist.
    Item(ItemId),
    /// A section of one of the two books.
    Section(Collection, SectionId),
}

impl Target {
    fn kind(&self) -> Kind {
        match self {
            Self::Item(_) => Kind::Item,
            Self::Section(Collection::Handbook, _) => Kind::Handbook,
            Self::Section(Collection::Compilation, _) => Kind::Compilation,
        }
    }
}

/// What can be searched, and what it was made of.
pub struct Searchable {
    library: Option<Arc<Library>>,
    checklist: Option<Arc<Checklist>>,
    index: Arc<Index<Target>>,
}

impl Searchable {
    /// The items of the checklist and the sections of the library.
    pub fn new(library: Option<Arc<Library>>, checklist: Option<Arc<Checklist>>) -> Self {
        let mut entries = Vec::new();
        if let Some(checklist) = &checklist {
            let items = checklist.items().enumerate();
            entries.extend(items.map(|(place, (_, item))| of_item(place + 1, item)));
        }
        if let Some(library) = &library {
            entries.extend(library.sections().map(|(document, section)| Entry {
                target: Target::Section(document.collection, section.id.clone()),
                title: full_title(document, section),
                text: plain_text(section),
            }));
        }
        let index = Arc::new(Index::new(entries));
        Self { library, checklist, index }
    }

    /// Whether it was made of these.
    pub fn is_of(&self, library: Option<&Arc<Library>>, checklist: Option<&Arc<Checklist>>) -> bool {
        let same_library = match (&self.library, library) {
            (Some(a), Some(b)) => Arc::ptr_eq(a, b),
            (None, None) => true,
            _ => false,
        };
        same_library && self.checklist.as_ref() == checklist
    }

    /// What this finds, in groups, of each the best.
    pub fn find(&self, query: &str) -> Vec<Group> {
        let index = &self.index;
        let hits = Arc::new(index.find(query));
        let group = |kind: Kind| {
            let of_kind =
                |number: &&usize| index.target(**number).is_some_and(|target| target.kind() == kind);
            let numbers: Vec<usize> = hits.numbers.iter().filter(of_kind).copied().collect();
            let best = numbers.iter().take(SHOWN).copied().collect();
            Group { kind, count: numbers.len(), best, hits: Arc::clone(&hits), index: Arc::clone(index) }
        };
        let all = [Kind::Item, Kind::Handbook, Kind::Compilation].map(group);
        all.into_iter().filter(|group| group.count > 0).collect()
    }
}

fn of_item(number: usize, item: &Item) -> Entry<Target> {
    Entry {
        target: Target::Item(item.id.clone()),
        title: format!("第{number}条 {}", item.title),
        text: item_text(item),
    }
}
