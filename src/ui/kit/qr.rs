//! A QR code as one SVG path, for binding a second phone.

#![expect(clippy::needless_pass_by_value, reason = "a component owns what it is given")]

use leptos::prelude::*;
use qrcodegen::{QrCode, QrCodeEcc};

/// Draws the text as a QR code; nothing when it is too long for one.
#[component]
pub fn Qr(
    /// What it says.
    text: String,
) -> impl IntoView {
    let code = QrCode::encode_text(&text, QrCodeEcc::Medium).ok()?;
    let size = code.size();
    let dark =
        (0..size).flat_map(|y| (0..size).map(move |x| (x, y))).filter(|(x, y)| code.get_module(*x, *y));
    let path: String = dark.map(|(x, y)| format!("M{x} {y}h1v1h-1z")).collect();
    // Four light modules around it, as ISO/IEC 18004 asks for.
    let view_box = format!("-4 -4 {0} {0}", size + 8);
    Some(view! {
        <svg class="qr" viewBox=view_box role="img" aria-label="二维码">
            <path d=path></path>
        </svg>
    })
}
