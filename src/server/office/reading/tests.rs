//! What a reviewer is shown.

use super::*;
use crate::{
    domain::{
        ActivityKind, AnswerKey, AnswerValue, Checklist, Entry, LedgerSource, PartAnswer, Submission,
        WindowKey,
        check::tests::submission,
        ledger::testing::{meeting, record},
        testing::{checklist, item_id as item, stamp},
    },
    protocol::ReviewItem,
    server::office::{
        actor::Phone,
        people::{Grant, Person, PersonId, Role},
        reviewing::Opinion,
        submitting::Inbox,
        testing::{NOW, OPERATOR, code, town},
    },
};
use std::collections::BTreeMap;

const TODAY: Date = jiff::civil::date(2026, 11, 24);

fn list() -> Checklist {
    let mut list = checklist();
    let items = list.aspects.iter_mut().flat_map(|aspect| &mut aspect.items);
    for item in items {
        match item.id.as_str() {
            "counted" => {
                let kinds = [ActivityKind::MemberMeeting].into();
                item.parts[0].from_ledger = Some(LedgerSource::Count { kinds });
            }
            "level" => item.judged_above = true,
            _ => {}
        }
    }
    list
}

/// What `a` sends, with these entries in the place of those of the best submission.
async fn send(
    database: &Database,
    number: u8,
    parents: &[SubmissionId],
    entries: Vec<Entry>,
) -> SubmissionId {
    let list = list();
    let mut sent = submission();
    let keys: Vec<AnswerKey> = entries.iter().map(|entry| entry.key.clone()).collect();
    let rest = sent.answers.iter().filter(|entry| !keys.contains(&entry.key));
    let rest = rest.filter(|entry| entry.key.item() != Some(&item("level"))).cloned();
    let answers: Vec<Entry> =
        rest.chain(entries.into_iter().filter(|entry| entry.value.says_something())).collect();
    let held = record(1, meeting(TODAY), TODAY, 0);
    sent = Submission {
        id: SubmissionId::from_parts(NOW.0 + u64::from(number), &[number; 10]),
        branch: code("a"),
        checklist: list.hash().unwrap(),
        parents: parents.to_vec(),
        made_at: NOW.0,
        answers: answers.into(),
        ledger: vec![held].into(),
        ..sent
    };
    let phone = Phone { branch: code("a"), device: sent.device, has_ended: false };
    let (id, bytes) = (sent.id, serde_json::to_vec(&sent).unwrap());
    Inbox::start(database.clone()).submit(&NOW, &phone, sent, bytes).await.unwrap();
    id
}

fn answered(of: &str, answer: Option<PartAnswer>, reason: &str) -> Entry {
    let list = list();
    let (_, _, found) = list.find(&item(of)).unwrap();
    let key = AnswerKey::Part { item: item(of), part: found.parts[0].id.clone() };
    let value = AnswerValue::Part { answer, counted: None, own: None, reason: reason.into() };
    Entry { key, stamp: stamp(2, 1), value, under: None }
}

fn flags(reading: &Reading) -> BTreeMap<String, Vec<Flag>> {
    let seen = items(reading).into_iter();
    let flagged = seen.filter(|seen| !seen.flags.is_empty());
    flagged.map(|seen| (seen.item.id.to_string(), seen.flags.into_iter().collect())).collect()
}

#[tokio::test]
async fn what_asks_to_be_looked_at_has_a_flag_and_the_rest_has_none() {
    let (_folder, database) = town().await;
    database.publish(&[list()], &[], &[]).await.unwrap();
    let counts: BTreeMap<WindowKey, u32> =
        ["06", "07", "08", "09", "10", "11"].map(|month| (WindowKey(format!("2026-{month}")), 2)).into();
    let against = answered("counted", Some(PartAnswer::Counts { counts }), "记录本在支委手里");
    let nothing = answered("shared", None, "");
    let no = answered("yes", Some(PartAnswer::YesNo { yes: false }), "");
    let first = send(&database, 1, &[], vec![against.clone(), nothing.clone(), no]).await;
    let seen = read(&database, &OPERATOR, first, TODAY).await.unwrap();
    let flagged = flags(&seen);
    assert_eq!(flagged["counted"], [Flag::AgainstLedger]);
    assert_eq!(flagged["shared"], [Flag::Unanswered, Flag::Short]);
    assert_eq!(flagged["yes"], [Flag::Short]);
    assert_eq!(flagged["level"], [Flag::JudgedAbove]);
    assert_eq!(flagged.len(), 4, "{flagged:?}");
    let all = items(&seen);
    let counted = all.iter().find(|seen| seen.item.id.as_str() == "counted").unwrap();
    let Some((PartAnswer::Counts { counts }, entries)) = &counted.parts[0].ledger else {
        unreachable!("the ledger speaks")
    };
    assert_eq!((counts[&WindowKey("2026-11".into())], entries.len()), (1, 1));
    assert!(seen.before.is_none() && seen.waits());

    // Returned for one item; the branch mends another one as well, and says more of a third.
    let ask = ReviewItem { item: item("shared"), reason: "缺名单".into() };
    let opinion =
        Opinion { state: ReviewState::Returned, reason: String::new(), items: vec![ask], due: None };
    reviewing::give_back(&database, &NOW, &OPERATOR, &seen.known, opinion).await.unwrap();
    let yes = answered("yes", Some(PartAnswer::YesNo { yes: true }), "");
    let note = Entry {
        key: AnswerKey::Note { item: item("facts") },
        stamp: stamp(3, 1),
        value: AnswerValue::Text { text: "11月补了名单".into() },
        under: None,
    };
    let second = send(&database, 2, &[first], vec![against, nothing, yes, note]).await;
    let seen = read(&database, &OPERATOR, second, TODAY).await.unwrap();
    let flagged = flags(&seen);
    assert_eq!(flagged["yes"], [Flag::Changed]);
    assert_eq!(flagged["facts"], [Flag::Changed]);
    assert_eq!(flagged["shared"], [Flag::Unanswered, Flag::Asked, Flag::Short]);
    let all = items(&seen);
    let facts = all.iter().find(|seen| seen.item.id.as_str() == "facts").unwrap();
    assert_eq!(facts.was, [Difference::Note(String::new())]);
    assert_eq!(seen.asked.len(), 1);
    let before = read(&database, &OPERATOR, first, TODAY).await.unwrap();
    assert!(!before.waits(), "what was followed waits for nobody");
}

