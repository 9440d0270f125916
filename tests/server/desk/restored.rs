//! A backup that is brought back: nobody is in who was not let in since, and the log still verifies.

use super::{COUNTY, County, PASSWORD, TOWN, command};
use crate::common::{NOON, Program, file};
use biaochi::server::database::Place;
use reqwest::StatusCode;

#[tokio::test]
async fn a_backup_brought_back_ends_all_sessions_and_its_log_verifies() {
    let county = County::new(1).await;
    let wang = county.person(TOWN, "王芳", "wangfang", "审核").await;
    county.person(COUNTY, "张敏", "zhangmin", "管理").await;
    let backup = county.folder.path().join("backup.sqlite");
    let backup = backup.to_str().unwrap();
    let Place::File(database) = file(&county.folder) else {
        let refused = command(&county.folder, &["restore", backup]).unwrap_err();
        assert!(refused.contains("pg_restore") && refused.contains("sessions end"), "{refused}");
        assert!(county.run(&["sessions", "end"]).contains("共2处"));
        assert!(wang.get("/desk/me").await.address.starts_with("/desk/sign-in"));
        return;
    };
    county.run(&["backup", backup]);
    // After the backup she is signed out.
    let me = wang.get("/desk/me").await;
    let left = wang.tab();
    wang.send(&me, "/desk/sign-out", &[]).await;
    let County { folder, program } = county;
    drop(program);
    let refused = command(&folder, &["restore", backup]).unwrap_err();
    assert!(refused.contains("还在，没有动它"), "{refused}");
    for ending in ["", "-wal", "-shm"] {
        let name = format!("{}{ending}", database.display());
        if std::fs::exists(&name).unwrap() {
            std::fs::rename(&name, format!("{name}.aside")).unwrap();
        }
    }
    for (name, content) in
        [("nothing", None), ("else", Some("not a database at all, of some length".repeat(99)))]
    {
        let other = folder.path().join(name);
        if let Some(content) = content {
            std::fs::write(&other, content).unwrap();
        }
        assert!(command(&folder, &["restore", other.to_str().unwrap()]).is_err());
        assert!(!database.exists(), "nothing is left behind by {name}");
        assert_eq!(
            std::fs::read_dir(folder.path())
                .unwrap()
                .filter(|file| { file.as_ref().unwrap().file_name().to_str().unwrap().contains("restoring") })
                .count(),
            0
        );
    }
    let told = command(&folder, &["restore", backup]).unwrap();
    assert!(told.contains("退出了2处") && told.contains("前后都对得上"), "{told}");
    assert!(command(&folder, &["log", "verify"]).unwrap().contains("前后都对得上"));
    assert!(command(&folder, &["log", "show"]).unwrap().contains("用备份恢复"));
    let program = Program::start_at(NOON, &file(&folder), &[]);
    let county = County { folder, program };
    let left = left.at(&county.program.base);
    assert!(left.get("/desk/me").await.address.starts_with("/desk/sign-in"));
    left.sign_in("wangfang", PASSWORD).await;
    assert_eq!(left.get("/desk/me").await.status, StatusCode::OK);
}
