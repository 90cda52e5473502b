//! Secret files on real file systems.

mod isolated;

use std::fs;
use std::os::fd::AsRawFd;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

use isolated::{again, isolated_test, sh, text};
use keyway_linux::{Exposure, ReadError, WriteError, check_secret_file, read_secret_file, write_secret_file};

const SECRET: &[u8] = b"{\"network_key\":\"correct horse battery\"}\n";

/// An empty file system in memory of this many octets at `/mnt`, which only this test sees.
fn fresh(size: usize) -> &'static Path {
    sh(&format!("mount -t tmpfs -o size={size} tmpfs /mnt"));
    Path::new("/mnt")
}

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().mode() & 0o7777
}

/// The names in a folder.
fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

isolated_test!(the_mode_is_0600_whatever_the_umask, {
    let folder = fresh(1 << 20);
    for umask in [0o000, 0o022, 0o077, 0o777] {
        rustix::process::umask(rustix::fs::Mode::from_raw_mode(umask));
        let file = folder.join(format!("{umask:o}"));
        write_secret_file(&file, SECRET).unwrap();
        assert_eq!((mode(&file), fs::read(&file).unwrap().as_slice()), (0o600, SECRET), "umask {umask:o}");
    }
});

isolated_test!(an_old_file_is_replaced_mode_and_all, {
    let file = &fresh(1 << 20).join("credentials");
    fs::write(file, "old").unwrap();
    fs::set_permissions(file, fs::Permissions::from_mode(0o644)).unwrap();
    let mut reader = fs::File::open(file).unwrap();
    write_secret_file(file, SECRET).unwrap();
    assert_eq!((mode(file), fs::read(file).unwrap().as_slice()), (0o600, SECRET));
    // Whoever had opened the old file, which all could read, still has the old file.
    let mut old = String::new();
    std::io::Read::read_to_string(&mut reader, &mut old).unwrap();
    assert_eq!(old, "old");
    assert_eq!(names(file.parent().unwrap()), ["credentials"]);
});

isolated_test!(a_link_is_replaced_and_not_followed, {
    let folder = fresh(1 << 20);
    fs::write(folder.join("precious"), "old").unwrap();
    for target in ["precious", "nowhere", "loop"] {
        let link = folder.join(if target == "loop" { "loop" } else { "link" });
        let _ = fs::remove_file(&link);
        symlink(target, &link).unwrap();
        write_secret_file(&link, SECRET).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_file(), "{target}");
        assert_eq!(fs::read(&link).unwrap(), SECRET);
    }
    assert_eq!(fs::read(folder.join("precious")).unwrap(), b"old");
    assert_eq!(names(folder), ["link", "loop", "precious"]);
});

isolated_test!(a_full_disk_leaves_the_old_file_and_nothing_else, {
    let file = &fresh(64 << 10).join("credentials");
    fs::write(file, "old").unwrap();
    let error = write_secret_file(file, &vec![7; 128 << 10]).unwrap_err();
    let words = error.to_string();
    assert!(words.starts_with("cannot write /mnt/credentials: No space left on device"), "{words}");
    assert!(words.ends_with("nothing was changed; make room and try again"), "{words}");
    assert_eq!(fs::read(file).unwrap(), b"old");
    assert_eq!(names(file.parent().unwrap()), ["credentials"]);
    // With room again, the same call works.
    write_secret_file(file, SECRET).unwrap();
    assert_eq!(fs::read(file).unwrap(), SECRET);
});

isolated_test!(a_disk_without_room_for_a_name_is_the_same_error, {
    sh("mount -t tmpfs -o nr_inodes=2 tmpfs /mnt");
    let file = Path::new("/mnt/credentials");
    fs::write(file, "old").unwrap();
    for error in [write_secret_file(file, SECRET).unwrap_err(), check_secret_file(file).unwrap_err()] {
        assert!(error.to_string().contains("make room"), "{error}");
    }
    assert_eq!(fs::read(file).unwrap(), b"old");
});

isolated_test!(a_read_only_disk_is_told, {
    let file = &fresh(64 << 10).join("credentials");
    sh("mount -o remount,ro /mnt");
    for error in [write_secret_file(file, SECRET).unwrap_err(), check_secret_file(file).unwrap_err()] {
        assert!(error.to_string().contains("Read-only file system"), "{error}");
    }
});

isolated_test!(a_missing_folder_is_told_with_the_remedy, {
    let file = &fresh(64 << 10).join("no/such/credentials");
    let error = write_secret_file(file, SECRET).unwrap_err();
    assert!(matches!(error, WriteError::System { .. }));
    assert!(error.to_string().ends_with("make its folder first, with: mkdir -p"), "{error}");
});

