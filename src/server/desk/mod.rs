//! The desk: pages on which townships, counties and the city review and follow up.
//!
//! Pages are made here, on the server: forms and links, Post/Redirect/Get, no framework and no wasm in the browser; every page works
//! without script. One folder a page family, which holds its handlers and what they show; folders do not know one another but by
//! link ([`links`]), and share [`frame`], [`kit`], [`visitor`] and [`failure`].
//!
//! Pages are written with maud, not in templates of their own: their parts are functions whose arguments the compiler checks, a list
//! and its filter are composed as any other values are, and what a page shows stands beside what it asks for. Whatever is put into a
//! page is escaped, unless it says `PreEscaped`, which only the manual does, of our own text.
//!
//! A page asks a use case and shows its answer. What may be done is decided there (`office/people/authority.rs`); a page only leaves
//! out what would be refused.

mod codes;
mod cookies;
mod door;
mod entry;
mod failure;
mod filing;
mod findings;
mod frame;
mod kit;
mod links;
mod log;
mod manual;
mod me;
mod moved;
mod orders;
mod people;
mod posted;
mod reports;
mod roster;
pub mod router;
mod standards;
mod state;
mod today;
mod visitor;
mod waiting;

pub use state::Desk;
