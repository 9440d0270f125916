//! The desk's pages over the city, as browsers ask for them: every page that a town, a county and the city come to from 今天要办 by
//! two links, with the time that it takes and its size before compression.

use crate::{clerk::Clerk, common, invent::City, process::Program};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

const PASSWORD: &str = "山楂树下开会记得带本子";
/// So often each page is asked for, after it was once.
const TIMES: usize = 20;
/// So many pages of one kind are asked for.
const OF_A_KIND: usize = 3;
const MAX_P95: Duration = Duration::from_millis(100);
const MAX_BYTES: usize = 60_000;

/// What pages of one kind take.
#[derive(Default)]
struct Taken {
    times: Vec<Duration>,
    bytes: usize,
}

/// Prints a row for every kind of page, and how many there are.
pub(crate) async fn look(program: &Program, city: &City) {
    let mut kinds: BTreeMap<(&str, String), Taken> = BTreeMap::new();
    let county = &city.town.as_str()[..6];
    let people = [("city", city.root.as_str()), ("county", county), ("town", city.town.as_str())];
    let links = people.map(|(login, unit)| {
        let added = ["account", "add", "--unit", unit, "--name", "某人", "--login", login, "--json"];
        let told = program.must(&[&added[..], &["--role", "管理,审核"]].concat()).said;
        serde_json::from_str::<Value>(&told).unwrap()["link"].as_str().unwrap().to_owned()
    });
    let mut server = common::Program::start(&program.database, &[]);
    for ((who, _), link) in people.into_iter().zip(links) {
        let clerk = Clerk::new(&server.base);
        let welcome = clerk.get(&link).await;
        let typed = [("password", PASSWORD), ("password-again", PASSWORD)];
        clerk.send(&welcome, "/desk/welcome", &typed).await;
        clerk.sign_in(who, PASSWORD).await;
        for (kind, addresses) in within_two_links(&clerk).await {
            let taken = kinds.entry((who, kind)).or_default();
            for address in addresses {
                for _ in 0..TIMES {
                    let started = Instant::now();
                    let page = clerk.get(&address).await;
                    taken.times.push(started.elapsed());
                    assert!(page.status.is_success(), "{} at {address}", page.status);
                    taken.bytes = taken.bytes.max(page.html.len());
                }
            }
        }
    }
    server.kill();
    told(kinds);
}

/// The pages that two links lead to, some of each kind.
async fn within_two_links(clerk: &Clerk) -> BTreeMap<String, BTreeSet<String>> {
    let mut found = BTreeMap::new();
    let mut near = note(&mut found, vec!["/desk".to_owned()]);
    for _ in 0..2 {
        let mut links = Vec::new();
        // The manual tells of all pages, also of those that are not for everybody.
        for address in near.iter().filter(|address| !address.starts_with("/desk/manual")) {
            links.extend(clerk.get(address).await.links());
        }
        near = note(&mut found, links);
    }
    found
}

/// Keeps the addresses of kinds that there are not enough of yet, and answers which those were.
fn note(found: &mut BTreeMap<String, BTreeSet<String>>, links: Vec<String>) -> Vec<String> {
    let mut fresh = Vec::new();
    for link in links {
        let address = link.split('#').next().unwrap_or_default();
        // Files are no pages: their sizes and times are the commands'.
        let is_page = address.starts_with("/desk") && !address.split('?').next().unwrap().contains('.');
        let known = found.entry(kind(address)).or_default();
        if is_page && known.len() < OF_A_KIND && known.insert(address.to_owned()) {
            fresh.push(address.to_owned());
        }
    }
    found.retain(|_, known| !known.is_empty());
    fresh
}

/// An address without what tells one unit, problem or report from another.
fn kind(address: &str) -> String {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let pieces: Vec<&str> = path
        .split('/')
        .map(|piece| if piece.bytes().any(|byte| byte.is_ascii_digit()) { "…" } else { piece })
        .collect();
    let mut names: Vec<&str> = query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, _)| name)
        .collect();
    names.sort_unstable();
    let query = if names.is_empty() { String::new() } else { format!("?{}", names.join("&")) };
    format!("{}{query}", pieces.join("/"))
}

fn told(kinds: BTreeMap<(&str, String), Taken>) {
    println!();
    println!("| page of the desk | by whom | median | p95 | most bytes |");
    println!("|---|---|---|---|---|");
    let (all, mut over) = (kinds.len(), 0);
    for ((who, kind), Taken { mut times, bytes }) in kinds {
        times.sort_unstable();
        let p95 = times[times.len() * 19 / 20];
        let ms = |time: Duration| time.as_secs_f64() * 1_000.0;
        let is_over = p95 > MAX_P95 || bytes > MAX_BYTES;
        over += usize::from(is_over);
        println!(
            "| {kind} | {who} | {:.1} ms | {:.1} ms | {bytes}{} |",
            ms(times[times.len() / 2]),
            ms(p95),
            if is_over { " **over**" } else { "" }
        );
    }
    println!();
    println!("{over} of {all} kinds of pages over {} ms or {MAX_BYTES} bytes", MAX_P95.as_millis());
}
