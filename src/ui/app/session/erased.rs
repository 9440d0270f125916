//! What is reactive, with its code once for each type of value: the libraries' own makers are compiled anew for each closure, of
//! which the app has hundreds. So a closure is boxed first; who makes a memo or a part of a page takes these.

use leptos::prelude::*;

/// A memo.
pub fn memo<T: PartialEq + Send + Sync + 'static>(of: impl Fn() -> T + Send + Sync + 'static) -> Memo<T> {
    fn made<T: PartialEq + Send + Sync + 'static>(of: Box<dyn Fn() -> T + Send + Sync>) -> Memo<T> {
        Memo::new(move |_| of())
    }
    made(Box::new(of))
}

/// A part of a page that is drawn again when what it reads changes.
pub fn live<V: IntoAny>(view: impl Fn() -> V + Send + 'static) -> AnyView {
    fn made(view: Box<dyn Fn() -> AnyView + Send>) -> AnyView {
        (move || view()).into_any()
    }
    made(Box::new(move || view().into_any()))
}

/// A part of a page that is there while something holds.
#[component]
pub fn Show<W>(
    /// What has to hold.
    when: W,
    children: ChildrenFn,
) -> impl IntoView
where
    W: Fn() -> bool + Send + Sync + 'static,
{
    let when = memo(when);
    live(move || if when.get() { children() } else { ().into_any() })
}
