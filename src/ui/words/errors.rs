//! The one place where failures become Chinese sentences: what happened, what is safe, what to do, and a code to read out.

use crate::{
    domain::{photo::PhotoFault, time_check::TimeCode},
    paper::NotMade,
    protocol::{BranchEnded, ProblemKind},
    store::{StoreError, backup::BackupError},
    sync::ApiError,
};
use jiff::civil::Date;

/// A failure for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// What happened and what is safe.
    pub what: String,
    /// What to do.
    pub remedy: String,
    /// To read out over the phone.
    pub code: &'static str,
}

pub(super) fn told(code: &'static str, what: &str, remedy: &str) -> Told {
    Told { what: what.into(), remedy: remedy.into(), code }
}

/// The phone's storage.
pub fn store(error: &StoreError) -> Told {
    match error {
        StoreError::Unavailable(_) => told(
            "存1",
            "这个浏览器不让保存资料，现在填的只在这一页里，关掉就没了",
            "关掉重新打开一次试试，以前存的还在；还是这样，就换手机自带的浏览器打开，不要用无痕窗口。这一页里填过的，走之前先到“我的资料在哪”保存备份",
        ),
        StoreError::Full => told(
            "存2",
            "没存上：手机存储满了，或者写不进去。以前存好的都在，刚填的还在这一页上",
            "先到“我的资料在哪”保存备份，再删掉一些照片或不用的应用，然后点“再存一次”",
        ),
        StoreError::Stale(_) => told("存3", "没存上：手机把后台的页面断开了。以前存好的都在", "点“再存一次”"),
        StoreError::Newer => told(
            "存4",
            "另一个页面已经更新到新版本，这一页不能再存",
            "把这一页关掉，重新打开；没存上的先保存备份",
        ),
        StoreError::Unreadable { .. } => told(
            "存5",
            "有一条存过的资料读不出来，其余的都在",
            "到“我的资料在哪”从备份恢复，或者从上报过的那一份取回",
        ),
        StoreError::Changed => told("存7", "没存上：另一个页面正好也在存。以前存好的都在", "点“再存一次”"),
        StoreError::OnlyHere { .. } => told(
            "存8",
            "有的内容只在这部手机里，现在不能解除，什么都没有删",
            "联上网等上报和照片送到；或者到“我的资料在哪”保存备份，把文件发到别处，再说一声",
        ),
        StoreError::Failed(_) => {
            told("存6", "没存上。以前存好的都在，刚填的还在这一页上", "点“再存一次”；还不行就先保存备份")
        }
    }
}

/// The endpoint, or the way to it.
pub fn api(error: &ApiError, addressee: &str) -> Told {
    match error {
        ApiError::Offline(_) => told(
            "网1",
            "现在连不上网，或者连的网要先登录",
            "已经填的都在手机里，有网时会自己再送；急用就换个有信号的地方再点一次",
        ),
        ApiError::Unreadable(_) => told(
            "网2",
            "服务器的回答读不懂，可能路上断了，也可能应用旧了",
            "过一会儿再点一次；还不行就更新应用",
        ),
        ApiError::Problem { problem, .. } => problem_told(problem.kind, addressee),
    }
}

