use super::stage::{BASE, SHILI, Stage};

#[test]
fn a_newcomer_gets_an_invented_county_and_a_link_to_each_desk_again_and_again() {
    let stage = Stage::empty();
    stage.run(&["demo"]).refused(&[stage.nothing_there()]);
    stage.run(&["standard", "publish-builtin"]);
    let links = |out: &str| -> Vec<String> {
        let links = out.lines().map(str::trim).filter(|line| line.starts_with("https://"));
        links.map(str::to_owned).collect()
    };
    let first = stage.run(&["demo", "--base-url", BASE]).ok();
    let again = stage.run(&["demo", "--base-url", BASE]).ok();
    assert!(first.contains("造好了") && again.contains("没有再造"), "{first}{again}");
    assert_eq!((links(&first).len(), links(&again).len()), (4, 4));
    assert!(links(&again).iter().all(|link| !links(&first).contains(link)), "a link is good once");
    let accounts = stage.run(&["account", "list", "--json"]).json();
    assert_eq!(accounts.as_array().unwrap().len(), 4);
    let units = stage.run(&["account", "list"]).ok();
    assert!(!units.contains(SHILI));
}

/// What is invented gets among real units only by somebody's word.
#[test]
fn beside_a_roster_the_invented_county_wants_a_yes() {
    let stage = Stage::ready();
    let before = stage.run(&["account", "list", "--json"]).json();
    stage.run(&["demo", "--base-url", BASE]).refused(&["已经有别的党组织", "--yes"]);
    assert_eq!(stage.run(&["account", "list", "--json"]).json(), before, "nothing was made");
    assert!(stage.run(&["demo", "--yes", "--base-url", BASE]).ok().contains("造好了"));
}
