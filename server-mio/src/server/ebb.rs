//! Memory that is free goes back to the system.

use std::hint::black_box;
use std::thread;

/// Has glibc's allocator give back what a flood has left free; others do that by themselves. It keeps a few small blocks of
/// each size for the thread that has freed them, wherever they are, and all memory below them with them. So they are
/// taken from it and freed by a thread that ends, which keeps none; and then a larger one is freed, at which it looks
/// for what it can give back.
pub(super) fn give_back() {
    let sizes = (LEAST..=MOST).step_by(STEP);
    let kept: Vec<Vec<u8>> = sizes.flat_map(|size| (0..KEPT).map(move |_| block(size))).collect();
    // Without a thread they stay where they are.
    if let Ok(thread) = thread::Builder::new().name("rajada-ebb".into()).spawn(move || drop(kept)) {
        // It has nothing to fail with.
        let _ = thread.join();
    }
    drop(block(LOOKS_AT));
}

/// The sizes of blocks that are kept (see `glibc.malloc.tcache_max` in its manual), and at least as many as are of each.
const LEAST: usize = 24;
const MOST: usize = 1032;
const STEP: usize = 16;
const KEPT: usize = 8;

/// From 64 KiB on.
const LOOKS_AT: usize = 96 * 1024;

fn block(size: usize) -> Vec<u8> {
    black_box(Vec::with_capacity(size))
}