fn person(name: &str, unit: &str) -> Actor {
    let grant = Grant { unit: code(unit), role: Role::Review, until: None };
    let id = PersonId(uuid::Uuid::nil());
    let unit_name = "镇安镇党委".to_owned();
    Actor::Person(Person { id, name: name.into(), unit: code(unit), unit_name, grants: vec![grant] })
}

#[tokio::test]
async fn the_second_reviewer_is_told_what_the_first_said() {
    let (_folder, database) = town().await;
    database.publish(&[list()], &[], &[]).await.unwrap();
    let id = send(&database, 1, &[], Vec::new()).await;
    let (one, other) = (person("王芳", "t"), person("李强", "t"));
    let say = async |actor: &Actor, after, opinion: &Opinion| {
        deciding::decide(&database, &NOW, actor, id, after, opinion.clone()).await
    };
    let approve = Opinion::from(ReviewState::Approved);
    let give_back =
        Opinion { reason: "缺签到表".into(), due: Some(TODAY), ..ReviewState::Returned.into() };
    use deciding::Refusal as Refused;
    assert!(matches!(say(&one, 0, &Opinion { due: None, ..give_back.clone() }).await, Err(Refused::NoDay)));
    let yesterday = Opinion { due: TODAY.yesterday().ok(), ..give_back.clone() };
    assert!(matches!(say(&one, 0, &yesterday).await, Err(Refused::PastDay)));
    let wordy = Opinion { reason: "缺签到表".into(), ..approve.clone() };
    assert!(matches!(say(&one, 0, &wordy).await, Err(Refused::Words)));
    assert!(matches!(say(&one, 0, &approve).await, Ok(deciding::Said::Now)));
    assert!(matches!(say(&one, 0, &approve).await, Ok(deciding::Said::Before)), "sent twice");
    let Err(Refused::Newer(said)) = say(&other, 0, &give_back).await else { unreachable!("it is newer") };
    assert_eq!((said.len(), said[0].by.as_str()), (1, "镇安镇党委 王芳"));
    // Even where both mean the same, the second is told who said it.
    assert!(matches!(say(&other, 0, &approve).await, Err(Refused::Newer(_))));
    assert!(matches!(say(&other, 1, &give_back).await, Ok(deciding::Said::Now)));
    let begin = Opinion::from(ReviewState::InReview);
    assert!(matches!(say(&other, 2, &begin).await, Err(Refused::Review(reviewing::Refusal::Reviewed(_)))));
    let elsewhere = say(&person("王芳", "b"), 2, &approve).await;
    assert!(matches!(elsewhere, Err(Refused::Unread(Refusal::Denied(_)))));
    send(&database, 2, &[id], Vec::new()).await;
    assert!(matches!(say(&one, 2, &approve).await, Err(Refused::Replaced)));
}

#[tokio::test]
async fn nobody_reads_a_branch_that_lies_elsewhere() {
    let (_folder, database) = town().await;
    database.publish(&[list()], &[], &[]).await.unwrap();
    let id = send(&database, 1, &[], Vec::new()).await;
    assert!(read(&database, &person("王芳", "t"), id, TODAY).await.is_ok());
    let elsewhere = read(&database, &person("王芳", "b"), id, TODAY).await;
    assert!(matches!(elsewhere, Err(Refusal::Denied(_))));
    let photo = ContentHash::of(b"photo");
    let unnamed = photo_of(&database, &person("王芳", "t"), id, &photo, TODAY).await;
    assert!(matches!(unnamed, Err(Refusal::Unknown)));
    let none = SubmissionId::from_parts(1, &[9; 10]);
    assert!(matches!(read(&database, &OPERATOR, none, TODAY).await, Err(Refusal::Unknown)));
}
