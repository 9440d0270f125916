//! 一份上报: what stands open, what is folded, and what comes of what a reviewer says.

use super::{Clerk, County, NEXT_TOWN, TOWN, clerk::Page};
use crate::common::builtin;
use biaochi::{
    domain::{
        ActivityKind, AnswerKey, AnswerValue, ContentHash, Entry, ItemId, LedgerEntry, LedgerId,
        LedgerRecord, LedgerSource, Stance, SubmissionId, submission::Attachment,
    },
    protocol::ReviewState,
};
use reqwest::StatusCode;
use std::collections::BTreeSet;

fn path(id: SubmissionId) -> String {
    format!("/desk/reports/{id}")
}

fn review(id: SubmissionId) -> String {
    format!("/desk/reports/{id}/review")
}

/// The first item that a branch fills in itself.
fn own_item(place: usize) -> (usize, ItemId) {
    let list = builtin();
    let mut own = list.items().enumerate().filter(|(_, (_, item))| !item.judged_above);
    let (number, (_, item)) = own.nth(place).unwrap();
    (number + 1, item.id.clone())
}

fn write(sent: &mut biaochi::domain::Submission, key: AnswerKey, value: AnswerValue) {
    let stamp = sent.answers[0].stamp;
    let mut answers: Vec<Entry> = sent.answers.iter().filter(|entry| entry.key != key).cloned().collect();
    answers.push(Entry { key, stamp, value, under: None });
    sent.answers = answers.into();
}

/// The part of a page that stands open: before whatever is folded.
fn open(page: &Page) -> &str {
    page.html.split("<details").next().unwrap()
}

/// What Tab and Enter do on a page that was just opened: its head has the focus, so that Enter alone does nothing, and the first button
/// behind it sends its form.
async fn enter(clerk: &Clerk, page: &Page) -> Page {
    let (before, behind) = page.html.split_once(" autofocus").unwrap();
    assert!(before.ends_with("<h1 tabindex=\"-1\""), "{}", page.html);
    let (form, button) = behind.split_once("<button").unwrap();
    assert!(button.split_once('>').unwrap().0.contains("name=\"act\" value=\"approved\""), "{button}");
    let form = form.rsplit("<form").next().unwrap();
    let action = form.split("action=\"").nth(1).unwrap().split('"').next().unwrap().replace("&amp;", "&");
    clerk.send(page, &action, &[("act", "approved")]).await
}

