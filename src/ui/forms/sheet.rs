//! A form as it will be on paper: shown on the screen, and what the browser prints (style/paper.css).

use crate::paper::{
    Align, Block, DATE_LINE, Foot, Orientation, Paper, Table,
    layout::{foot_columns, label_columns, widths},
};
use leptos::prelude::*;

/// The sheet.
#[component]
pub fn Sheet(
    /// What stands on it.
    paper: Paper,
) -> impl IntoView {
    let last = paper.blocks.len().saturating_sub(1);
    let under_last = paper.last_table().is_some();
    let (boxed, lines): (Vec<Foot>, Vec<Foot>) =
        paper.feet.into_iter().partition(|foot| !foot.label.is_empty());
    let mut blocks: Vec<AnyView> = Vec::new();
    for (place, block) in paper.blocks.iter().enumerate() {
        blocks.push(match block {
            Block::Heading(text) => view! { <h3>{text.clone()}</h3> }.into_any(),
            Block::Paragraph(text) => view! { <p class="sheet-text">{text.clone()}</p> }.into_any(),
            Block::Remark(text) => view! { <p>{text.clone()}</p> }.into_any(),
            Block::Table(one) => table(one, if under_last && place == last { &boxed } else { &[] }),
        });
    }
    if !under_last && !boxed.is_empty() {
        blocks.push(table(&foot_columns(), &boxed));
    }
    blocks.extend(
        lines.into_iter().map(|foot| view! { <div class="sheet-signs">{signs(&foot)}</div> }.into_any()),
    );
    let subtitle: Vec<_> = paper.subtitle.into_iter().map(|line| view! { <p>{line}</p> }).collect();
    let class = match paper.orientation {
        Orientation::Portrait => "sheet",
        Orientation::Landscape => "sheet sheet-landscape",
    };
    view! {
        // Reachable by keyboard, because it scrolls sideways by itself.
        <div class="sheet-frame" role="region" aria-label="纸上的样子" tabindex="0" data-testid="sheet">
            <div class=class>
                <h2>{paper.title}</h2>
                <div class="sheet-subtitle">{subtitle}</div>
                {blocks}
            </div>
        </div>
    }
}

fn signs(foot: &Foot) -> Vec<AnyView> {
    foot.signs
        .iter()
        .cloned()
        .chain([DATE_LINE.to_owned()])
        .map(|line| view! { <p>{line}</p> }.into_any())
        .collect()
}

fn table(table: &Table, feet: &[Foot]) -> AnyView {
    let columns: Vec<_> = widths(table, 100)
        .into_iter()
        .map(|width| leptos::html::col().attr("width", format!("{width}%")).into_any())
        .collect();
    let head = table.headed.then(|| {
        let names: Vec<_> = table
            .columns
            .iter()
            .map(|column| view! { <th scope="col">{column.name.clone()}</th> }.into_any())
            .collect();
        view! { <thead><tr>{names}</tr></thead> }.into_any()
    });
    let rows = table.rows.iter().map(|row| {
        let mut cells: Vec<AnyView> = Vec::new();
        for (place, column) in table.columns.iter().enumerate() {
            let class = match column.align {
                Align::Left => "",
                Align::Center => "sheet-center",
            };
            let text = row.cells.get(place).cloned().unwrap_or_default();
            cells.push(view! { <td class=class>{text}</td> }.into_any());
        }
        let class = match row.lines {
            0 | 1 => "",
            2 | 3 => "sheet-room",
            _ => "sheet-much-room",
        };
        view! { <tr class=class>{cells}</tr> }.into_any()
    });
    let mut rows: Vec<AnyView> = rows.collect();
    let label = label_columns(table);
    let rest = table.columns.len().saturating_sub(label).max(1);
    rows.extend(feet.iter().map(|foot| {
        let signs = if foot.signs.is_empty() { Vec::new() } else { signs(foot) };
        let class = if signs.is_empty() { "" } else { "sheet-opinion" };
        view! {
            <tr class=class>
                <td class="sheet-center" colspan=label.to_string()>
                    {foot.label.clone()}
                </td>
                <td colspan=rest.to_string()>
                    <p>{foot.text.clone()}</p>
                    <div class="sheet-signs">{signs}</div>
                </td>
            </tr>
        }
        .into_any()
    }));
    view! {
        <table>
            <colgroup>{columns}</colgroup>
            {head}
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}
