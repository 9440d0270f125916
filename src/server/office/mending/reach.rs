//! What somebody who writes down problems knows of: the branches that they may, and what lies above these.

use super::{Refusal, adding::Known};
use crate::server::{
    database::{Database, Member, Tree},
    office::{actor::Actor, people::Act, standards::checklists_in_force},
};
use jiff::civil::Date;

impl Known {
    /// What this one may write down problems of; nothing else is known to be there.
    pub(crate) async fn reached(database: &Database, actor: &Actor, today: Date) -> Result<Self, Refusal> {
        let Actor::Person(person) = actor else { return Self::read(database).await };
        let mut members: Vec<Member> = Vec::new();
        for unit in person.reaches(Act::Raise, today) {
            let tree = database.tree_of(Some(&unit), None).await?;
            let lies = |member: &&Member| tree.lies_in(&member.unit.code, &unit);
            members.extend(tree.all().filter(lies).cloned());
        }
        let tree: Tree = members.into_iter().collect();
        Ok(Self { tree, checklists: checklists_in_force(database).await? })
    }
}
