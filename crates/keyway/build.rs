//! How the program is linked.

use std::env::var;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // The program has some 48,000 addresses to relocate as it starts. The table of them is 1.1 MB that stays in memory;
    // packed it is a fiftieth of that. Understood by glibc since 2.36 (Debian 12 has it); other linkers ignore the option.
    let target = |part: &str| var(format!("CARGO_CFG_TARGET_{part}")).unwrap_or_default();
    if target("OS") == "linux" && target("ENV") == "gnu" {
        println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
}
