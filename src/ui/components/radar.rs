//! The six aspects at a glance, as one SVG.

use crate::ui::radar::{Arm, CENTRE, point, polygon};
use leptos::prelude::*;

/// Draws it; the same figures stand as text beside it, so it is hidden from screen readers.
#[component]
pub fn Radar(
    /// The arms.
    #[prop(into)]
    arms: Signal<Vec<Arm>>,
) -> impl IntoView {
    view! {
        <svg class="radar" viewBox="0 0 300 300" aria-hidden="true">
            {move || {
                let arms = arms.get();
                let of = arms.len();
                let rings = [0.25, 0.5, 0.75, 1.0]
                    .map(|ring| view! { <polygon class="radar-ring" points=polygon((0..of).map(|_| ring), of)></polygon> });
                let names: Vec<_> = arms
                    .iter()
                    .enumerate()
                    .map(|(place, arm)| {
                        let (x, y) = point(place, of, 1.0);
                        let (tx, ty) = point(place, of, 1.22);
                        let anchor = if (tx - CENTRE).abs() < 10.0 {
                            "middle"
                        } else if tx > CENTRE {
                            "start"
                        } else {
                            "end"
                        };
                        // Names beside the figure move inwards, so that four characters fit at the edge.
                        let tx = if anchor == "middle" { tx } else { CENTRE + (tx - CENTRE) * 0.86 };
                        view! {
                            <line class="radar-ring" x1=CENTRE y1=CENTRE x2=x y2=y></line>
                            <text x=tx y=ty + 5.0 text-anchor=anchor>
                                {arm.name.clone()}
                            </text>
                        }
                    })
                    .collect();
                let shape = polygon(arms.iter().map(|arm| arm.share.clamp(0.0, 1.0)), of);
                view! {
                    {rings}
                    {names}
                    <polygon class="radar-shape" points=shape></polygon>
                }
            }}
        </svg>
    }
}
