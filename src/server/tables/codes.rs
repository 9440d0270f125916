//! 激活码 as a list: what is handed to the towns.

use crate::server::office::codes::Issued;

/// A column of the list.
struct Column {
    header: &'static str,
    /// Whether a terminal has it, too: there the branches of one command mostly have one unit above them.
    on_screen: bool,
    write: fn(&Issued) -> String,
}

/// The code stands as text in its three groups.
const COLUMNS: [Column; 6] = [
    Column { header: "上级党组织", on_screen: false, write: |one| one.reports_to.clone() },
    Column { header: "支部编号", on_screen: true, write: |one| one.branch.to_string() },
    Column { header: "支部", on_screen: true, write: |one| one.name.clone() },
    Column { header: "激活码", on_screen: true, write: |one| one.code.to_string() },
    Column { header: "有效到", on_screen: true, write: |one| one.valid_until.to_string() },
    Column { header: "链接", on_screen: true, write: |one| one.link.clone().unwrap_or_default() },
];

fn on_screen() -> impl Iterator<Item = &'static Column> {
    COLUMNS.iter().filter(|column| column.on_screen)
}

/// Headers and rows for a screen.
pub(crate) fn shown(issued: &[Issued]) -> (Vec<&'static str>, Vec<Vec<String>>) {
    let rows = issued.iter().map(|one| on_screen().map(|column| (column.write)(one)).collect());
    (on_screen().map(|column| column.header).collect(), rows.collect())
}

/// As CSV, with a byte order mark, so that spreadsheets read the Chinese.
pub(crate) fn csv(issued: &[Issued]) -> Result<Vec<u8>, ::csv::Error> {
    let mut writer = ::csv::Writer::from_writer(b"\xEF\xBB\xBF".to_vec());
    writer.write_record(COLUMNS.iter().map(|column| column.header))?;
    for one in issued {
        writer.write_record(COLUMNS.iter().map(|column| (column.write)(one)))?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}
