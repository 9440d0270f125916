//! The built-in standard: an example until the department's own is in.

use super::{
    fault::Fault,
    package::{Package, SHEETS},
    sheet::Sheet,
};

/// The built-in sheets' bytes, in the order of [`SHEETS`].
const FILES: [&[u8]; 9] = [
    include_bytes!("builtin/标准.csv"),
    include_bytes!("builtin/领域.csv"),
    include_bytes!("builtin/方面.csv"),
    include_bytes!("builtin/考核方式.csv"),
    include_bytes!("builtin/考核周期.csv"),
    include_bytes!("builtin/等次.csv"),
    include_bytes!("builtin/条目.csv"),
    include_bytes!("builtin/分项.csv"),
    include_bytes!("builtin/限制.csv"),
];

/// The built-in sheets.
///
/// # Errors
/// A fault when one cannot be read, which a test rules out.
pub fn sheets() -> Result<Vec<Sheet>, Fault> {
    SHEETS.iter().zip(FILES).map(|((name, _), bytes)| Sheet::from_csv(name, bytes)).collect()
}

/// The built-in standard.
///
/// # Errors
/// Its faults, which a test rules out.
pub fn package() -> Result<Package, Vec<Fault>> {
    Package::parse(&sheets().map_err(|fault| vec![fault])?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Checklist, SectorId};

    fn rural() -> Checklist {
        let package = package().unwrap_or_else(|faults| {
            panic!("{}", faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
        });
        package.checklist(&SectorId::new("rural").unwrap()).unwrap().clone()
    }

    #[test]
    fn the_rural_standard_has_fifty_items_and_a_hundred_points_over_six_aspects() {
        let rural = rural();
        let points: Vec<_> =
            rural.aspects.iter().map(|aspect| (aspect.items.len(), aspect.points().to_string())).collect();
        let expected = [(10, "18"), (7, "12"), (9, "20"), (11, "22"), (6, "10"), (7, "18")];
        assert_eq!(points, expected.map(|(items, points)| (items, points.to_owned())));
        assert_eq!(rural.items().count(), 50);
    }

    #[test]
    fn every_item_says_how_who_looks_and_what_it_rests_on() {
        for (_, item) in rural().items() {
            assert!(
                !item.guidance.is_empty() && !item.methods.is_empty() && !item.evidence.is_empty(),
                "{}",
                item.id
            );
            assert!(!item.citations.is_empty() || !item.marks.is_empty(), "{} rests on nothing", item.id);
        }
    }

    #[test]
    fn vetoes_and_items_judged_above_are_where_they_belong() {
        let rural = rural();
        let ids = |keep: fn(&crate::domain::Item) -> bool| {
            let kept = rural.items().filter(|(_, item)| keep(item)).map(|(_, item)| item.id.to_string());
            kept.collect::<Vec<_>>()
        };
        assert_eq!(
            ids(|item| item.limits.iter().any(crate::domain::GradeLimit::is_veto)),
            ["NC-A3", "NC-C3", "NC-C4", "NC-F7"]
        );
        assert_eq!(ids(|item| item.judged_above), ["NC-F1", "NC-F5", "NC-F7"]);
        assert_eq!(ids(|item| item.only_if.is_some()), ["NC-C2", "NC-D2", "NC-D3"]);
    }

    #[test]
    fn registers_files_talks_and_ballots_are_never_photographed() {
        for (_, item) in rural().items() {
            for evidence in &item.evidence {
                let sensitive = ["名册", "档案", "谈话", "测评票", "选票", "处置"];
                if sensitive.iter().any(|word| evidence.name.contains(word)) {
                    assert!(evidence.never_photographed, "{}: {}", item.id, evidence.name);
                }
            }
        }
    }

    #[test]
    fn faults_name_sheet_row_and_column() {
        type Break = fn(&str, String) -> String;
        let cases: [(Break, &str); 5] = [
            (
                |name, text| if name == "分项" { text.replacen(",逐项,", ",随便,", 1) } else { text },
                "《分项》第2行「赋分」",
            ),
            (
                |name, text| if name == "分项" { text.replacen("NC-A2,p1", "NC-XX,p1", 1) } else { text },
                "《分项》第3行「条目」",
            ),
            (
                |name, text| {
                    if name == "考核周期" { text.replacen("2026-05-31", "五月底", 1) } else { text }
                },
                "《考核周期》第2行「止」",
            ),
            (
                |name, text| if name == "条目" { text.replacen("题目", "标题", 1) } else { text },
                "《条目》第1行「题目」",
            ),
            (
                |name, text| {
                    if name == "分项" { text.replacen(",3,逐项", ",叁,逐项", 1) } else { text }
                },
                "《分项》第2行「分值」",
            ),
        ];
        for (break_it, place) in cases {
            let sheets: Vec<Sheet> = SHEETS
                .iter()
                .zip(FILES)
                .map(|((name, _), bytes)| {
                    let text = break_it(name, String::from_utf8(bytes.to_vec()).unwrap());
                    Sheet::from_csv(name, text.as_bytes()).unwrap()
                })
                .collect();
            let faults = Package::parse(&sheets).unwrap_err();
            assert!(faults.iter().any(|fault| fault.to_string().starts_with(place)), "{place}: {faults:?}");
        }
    }

    #[test]
    fn a_byte_order_mark_and_gbk_read_the_same() {
        let plain = Sheet::from_csv("条目", FILES[6]).unwrap();
        let marked = [b"\xef\xbb\xbf", FILES[6]].concat();
        assert_eq!(Sheet::from_csv("条目", &marked).unwrap(), plain);
        let (gbk, _, lost) = encoding_rs::GBK.encode(core::str::from_utf8(FILES[6]).unwrap());
        assert!(!lost);
        assert_eq!(Sheet::from_csv("条目", &gbk).unwrap(), plain);
    }

    /// Regenerating is allowed when the content is meant to change, with a new version in 标准.csv once it was in use.
    #[test]
    fn the_content_is_what_it_was() {
        let hash = rural().hash().unwrap();
        assert_eq!(hash.as_str(), include_str!("golden/rural-hash.txt").trim());
    }
}
