//! How lists of findings name the item that a finding is about, also where the version in force has it no more.

use crate::server::{cli::error::CliError, office::standards::checklists_in_force};
use crate::{
    domain::{Checklist, Item, ItemId},
    server::database::Database,
};
use std::collections::BTreeMap;

/// The checklists in force by sector, and all that ever were, the newest first.
pub(crate) struct Items {
    in_force: BTreeMap<String, Checklist>,
    ever: Vec<Checklist>,
}

impl Items {
    /// Reads them.
    pub(crate) async fn read(database: &Database) -> Result<Self, CliError> {
        let in_force = checklists_in_force(database).await?;
        Ok(Self { in_force, ever: database.ever_published().await? })
    }

    /// The checklist in force for a sector.
    pub(crate) fn in_force(&self, sector: &str) -> Option<&Checklist> {
        self.in_force.get(sector)
    }

    /// Number and item in the newest version of the sector that has it; else in the newest of any sector: a branch may have
    /// come under another one since.
    fn of_old(&self, sector: &str, id: &ItemId) -> Option<(usize, &Item)> {
        let of_sector = self.ever.iter().filter(|list| list.sector.as_str() == sector);
        let found = of_sector.chain(&self.ever).find_map(|list| list.find(id));
        found.map(|(number, _, item)| (number, item))
    }

    /// 第17条 of the checklist in force; 原第7条“党务公开” where only an earlier version has the item; the bare id where none has;
    /// empty where no item is named.
    pub(crate) fn named(&self, id: Option<&ItemId>, sector: &str) -> String {
        let Some(id) = id else { return String::new() };
        if let Some((number, ..)) = self.in_force(sector).and_then(|list| list.find(id)) {
            return format!("第{number}条");
        }
        self.of_old(sector, id)
            .map_or_else(|| id.to_string(), |(number, item)| format!("原第{number}条“{}”", item.title))
    }

    /// What the item is called.
    pub(crate) fn title(&self, id: &ItemId, sector: &str) -> &str {
        let now = self.in_force(sector).and_then(|list| list.find(id)).map(|(_, _, item)| item);
        now.or_else(|| self.of_old(sector, id).map(|(_, item)| item)).map_or("", |item| &item.title)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::testing::{checklist, item_id};

    #[test]
    fn an_item_of_an_earlier_version_is_named_as_it_stood_there() {
        let old = checklist();
        let mut new = old.clone();
        new.aspects[0].items.remove(0);
        let sector = old.sector.as_str().to_owned();
        let (gone, kept) = (old.aspects[0].items[0].clone(), old.aspects[1].items[0].clone());
        let items = Items { in_force: BTreeMap::from([(sector.clone(), new.clone())]), ever: vec![new, old] };
        assert_eq!(items.named(Some(&gone.id), &sector), format!("原第1条“{}”", gone.title));
        assert_eq!(items.named(Some(&gone.id), "elsewhere"), format!("原第1条“{}”", gone.title));
        assert_eq!(items.named(Some(&kept.id), &sector), "第2条");
        assert_eq!(items.title(&gone.id, &sector), gone.title);
        let unknown = item_id("NC-X9");
        assert_eq!(items.named(Some(&unknown), &sector), "NC-X9");
    }
}
