//! 搜索: over items, handbook and compilation, as one types, without a network.
//!
//! Chinese has no spaces, so there are no words to index. Each text is folded character by character (full width to half width,
//! capitals to small letters), and for each character is remembered which texts have it. A query first narrows the texts by its
//! characters and then looks for its words in the few that are left. Where no text has the words as they were typed, texts that
//! have most of their pairs of characters are found instead: "党费交多少" finds what says 党费 and 交多少.

use std::collections::BTreeMap;

/// A text that can be found, and what it leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry<T> {
    /// What is opened.
    pub target: T,
    /// Its title; a hit here counts more.
    pub title: String,
    /// The rest, in lines.
    pub text: String,
}

/// A piece of a shown text, and whether it is what was looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The piece.
    pub text: String,
    /// Whether it is to be marked.
    pub hit: bool,
}

/// One result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found<T> {
    /// What is opened.
    pub target: T,
    /// The title, hits marked.
    pub title: Vec<Piece>,
    /// Where in the text the hit is, hits marked; the beginning when only the title has one.
    pub excerpt: Vec<Piece>,
    /// In which of the text's lines that is, from 0; `None` when only the title has a hit.
    pub line: Option<usize>,
}

/// What a query has found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hits {
    /// The entries, the best first.
    pub numbers: Vec<usize>,
    sought: Vec<String>,
}

/// The longest query that is looked at, in characters: what is pasted by mistake is cut.
const MAX_QUERY_CHARS: usize = 60;
/// So many characters are shown before the first hit, and so many from it on: three lines on a phone.
const BEFORE: usize = 12;
const AFTER: usize = 32;
/// From this share of its pairs on, in percent, a text is near enough to what was typed.
const NEAR_PERCENT: usize = 50;
/// Fewer pairs than these say too little.
const LEAST_PAIRS: usize = 3;

/// Texts ready to be searched.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Index<T> {
    entries: Vec<Entry<T>>,
    /// Title, a line feed, text; folded. One character for each of the original's.
    folded: Vec<String>,
    /// For each character the entries that have it, one bit each.
    having: BTreeMap<char, Vec<u64>>,
}

/// One character in the form in which it is compared. Never changes their number, so that places stay the same.
fn fold(c: char) -> char {
    let half = match c {
        // Full-width forms of ASCII lie 0xFEE0 above it (Unicode block Halfwidth and Fullwidth Forms).
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        '\u{3000}' | '\u{A0}' | '\t' => ' ',
        other => other,
    };
    half.to_ascii_lowercase()
}

fn folded(text: &str) -> String {
    text.chars().map(fold).collect()
}

impl<T: Clone> Index<T> {
    /// Prepares these texts.
    pub fn new(entries: Vec<Entry<T>>) -> Self {
        let folded: Vec<String> =
            entries.iter().map(|entry| folded(&format!("{}\n{}", entry.title, entry.text))).collect();
        let words = entries.len().div_ceil(64);
        let mut having: BTreeMap<char, Vec<u64>> = BTreeMap::new();
        for (number, text) in folded.iter().enumerate() {
            for c in text.chars().filter(|c| !c.is_whitespace()) {
                let bits = having.entry(c).or_insert_with(|| vec![0; words]);
                if let Some(word) = bits.get_mut(number / 64) {
                    *word |= 1 << (number % 64);
                }
            }
        }
        Self { entries, folded, having }
    }

    /// What a query finds, the best first. Several words must all occur. Nothing is marked yet: [`Index::show`] does that for those
    /// that are looked at.
    pub fn find(&self, query: &str) -> Hits {
        let query: String = query.chars().take(MAX_QUERY_CHARS).map(fold).collect();
        let words: Vec<&str> = query.split_whitespace().collect();
        if words.is_empty() {
            return Hits::default();
        }
        let all = self.with_all(words.iter().flat_map(|word| word.chars()));
        let mut found: Vec<(usize, usize)> =
            all.into_iter().filter_map(|number| Some((self.rank(number, &words)?, number))).collect();
        let mut sought: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        if found.is_empty() {
            sought = pairs_of(&words);
            found = self.near(&sought);
        }
        found.sort_by_key(|(rank, number)| (core::cmp::Reverse(*rank), *number));
        Hits { numbers: found.into_iter().map(|(_, number)| number).collect(), sought }
    }

    /// What an entry of the hits opens.
    pub fn target(&self, number: usize) -> Option<&T> {
        self.entries.get(number).map(|entry| &entry.target)
    }

