//! The worker's entry point: Trunk builds this binary for `wasm32-unknown-unknown`.

fn main() {
    biaochi::paper::worker::serve();
}