/// A refusal of the endpoint.
pub fn problem_told(kind: ProblemKind, addressee: &str) -> Told {
    let ask = |text: &str| text.replace("{}", addressee);
    match kind {
        ProblemKind::CodeWrong => {
            told("码1", "没有这个激活码", "对着纸条再看一遍12个数字；还不行就打电话问发码的单位")
        }
        ProblemKind::CodeUsed => {
            told("码2", "这个激活码已经在另一部手机上用过了", "一个码只能用一次，打电话要一个新码")
        }
        ProblemKind::CodeExpired => told("码3", "这个激活码过期了", "打电话要一个新码"),
        ProblemKind::TooManyAttempts => told("码4", "试错的次数太多了", "等十分钟再试，先对一对纸条上的数字"),
        ProblemKind::Unauthorised | ProblemKind::Revoked => told(
            "号1",
            "这部手机已经被上级解除绑定，送不出去了；填过的都在，还能接着填",
            &ask("打电话给{}要一个新的激活码，在“我的”里重新启用"),
        ),
        ProblemKind::BranchEnded => told(
            "号2",
            "这个支部已经撤销或者合并，不再收它的；手机里填过的都在",
            &ask("打电话问{}，要合并以后那个支部的激活码"),
        ),
        ProblemKind::DifferentBytes => told(
            "报1",
            "同一份上报以前送过，内容对不上，服务器把它放在一边了；手机里的这一份没有动",
            "重新上报一次",
        ),
        ProblemKind::Refused => told(
            "报2",
            "服务器没有收这一份：有的内容和标准对不上；手机里的没有动",
            &ask("联上网让标准更新后重新上报；还不行就打电话给{}"),
        ),
        ProblemKind::Closed => {
            told("报3", &ask("这一期{}已经审核通过，不再收新的"), &ask("真要改，打电话请{}先退回"))
        }
        ProblemKind::ReviewBegun => {
            told("报4", &ask("{}已经开始审了，不能自己撤回"), &ask("打电话给{}，申请退回"))
        }
        ProblemKind::UnknownFormat => {
            told("报5", "服务器比这个应用旧，看不懂", "告诉上级管理员更新服务器；手机里的没有动")
        }
        ProblemKind::TooLarge => told("报6", "内容太多，服务器不收", "把说明写短一些，再上报一次"),
        ProblemKind::NotAPhoto | ProblemKind::WrongHash => told(
            "照5",
            "服务器没有收这张照片：照片坏了，或者不是照片；手机里的没有动",
            "拿掉这一张，重新拍一张；不拍也行，写清楚原件在哪就够",
        ),
        ProblemKind::TooManyPhotos => told(
            "照6",
            "本支部传上去的照片太多，服务器不再收；手机里的没有动",
            &ask("打电话告诉{}；不传照片也行，写清楚原件在哪就够"),
        ),
        ProblemKind::NotFound => {
            told("报7", "服务器上找不到要的东西", "过一会儿再试；还不行就打电话问上级管理员")
        }
        ProblemKind::Malformed | ProblemKind::WrongContentType => {
            told("报8", "路上被改过，服务器看不懂", "换个网络再送一次")
        }
        ProblemKind::Internal => {
            told("服1", "服务器出了毛病，和填的内容没有关系", "手机里的都在，过一会儿会自己再送")
        }
    }
}

/// What the endpoint refused, with all that it said against it: what was meant for another day than it can be is mended by
/// whoever wrote it.
pub fn refused(kind: ProblemKind, faults: &[String], addressee: &str) -> Told {
    let of_time = faults.iter().filter_map(|fault| TimeCode::read(fault)).min_by_key(|(code, _)| *code);
    match of_time {
        Some((code, day)) if kind == ProblemKind::Refused => of_another_day(code, day),
        _ => problem_told(kind, addressee),
    }
}

fn of_another_day(code: TimeCode, day: Option<Date>) -> Told {
    let (number, what, remedy) = match code {
        TimeCode::ClockAhead => (
            "报10",
            "服务器没有收这一份：报的时候，手机的日期比实际的快",
            "到手机的设置里把日期和时间改成“自动”，联着网把这个应用关掉再打开，然后重新上报",
        ),
        TimeCode::PeriodNotBegun => (
            "报11",
            "服务器没有收这一份：报的这一期要到{}才开始",
            "看看手机的日期对不对；联着网把这个应用关掉再打开，按现在这一期重新上报",
        ),
        TimeCode::ConsideredLater => (
            "报12",
            "服务器没有收这一份：研究日期写的是{}，这一天还没到",
            "点“上报”，按真正开会的那一天选研究日期，再报一次；还没开会研究的，先开会",
        ),
        TimeCode::ActivityLater => (
            "报13",
            "服务器没有收这一份：台账里有一条活动写的是{}，这一天还没到",
            "到“台账”里把这一条的日期改对，登错了的划掉，再重新上报",
        ),
        TimeCode::PhotoImpossible => (
            "报14",
            "服务器没有收这一份：有一张照片写的是{}的事，日期不对",
            "到“照片”里把这一张的日期改对，不记得就清掉，再重新上报",
        ),
        TimeCode::ElectionImpossible => (
            "报15",
            "服务器没有收：上次换届日期写的是{}，日期不对",
            "到“支部基本情况”里改对，不记得就清掉，再重新上报",
        ),
        TimeCode::DeadlineImpossible => (
            "改2",
            "服务器没有收整改里新写的：有一个整改时限写的是{}，年份不对",
            "到“整改”里打开这个问题，把整改时限改对，改好了会自己再送",
        ),
    };
    let day =
        day.map_or_else(|| "以后".into(), |day| format!("{}年{}月{}日", day.year(), day.month(), day.day()));
    told(number, &format!("{}；手机里的没有动", what.replace("{}", &day)), remedy)
}

