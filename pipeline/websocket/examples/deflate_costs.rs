//! What compression costs: the table in the documentation of the module `deflate`, on this machine, with miniz_oxide beside it.
//!
//! `cargo run --release -p rajada-websocket --features deflate --example deflate_costs`

use std::hint::black_box;
use std::time::{Duration, Instant};

use miniz_oxide::deflate::core::{
    CompressorOxide, TDEFLFlush, compress, create_comp_flags_from_zip_params,
};
use rajada_websocket::deflate::{Deflater, History, Inflater, Settings, WindowBits};

fn main() {
    println!(
        "octets  level  compressed  inflated  10 bits of history  15 bits of history  miniz_oxide"
    );
    for len in [128, 1024, 4096, 16_384] {
        let message = &json(1)[..len];
        for level in [1, 2, 6] {
            let mut settings = Settings::default();
            (settings.smallest, settings.level) = (0, level);
            let (mut deflater, mut inflater) =
                (Deflater::new(settings.clone()), Inflater::new(settings));
            let deflated = deflater.deflate(WindowBits::MAX, &History::NONE, message);
            let deflated = deflated.expect("it gets smaller").to_vec();
            assert_eq!(inflater.inflate(&History::NONE, &deflated), Ok(message));
            let inflated = time(|| black_box(inflater.inflate(&History::NONE, &deflated)).is_ok());
            let [none, small, large] = [0, 10, 15].map(|bits| {
                let (window, mut history) =
                    (WindowBits::new(bits).unwrap_or(WindowBits::MAX), History::NONE);
                if bits > 0 {
                    history.append(window, &json(2));
                }
                let size =
                    deflater.deflate(window, &history, message).expect("it gets smaller").len();
                let took =
                    time(|| black_box(deflater.deflate(window, &history, message)).is_some());
                format!("{size} in {took:.1} us")
            });
            println!(
                "{len}  {level}  {none}  {inflated:.1} us  {small}  {large}  {}",
                miniz_oxide(level, message)
            );
        }
    }
}

/// What it makes of a message, and in what time.
fn miniz_oxide(level: u8, message: &[u8]) -> String {
    let mut compressor =
        CompressorOxide::new(create_comp_flags_from_zip_params(level.into(), -15, 0));
    let (mut out, mut size) = (vec![0; 2 * message.len()], 0);
    let took = time(|| {
        compressor.reset();
        let (_, taken, made) = compress(&mut compressor, message, &mut out, TDEFLFlush::Sync);
        size = made - 4;
        taken == message.len()
    });
    format!("{size} in {took:.1} us")
}

/// Microseconds that it takes, the best of some rounds.
fn time(mut run: impl FnMut() -> bool) -> f64 {
    let mut best = Duration::MAX;
    for _ in 0..20 {
        let start = Instant::now();
        for _ in 0..100 {
            assert!(run());
        }
        best = best.min(start.elapsed() / 100);
    }
    best.as_secs_f64() * 1e6
}

/// Orders at an exchange, none twice.
fn json(seed: u64) -> Vec<u8> {
    let order = |number: u64| {
        let random = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20;
        let side = if random.is_multiple_of(2) { "buy" } else { "sell" };
        let (id, of, price, cents) = (random % 100_000, random % 7, random % 1000, random % 97);
        let (size, minute, second, thousandth) =
            (random % 50_000, number % 60, random % 60, random % 1000);
        format!(
            r#"{{"id":{id},"symbol":"EUR{of}","price":{price}.{cents:02},"size":{size},"side":"{side}","time":"2026-11-30T18:{minute:02}:{second:02}.{thousandth:03}Z"}},"#
        )
    };
    (seed * 1000..).map(order).take(400).collect::<String>().into_bytes()
}
