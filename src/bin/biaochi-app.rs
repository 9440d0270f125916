//! The app's entry point: Trunk builds this binary for `wasm32-unknown-unknown`.

fn main() {
    biaochi::ui::start();
}
