//! Guests that wait for the next scenario.

use std::any::type_name;
use std::path::Path;
use std::sync::{Condvar, Mutex, MutexGuard};
use std::thread::available_parallelism;

use super::{Machine, Problem, guest_out};
use crate::requirements;

/// Runs a scenario, given as a closure in the test itself, in a guest.
///
/// # Panics
///
/// If it panics there, does not end in time, or the guest does not boot.
pub fn scenario<F: FnOnce()>(scenario: F) {
    scenario_and_judge(scenario, |_| ());
}

/// As [`scenario`], for one that mostly waits for a time to be over: it has a guest of its own, and keeps nobody from
/// theirs.
///
/// # Panics
///
/// As [`scenario`].
pub fn waiting_scenario<F: FnOnce()>(scenario: F) {
    run(scenario, |_| (), Lease::extra);
}

/// As [`scenario`]; afterwards `judge` looks on the host at the folder that was [`out`](super::out) in the guest.
///
/// # Panics
///
/// As [`scenario`]; and if `judge` does, in which case the folder is kept.
pub fn scenario_and_judge<F: FnOnce()>(scenario: F, judge: impl FnOnce(&Path)) {
    run(scenario, judge, Lease::take);
}

fn run<F: FnOnce()>(scenario: F, judge: impl FnOnce(&Path), lease: impl Fn() -> Lease) {
    if guest_out().is_some() {
        return scenario();
    }
    requirements::check();
    let name = test_name(type_name::<F>());
    let mut is_second = false;
    let files = loop {
        let mut lease = lease();
        let (files, result) = lease.machine().run(name);
        let Err(problem) = result else { break files };
        // Nobody knows what it left behind: the next scenario gets another guest.
        lease.discard();
        match problem {
            Problem::Hangs(console) if !std::mem::replace(&mut is_second, true) => {
                eprintln!(
                    "the guest of {name} hangs, and {name} begins anew in another; its console:\n{console}"
                );
            }
            Problem::Hangs(console) => {
                panic!("two guests of {name} hang; the second one's console:\n{console}")
            }
            Problem::Failed(words) => panic!("{words}"),
        }
    };
    judge(&files.file("out"));
}

/// The name of the test that a closure stands in, as the test harness spells it.
fn test_name(closure: &'static str) -> &'static str {
    let (_crate, path) = closure.split_once("::").unwrap_or(("", closure));
    path.split_once("::{{closure}}").map_or(path, |(test, _)| test)
}

/// The right to a guest; a sound one is kept for the next, unless it is beyond the number that may run.
struct Lease {
    machine: Option<Machine>,
    is_extra: bool,
}

impl Lease {
    fn extra() -> Lease {
        Lease { machine: Some(Machine::boot()), is_extra: true }
    }

    fn take() -> Lease {
        let mut pool = lock();
        loop {
            if let Some(machine) = pool.idle.pop() {
                return Lease { machine: Some(machine), is_extra: false };
            }
            if pool.alive < most() {
                pool.alive += 1;
                drop(pool);
                // Owned before it boots, so that a failure gives the place free.
                let mut lease = Lease { machine: None, is_extra: false };
                lease.machine = Some(Machine::boot());
                return lease;
            }
            pool = CHANGED.wait(pool).expect("nobody panics with the pool in hand");
        }
    }

    fn machine(&self) -> &Machine {
        self.machine.as_ref().expect("it is there until it is discarded")
    }

    fn discard(&mut self) {
        self.machine = None;
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if self.is_extra {
            return;
        }
        let mut pool = lock();
        match self.machine.take() {
            Some(machine) => pool.idle.push(machine),
            None => pool.alive -= 1,
        }
        CHANGED.notify_one();
    }
}

struct Pool {
    idle: Vec<Machine>,
    /// Idle ones and those at work.
    alive: usize,
}

static POOL: Mutex<Pool> = Mutex::new(Pool { idle: Vec::new(), alive: 0 });
static CHANGED: Condvar = Condvar::new();

fn lock() -> MutexGuard<'static, Pool> {
    POOL.lock().expect("nobody panics with the pool in hand")
}

/// How many guests may run at once, besides those that mostly wait. The kernel of a guest that has no processor for a
/// moment takes its peer for gone: 802.11 counts in tenths of a second.
fn most() -> usize {
    available_parallelism().map_or(1, usize::from).clamp(1, 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closure_knows_its_test() {
        fn name_of<F: FnOnce()>(_: F) -> &'static str {
            test_name(type_name::<F>())
        }
        let expected = "machine::pool::tests::a_closure_knows_its_test";
        assert_eq!(name_of(|| ()), expected);
        let inner = || name_of(|| ());
        assert_eq!(inner(), expected);
    }
}
