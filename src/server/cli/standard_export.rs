//! `standard template` and `standard export`: a standard as a workbook to go on with.

use super::{
    error::{self, CliError},
    package,
    standard::{nothing_published, published},
    text::say,
};
use crate::{
    authoring::{self, Package, Sheet, builtin, export, template},
    server::database::Database,
};
use std::path::{Path, PathBuf};

/// Writes the template.
pub(super) fn template(output: &Path) -> Result<(), CliError> {
    write(output, &template::sheets())?;
    say(format!("模板写在“{}”。每张表里有一个例子，换成自己的；先看“说明”那张表。", output.display()));
    Ok(())
}

#[derive(clap::Args)]
pub(super) struct Export {
    #[arg(
        value_name = "FILE|FOLDER",
        help = "要做成工作簿的标准；不写就是正在使用的那一版",
        conflicts_with = "builtin"
    )]
    file: Option<PathBuf>,
    #[arg(long, help = "内置的示例标准")]
    builtin: bool,
    #[arg(short, long, value_name = "FILE", help = "写成这个xlsx；已经有的文件不覆盖")]
    output: PathBuf,
}

impl Export {
    /// Whether it needs a published standard.
    pub(super) fn reads_database(&self) -> bool {
        self.file.is_none() && !self.builtin
    }

    /// Runs the command.
    pub(super) async fn run(self, database: Option<&Database>) -> Result<(), CliError> {
        let sheets = match &self.file {
            Some(file) => package::sheets(file)?,
            None if self.builtin => builtin::sheets().map_err(CliError::Faults)?,
            None => {
                let (checklists, documents) = published(database).await?.ok_or_else(nothing_published)?;
                let package = Package::from_published(checklists, documents);
                package.ok_or_else(nothing_published)?.to_sheets()
            }
        };
        // What has faults would lose some of its content on the way.
        let package = authoring::parse(&sheets).map_err(CliError::Faults)?;
        write(&self.output, &sheets)?;
        let standard = &package.standard;
        say(format!("《{}》{}写在“{}”。", standard.title, standard.version, self.output.display()));
        Ok(())
    }
}

fn write(output: &Path, sheets: &[Sheet]) -> Result<(), CliError> {
    error::must_be_new(output)?;
    error::write_new(output, &export::workbook(sheets)?)
}
