//! 支部基本情况 is typed once for all phones of a branch.

use crate::{
    Stage,
    common::{device, token},
    refused,
};
use biaochi::{
    domain::{BranchProfile, ContentHash, Stamp},
    protocol::{DeviceCode, ProblemKind, StampedProfile, paths},
};
use reqwest::{Method, StatusCode};
use serde_json::json;

fn profile(ms: u64, phone: usize, full_members: u32) -> StampedProfile {
    let stamp = Stamp { ms, count: 0, device: device(phone) };
    StampedProfile { stamp, profile: BranchProfile { full_members, ..BranchProfile::default() } }
}

#[tokio::test]
async fn a_second_phone_gets_the_figures_and_the_later_ones_stay() {
    let stage = Stage::new(2, &[]).await;
    stage.activate(0).await;
    stage.activate(1).await;
    let nothing = stage.phone(0, Method::GET, paths::PROFILE).send().await.unwrap();
    refused(nothing, ProblemKind::NotFound).await;
    let put = async |phone, profile: &StampedProfile| {
        let answer = stage.put(phone, paths::PROFILE, serde_json::to_vec(profile).unwrap()).await;
        assert_eq!(answer.status(), StatusCode::OK);
        answer.json::<StampedProfile>().await.unwrap()
    };
    let (first, later) = (profile(10, 0, 20), profile(11, 7, 21));
    assert_eq!(put(0, &first).await, first);
    assert_eq!(put(0, &first).await, first, "the same again is success");

    let code = stage.phone(0, Method::POST, paths::DEVICE_CODES).send().await.unwrap();
    let code: DeviceCode = code.json().await.unwrap();
    let body =
        json!({ "code": code.code, "device": device(7), "token_hash": ContentHash::of(token(7).as_bytes()) });
    let joined = stage.open(Method::POST, paths::ACTIVATE).json(&body).send().await.unwrap();
    assert_eq!(joined.status(), StatusCode::OK);
    let pulled = stage.phone(7, Method::GET, paths::PROFILE).send().await.unwrap();
    assert_eq!(pulled.json::<StampedProfile>().await.unwrap(), first);

    assert_eq!(put(7, &later).await, later);
    assert_eq!(put(0, &first).await, later, "an earlier one that arrives late changes nothing, and is told");
    let neighbour = stage.phone(1, Method::GET, paths::PROFILE).send().await.unwrap();
    refused(neighbour, ProblemKind::NotFound).await;
}

#[tokio::test]
async fn a_profile_that_cannot_be_is_refused() {
    let stage = Stage::new(1, &[]).await;
    stage.activate(0).await;
    let mut absurd = profile(10, 0, 100_000);
    let answer = stage.put(0, paths::PROFILE, serde_json::to_vec(&absurd).unwrap()).await;
    assert_eq!(refused(answer, ProblemKind::Refused).await.faults.len(), 1);
    absurd.profile = BranchProfile { themed_day: "每月\u{7}5日".into(), ..BranchProfile::default() };
    let answer = stage.put(0, paths::PROFILE, serde_json::to_vec(&absurd).unwrap()).await;
    refused(answer, ProblemKind::Refused).await;
    refused(stage.put(0, paths::PROFILE, vec![b' '; 5_000]).await, ProblemKind::TooLarge).await;
}
