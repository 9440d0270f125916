//! 名册: looking through the tree, changing one unit, and bringing a roster in.

use super::{COUNTY, Clerk, County, NEXT_TOWN, TOWN, clerk::Page};
use crate::common::branch;
use reqwest::StatusCode;

const IMPORT: &str = "/desk/roster/import";

fn unit(code: &str) -> String {
    format!("/desk/roster/unit/{code}")
}

fn table(rows: &str) -> Vec<u8> {
    format!("编号,上级编号,层级,名称,领域,电话\n{rows}").into_bytes()
}

async fn looked(clerk: &Clerk, rows: &str, typed: &[(&str, &str)]) -> Page {
    let form = clerk.get(IMPORT).await;
    clerk.upload(&form, IMPORT, typed, ("file", "名册.csv", &table(rows))).await
}

/// Sends the form that confirms what a preview shows.
async fn confirmed(clerk: &Clerk, preview: &Page) -> Page {
    let action = preview.address.split('?').next().unwrap().to_owned();
    clerk.send(preview, &action, &[]).await
}

#[tokio::test]
async fn the_tree_is_looked_through_by_level_name_and_page_and_only_below_ones_own_unit() {
    let county = County::new(60).await;
    let manager = county.person(TOWN, "王芳", "wangfang", "管理").await;
    let page = manager.get("/desk/roster").await;
    assert!(page.says("示例镇党委") && page.says("共60条，第1页，共2页"), "{}", page.text());
    assert!(page.html.len() < 60_000, "{}", page.html.len());
    assert!(page.says("第49村党支部") && !page.says("第50村党支部"));
    let next = manager.get(&page.links().into_iter().find(|to| to.ends_with("page=2")).unwrap()).await;
    assert!(next.says("第50村党支部") && !next.says("第49村党支部"));
    let found = manager.get(&format!("{}?q=第7村", unit(TOWN))).await;
    assert!(found.says("第7村党支部") && found.says("共1条") && !found.says("第17村"));
    let one = manager.get(&unit(branch(7).as_str())).await;
    for said in
        ["第7村党支部", branch(7).as_str(), "农村", "示例县委组织部 › 示例镇党委", "0部在用", "一直在"]
    {
        assert!(one.says(said), "{said}: {}", one.text());
    }
    assert!(!one.links().contains(&unit(COUNTY)), "what is above is named, not linked");
    for list in ["reports", "findings"] {
        let list = format!("/desk/{list}?under={}", branch(7));
        assert!(one.links().contains(&list), "{list}");
        let page = manager.get(&list).await;
        assert!(
            page.status.is_success() && page.says("第7村党支部") && !page.says("第8村"),
            "{}",
            page.text()
        );
    }
    // Typed by hand: not there and not theirs are one and the same.
    let nowhere = manager.get(&unit("nowhere")).await;
    for code in [COUNTY, NEXT_TOWN, branch(100).as_str(), "%00"] {
        for path in [unit(code), format!("{}/change", unit(code))] {
            let page = manager.get(&path).await;
            assert_eq!((page.status, &page.html), (StatusCode::NOT_FOUND, &nowhere.html), "{path}");
        }
    }
    // Who only looks is offered no act, and can do none.
    let reader = county.person(TOWN, "李强", "liqiang", "查看").await;
    let page = reader.get("/desk/roster").await;
    assert!(
        page.says("第0村党支部") && !page.html.contains("/change") && !page.html.contains(IMPORT),
        "{}",
        page.text()
    );
    for path in [format!("{}/change", unit(branch(0).as_str())), IMPORT.into(), "/desk/roster/merge".into()] {
        assert_eq!(reader.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn a_unit_is_renamed_moved_phoned_otherwise_ended_and_brought_back_each_on_its_day() {
    let county = County::new(2).await;
    let manager = county.person(COUNTY, "王芳", "wangfang", "管理").await;
    let own = branch(0);
    let change = format!("{}/change", unit(own.as_str()));
    let act = |name: &str| format!("{}/{name}", unit(own.as_str()));
    let send = async |name: &str, typed: &[(&str, &str)]| {
        let form = manager.get(&change).await;
        manager.send(&form, &act(name), typed).await
    };
    let ask = async |name: &str, on: &str| {
        let form = manager.get(&change).await;
        manager.ask(&form, &act(name), &[("on", on)]).await
    };
    // What is wrong is said at its field, with what was typed.
    for (name, typed, why) in [
        ("name", [("text", "=1+1"), ("on", "2026-11-24")], "不要用 = + - @ 开头"),
        ("name", [("text", "新名"), ("on", "2026-13-01")], "写成 2026-11-24 这样的日子"),
        ("name", [("text", "新名"), ("on", "2026-11-25")], "还没有到"),
        ("above", [("text", "没有这个镇"), ("on", "2026-11-24")], "没有叫“没有这个镇”的上级"),
        ("above", [("text", "第1村党支部"), ("on", "2026-11-24")], "是一个支部"),
        ("telephone", [("text", "一\n二"), ("on", "")], "只留一个电话"),
    ] {
        let page = send(name, &typed).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{name} {typed:?}: {}", page.text());
        assert!(page.says(why), "{why}: {}", page.text());
        assert!(typed[0].1.contains('\n') || page.html.contains(typed[0].1));
    }
    for (name, on) in [("end", ""), ("use", "哪天")] {
        let page = ask(name, on).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        assert!(page.says("写成 2026-11-24 这样的日子"), "{}", page.text());
    }
    let hostile = "<script>alert(1)</script>村党支部";
    let renamed = send("name", &[("text", hostile), ("on", "2026-11-20")]).await;
    assert!(renamed.says("名称改好了") && renamed.says(hostile) && !renamed.html.contains("<script>"));
    assert!(renamed.says("11月20日以前：第0村党支部"), "{}", renamed.text());
    assert!(send("name", &[("text", "第0村党支部"), ("on", "2026-11-24")]).await.says("名称改好了"));
    let moved = send("above", &[("text", "邻镇党委"), ("on", "2026-11-24")]).await;
    assert!(moved.says("转到新的上级了") && moved.says("示例县委组织部 › 邻镇党委"), "{}", moved.text());
    assert!(send("telephone", &[("text", "0416-1234567")]).await.says("0416-1234567"));
    // What ends something is asked first, and asking changes nothing.
    let asked = ask("use", "2026-11-24").await;
    assert!(asked.says("从11月24日起不用本系统") && asked.says("0部在用"), "{}", asked.text());
    assert!(manager.get(&unit(own.as_str())).await.says("0部在用"));
    let off = manager.send(&asked, &act("use"), &[]).await;
    assert!(off.says("从11月24日起不用，在纸上自查"), "{}", off.text());
    let codes = manager.get(&format!("/desk/codes/{own}")).await;
    assert!(codes.says("不用本系统，不发激活码") && !codes.has_form(&format!("/desk/codes/{own}/issue")));
    assert!(send("use", &[("turn", "on")]).await.says("改回用本系统了"));
    let asked = ask("end", "2026-11-24").await;
    assert!(
        asked.says("撤销第0村党支部，从11月24日起") && asked.links().contains(&change),
        "{}",
        asked.text()
    );
    assert!(manager.get(&unit(own.as_str())).await.says("一直在"));
    let ended = manager.send(&asked, &act("end"), &[]).await;
    assert!(ended.says("撤销登记好了") && ended.says("11月24日撤销"), "{}", ended.text());
    let back = send("back", &[]).await;
    assert!(back.says("恢复了") && !back.says("11月24日撤销"), "{}", back.text());
    // Every act is in the log.
    let told = county.run(&["log", "show"]);
    for (deed, times) in [("名册更改", 4), ("改是否用本系统", 2), ("撤销党组织", 1), ("恢复党组织", 1)]
    {
        assert_eq!(told.matches(deed).count(), times, "{deed}: {told}");
    }
}

#[tokio::test]
async fn a_branch_goes_over_to_another_town_once_that_one_takes_it() {
    const MOVES: &str = "/desk/roster/moves";
    let county = County::new(2).await;
    let from = county.person(TOWN, "王芳", "wangfang", "管理").await;
    let into = county.person(NEXT_TOWN, "赵刚", "zhaogang", "管理").await;
    let reader = county.person(NEXT_TOWN, "李强", "liqiang", "审核").await;
    // PostgreSQL counts what was asked in vain, too.
    let number = |page: &Page| {
        let digits = |rest: &str| rest.chars().take_while(char::is_ascii_digit).collect::<String>();
        digits(page.html.rsplit_once(&format!("action=\"{MOVES}/")).unwrap().1)
    };
    let ask = async |number: usize| {
        let own = unit(branch(number).as_str());
        let form = from.get(&format!("{own}/change")).await;
        from.send(&form, &format!("{own}/above"), &[("text", "邻镇党委"), ("on", "2026-11-23")]).await
    };
    let asked = ask(0).await;
    for said in
        ["向对方提出了", "转隶到邻镇党委，从11月23日起", "示例镇党委 王芳", "示例县委组织部 › 示例镇党委"]
    {
        assert!(asked.says(said), "{said}: {}", asked.text());
    }
    assert!(ask(0).await.says("向对方提出了"), "sent twice");
    assert!(!from.get("/desk").await.says("转隶等您答复") && !reader.get("/desk").await.says("转隶"));
    assert_eq!(reader.get(MOVES).await.status, StatusCode::NOT_FOUND);
    let token = from.get("/desk").await.form("/desk/sign-out").fields.remove(0).1;
    for number in ["x", "-1", "99999999999999999999"] {
        let page = from.post(&format!("{MOVES}/{number}/take"), &[("csrf", &token)]).await;
        assert!(page.says("这里没有内容") || page.says("已经不等了"), "{number}: {}", page.text());
    }
    assert!(into.get("/desk").await.says("1转隶等您答复"), "{}", into.get("/desk").await.text());
    let own = unit(branch(0).as_str());
    assert_eq!(into.get(&own).await.status, StatusCode::NOT_FOUND, "not theirs yet");
    let list = into.get(MOVES).await;
    assert!(list.says("第0村党支部") && list.says("示例镇党委 王芳"), "{}", list.text());
    let take = format!("{MOVES}/{}/take", number(&list));
    // Whoever asked does not answer, nor does anybody without 管理; they are told as of one that is over.
    let token = |page: &Page| page.form("/desk/sign-out").fields.remove(0).1;
    let forged = from.post(&take, &[("csrf", &token(&asked))]).await;
    assert!(forged.says("已经不等了") && from.get(&own).await.says("› 示例镇党委"), "{}", forged.text());
    let read = reader.post(&take, &[("csrf", &token(&reader.get("/desk").await))]).await;
    assert_eq!(read.status, StatusCode::NOT_FOUND);
    let taken = into.send(&list, &take, &[]).await;
    assert!(taken.says("转到新的上级了") && taken.says("› 邻镇党委"), "{}", taken.text());
    assert!(taken.says("11月23日以前：第0村党支部，属示例镇党委"), "{}", taken.text());
    assert!(into.send(&list, &take, &[]).await.says("接收过了"), "sent twice");
    assert_eq!(from.get(&own).await.status, StatusCode::NOT_FOUND);
    // No, and the other way round: taken back.
    ask(1).await;
    let list = into.get(MOVES).await;
    let waits = from.get(MOVES).await;
    let second = number(&waits);
    assert!(
        waits.says("您这边提出、等对方答复的") && waits.has_form(&format!("{MOVES}/{second}/leave")),
        "{}",
        waits.text()
    );
    assert!(from.get("/desk").await.says("1转隶等对方答复"));
    let refused = into.send(&list, &format!("{MOVES}/{second}/leave"), &[]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.says("写上为什么不接收"), "{}", refused.text());
    let left = into.send(&list, &format!("{MOVES}/{second}/leave"), &[("why", "人<b>没来")]).await;
    assert!(left.says("仍归原来的上级") && left.says("没有等您答复的转隶"), "{}", left.text());
    // Whoever asked hears of it, and why, until somebody has read it.
    assert!(from.get("/desk").await.says("1转隶对方没有接收"));
    assert!(from.get(&unit(branch(1).as_str())).await.says("对方没有接收。11月24日"));
    let told = from.get(MOVES).await;
    assert!(told.says("人<b>没来") && !told.html.contains("<b>没来"), "{}", told.text());
    let read = from.send(&told, &format!("{MOVES}/{second}/read"), &[]).await;
    assert!(!read.says("人<b>没来") && !from.get("/desk").await.says("转隶"), "{}", read.text());
    let asked = ask(1).await;
    assert!(asked.says("等对方接收"));
    let back = from.send(&asked, &format!("{MOVES}/{}/leave", number(&asked)), &[]).await;
    assert!(back.says("仍归原来的上级") && !back.says("等对方接收"), "{}", back.text());
    let late = into.send(&list, &format!("{MOVES}/{second}/leave"), &[]).await;
    assert!(late.says("已经不等了") && !into.get("/desk").await.says("转隶"));
    // Who tends both sides may answer, or just does it.
    ask(1).await;
    let manager = county.person(COUNTY, "张敏", "zhangmin", "管理").await;
    let list = manager.get(MOVES).await;
    assert!(manager.send(&list, &format!("{MOVES}/{}/take", number(&list)), &[]).await.says("› 邻镇党委"));
    let told = county.run(&["log", "show"]);
    for (deed, times) in [("请对方接收转隶", 4), ("不接收转隶", 1), ("撤回转隶", 1), ("接收转隶", 7)]
    {
        assert_eq!(told.matches(deed).count(), times, "{deed}: {told}");
    }
    county.run(&["log", "verify"]);
}

#[tokio::test]
async fn a_town_takes_nothing_of_another_town_s() {
    let county = County::new(1).await;
    let manager = county.person(TOWN, "王芳", "wangfang", "管理").await;
    let own = branch(0);
    let change = manager.get(&format!("{}/change", unit(own.as_str()))).await;
    let above = format!("{}/above", unit(own.as_str()));
    let to = |text: &'static str| [("text", text), ("on", "2026-11-24")];
    let refused = manager.send(&change, &above, &to("第100村党支部")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.says("没有叫“第100村党支部”的上级"), "as if it were not there: {}", refused.text());
    // The form of one's own branch sent to the address of another's.
    let fields = change.form(&above).fields;
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    for act in ["name", "above", "telephone", "use", "end", "back"] {
        let page = manager.post(&format!("{}/{act}", unit(branch(100).as_str())), &fields).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{act}: {}", page.text());
    }
    let rows = format!("{},{TOWN},支部,抢来的党支部,农村,\n", branch(100));
    let page = looked(&manager, &rows, &[]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.says("别处的党组织，不归您管") && !page.says("第100村"), "{}", page.text());
    let page = looked(&manager, &format!("new1,{NEXT_TOWN},支部,新的党支部,农村,\n"), &[]).await;
    assert!(page.says("上级不归您管") && !page.says("邻镇党委"), "{}", page.text());
    let page = looked(&manager, "new1,,县,新的县,,\n", &[]).await;
    assert!(page.says("上级不归您管"), "{}", page.text());
    assert!(!county.run(&["log", "show"]).contains("名册"));
}

#[tokio::test]
async fn a_roster_is_looked_at_first_and_stored_once_it_was_confirmed() {
    let county = County::new(3).await;
    let manager = county.person(TOWN, "王芳", "wangfang", "管理").await;
    let [a, b, c] = [0, 1, 2].map(branch);
    let rows = format!(
        "{a},{TOWN},支部,改名党支部,农村,0416-0000000\n{b},{TOWN},支部,第1村党支部,社区,0416-0000000\n\
         {c},{TOWN},支部,第2村党支部,农村,0416-0000000\nnew1,{TOWN},支部,\"新<b>设\",学校,\n"
    );
    let preview = looked(&manager, &rows, &[]).await;
    assert_eq!(preview.status, StatusCode::OK);
    for said in ["新增1，更名1，改领域1，没有变化1", "还没有写进去", "改名党支部", "新<b>设", "社区"]
    {
        assert!(preview.says(said), "{said}: {}", preview.text());
    }
    assert!(!preview.html.contains("<b>设"));
    assert!(manager.get("/desk/roster").await.says("第0村党支部"), "a preview stores nothing");
    assert!(!county.run(&["log", "show"]).contains("名册"));
    // Nobody else can confirm it, nor see it.
    let other = county.person(COUNTY, "李强", "liqiang", "管理").await;
    assert_eq!(other.get(&preview.address).await.status, StatusCode::CONFLICT);
    let done = confirmed(&manager, &preview).await;
    assert!(done.says("名册导入好了") && done.says("改名党支部") && done.says("共4条"), "{}", done.text());
    // Sent twice.
    let again = confirmed(&manager, &preview).await;
    assert!(again.says("名册导入好了"), "{}", again.text());
    let same = looked(&manager, &rows, &[]).await;
    assert!(same.says("没有要改的"), "{}", same.text());
    // From a day on.
    let since = looked(
        &manager,
        &format!("{b},{TOWN},支部,又改的党支部,社区,0416-0000000\n"),
        &[("since", "day"), ("on", "2026-11-24")],
    )
    .await;
    assert!(since.says("都从11月24日起"), "{}", since.text());
    let page = looked(&manager, &rows, &[("since", "day"), ("on", "哪天")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn whoever_confirms_what_has_changed_meanwhile_is_told_and_looks_again() {
    let county = County::new(2).await;
    let manager = county.person(TOWN, "王芳", "wangfang", "管理").await;
    let other = county.person(TOWN, "李强", "liqiang", "管理").await;
    let own = branch(0);
    let rows = format!("{own},{TOWN},支部,王芳起的党支部,农村,0416-0000000\n");
    let preview = looked(&manager, &rows, &[]).await;
    let change = other.get(&format!("{}/change", unit(own.as_str()))).await;
    let typed = [("text", "李强起的党支部"), ("on", "2026-11-24")];
    assert!(other.send(&change, &format!("{}/name", unit(own.as_str())), &typed).await.says("名称改好了"));
    let told = confirmed(&manager, &preview).await;
    assert_eq!(told.status, StatusCode::CONFLICT);
    assert!(told.says("另外有人改了名册") && told.says("李强起的党支部") && told.says("王芳起的党支部"));
    assert!(manager.get("/desk/roster").await.says("李强起的党支部"), "nothing was stored");
    let action = preview.address.split('?').next().unwrap();
    assert!(manager.send(&told, action, &[]).await.says("名册导入好了"));
}

#[tokio::test]
async fn what_is_wrong_with_a_roster_is_said_by_row_and_column_and_what_is_none_is_refused() {
    let county = County::new(1).await;
    let manager = county.person(TOWN, "王芳", "wangfang", "管理").await;
    let page = looked(&manager, &format!("a,{TOWN},支部,,农村,\nb,{TOWN},小组,乙,农村,\n"), &[]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    for said in ["有2处不对", "第2行", "名称", "第3行", "层级", "不认识层级“小组”"] {
        assert!(page.says(said), "{said}: {}", page.text());
    }
    let form = manager.get(IMPORT).await;
    let page = manager.upload(&form, IMPORT, &[], ("file", "名册.csv", "甲,乙\n1,2\n".as_bytes())).await;
    assert!(page.says("点“下载空表”") && !page.says("template"), "no commands: {}", page.text());
    for (bytes, status) in [
        (&b""[..], StatusCode::UNPROCESSABLE_ENTITY),
        (b"PK\x03\x04 no workbook", StatusCode::UNPROCESSABLE_ENTITY),
        (&vec![b'x'; 3 << 20], StatusCode::UNPROCESSABLE_ENTITY),
        (&vec![0; 5 << 20], StatusCode::PAYLOAD_TOO_LARGE),
    ] {
        let page = manager.upload(&form, IMPORT, &[], ("file", "名册.xlsx", bytes)).await;
        assert_eq!(page.status, status, "{} bytes: {}", bytes.len(), page.text());
        assert!(page.html.len() < 60_000);
    }
    let hostile = "<img src=x onerror=alert(1)>.csv";
    let page = manager.upload(&form, IMPORT, &[], ("file", hostile, &table("a\n"))).await;
    assert!(page.says("<img") && !page.html.contains("<img"), "{}", page.html);
    let without =
        manager.request(reqwest::Method::POST, IMPORT).header("content-type", "text/plain").body("x");
    assert!(manager.follow(without).await.status.is_client_error());
    let blank = manager.get("/desk/roster/blank.xlsx").await;
    assert!(
        blank.headers["content-disposition"].to_str().unwrap().starts_with("attachment; filename*=UTF-8''")
    );
}

#[tokio::test]
async fn several_units_become_one() {
    let county = County::new(3).await;
    let manager = county.person(TOWN, "王芳", "wangfang", "管理").await;
    let form = manager.get("/desk/roster/merge").await;
    let units = format!("{}\n第1村党支部\n", branch(0));
    let typed = |units: &'static str| {
        [("units", units), ("code", "whole1"), ("name", "联合党支部"), ("on", "2026-11-24")]
    };
    for (units, why) in [("第1村党支部", "至少写两个"), ("第1村党支部\n第1村党支部", "选了两次")]
    {
        let page = manager.send(&form, "/desk/roster/merge", &typed(units)).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.says(why) && page.html.contains("whole1"), "{}", page.text());
    }
    let typed = [("units", units.as_str()), ("code", "whole1"), ("name", "联合党支部"), ("on", "2026-11-24")];
    let whole = manager.send(&form, "/desk/roster/merge", &typed).await;
    assert!(whole.says("合并好了") && whole.says("联合党支部"), "{}", whole.text());
    let part = manager.get(&unit(branch(0).as_str())).await;
    assert!(part.says("11月24日并入联合党支部"), "{}", part.text());
    let list = manager.get("/desk/roster").await;
    assert!(list.says("联合党支部") && !list.says("第0村党支部"));
    assert!(manager.get(&format!("{}?ended=1", unit(TOWN))).await.says("第0村党支部"));
    // Another's is not merged away.
    let theirs = format!("{}\n{}", branch(2), branch(100));
    let typed = [
        ("units", theirs.as_str()),
        ("code", "whole2"),
        ("name", "抢来的"),
        ("on", "2026-11-24"),
        ("under", TOWN),
    ];
    let page = manager.send(&form, "/desk/roster/merge", &typed).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND, "{}", page.text());
}