    /// The entries that have all of these characters.
    fn with_all(&self, chars: impl Iterator<Item = char>) -> Vec<usize> {
        let mut left: Option<Vec<u64>> = None;
        for c in chars {
            let Some(bits) = self.having.get(&c) else { return Vec::new() };
            match &mut left {
                None => left = Some(bits.clone()),
                Some(left) => left.iter_mut().zip(bits).for_each(|(left, bits)| *left &= bits),
            }
        }
        let left = left.unwrap_or_default();
        (0..self.entries.len())
            .filter(|number| left.get(number / 64).is_some_and(|word| word >> (number % 64) & 1 == 1))
            .collect()
    }

    /// How good an entry is if it has all words: the more of them in the title the better.
    fn rank(&self, number: usize, words: &[&str]) -> Option<usize> {
        let text = self.folded.get(number)?;
        let title_ends = text.find('\n').unwrap_or(text.len());
        let mut in_title = 0;
        for word in words {
            let (at, _) = hits(text, word).next()?;
            in_title += usize::from(at < title_ends);
        }
        Some(in_title)
    }

    /// The entries that have most of these pairs.
    fn near(&self, pairs: &[String]) -> Vec<(usize, usize)> {
        if pairs.len() < LEAST_PAIRS {
            return Vec::new();
        }
        let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
        for pair in pairs {
            for number in self.with_all(pair.chars()) {
                if self.folded.get(number).is_some_and(|text| text.contains(pair.as_str())) {
                    *counts.entry(number).or_default() += 1;
                }
            }
        }
        let enough = (pairs.len() * NEAR_PERCENT).div_ceil(100).max(1);
        counts
            .into_iter()
            .filter(|(_, count)| *count >= enough)
            .map(|(number, count)| (count, number))
            .collect()
    }

    /// An entry of the hits as it is shown, hits marked.
    pub fn show(&self, number: usize, of: &Hits) -> Option<Found<T>> {
        let words: Vec<&str> = of.sought.iter().map(String::as_str).collect();
        let (entry, folded) = (self.entries.get(number)?, self.folded.get(number)?);
        let ends = folded.find('\n').unwrap_or(folded.len());
        let (title, text) = (folded.get(..ends)?, folded.get(ends + 1..).unwrap_or_default());
        let title = marked(&entry.title, &spans(title, &words));
        // No farther than can be shown: a single letter has a hit in every other line.
        let begins = words.iter().filter_map(|word| hits(text, word).next()).map(|(at, _)| at).min();
        let reach = AFTER + MAX_QUERY_CHARS;
        let near = begins.and_then(|at| Some(at + text.get(at..)?.char_indices().nth(reach)?.0));
        let spans = spans(near.and_then(|near| text.get(..near)).unwrap_or(text), &words);
        let first = spans.first().map_or(0, |(from, _)| *from);
        let from = first.saturating_sub(BEFORE);
        let length = entry.text.chars().count();
        let until = first.saturating_add(AFTER).min(length);
        let shown = entry.text.chars().skip(from).take(until.saturating_sub(from));
        let cut: String = shown.map(|c| if c == '\n' { ' ' } else { c }).collect();
        let within: Vec<(usize, usize)> = spans
            .iter()
            .filter(|(a, b)| *b > from && *a < until)
            .map(|(a, b)| (a.saturating_sub(from), b.min(&until) - from))
            .collect();
        let mut excerpt = marked(&cut, &within);
        let dots = || Piece { text: "…".into(), hit: false };
        if from > 0 {
            excerpt.insert(0, dots());
        }
        if until < length {
            excerpt.push(dots());
        }
        let line = begins.and_then(|at| text.get(..at)).map(|before| before.matches('\n').count());
        Some(Found { target: entry.target.clone(), title, excerpt, line })
    }
}

/// The byte ranges where a word occurs. A number is found as a number: 32 is not in 132 or 320.
fn hits<'a>(text: &'a str, word: &'a str) -> impl Iterator<Item = (usize, usize)> + 'a {
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    let (starts, ends) = (digit(word.chars().next()), digit(word.chars().next_back()));
    text.match_indices(word).filter_map(move |(at, _)| {
        let until = at + word.len();
        let cut_before = starts && digit(text.get(..at)?.chars().next_back());
        let cut_after = ends && digit(text.get(until..)?.chars().next());
        (!cut_before && !cut_after).then_some((at, until))
    })
}

/// Where the words occur, in characters, in order, without overlaps.
fn spans(text: &str, words: &[&str]) -> Vec<(usize, usize)> {
    let mut bytes: Vec<(usize, usize)> = words.iter().flat_map(|word| hits(text, word)).collect();
    bytes.sort_unstable();
    let mut spans: Vec<(usize, usize)> = Vec::new();
    // Places only ever move on, so that characters are counted once.
    let (mut counted_bytes, mut counted) = (0, 0);
    let mut place = |byte: usize| {
        counted += text.get(counted_bytes..byte).map_or(0, |run| run.chars().count());
        counted_bytes = counted_bytes.max(byte);
        counted
    };
    let mut merged: Vec<(usize, usize)> = Vec::new();
    for (from, until) in bytes {
        match merged.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(until),
            _ => merged.push((from, until)),
        }
    }
    for (from, until) in merged {
        let from = place(from);
        spans.push((from, place(until)));
    }
    spans
}

