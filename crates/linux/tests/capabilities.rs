//! Giving up capabilities: what the kernel says is left, here and in programs that are started.

mod isolated;

use isolated::{again, isolated_test, text};
use keyway_linux::{Capability, can_do_without_override, keep_capabilities};
use std::collections::HashMap;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;

/// `CAP_NET_ADMIN` and `CAP_NET_RAW`, numbers 12 and 13.
const BOTH: &str = "0000000000003000";
const NONE: &str = "0000000000000000";
const UNPRIVILEGED: &str = "KEYWAY_TEST_UNPRIVILEGED";
/// `nobody`.
const SOMEBODY: u32 = 65534;

/// The lines of `/proc/…/status` about privileges.
fn status(text: &str) -> HashMap<String, String> {
    let lines = text.lines().filter_map(|line| line.split_once(":\t"));
    lines.map(|(name, value)| (name.to_owned(), value.trim().to_owned())).collect()
}

fn own() -> HashMap<String, String> {
    status(&std::fs::read_to_string("/proc/thread-self/status").unwrap())
}

fn childs() -> HashMap<String, String> {
    status(&text(&Command::new("cat").arg("/proc/self/status").output().unwrap()))
}

fn sets(status: &HashMap<String, String>) -> [&str; 6] {
    ["CapEff", "CapPrm", "CapBnd", "CapInh", "CapAmb", "NoNewPrivs"].map(|name| status[name].as_str())
}

isolated_test!(root_keeps_what_is_named_and_so_do_its_children, {
    assert!(Capability::DacOverride.is_held());
    keep_capabilities(&[Capability::NetAdmin, Capability::NetRaw]).unwrap();
    assert_eq!(sets(&own()), [BOTH, BOTH, BOTH, NONE, NONE, "1"]);
    assert_eq!(sets(&childs()), [BOTH, BOTH, BOTH, NONE, NONE, "1"]);
    assert!(Capability::NetAdmin.is_held() && Capability::NetRaw.is_held());
    assert!(!Capability::NetBindService.is_held() && !Capability::DacOverride.is_held());
    // There is no way back.
    keep_capabilities(&[Capability::NetRaw, Capability::DacOverride]).unwrap();
    assert_eq!(sets(&own())[..2], ["0000000000002000"; 2]);
    std::thread::scope(|scope| {
        let given_up = scope.spawn(|| {
            keep_capabilities(&[]).unwrap();
            own()
        });
        assert_eq!(sets(&given_up.join().unwrap())[..2], [NONE; 2]);
    });
    assert!(Capability::NetRaw.is_held(), "a thread speaks for itself");
});

isolated_test!(a_service_keeps_its_ambient_set_as_far_as_it_is_named, {
    if std::env::var_os(UNPRIVILEGED).is_none() {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=65534", "--clear-groups"]);
        command.args(["--inh-caps=-all,+net_admin,+net_raw,+sys_time"]);
        command.args(["--ambient-caps=-all,+net_admin,+net_raw,+sys_time"]).env(UNPRIVILEGED, "1");
        let output = again(command, "a_service_keeps_its_ambient_set_as_far_as_it_is_named");
        assert!(output.status.success(), "{}", text(&output));
        return;
    }
    assert_eq!(sets(&own())[4], "0000000002003000");
    keep_capabilities(&[Capability::NetAdmin, Capability::NetRaw, Capability::NetBindService]).unwrap();
    for left in [own(), childs()] {
        let [effective, permitted, _, inheritable, ambient, no_more] = sets(&left);
        assert_eq!([effective, permitted, inheritable, ambient, no_more], [BOTH, BOTH, BOTH, BOTH, "1"]);
    }
});

isolated_test!(the_override_is_needed_where_another_user_s_files_are, {
    let root = PathBuf::from(format!("/tmp/keyway-override-{}", std::process::id()));
    let (own, theirs) = (root.join("own"), root.join("theirs"));
    for (folder, owner) in [(&own, 0), (&theirs, SOMEBODY)] {
        std::fs::create_dir_all(folder).unwrap();
        for (name, mode) in [("private", 0o600), ("public", 0o644)] {
            let file = folder.join(name);
            std::fs::write(&file, "x").unwrap();
            std::fs::set_permissions(&file, PermissionsExt::from_mode(mode)).unwrap();
            chown(&file, Some(owner), Some(owner)).unwrap();
        }
        std::fs::set_permissions(folder, PermissionsExt::from_mode(0o755)).unwrap();
        chown(folder, Some(owner), Some(owner)).unwrap();
    }
    std::env::set_current_dir(&own).unwrap();
    let read = |path: &Path| can_do_without_override(&[path], &[]);
    let write = |path: &Path| can_do_without_override(&[], &[path]);
    let found = [
        (read(&own.join("private")), true),
        (read(&theirs.join("public")), true),
        (read(&theirs.join("private")), false),
        (read(&own.join("missing")), false),
        (write(&own), true),
        (write(&own.join("private")), true),
        (write(&own.join("new/and/deeper")), true),
        (write(Path::new("relative.json")), true),
        (write(&theirs), false),
        (write(&theirs.join("public")), false),
        (write(&theirs.join("new/and/deeper")), false),
        (can_do_without_override(&[own.join("public")], &[own, theirs]), false),
        (can_do_without_override::<&Path>(&[], &[]), true),
    ];
    std::fs::remove_dir_all(&root).unwrap();
    for (number, (found, expected)) in found.into_iter().enumerate() {
        assert_eq!(found, expected, "{number}");
    }
    assert!(Capability::DacOverride.is_held(), "it was only tried");
});
