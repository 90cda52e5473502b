//! How much of the program itself is in memory.
#![allow(unsafe_code)]

use std::ptr;

use rustix::mm::{Advice, madvise};

/// Unmaps what of this program and of its libraries is in memory: starting has needed much that is not needed again. What
/// is needed returns by itself, from the kernel's cache or the file.
///
/// The memory of a program that is small and runs for months is mostly its code. Call it once, when everything is
/// started. Where `/proc` says nothing, nothing happens.
pub fn forget_starting() {
    let Ok(mappings) = std::fs::read_to_string("/proc/self/smaps") else { return };
    for (start, length) in unchanged_files(&mappings) {
        let start = ptr::with_exposed_provenance_mut(start);
        // SAFETY: the range is one of this process's mappings: of a file, not writable, and without one page that differs
        // from the file. What is unmapped of it is the same when it is touched again. Nothing unloads libraries here.
        let _ = unsafe { madvise(start, length, Advice::LinuxDontNeed) };
    }
}

/// The start and length in octets of each mapping of a file that nothing was ever written to and nothing can be, of
/// `/proc/PID/smaps` (proc(5)).
fn unchanged_files(mappings: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut candidate = None;
    for line in mappings.lines() {
        let mut words = line.split_ascii_whitespace();
        match words.next().unwrap_or_default() {
            // The relocated addresses of a program are such pages: read-only, and not what the file has.
            "Anonymous:" => {
                if let (Some(range), Some("0")) = (candidate.take(), words.next()) {
                    found.push(range);
                }
            }
            name if name.ends_with(':') => {}
            range => {
                let kept = matches!(words.next(), Some("r-xp" | "r--p"));
                let is_file = words.nth(3).is_some_and(|path| path.starts_with('/'));
                candidate = (kept && is_file).then(|| parse_range(range)).flatten();
            }
        }
    }
    found
}

/// `start-end` in hexadecimal digits.
fn parse_range(range: &str) -> Option<(usize, usize)> {
    let (start, end) = range.split_once('-')?;
    let start = usize::from_str_radix(start, 16).ok()?;
    Some((start, usize::from_str_radix(end, 16).ok()?.checked_sub(start)?))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use rustix::mm::{MapFlags, MprotectFlags, ProtFlags, mmap, mprotect, munmap};

    use super::*;

    #[test]
    fn it_chooses_files_that_nothing_was_written_to() {
        let mappings = "\
            55ce02264000-55ce02265000 r-xp 004ff000 00:16 11048241                   /usr/bin/keyway\n\
            Size:                  4 kB\nAnonymous:             0 kB\nVmFlags: rd ex mr mw me sd\n\
            55ce02265000-55ce02267000 r--p 00500000 00:16 11048241                   /usr/bin/keyway\n\
            Anonymous:             4 kB\n\
            55ce02267000-55ce02268000 rw-p 00502000 00:16 11048241                   /usr/bin/keyway\n\
            Anonymous:             0 kB\n\
            55ce02268000-55ce02270000 r--s 00000000 00:16 11048242                   /usr/share/shared with others\n\
            Anonymous:             0 kB\n\
            7ffac0000000-7ffac0021000 r--p 00000000 00:00 0\n\
            Anonymous:             0 kB\n\
            7ffac5017000-7ffac501a000 r--p 00000000 00:16 652561                     /usr/lib/libc.so.6 (deleted)\n\
            Anonymous:             0 kB\n\
            7ffc283f5000-7ffc283f7000 r-xp 00000000 00:00 0                          [vdso]\n\
            Anonymous:             0 kB\n";
        assert_eq!(unchanged_files(mappings), [(0x55ce_0226_4000, 0x1000), (0x7ffa_c501_7000, 0x3000)]);
        for odd in
            ["", "-", "x-y r-xp 0 0 0 /a\nAnonymous: 0 kB", "2-1 r-xp 0 0 0 /a\nAnonymous: 0 kB", "1-2 r-xp"]
        {
            assert_eq!(unchanged_files(odd), [], "{odd}");
        }
    }

    #[test]
    fn what_is_the_file_s_leaves_memory_and_what_was_written_stays() {
        const LENGTH: usize = 64 * 4096;
        let mut file = tempfile::tempfile().expect("a file");
        file.write_all(&[7; LENGTH]).expect("written");
        // SAFETY: new mappings of a file that nobody else has, which live until the end of the test.
        let [kept, changed] = [(), ()].map(|()| unsafe {
            let protection = ProtFlags::READ | ProtFlags::WRITE;
            mmap(ptr::null_mut(), LENGTH, protection, MapFlags::PRIVATE, &file, 0).expect("mapped")
        });
        // SAFETY: writable by the protection above, and nobody else's.
        unsafe { changed.cast::<u8>().write(8) };
        for mapping in [kept, changed] {
            // SAFETY: it is read-only from here on, until it is unmapped at the end.
            unsafe { mprotect(mapping, LENGTH, MprotectFlags::READ) }.expect("protected");
            assert!(read(mapping).iter().all(|octet| matches!(octet, 7 | 8)));
        }
        assert_ne!(resident(kept), 0);
        forget_starting();
        assert_eq!(resident(kept), 0);
        assert_ne!(resident(changed), 0);
        assert_eq!(read(kept), [7; LENGTH]);
        assert_eq!((read(changed)[0], read(changed)[1]), (8, 7));

        fn read<'m>(mapping: *mut core::ffi::c_void) -> &'m [u8] {
            // SAFETY: the length of the mapping, which is readable all the time.
            unsafe { core::slice::from_raw_parts(mapping.cast(), LENGTH) }
        }
        fn resident(mapping: *mut core::ffi::c_void) -> usize {
            let mappings = std::fs::read_to_string("/proc/self/smaps").expect("read");
            let from = mappings.find(&format!("{:x}-", mapping.addr())).expect("it is mapped");
            let resident =
                mappings[from..].lines().find_map(|line| line.strip_prefix("Rss:")).expect("a size");
            resident.trim_end_matches("kB").trim().parse().expect("kB")
        }
        for mapping in [kept, changed] {
            // SAFETY: what was mapped above, and is not read again.
            unsafe { munmap(mapping, LENGTH) }.expect("unmapped");
        }
    }
}
