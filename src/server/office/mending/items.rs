//! Which item a finding is about, also where the version in force has it no more.

use crate::{
    domain::{Checklist, Item, ItemId},
    server::database::{Database, DatabaseError},
};
use std::sync::Arc;

/// All checklists that ever were, the newest first, of which the first ones are in force.
#[derive(Debug, Default)]
pub(crate) struct Items {
    ever: Vec<Arc<Checklist>>,
    in_force: usize,
}

/// An item that a finding is about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known<'a> {
    /// Its number in the checklist in force; in the last one that had it, where that one has it no more.
    pub(crate) number: usize,
    /// The item.
    pub(crate) item: &'a Item,
    /// Whether only an earlier version has it.
    pub(crate) is_of_old: bool,
}

impl Items {
    /// Reads them.
    pub(crate) async fn read(database: &Database) -> Result<Self, DatabaseError> {
        Ok(Self { ever: database.ever_published().await?, in_force: database.how_many_in_force().await? })
    }

    /// The checklist in force for a sector.
    pub(crate) fn in_force(&self, sector: &str) -> Option<&Checklist> {
        self.all_in_force().find(|list| list.sector.as_str() == sector)
    }

    /// The checklists in force.
    pub(crate) fn all_in_force(&self) -> impl Iterator<Item = &Checklist> {
        self.ever.iter().map(AsRef::as_ref).take(self.in_force)
    }

    /// The number of an item in the checklist in force.
    pub(super) fn place(&self, sector: &str, id: &ItemId) -> Option<usize> {
        self.in_force(sector).and_then(|list| list.find(id)).map(|(number, ..)| number)
    }

    /// The item in the version in force; else in the newest version of the sector that has it; else in the newest of any sector: a
    /// branch may have come under another one since. `None` where none has it.
    pub(crate) fn find(&self, sector: &str, id: &ItemId) -> Option<Known<'_>> {
        let of_sector = self.ever.iter().filter(|list| list.sector.as_str() == sector);
        let of_old = of_sector.chain(&self.ever).map(|list| (list.as_ref(), true));
        let lists = self.in_force(sector).map(|list| (list, false)).into_iter().chain(of_old);
        lists
            .filter_map(|(list, is_of_old)| Some((list.find(id)?, is_of_old)))
            .map(|((number, _, item), is_of_old)| Known { number, item, is_of_old })
            .next()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::testing::{checklist, item_id};

    #[test]
    fn an_item_of_an_earlier_version_is_known_as_it_stood_there() {
        let old = checklist();
        let mut new = old.clone();
        new.aspects[0].items.remove(0);
        let sector = old.sector.as_str().to_owned();
        let (gone, kept) = (old.aspects[0].items[0].clone(), old.aspects[1].items[0].clone());
        let items = Items { ever: [new, old].map(Arc::new).into(), in_force: 1 };
        let found = |sector: &str, item: &Item| {
            let known = items.find(sector, &item.id).unwrap();
            assert_eq!(known.item, item);
            (known.number, known.is_of_old)
        };
        assert_eq!(found(&sector, &gone), (1, true));
        assert_eq!(found("elsewhere", &gone), (1, true));
        assert_eq!(found(&sector, &kept), (2, false));
        assert!(items.find(&sector, &item_id("NC-X9")).is_none());
    }
}