fn marked(text: &str, spans: &[(usize, usize)]) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for (at, c) in text.chars().enumerate() {
        let hit = spans.iter().any(|(from, until)| (*from..*until).contains(&at));
        match pieces.last_mut() {
            Some(last) if last.hit == hit => last.text.push(c),
            _ => pieces.push(Piece { text: c.into(), hit }),
        }
    }
    pieces
}

/// Each two neighbouring characters of the words, each pair once.
fn pairs_of(words: &[&str]) -> Vec<String> {
    let mut pairs: Vec<String> = Vec::new();
    for word in words {
        let chars: Vec<char> = word.chars().collect();
        for pair in chars.windows(2).map(|pair| pair.iter().collect::<String>()) {
            if !pairs.contains(&pair) {
                pairs.push(pair);
            }
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index() -> Index<u8> {
        let entry =
            |target, title: &str, text: &str| Entry { target, title: title.into(), text: text.into() };
        Index::new(vec![
            entry(
                1,
                "党费标准",
                "税后月工资3000元以下的交0.5%。\n农民党员每月交0.2元至1元，要交多少一年一定。",
            ),
            entry(2, "集中学习", "党员每年集中学习不少于３２学时，书记和班子成员５６学时。"),
            entry(3, "支部党员大会", "一般每季度召开1次。三会一课的记录要写明应到、实到。"),
            entry(4, "人数", "正式党员132人、320人都不是32人。APP里能查。"),
        ])
    }

    fn shown(query: &str) -> Vec<Found<u8>> {
        let index = index();
        let hits = index.find(query);
        hits.numbers.iter().filter_map(|number| index.show(*number, &hits)).collect()
    }

    fn targets(query: &str) -> Vec<u8> {
        shown(query).into_iter().map(|found| found.target).collect()
    }

    #[test]
    fn words_are_found_as_one_types_whatever_their_width() {
        assert_eq!(targets("党"), [1, 3, 2, 4], "a title counts more");
        assert_eq!(targets("党费"), [1]);
        assert_eq!(targets("32学时"), [2]);
        assert_eq!(targets("３２　学时"), [2]);
        assert_eq!(targets("app"), [4]);
        assert_eq!(targets("ＡＰＰ"), [4]);
        assert_eq!(targets("记录 应到"), [3]);
        assert_eq!(targets("应到 党费"), [] as [u8; 0], "all words must occur");
        assert_eq!(targets("   "), [] as [u8; 0]);
        assert_eq!(targets("龘"), [] as [u8; 0]);
    }

    #[test]
    fn a_number_is_not_found_inside_of_another() {
        assert_eq!(targets("32"), [2, 4]);
        assert_eq!(targets("13"), [] as [u8; 0]);
        let found = shown("32人").remove(0);
        let marked: Vec<&str> = found.excerpt.iter().filter(|p| p.hit).map(|p| p.text.as_str()).collect();
        assert_eq!(marked, ["32人"], "the one that stands alone");
    }

    #[test]
    fn what_nobody_wrote_in_these_words_is_found_nearby() {
        assert_eq!(targets("党费交多少"), [1]);
        assert_eq!(targets("三会一课怎么记录"), [3]);
    }

    #[test]
    fn hits_are_marked_in_the_words_of_the_text() {
        let found = shown("学时").remove(0);
        let text: String = found.excerpt.iter().map(|piece| piece.text.as_str()).collect();
        assert_eq!(text, "…员每年集中学习不少于３２学时，书记和班子成员５６学时。");
        assert_eq!(found.excerpt.iter().filter(|piece| piece.hit).count(), 2);
        let title = shown("大会").remove(0).title;
        assert_eq!(title.last(), Some(&Piece { text: "大会".into(), hit: true }));
        assert_eq!(title.first(), Some(&Piece { text: "支部党员".into(), hit: false }));
    }

    #[test]
    fn the_line_of_the_first_hit_is_known() {
        let line = |query: &str| shown(query).remove(0).line;
        assert_eq!((line("3000元"), line("农民党员 每月"), line("党费")), (Some(0), Some(1), None));
    }

    proptest::proptest! {
        /// Nothing typed makes it fail, and what is shown is always a piece of the text.
        #[test]
        fn any_query_is_answered(query in "\\PC{0,80}") {
            for found in shown(&query) {
                let title: String = found.title.iter().map(|piece| piece.text.as_str()).collect();
                proptest::prop_assert!(["党费标准", "集中学习", "支部党员大会", "人数"].contains(&title.as_str()));
            }
        }
    }
}
