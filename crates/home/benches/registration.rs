//! What a registration costs in computing alone: printer and router in one process, no system calls between them.

#[path = "../tests/common/mod.rs"]
mod common;

use common::{Medium, Run, Setting};
use std::hint::black_box;
use std::time::Instant;

fn main() {
    // Under `cargo test` one round shows that it runs; `cargo bench` passes `--bench` and gets figures.
    let rounds = if std::env::args().any(|argument| argument == "--bench") { 501 } else { 1 };
    for setting in [Setting::Pin, Setting::Button, Setting::ReadRouter] {
        let mut times: Vec<f64> = (0..rounds)
            .map(|seed| {
                let run = Run::new(setting, Medium::perfect(), seed);
                let start = Instant::now();
                black_box(run.finish());
                start.elapsed().as_secs_f64() * 1e6
            })
            .collect();
        times.sort_by(f64::total_cmp);
        println!("{setting:?}: median {:.0} \u{b5}s for both sides together", times[times.len() / 2]);
    }
}