/// A branch that is there no more: what becomes of what is on this phone, and where to go on.
pub fn branch_ended(ended: &BranchEnded, addressee: &str, today: Date) -> Told {
    let on = super::dates::day(ended.on, today);
    let kept = "这部手机上填过的都在，能看能导出，只是不再往上送";
    let (what, remedy) = match &ended.merged_into {
        Some(whole) => (
            format!("从{on}起，本支部并入“{}”。{kept}", whole.name),
            format!(
                "先到“我的资料在哪”保存一份备份，再打电话给{addressee}要“{}”的激活码，在“我的”里启用",
                whole.name
            ),
        ),
        None => (
            format!("从{on}起，本支部已经撤销。{kept}"),
            format!(
                "先到“我的资料在哪”保存一份备份；转到别的支部的，打电话给{addressee}要那个支部的激活码。登记错了，也打电话说"
            ),
        ),
    };
    Told { what, remedy, code: "号2" }
}

/// Words on findings that the endpoint refused.
pub fn findings_refused(kind: ProblemKind, faults: &[String], addressee: &str) -> Told {
    let is_of_time = faults.iter().any(|fault| TimeCode::read(fault).is_some());
    match kind {
        ProblemKind::Refused if is_of_time => refused(kind, faults, addressee),
        ProblemKind::Refused => told(
            "改1",
            "服务器没有收整改里新写的；手机里的没有动",
            &format!("把这个代号告诉{addressee}，请上级管理员看一看；先用“保存备份”留一份"),
        ),
        kind => problem_told(kind, addressee),
    }
}

/// A file that did not become a photo. Nothing is lost by it: the file is where it was.
pub fn photo(fault: &PhotoFault) -> Told {
    match fault {
        PhotoFault::Empty | PhotoFault::Damaged | PhotoFault::Unfinished => {
            told("照1", "这张照片是空的，或者坏了", "重新拍一张，或者换一张；不拍也行")
        }
        PhotoFault::NoPhoto | PhotoFault::NotForStoring | PhotoFault::MoreThanAPicture => {
            told("照2", "这个文件不是照片", "选手机拍的照片（JPG、PNG）；文件、视频、网页都不行")
        }
        PhotoFault::Undecodable => told(
            "照3",
            "这张照片的格式这部手机的浏览器打不开（多半是HEIC）",
            "在相机设置里选“兼容性最好”再拍，或者把照片截图后选截图",
        ),
        PhotoFault::TooLarge(_) | PhotoFault::TooManyPixels(..) => {
            told("照4", "这张照片太大，手机处理不了", "用手机相机普通模式重新拍，或者把照片截图后选截图")
        }
    }
}

/// A photo that is made and not on disk: it waits in the page, and which page she is on does not matter.
pub fn photo_not_stored(error: &StoreError) -> Told {
    match error {
        StoreError::Full => told(
            "照8",
            "照片还没有存上：手机存储满了，或者写不进去。照片还在手机内存里，别关掉这个网页",
            "在“我的资料在哪”里清掉服务器已有的照片，或者删掉不用的应用，然后点“再存一次照片”",
        ),
        StoreError::Newer => told(
            "照9",
            "照片还没有存上：另一个页面已经更新到新版本，这一页不能再存",
            "把这一页关掉，重新打开，再拍一次",
        ),
        _ => told("照10", "照片还没有存上，还在手机内存里，别关掉这个网页", "点“再存一次照片”"),
    }
}

/// Paper that was not made.
pub fn paper(error: &NotMade) -> Told {
    match error {
        NotMade::Absent => told(
            "纸1",
            "做Word和Excel的那一部分还没有下载到这部手机；填的都在",
            "联上网，在这一页等一会儿，再点一次；下载过一次，以后没有网也能做",
        ),
        NotMade::Failed(_) => {
            told("纸2", "没有做成；填的都在", "再点一次；还不行就关掉重新打开，或者用“打印”")
        }
        NotMade::NotSaved => {
            told("纸3", "这个浏览器不让保存文件", "换手机自带的浏览器或者Chrome打开，再存一次")
        }
    }
}

/// A backup that the browser refuses to save.
pub fn not_saved() -> Told {
    told("备4", "这个浏览器不让保存文件，还没有备份", "用“复制成文字”，粘贴到微信“文件传输助手”")
}