#[tokio::test]
async fn what_has_a_flag_stands_open_and_the_rest_is_folded() {
    let county = County::new(1).await;
    let ((number, noted), (other, unsure)) = (own_item(0), own_item(1));
    let id = county
        .submits(0, |sent| {
            let text = "<script>alert(1)</script>会议记录在柜子里".to_owned();
            write(sent, AnswerKey::Note { item: noted.clone() }, AnswerValue::Text { text });
            write(
                sent,
                AnswerKey::Stance { item: unsure.clone() },
                AnswerValue::Stance { stance: Stance::Unsure },
            );
            sent.declaration.reporter = "<b>王文书</b>".into();
        })
        .await;
    let clerk = county.person(TOWN, "王芳", "wangfang", "审核").await;
    let page = clerk.get(&path(id)).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.html);
    assert!(page.html.len() <= 60 * 1024, "{} bytes", page.html.len());
    println!("a report: {} bytes", page.html.len());
    assert!(open(&page).contains(&format!("第{other}条")) && open(&page).contains("拿不准"), "{}", page.html);
    assert!(!open(&page).contains(&format!("第{number}条 ")), "nothing is wrong with it");
    assert!(
        page.says("2026年下半年：6月1日至11月30日") && page.says("总分是折算的：要评的条目一共"),
        "{}",
        page.text()
    );
    assert!(page.says("没有提示") && page.says(&format!("第{number}条 ")));
    assert!(page.says("原件：村部铁柜二层蓝盒") && page.says("由示例镇党委评，还没评"));
    // On paper nothing is folded, and nothing is filled in.
    let print = format!("{}?print=1", path(id));
    assert!(page.links().contains(&print));
    let paper = clerk.get(&print).await;
    assert!(paper.says("支部书记（签字）") && !page.says("支部书记（签字）"));
    assert!(
        paper.says(&format!("第{number}条 ")) && paper.says("原件：村部铁柜二层蓝盒"),
        "{}",
        paper.text()
    );
    assert!(
        !paper.html.contains("<details") && !paper.html.contains("<textarea") && !paper.has_form(&review(id))
    );
    assert_eq!(paper.html.matches("<article").count(), builtin().items().count(), "every item, once");
    // Whatever a branch writes is text.
    assert!(!page.html.contains("<script") && page.html.contains("&lt;script&gt;alert(1)"));
    assert!(!page.html.contains("<b>王文书"));
    // Nobody elsewhere, and nobody who only reads.
    let elsewhere = county.person(NEXT_TOWN, "李强", "liqiang00", "审核").await;
    assert_eq!(elsewhere.get(&path(id)).await.status, StatusCode::NOT_FOUND);
    let reader = county.person(TOWN, "孙干事", "sunganshi", "查看").await;
    let read = reader.get(&path(id)).await;
    assert!(read.status == StatusCode::OK && !read.has_form(&review(id)) && !read.html.contains("<textarea"));
    for (who, form) in [(&elsewhere, &page), (&reader, &page)] {
        let token = who.get("/desk").await.form("/desk/sign-out").fields.remove(0).1;
        let mut fields = form.form(&review(id)).fields;
        fields.retain(|(name, _)| name != "csrf");
        let mut sent: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        sent.extend([("csrf", token.as_str()), ("act", "approved")]);
        assert_eq!(who.post(&review(id), &sent).await.status, StatusCode::NOT_FOUND);
    }
    assert!(county.submissions(0).await[0].reviews.is_empty());
    for nowhere in
        ["x", "00000000-0000-0000-0000-000000000000", "..%2F..", &format!("{id}/photos/{}", "0".repeat(64))]
    {
        assert_eq!(clerk.get(&format!("/desk/reports/{nowhere}")).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn what_the_branch_says_against_its_ledger_stands_open_with_what_the_ledger_counted() {
    let county = County::new(1).await;
    let list = builtin();
    let parts = list.items().flat_map(|(_, item)| item.parts.iter().map(move |part| (item, part)));
    let mut counted = parts.filter_map(|(item, part)| match &part.from_ledger {
        Some(LedgerSource::Count { kinds }) => Some((item, part, kinds)),
        _ => None,
    });
    let theirs = |kinds: &BTreeSet<ActivityKind>| !kinds.contains(&ActivityKind::GroupMeeting);
    let (item, part, kinds) = counted.find(|(.., kinds)| theirs(kinds)).unwrap();
    let key = AnswerKey::Part { item: item.id.clone(), part: part.id.clone() };
    let id = county
        .submits(0, |sent| {
            let said = sent.answers.iter().find(|entry| entry.key == key).unwrap().clone();
            let AnswerValue::Part { answer, .. } = said.value else { panic!("an answer") };
            let reason = "记录本在支委手里".to_owned();
            write(sent, key.clone(), AnswerValue::Part { answer, counted: None, own: None, reason });
            let held = LedgerEntry {
                kinds: kinds.clone(),
                date: jiff::civil::date(2026, 6, 10),
                group: None,
                place: String::new(),
                host: String::new(),
                recorder: String::new(),
                attendance: None,
                topic: "学习".into(),
                resolution: String::new(),
                location: String::new(),
            };
            let (id, stamp) = (LedgerId::from_parts(said.stamp.ms, &[1; 10]), said.stamp);
            let record = LedgerRecord { id, stamp, entry: Some(held), photos: [].into() };
            sent.ledger = vec![record].into();
        })
        .await;
    let clerk = county.person(TOWN, "王芳", "wangfang", "审核").await;
    let page = clerk.get(&path(id)).await;
    for told in ["和台账不一样", "为什么和台账不一样：记录本在支委手里", "台账数的：", "6月10日"]
    {
        assert!(open(&page).contains(told), "{told}: {}", page.text());
    }
}

#[tokio::test]
async fn photos_are_for_whoever_may_see_the_branch_and_those_that_are_missing_are_said() {
    let county = County::new(1).await;
    let photos = [1, 2].map(crate::photos::picture);
    let hashes = photos.each_ref().map(|photo| ContentHash::of(photo));
    let (_, item) = own_item(0);
    let id = county
        .submits(0, |sent| {
            for sha256 in &hashes {
                let key = AnswerKey::Photo { item: item.clone(), sha256: sha256.clone() };
                write(sent, key, AnswerValue::Attached { attached: true });
                let (sha256, media_type) = (sha256.clone(), "image/jpeg".to_owned());
                let listed =
                    Attachment { sha256, bytes: 9, media_type, captured_on: None, happened_on: None };
                sent.attachments.push(listed);
            }
        })
        .await;
    assert_eq!(county.brings(0, photos[0].clone()).await, StatusCode::CREATED);
    let clerk = county.person(TOWN, "王芳", "wangfang", "审核").await;
    let page = clerk.get(&path(id)).await;
    assert!(page.says("照片还差1张没有传上来") && open(&page).contains("照片没传全"), "{}", page.text());
    let photo = |place: usize| format!("{}/photos/{}", path(id), hashes[place]);
    assert!(open(&page).contains(&format!("<img src=\"{}\" loading=\"lazy\"", photo(0))), "{}", page.html);
    assert!(!page.html.contains(&photo(1)), "what is not here is no link");
    let answer = clerk.request(reqwest::Method::GET, &photo(0)).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "image/jpeg");
    assert!(answer.headers()["content-security-policy"].to_str().unwrap().contains("sandbox"));
    assert_eq!(answer.bytes().await.unwrap(), photos[0]);
    assert_eq!(clerk.get(&photo(1)).await.status, StatusCode::NOT_FOUND);
    let elsewhere = county.person(NEXT_TOWN, "李强", "liqiang00", "审核").await;
    assert_eq!(elsewhere.get(&photo(0)).await.status, StatusCode::NOT_FOUND);
    assert_eq!(county.visitor().get(&photo(0)).await.address.split('?').next().unwrap(), "/desk/sign-in");
    assert!(clerk.get("/desk/reports?photos=1").await.says("照片还差1张"));
}

#[tokio::test]
async fn a_return_arrives_at_the_phone_and_what_follows_shows_what_differs() {
    let county = County::new(2).await;
    let first = county.submits(0, |_| {}).await;
    let clerk = county.person(TOWN, "王芳", "wangfang", "审核").await;
    let page = clerk.get(&path(first)).await;
    let (number, item) = own_item(2);
    let note = format!("note.{item}");
    let send = async |typed: &[(&str, &str)]| {
        let typed: Vec<(&str, &str)> = typed.to_vec();
        clerk.send(&page, &review(first), &typed).await
    };
    // Without a day nothing is said, and nothing typed is lost.
    let again = send(&[(&note, "缺签到表\r\n第二行"), ("act", "returned")]).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.says("写上哪天以前改好") && again.says("缺签到表"), "{}", again.html);
    let (fields, acts) = again.html.split_once("</fieldset>").unwrap();
    assert!(fields.contains("name=\"due\" value=\"\" autofocus"), "what is missing is where the page opens");
    assert!(
        acts.contains(">审核通过</button>") && !fields.contains(">审核通过</button>"),
        "it asks for nothing"
    );
    assert!(send(&[("due", "2026-11-27"), ("act", "returned")]).await.says("退回要写原因"));
    // Enter in the field of the day is no approval.
    assert!(send(&[("due", "2026-11-27"), ("act", "approved")]).await.says("又点了通过"));
    assert!(county.submissions(0).await[0].reviews.is_empty());
    let typed = [(note.as_str(), "缺签到表\r\n第二行"), ("due", "2026-11-27"), ("act", "returned")];
    let done = send(&typed).await;
    assert!(done.says("退回修改") && done.address.starts_with("/desk/reports?"), "{}", done.html);
    // Sent twice it was said once.
    assert_eq!(send(&typed).await.status, StatusCode::OK);
    let told = county.submissions(0).await.remove(0);
    let [said] = &told.reviews[..] else { panic!("{:?}", told.reviews) };
    assert_eq!((said.state, said.by.as_str()), (ReviewState::Returned, "示例镇党委 王芳"));
    assert_eq!(
        (said.items[0].item.clone(), said.items[0].reason.as_str()),
        (item.clone(), "缺签到表\n第二行")
    );
    assert_eq!(said.due, Some(jiff::civil::date(2026, 11, 27)));
    let list = clerk.get("/desk/reports?state=returned").await;
    assert!(list.says("11月27日前改好") && list.says("共1条"));

    let (changed, where_) = own_item(5);
    let second = county
        .sends(0, 1_000, |sent| {
            sent.parents = vec![first];
            let text = "镇党建办".to_owned();
            write(sent, AnswerKey::Location { item: where_.clone() }, AnswerValue::Text { text });
        })
        .await;
    let page = clerk.get(&path(second)).await;
    assert!(open(&page).contains("上次要求：缺签到表"), "{}", page.html);
    assert!(open(&page).contains("上次的原件位置：村部铁柜二层蓝盒"));
    for (number, is_open) in [(number, true), (changed, true), (own_item(1).0, false)] {
        assert_eq!(open(&page).contains(&format!("第{number}条 ")), is_open, "{number}");
    }
    assert!(page.says("和上次一样") && page.says("这是退回以后重新报的"));
    let old = clerk.get(&path(first)).await;
    assert!(old.says("不用再审") && !old.html.contains("通过，看下一份"));
    let late = clerk.send(&old, &review(first), &[("act", "approved")]).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    let done = enter(&clerk, &page).await;
    assert!(done.says("审核通过"), "{}", done.html);
    assert_eq!(county.submissions(0).await[1].reviews[0].state, ReviewState::Approved);
}