isolated_test!(what_is_no_file_is_not_replaced, {
    let folder = fresh(64 << 10);
    fs::create_dir(folder.join("folder")).unwrap();
    sh("mkfifo /mnt/pipe");
    sh("mknod /mnt/null c 1 3");
    symlink("null", folder.join("link-to-device")).unwrap();
    symlink("folder", folder.join("link-to-folder")).unwrap();
    // What /dev/stdout is, while the shell has sent it to a file.
    let output = fs::File::create(folder.join("output")).unwrap();
    symlink(format!("/proc/self/fd/{}", output.as_raw_fd()), folder.join("stdout")).unwrap();
    let before = names(folder);
    for name in before.iter().filter(|name| *name != "output") {
        let path = folder.join(name);
        for result in [write_secret_file(&path, SECRET), check_secret_file(&path)] {
            assert!(matches!(result, Err(WriteError::NotAFile { .. })), "{name}: {result:?}");
        }
    }
    for path in ["", "/", "..", "/mnt/..", "/mnt/folder/", "/mnt/new/"] {
        let result = write_secret_file(Path::new(path), SECRET);
        assert!(matches!(result, Err(WriteError::NoName { .. })), "{path:?}: {result:?}");
    }
    assert_eq!(names(folder), before);
    assert!(fs::metadata(folder.join("null")).unwrap().file_type().is_char_device());
});

isolated_test!(a_name_without_a_folder_is_in_the_current_one, {
    std::env::set_current_dir(fresh(64 << 10)).unwrap();
    write_secret_file(Path::new("credentials"), SECRET).unwrap();
    // The longest name that there can be: the temporary file needs none of its room.
    let longest = "x".repeat(255);
    write_secret_file(Path::new(&longest), SECRET).unwrap();
    assert_eq!(fs::read("/mnt/credentials").unwrap(), SECRET);
});

isolated_test!(asking_beforehand_changes_nothing, {
    let file = &fresh(64 << 10).join("credentials");
    check_secret_file(file).unwrap();
    assert_eq!(names(file.parent().unwrap()), [""; 0]);
    fs::write(file, "old").unwrap();
    check_secret_file(file).unwrap();
    assert_eq!(fs::read(file).unwrap(), b"old");
});

#[test]
fn a_folder_of_somebody_else_is_told() {
    const AS_NOBODY: &str = "KEYWAY_TEST_AS_NOBODY";
    let name = "a_folder_of_somebody_else_is_told";
    isolated::run(&format!("files::{name}"), || {
        if std::env::var_os(AS_NOBODY).is_none() {
            fresh(64 << 10);
            sh("chmod 755 /mnt");
            let mut command = Command::new("setpriv");
            // Without the capability to pass over permissions, root is a user like any other; but root's files
            // are its own, so give the folder away.
            command
                .args(["--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"])
                .env(AS_NOBODY, "1");
            sh("chown 65534:65534 /mnt");
            let output = again(command, name);
            assert!(output.status.success() && text(&output).contains("1 passed"), "{}", text(&output));
            return;
        }
        let error = write_secret_file(Path::new("/mnt/credentials"), SECRET).unwrap_err();
        assert!(error.to_string().contains("Permission denied"), "{error}");
    });
}

isolated_test!(a_secret_is_read_without_the_end_of_its_line, {
    let file = &fresh(1 << 20).join("passphrase");
    for (contents, expected) in [
        ("correct horse", "correct horse"),
        ("correct horse\n", "correct horse"),
        ("correct horse\r\n", "correct horse"),
        ("correct horse\n\n", "correct horse\n"),
        (" spaces stay \n", " spaces stay "),
        ("exactly sixteen!\r\n", "exactly sixteen!"),
    ] {
        fs::write(file, contents).unwrap();
        let secret = read_secret_file(file, 16).unwrap();
        assert_eq!(secret.as_bytes(), expected.as_bytes(), "{contents:?}");
        assert!(!format!("{secret:?}").contains("horse"));
    }
});

isolated_test!(no_secret_and_too_long_a_secret_are_told, {
    let file = &fresh(1 << 20).join("passphrase");
    for contents in ["", "\n", "\r\n"] {
        fs::write(file, contents).unwrap();
        assert!(matches!(read_secret_file(file, 16), Err(ReadError::Empty { .. })), "{contents:?}");
    }
    for contents in ["seventeen octets.", "seventeen octets.\n", "sixteen octets..\n\n", &"x".repeat(1 << 16)]
    {
        fs::write(file, contents).unwrap();
        assert!(matches!(read_secret_file(file, 16), Err(ReadError::TooLong { limit: 16, .. })));
    }
    assert!(matches!(read_secret_file(Path::new("/mnt"), 16), Err(ReadError::Folder { .. })));
    let error = read_secret_file(Path::new("/mnt/none"), 16).unwrap_err();
    assert!(error.to_string().starts_with("cannot read /mnt/none: No such file"), "{error}");
});

isolated_test!(who_else_can_read_a_secret_is_told, {
    let file = &fresh(1 << 20).join("passphrase");
    fs::write(file, "correct horse").unwrap();
    for (mode, expected) in [
        (0o600, Exposure::Private),
        (0o400, Exposure::Private),
        (0o622, Exposure::Private),
        (0o640, Exposure::Group),
        (0o644, Exposure::Everyone),
        (0o604, Exposure::Everyone),
    ] {
        fs::set_permissions(file, fs::Permissions::from_mode(mode)).unwrap();
        assert_eq!(read_secret_file(file, 63).unwrap().exposure(), expected, "{mode:o}");
    }
});