/// A backup that cannot be restored.
pub fn backup(error: &BackupError) -> Told {
    match error {
        BackupError::NotABackup => {
            told("备1", "这不是支部标尺的备份，或者少了一截", "重新选文件；粘贴的要从头到尾全部复制")
        }
        BackupError::Newer(_) => told("备2", "这份备份是新版应用做的", "先更新应用，再恢复"),
        BackupError::OtherBranch(name) => Told {
            what: format!("这份备份是“{name}”的，这部手机没有绑定它"),
            remedy: "先用那个支部的激活码启用，再恢复".into(),
            code: "备3",
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{BranchCode, time_check::TimeFault},
        protocol::{Problem, UnitName},
    };

    #[test]
    fn every_failure_says_what_to_do_and_has_a_code_of_its_own() {
        let kinds = [
            ProblemKind::Malformed,
            ProblemKind::TooLarge,
            ProblemKind::UnknownFormat,
            ProblemKind::CodeWrong,
            ProblemKind::CodeUsed,
            ProblemKind::CodeExpired,
            ProblemKind::TooManyAttempts,
            ProblemKind::Revoked,
            ProblemKind::BranchEnded,
            ProblemKind::NotFound,
            ProblemKind::DifferentBytes,
            ProblemKind::Refused,
            ProblemKind::ReviewBegun,
            ProblemKind::Closed,
            ProblemKind::NotAPhoto,
            ProblemKind::TooManyPhotos,
            ProblemKind::Internal,
        ];
        let mut all: Vec<Told> = kinds.iter().map(|kind| problem_told(*kind, "镇安镇党委")).collect();
        all.extend(
            [
                StoreError::Unavailable(String::new()),
                StoreError::Full,
                StoreError::Stale(String::new()),
                StoreError::Newer,
                StoreError::Unreadable { table: "entries", key: String::new(), reason: String::new() },
                StoreError::Failed(String::new()),
                StoreError::Changed,
                StoreError::OnlyHere(crate::store::Count::default()),
            ]
            .iter()
            .map(store),
        );
        all.push(findings_refused(ProblemKind::Refused, &[], "镇安镇党委"));
        let day = jiff::civil::date(2027, 1, 1);
        let of_time = TimeCode::ALL.map(|code| TimeFault { code, day, remedy: "correct it" }.to_string());
        all.extend(
            of_time.iter().map(|fault| {
                findings_refused(ProblemKind::Refused, std::slice::from_ref(fault), "镇安镇党委")
            }),
        );
        let first =
            refused(ProblemKind::Refused, &["other".into(), of_time[2].clone(), of_time[1].clone()], "");
        assert_eq!(first.code, "报11", "what has to be mended first");
        assert!(first.what.contains("2027年1月1日"), "{first:?}");
        assert_eq!(refused(ProblemKind::Closed, &of_time, "镇").code, "报3");
        all.push(not_saved());
        let unstored =
            [StoreError::Full, StoreError::Newer, StoreError::Changed].map(|error| photo_not_stored(&error));
        assert!(unstored.iter().all(|told| told.what.starts_with("照片还没有存上")), "{unstored:?}");
        all.extend(unstored);
        let faults =
            [PhotoFault::Empty, PhotoFault::NoPhoto, PhotoFault::Undecodable, PhotoFault::TooLarge(9)];
        all.extend(faults.iter().map(photo));
        all.push(api(&ApiError::Offline(String::new()), "镇安镇党委"));
        all.push(api(&ApiError::Unreadable(String::new()), "镇安镇党委"));
        all.extend([NotMade::Absent, NotMade::Failed(String::new()), NotMade::NotSaved].iter().map(paper));
        let codes: std::collections::BTreeSet<_> = all.iter().map(|told| told.code).collect();
        assert_eq!(codes.len(), all.len());
        for told in all {
            assert!(!told.what.is_empty() && !told.remedy.is_empty());
            assert!(!told.what.contains("{}") && !told.remedy.contains("{}"), "{told:?}");
            assert!(told.what.is_ascii() == told.what.is_empty(), "Chinese, not English: {told:?}");
        }
        let refused =
            ApiError::Problem { problem: Problem::new(ProblemKind::Closed, ""), retry_after_s: None };
        assert!(api(&refused, "镇安镇党委").remedy.contains("镇安镇党委"));
    }

    #[test]
    fn a_branch_that_went_into_another_is_told_which_and_that_nothing_is_lost() {
        let today = jiff::civil::date(2026, 11, 24);
        let whole = UnitName { code: BranchCode::new("b").unwrap(), name: "十里村联合党支部".into() };
        let ended = BranchEnded { on: jiff::civil::date(2026, 11, 15), merged_into: Some(whole) };
        let told = branch_ended(&ended, "镇安镇党委", today);
        assert!(told.what.starts_with("从11月15日起，本支部并入“十里村联合党支部”"), "{told:?}");
        assert!(told.what.contains("填过的都在"), "{told:?}");
        assert!(
            told.remedy.contains("保存一份备份") && told.remedy.contains("“十里村联合党支部”的激活码"),
            "{told:?}"
        );
        let told = branch_ended(&BranchEnded { merged_into: None, ..ended }, "镇安镇党委", today);
        assert!(told.what.contains("已经撤销") && told.remedy.contains("镇安镇党委"), "{told:?}");
    }
}
