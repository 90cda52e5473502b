//! The administrator's password: set once, checked, throttled, changed.

use crate::bench::Bench;
use keyway_devices::SecretText;
use keyway_devices::action::{Refusal, RouterAction};

fn set(bench: &mut Bench, password: &str) -> Result<(), Refusal> {
    let done = bench.unit.set_first_password(&SecretText::new(password), &mut bench.random);
    bench.collect();
    done
}

fn check(bench: &mut Bench, password: &str) -> Result<(), Refusal> {
    bench.unit.check_password(&SecretText::new(password), bench.now)
}

fn change(old: &str, new: &str) -> RouterAction {
    RouterAction::ChangePassword { old: SecretText::new(old), new: SecretText::new(new) }
}

#[test]
fn set_once_and_changed_only_with_the_old_one() {
    let mut bench = Bench::new();
    assert!(!bench.admin().public.has_password);
    assert_eq!(check(&mut bench, "").unwrap_err().code, "unauthorised");
    assert_eq!(set(&mut bench, "short").unwrap_err().code, "bad-value");
    set(&mut bench, "first password").unwrap();
    assert!(bench.admin().public.has_password);
    assert_eq!(set(&mut bench, "second password").unwrap_err().code, "unauthorised");
    assert_eq!(bench.code(change("wrong password", "second password")), "unauthorised");
    assert_eq!(bench.code(change("first password", "short")), "bad-value");
    assert_eq!(check(&mut bench, "first password"), Ok(()));
    assert_eq!(bench.code(change("first password", "second password")), "");
    let mut bench = bench.restart();
    assert_eq!(set(&mut bench, "third password").unwrap_err().code, "unauthorised");
    assert_eq!(check(&mut bench, "first password").unwrap_err().code, "unauthorised");
    assert_eq!(check(&mut bench, "second password"), Ok(()));
    let kept: String = bench.store.values.iter().map(|(_, value)| value.expose()).collect();
    assert!(kept.contains("$argon2id$") && !kept.contains("second password"));
}

#[test]
fn guessing_is_throttled_also_where_the_password_is_changed_and_over_a_power_cycle() {
    let mut bench = Bench::new();
    set(&mut bench, "the password").unwrap();
    for _ in 0..2 {
        assert_eq!(check(&mut bench, "a guess").unwrap_err().code, "unauthorised");
    }
    assert_eq!(bench.code(change("a guess", "my password")), "unauthorised");
    assert_eq!(check(&mut bench, "the password").unwrap_err().code, "throttled");
    bench.power(false);
    assert_eq!(check(&mut bench, "the password").unwrap_err().code, "not-now", "its page is off with it");
    bench.power(true);
    assert_eq!(check(&mut bench, "the password").unwrap_err().code, "throttled");
    bench.wait_seconds(1);
    assert_eq!(check(&mut bench, "the password"), Ok(()));
}
