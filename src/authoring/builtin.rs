//! The built-in standard: an example until the department's own is in.

#[cfg(test)]
use super::Sheet;
use super::{Fault, Package, csv, parse};

/// Each sheet's name and file.
const FILES: [(&str, &[u8]); 11] = [
    ("标准", include_bytes!("builtin/标准.csv")),
    ("领域", include_bytes!("builtin/领域.csv")),
    ("方面", include_bytes!("builtin/方面.csv")),
    ("考核方式", include_bytes!("builtin/考核方式.csv")),
    ("考核周期", include_bytes!("builtin/考核周期.csv")),
    ("等次", include_bytes!("builtin/等次.csv")),
    ("条目", include_bytes!("builtin/条目.csv")),
    ("分项", include_bytes!("builtin/分项.csv")),
    ("选项", include_bytes!("builtin/选项.csv")),
    ("依据", include_bytes!("builtin/依据.csv")),
    ("限制", include_bytes!("builtin/限制.csv")),
];

/// The built-in standard.
///
/// # Errors
/// Its faults, which a test rules out.
pub fn builtin() -> Result<Package, Vec<Fault>> {
    let mut sheets = Vec::with_capacity(FILES.len());
    let mut faults = Vec::new();
    for (name, bytes) in FILES {
        match csv::read(name, bytes) {
            Ok(sheet) => sheets.push(sheet),
            Err(fault) => faults.push(fault),
        }
    }
    if faults.is_empty() { parse(&sheets) } else { Err(faults) }
}

/// The built-in sheets, for tests to break.
#[cfg(test)]
pub(super) fn sheets() -> Vec<Sheet> {
    FILES.iter().map(|(name, bytes)| csv::read(name, bytes).unwrap()).collect()
}
