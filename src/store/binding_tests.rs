//! Which branch a code has bound: remembered with the binding itself, forgotten with it.

use super::{
    records::PendingActivation,
    testing::{binding, phone, repository, run},
    *,
};
use crate::protocol::ActivationCode;

#[test]
fn a_code_is_remembered_in_the_transaction_that_binds_and_forgotten_with_the_branch() {
    let memory = Memory::default();
    let tab = repository(&memory);
    let code = ActivationCode::parse("123456789012").unwrap();
    let hash = code.hash();
    let pending = PendingActivation { code, token: binding(1).token };
    run(tab.save_pending_activation(&pending)).unwrap();
    // A full disk: neither bound nor spent, and the activation goes on where it stopped.
    memory.refuse(Some(StoreError::Full));
    assert_eq!(run(tab.bind(&binding(1), &phone())), Err(StoreError::Full));
    memory.refuse(None);
    assert_eq!(run(tab.pending_activation()).unwrap(), Some(pending));
    run(tab.bind(&binding(1), &phone())).unwrap();
    assert_eq!(run(tab.branch_of_code(&hash)).unwrap(), Some(binding(1).branch.code));
    assert_eq!(run(tab.pending_activation()).unwrap(), None);

    // A spoilt record only means that the code is tried.
    let key = format!("code/{hash}");
    let mut batch = Batch::default();
    batch.put_text(Table::Settings, &key, "{");
    run(memory.commit(batch)).unwrap();
    assert_eq!(run(tab.branch_of_code(&hash)).unwrap(), None);
    let mut batch = Batch::default();
    batch.put(Table::Settings, &key, &binding(1).branch.code).unwrap();
    run(memory.commit(batch)).unwrap();
    run(tab.unbind(&binding(1).branch.code, &phone())).unwrap();
    assert_eq!(run(tab.branch_of_code(&hash)).unwrap(), None);
}
