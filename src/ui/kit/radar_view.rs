//! The six aspects at a glance, as one SVG.

use super::radar::{Arm, CENTRE, Name, point, polygon};
use crate::ui::app::session::erased::live;
use leptos::prelude::*;

/// Draws it; the same figures stand as text beside it, so it is hidden from screen readers.
#[component]
pub fn Radar(
    /// The arms.
    #[prop(into)]
    arms: Signal<Vec<Arm>>,
) -> impl IntoView {
    view! {
        <svg class="radar" viewBox="0 0 3000 3000" aria-hidden="true">
            {live(move || {
                let arms = arms.get();
                let of = arms.len();
                let rings = [25, 50, 75, 100]
                    .map(|ring| view! { <polygon class="radar-ring" points=polygon((0..of).map(|_| ring), of)></polygon> });
                let names: Vec<_> = arms
                    .iter()
                    .enumerate()
                    .map(|(place, arm)| {
                        let (x, y) = point(place, of, 100);
                        let name = Name::beside(place, of, arm.name.chars().count());
                        view! {
                            <line class="radar-ring" x1=CENTRE.to_string() y1=CENTRE.to_string() x2=x.to_string() y2=y.to_string()></line>
                            <text
                                x=name.x.to_string()
                                y=name.y.to_string()
                                text-anchor=name.anchor
                                textLength=name.squeezed.map(|width| width.to_string())
                                lengthAdjust="spacingAndGlyphs"
                            >
                                {arm.name.clone()}
                            </text>
                        }
                    })
                    .collect();
                let shape = polygon(arms.iter().map(|arm| arm.percent.min(100)), of);
                view! {
                    {rings}
                    {names}
                    <polygon class="radar-shape" points=shape></polygon>
                }
            })}
        </svg>
    }
}
