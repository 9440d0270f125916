//! 领域: the eight sectors of the city's "1+8" documents.

/// Each by the name that people write and the id that standards, rosters and phones share. A standard may have further sectors,
/// which no roster can name.
pub const SECTORS: [(&str, &str); 8] = [
    ("农村", "rural"),
    ("社区", "community"),
    ("机关", "government"),
    ("国企", "state_enterprise"),
    ("非公企业", "private_enterprise"),
    ("学校", "school"),
    ("公立医院", "hospital"),
    ("社会组织", "social_organisation"),
];

/// Its name; the id where it is none of the eight.
pub fn name(id: &str) -> &str {
    SECTORS.iter().find(|(_, known)| *known == id).map_or(id, |(name, _)| name)
}