#[tokio::test]
async fn of_two_reviewers_the_second_is_told_and_keeps_what_was_typed() {
    let county = County::new(1).await;
    let id = county.submits(0, |_| {}).await;
    let one = county.person(TOWN, "王芳", "wangfang", "审核").await;
    let other = county.person(TOWN, "李强", "liqiang00", "审核").await;
    let (seen, also) = (one.get(&path(id)).await, other.get(&path(id)).await);
    let begun = one.send(&seen, &review(id), &[("act", "in_review")]).await;
    assert!(begun.says("开始审核了") && begun.says("审核中"), "{}", begun.html);
    assert_eq!(county.withdraws(0, id).await, StatusCode::CONFLICT);
    let note = format!("note.{}", own_item(0).1);
    let typed = [(note.as_str(), "台账要补签"), ("due", "2026-11-30"), ("act", "incomplete")];
    let told = other.send(&also, &review(id), &typed).await;
    assert_eq!(told.status, StatusCode::CONFLICT);
    assert!(told.says("示例镇党委 王芳：审核中") && told.says("台账要补签"), "{}", told.html);
    // Having seen it, the second may go on.
    let done = other.send(&told, &review(id), &[("act", "incomplete")]).await;
    assert_eq!(done.status, StatusCode::OK);
    assert_eq!(county.submissions(0).await[0].reviews.last().unwrap().state, ReviewState::Incomplete);
    let late = enter(&one, &begun).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(late.says("示例镇党委 李强：需补材料"));
}

