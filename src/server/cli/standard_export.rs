//! `standard template` and `standard export`: a standard as a workbook to go on with.

use super::{
    error::{self, CliError},
    package::{self, Source},
    standard_version::{is_in_force, nothing_published, published},
    text::say,
};
use crate::{
    authoring::{self, Package, builtin, export, template},
    server::database::Database,
    sheets::Sheet,
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
        help = "要做成工作簿的标准；不写，或者写“在用”，就是正在使用的那一版",
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
        self.named().is_none() && !self.builtin
    }

    /// The file that is named, not the version in force.
    fn named(&self) -> Option<&Path> {
        self.file.as_deref().filter(|file| !is_in_force(file))
    }

    /// Runs the command.
    pub(super) async fn run(self, database: Option<&Database>) -> Result<(), CliError> {
        let (sheets, package) = match self.named() {
            Some(file) => {
                let Source { sheets, package, notices } = package::read(file)?;
                notices.into_iter().for_each(|notice| say(format!("提示：{notice}")));
                (sheets, package)
            }
            None if self.builtin => {
                let sheets = builtin::sheets().map_err(CliError::Faults)?;
                let package = authoring::parse(&sheets).map_err(CliError::Faults)?;
                (sheets, package)
            }
            None => {
                let published = published(database).await?;
                let package = Package::from_published(published.checklists, published.documents);
                let package = package.ok_or_else(nothing_published)?;
                let lost = || {
                    let problem = "正在使用的这一版有写不进表格的内容，写成工作簿就不是原来的那一版了";
                    CliError::refused(problem, "从当初发布用的表格改起，并把这句话告诉维护的人")
                };
                (package.to_same_sheets().ok_or_else(lost)?, package)
            }
        };
        write(&self.output, &sheets)?;
        let standard = &package.standard;
        say(format!("《{}》{}写在“{}”。", standard.title, standard.version, self.output.display()));
        Ok(())
    }
}

fn write(output: &Path, sheets: &[Sheet]) -> Result<(), CliError> {
    error::must_be_new_workbook(output)?;
    error::write_new(output, &export::workbook(sheets)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Points;

    #[tokio::test]
    async fn what_would_not_come_back_the_same_is_not_exported() {
        let folder = tempfile::tempdir().unwrap();
        let database = crate::server::database::testing::database(&folder).await;
        let output = folder.path().join("在用.xlsx");
        let export = || Export { file: None, builtin: false, output: output.clone() };
        let Package { mut checklists, documents, .. } = builtin().unwrap();
        database.publish(&checklists, &documents, &[]).await.unwrap();
        export().run(Some(&database)).await.unwrap();
        std::fs::remove_file(&output).unwrap();
        // A line of grades that only one sector has: the sheet 等次 has no place for it.
        checklists[1].grading.thresholds[0].at_least = Points::from_hundredths(9_600);
        database.publish(&checklists, &documents, &[]).await.unwrap();
        let refused = export().run(Some(&database)).await.unwrap_err().to_string();
        assert!(refused.contains("写不进表格") && refused.contains("办法："), "{refused}");
        assert!(!output.exists());
    }
}
