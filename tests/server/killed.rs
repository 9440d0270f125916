//! `kill -9` in the middle of many submissions, and a stop that lets them finish.

use crate::{
    Stage,
    common::{Program, file, honest, token},
    receipt,
};
use biaochi::protocol::{Receipt, SubmissionSummary, paths};
use reqwest::{Client, Method, StatusCode};
use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_and_the_rest_can_be_sent_again() {
    const PHONES: usize = 8;
    const EACH: usize = 10;
    let mut stage = Stage::new(PHONES, &[]).await;
    for phone in 0..PHONES {
        stage.activate(phone).await;
    }
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel::<Receipt>();
    let mut sending = Vec::new();
    for phone in 0..PHONES {
        let (base, tell, checklist) = (stage.program.base.clone(), tell.clone(), stage.checklist.clone());
        sending.push(tokio::spawn(async move {
            let client = Client::new();
            for round in 0..EACH {
                let sent = honest(&checklist, phone, (phone * EACH + round) as u64);
                let request = client.put(format!("{base}{}", paths::submission(sent.id)));
                // After the kill there is nobody to answer any more.
                let Ok(answer) = request.bearer_auth(token(phone)).json(&sent).send().await else { return };
                let Ok(receipt) = answer.json().await else { return };
                tell.send(receipt).unwrap();
            }
        }));
    }
    let mut acknowledged: Vec<Receipt> = Vec::new();
    while acknowledged.len() < PHONES {
        acknowledged.push(told.recv().await.unwrap());
    }
    stage.program.kill();
    for task in sending {
        task.await.unwrap();
    }
    drop(tell);
    while let Some(receipt) = told.recv().await {
        acknowledged.push(receipt);
    }
    assert!(acknowledged.len() < PHONES * EACH, "it was killed in the middle");

    stage.program = Program::start(&file(&stage.folder), &[]);
    for phone in 0..PHONES {
        for round in 0..EACH {
            let sent = honest(&stage.checklist, phone, (phone * EACH + round) as u64);
            let path = paths::submission(sent.id);
            let answer = stage.put(phone, &path, serde_json::to_vec(&sent).unwrap()).await;
            match acknowledged.iter().find(|receipt| receipt.submission == sent.id) {
                Some(before) => assert_eq!(&receipt(answer, StatusCode::OK).await, before),
                None => assert!(answer.status().is_success()),
            }
        }
        let list = stage.phone(phone, Method::GET, paths::SUBMISSIONS).send().await.unwrap();
        assert_eq!(list.json::<Vec<SubmissionSummary>>().await.unwrap().len(), EACH, "each once");
    }
}

#[tokio::test]
async fn an_activation_whose_answer_was_lost_is_repeated_over_a_kill() {
    let mut stage = Stage::new(1, &[]).await;
    let body = serde_json::to_string(&crate::common::activation(0)).unwrap();
    let mut line = TcpStream::connect(stage.program.base.trim_start_matches("http://")).unwrap();
    write!(
        line,
        "POST {} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        paths::ACTIVATE,
        body.len()
    )
    .unwrap();
    // The first byte of an answer says that the phone is bound; the answer itself is lost.
    line.read_exact(&mut [0]).unwrap();
    stage.program.kill();
    stage.program = Program::start(&file(&stage.folder), &[]);
    stage.activate(0).await;
    let branch = stage.phone(0, Method::GET, paths::BRANCH).send().await.unwrap();
    assert_eq!(branch.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_stop_lets_a_request_under_way_finish() {
    let mut stage = Stage::new(1, &[]).await;
    stage.activate(0).await;
    let sent = honest(&stage.checklist, 0, 1);
    let body = serde_json::to_vec(&sent).unwrap();
    let address = stage.program.base.trim_start_matches("http://").to_owned();
    let mut line = TcpStream::connect(&address).unwrap();
    write!(
        line,
        "PUT {} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\nexpect: 100-continue\r\n\r\n",
        paths::submission(sent.id),
        token(0),
        body.len()
    )
    .unwrap();
    // "100 Continue": the request has reached its handler, which waits for the body.
    let mut go_on = [0; 25];
    line.read_exact(&mut go_on).unwrap();
    assert!(go_on.starts_with(b"HTTP/1.1 100"));
    let id = stage.program.id();
    assert!(std::process::Command::new("kill").arg(id.to_string()).status().unwrap().success());
    while TcpStream::connect(&address).is_ok() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    line.write_all(&body).unwrap();
    let mut answer = String::new();
    line.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    assert!(stage.program.child.wait().unwrap().success(), "it ends with success");
}
