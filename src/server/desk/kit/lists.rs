//! Lists: a filter that is a plain form, a table, and the ways to its other pages. Every state of a list has an address of its own.

use maud::{Markup, html};

/// A column of a list.
pub(crate) struct Column<'a, T> {
    /// What stands above it.
    pub(crate) head: &'a str,
    /// What stands in a row.
    pub(crate) cell: &'a dyn Fn(&T) -> Markup,
}

/// A table of rows; on a narrow screen every cell says its column's name.
pub(crate) fn table<T>(caption: &str, columns: &[Column<'_, T>], rows: &[T]) -> Markup {
    html! {
        table {
            caption { (caption) }
            thead { tr { @for column in columns { th scope="col" data-head=(column.head) { (column.head) } } } }
            tbody {
                @for row in rows {
                    tr { @for column in columns { td data-head=(column.head) { ((column.cell)(row)) } } }
                }
            }
        }
    }
}

/// What is shown, chosen by fields; it is sent as the address, so that it can be kept and passed on.
pub(crate) fn filter(address: &str, fields: &Markup) -> Markup {
    html! {
        form.filter method="get" action=(address) role="search" {
            (fields)
            button type="submit" { "查看" }
            a href=(address) { "清除条件" }
        }
    }
}

/// Which page of how many this is, and the ways to the others. `address` is told with all of the filter, up to the page's number.
pub(crate) fn pager(total: u64, page: u64, size: u64, address: &str) -> Markup {
    let last = total.div_ceil(size.max(1)).max(1);
    let joined = if address.contains('?') { '&' } else { '?' };
    let to = |number: u64| format!("{address}{joined}page={number}");
    html! {
        nav.pager aria-label="翻页" {
            span { "共" (total) "条" @if last > 1 { "，第" (page) "页，共" (last) "页" } }
            (ways(page, last, &to))
        }
    }
}

/// The same of what is not counted in 条; nothing where all is on one page.
pub(crate) fn pages(total: u64, page: u64, size: u64, address: &str) -> Markup {
    let last = total.div_ceil(size.max(1)).max(1);
    let to = |number: u64| format!("{address}?page={number}");
    html! {
        @if last > 1 {
            nav.pager aria-label="翻页" { span { "第" (page) "页，共" (last) "页" } (ways(page, last, &to)) }
        }
    }
}

fn ways(page: u64, last: u64, to: &dyn Fn(u64) -> String) -> Markup {
    html! {
        @if page > 1 { a rel="prev" href=(to(page - 1)) { "上一页" } }
        @if page < last { a rel="next" href=(to(page + 1)) { "下一页" } }
    }
}
