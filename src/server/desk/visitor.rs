//! Who looks at a page: somebody who is signed in.

use crate::server::office::{
    actor::Actor,
    people::{Act, Person},
};
use jiff::civil::Date;

/// Somebody who is signed in.
pub(crate) struct Visitor {
    /// Who.
    pub(crate) person: Person,
    /// What every form of this session carries, so that no other site can send one (`csrf`).
    pub(crate) token: String,
    /// The day in Shanghai.
    pub(crate) today: Date,
}

impl Visitor {
    /// As the one who acts in a use case.
    pub(crate) fn actor(&self) -> Actor {
        Actor::Person(self.person.clone())
    }

    /// Whether it makes sense to offer this at all.
    pub(crate) fn may_somewhere(&self, act: Act) -> bool {
        !self.person.reaches(act, self.today).is_empty()
    }
}
