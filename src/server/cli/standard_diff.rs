//! `standard diff`: what changed between two versions, in the words that a phone uses, and in the documents.

use super::{
    error::CliError,
    package,
    standard::{nothing_published, published},
    text::say,
};
use crate::{
    domain::{Checklist, Collection, Document, Section, SectorId, differences},
    server::database::Database,
    words::difference::{Card, card, summary},
};
use std::path::{Path, PathBuf};

/// Stands for the version that is published, in the place of a file.
const IN_FORCE: &str = "在用";

#[derive(clap::Args)]
pub(super) struct Diff {
    #[arg(value_name = "OLD", help = "原来的：xlsx或者文件夹；写“在用”就是正在使用的那一版")]
    old: PathBuf,
    #[arg(value_name = "NEW", help = "现在的：xlsx或者文件夹；写“在用”就是正在使用的那一版")]
    new: PathBuf,
}

type Version = (Vec<Checklist>, Vec<Document>);

impl Diff {
    /// Whether it needs a published standard.
    pub(super) fn reads_database(&self) -> bool {
        [&self.old, &self.new].into_iter().any(|one| is_in_force(one))
    }

    /// Runs the command.
    pub(super) async fn run(self, database: Option<&Database>) -> Result<(), CliError> {
        let (old, new) = (version(&self.old, database).await?, version(&self.new, database).await?);
        let said = [sectors(&old.0, &new.0), changed(&old.0, &new.0), books(&old.1, &new.1)].concat();
        if said.is_empty() {
            say("没有变化。");
        }
        for line in said {
            say(line);
        }
        Ok(())
    }
}

fn is_in_force(path: &Path) -> bool {
    path.as_os_str() == IN_FORCE
}

async fn version(path: &Path, database: Option<&Database>) -> Result<Version, CliError> {
    if is_in_force(path) {
        return published(database).await?.ok_or_else(nothing_published);
    }
    let package = package::read(path)?;
    Ok((package.checklists, package.documents))
}

fn of<'a>(lists: &'a [Checklist], sector: &SectorId) -> Option<&'a Checklist> {
    lists.iter().find(|list| &list.sector == sector)
}

/// Sectors that came or went.
fn sectors(old: &[Checklist], new: &[Checklist]) -> Vec<String> {
    let came = new.iter().filter(|list| of(old, &list.sector).is_none());
    let went = old.iter().filter(|list| of(new, &list.sector).is_none());
    let came = came.map(|list| format!("新增“{}”领域，{}条。", list.sector_name, list.items().count()));
    came.chain(went.map(|list| format!("不再有“{}”领域。", list.sector_name))).collect()
}

/// What changed in the checklists; what several sectors share is said once.
fn changed(old: &[Checklist], new: &[Checklist]) -> Vec<String> {
    let mut lines = Vec::new();
    let mut cards: Vec<(Vec<&str>, Card)> = Vec::new();
    for list in new {
        let Some(before) = of(old, &list.sector) else { continue };
        let all = differences(before, list);
        if all.is_empty() {
            continue;
        }
        lines.push(format!("{}：{}。", list.sector_name, summary(&all)));
        for difference in &all {
            let card = card(before, list, difference);
            match cards.iter_mut().find(|(_, known)| *known == card) {
                Some((sectors, _)) => sectors.push(&list.sector_name),
                None => cards.push((vec![&list.sector_name], card)),
            }
        }
    }
    for (sectors, card) in cards {
        lines.push(String::new());
        lines.push(format!("【{}】{}（{}）", card.kind, card.about, sectors.join("、")));
        let said = |name: &str, texts: &[String]| -> Vec<String> {
            texts.iter().map(|text| format!("  {name}：{text}")).collect()
        };
        lines.extend(said("原来", &card.was));
        lines.extend(said("现在", &card.is));
        lines.push(format!("  对支部：{}", card.means));
    }
    lines
}

/// What changed in 一编一册, section by section.
fn books(old: &[Document], new: &[Document]) -> Vec<String> {
    let name = |document: &Document| {
        let book = match document.collection {
            Collection::Handbook => "手册",
            Collection::Compilation => "制度",
        };
        format!("{book}{}《{}》", document.number, document.title)
    };
    let mut lines = Vec::new();
    for document in new {
        let Some(before) = old.iter().find(|known| known.id == document.id) else {
            lines.push(format!("新增{}，{}节。", name(document), document.sections.len()));
            continue;
        };
        let find =
            |sections: &[Section], section: &Section| sections.iter().position(|one| one.id == section.id);
        let mut said = Vec::new();
        for section in &document.sections {
            match find(&before.sections, section).and_then(|place| before.sections.get(place)) {
                None => said.push(format!("加了“{}”", section.title)),
                Some(known) if known != section => said.push(format!("改了“{}”", section.title)),
                Some(_) => {}
            }
        }
        let gone = before.sections.iter().filter(|section| find(&document.sections, section).is_none());
        said.extend(gone.map(|section| format!("去了“{}”", section.title)));
        if said.is_empty() && before != document {
            said.push("题目、顺序或者领域变了".into());
        }
        if !said.is_empty() {
            lines.push(format!("{}：{}。", name(document), said.join("，")));
        }
    }
    let gone = old.iter().filter(|document| !new.iter().any(|known| known.id == document.id));
    lines.extend(gone.map(|document| format!("不再有{}。", name(document))));
    lines
}