#[tokio::test]
async fn what_a_branch_took_back_is_not_decided_on() {
    let county = County::new(1).await;
    let id = county.submits(0, |_| {}).await;
    let clerk = county.person(TOWN, "王芳", "wangfang", "审核").await;
    let page = clerk.get(&path(id)).await;
    assert_eq!(county.withdraws(0, id).await, StatusCode::NO_CONTENT);
    let late = enter(&clerk, &page).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(late.says("撤回了这份"), "{}", late.html);
}

#[tokio::test]
async fn forty_self_checks_without_a_fault_take_a_key_each() {
    let county = County::new(40).await;
    for number in 0..40 {
        county.submits(number, |_| {}).await;
    }
    county.submits(100, |_| {}).await;
    let clerk = county.person(TOWN, "王芳", "wangfang", "审核").await;
    let list = clerk.get("/desk/reports?state=waiting").await;
    assert!(list.says("共40条"));
    let first = list.links().into_iter().find(|to| to.contains("/desk/reports/0")).unwrap();
    let mut page = clerk.get(&first).await;
    let (mut keys, mut seen) = (0, 0);
    while page.address.starts_with("/desk/reports/") {
        assert!(page.html.len() <= 60 * 1024, "{} bytes", page.html.len());
        assert!(page.says(&format!("第{seen}村党支部")), "in the order of codes");
        page = enter(&clerk, &page).await;
        keys += 1;
        seen += 1;
    }
    assert_eq!((seen, keys), (40, 40));
    assert!(page.says("没有待审的了"), "{}", page.html);
    assert!(clerk.get("/desk").await.says("应报40，已报40，待审0，退回0，通过40"));
    assert!(county.submissions(100).await[0].reviews.is_empty());
    let told = county.submissions(7).await;
    assert_eq!(told[0].reviews[0].by, "示例镇党委 王芳");
}
