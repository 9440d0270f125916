//! Who looks at a page: somebody who is signed in. A handler that takes a [`Visitor`] is reached by nobody else.

use super::{Desk, cookies, failure::Failure, links};
use crate::{
    domain::period::shanghai_date,
    server::{
        database::sessions::Session,
        office::{
            actor::Actor,
            people::{
                Act, Person, Secret,
                sessions::{self, SignedIn},
            },
        },
    },
};
use axum::{
    extract::{FromRequestParts, OptionalFromRequestParts},
    http::{Method, request::Parts},
};
use jiff::civil::Date;

/// Somebody who is signed in.
#[derive(Debug)]
pub(crate) struct Visitor {
    /// Who.
    pub(crate) person: Person,
    /// What every form of this session carries, so that no other site can send one (`csrf`).
    pub(crate) token: String,
    /// The day in Shanghai.
    pub(crate) today: Date,
    /// The login name.
    pub(crate) login: String,
    /// The session.
    pub(crate) session: Session,
    /// Whether the password was given so lately that it stands for an act that cannot be undone.
    pub(crate) is_proved: bool,
}

impl Visitor {
    /// Whoever shows this secret at this instant.
    pub(super) fn of(signed_in: SignedIn, secret: &Secret, now: u64) -> Self {
        let is_proved = signed_in.is_proved(now);
        let SignedIn { person, login, session } = signed_in;
        Self { person, token: secret.derived("csrf"), today: shanghai_date(now), login, session, is_proved }
    }

    /// As the one who acts in a use case.
    pub(crate) fn actor(&self) -> Actor {
        Actor::Person(self.person.clone())
    }

    /// Whether it makes sense to offer this at all.
    pub(crate) fn may_somewhere(&self, act: Act) -> bool {
        !self.person.reaches(act, self.today).is_empty()
    }

    /// The page to begin with.
    pub(crate) fn home(&self) -> &'static str {
        let ways = [(Act::See, links::TODAY), (Act::Audit, links::LOG)];
        ways.into_iter().find(|(act, _)| self.may_somewhere(*act)).map_or(links::ME, |(_, address)| address)
    }
}

/// Who is signed in with this request, if anybody is.
pub(super) async fn signed_in(parts: &Parts, desk: &Desk) -> Result<Option<Visitor>, Failure> {
    let Some(secret) = cookies::session(&parts.headers) else { return Ok(None) };
    let now = desk.clock.now_ms();
    let Some(known) = sessions::recognise(&desk.database, now, &secret).await? else { return Ok(None) };
    if known.is_to_be_noted(now) {
        let (database, hash) = (desk.database.clone(), known.session.hash.clone());
        // The page does not wait for it; what is not noted now is with the next one.
        tokio::spawn(async move {
            if let Err(error) = database.see_session(&hash, now).await {
                tracing::warn!(%error, "a session's use was not noted");
            }
        });
    }
    Ok(Some(Visitor::of(known, &secret, now)))
}

impl FromRequestParts<Desk> for Visitor {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self, Failure> {
        let next = match (&parts.method, parts.uri.path_and_query()) {
            (&Method::GET, Some(address)) => address.as_str(),
            _ => links::TODAY,
        };
        signed_in(parts, desk).await?.ok_or_else(|| Failure::signed_out(next))
    }
}

/// For a page that is for everybody: whoever is signed in keeps the ways around it.
impl OptionalFromRequestParts<Desk> for Visitor {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Option<Self>, Failure> {
        signed_in(parts, desk).await
    }
}
