//! The kernel that the guest boots: one that is installed on the host as a Debian package.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// An installed kernel with simulated radios among its modules.
#[derive(Debug)]
pub(super) struct Kernel {
    /// What QEMU is given.
    pub(super) image: PathBuf,
    modules: Modules,
}

/// What a guest needs, in this order, and what brings it along: QEMU's devices, the host's files, radios with
/// their ciphers, and the ciphers that iwd asks the kernel for.
const WANTED: [&str; 20] = [
    "virtio_pci",
    "9pnet_virtio",
    "9p",
    "overlay",
    "ccm",
    "ctr",
    "cmac",
    "gcm",
    "ecb",
    "md4",
    "des_generic",
    "algif_hash",
    "algif_skcipher",
    "algif_aead",
    "pkcs8_key_parser",
    "mac80211_hwsim",
    "bridge",
    "veth",
    "tun",
    "virtio_rng",
];

impl Kernel {
    /// The newest one.
    ///
    /// # Panics
    ///
    /// If there is none, with what to install. Kernels made for clouds are none: they have no Wi-Fi.
    pub(super) fn newest() -> Kernel {
        let images = fs::read_dir("/boot").into_iter().flatten().flatten().map(|entry| entry.path());
        let kernels = images.filter_map(|image| {
            let version = image.file_name()?.to_str()?.strip_prefix("vmlinuz-")?.to_owned();
            let modules = Modules::read(&Path::new("/lib/modules").join(&version))?;
            modules.has("mac80211_hwsim").then_some((order(&version), Kernel { image, modules }))
        });
        let newest = kernels.max_by(|(one, _), (other, _)| one.cmp(other));
        let none = "no kernel with simulated radios is installed: `apt-get install linux-image-amd64`";
        newest.unwrap_or_else(|| panic!("{none}")).1
    }

    /// The modules of a guest, each after those it needs: name and content.
    pub(super) fn modules(&self) -> Vec<(String, Vec<u8>)> {
        let read = |path: &PathBuf| {
            let content = fs::read(path);
            content.unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()))
        };
        let paths = self.modules.order(&WANTED);
        paths.iter().map(|path| (file_name(path).to_owned(), read(path))).collect()
    }
}

/// What `depmod` wrote down about a kernel's modules.
#[derive(Debug)]
struct Modules {
    folder: PathBuf,
    /// By a module's name, its file and those of the modules it needs, relative to the folder.
    needs: BTreeMap<String, (String, Vec<String>)>,
    /// Names of those that are part of the kernel.
    builtin: Vec<String>,
}

impl Modules {
    fn read(folder: &Path) -> Option<Modules> {
        let needs = fs::read_to_string(folder.join("modules.dep")).ok()?;
        let builtin = fs::read_to_string(folder.join("modules.builtin")).ok()?;
        Some(Modules::parse(folder, &needs, &builtin))
    }

    fn parse(folder: &Path, needs: &str, builtin: &str) -> Modules {
        let line = |line: &str| {
            let (file, needs) = line.split_once(':')?;
            let needs = needs.split_whitespace().map(str::to_owned).collect();
            Some((name_of(file), (file.to_owned(), needs)))
        };
        Modules {
            folder: folder.to_owned(),
            needs: needs.lines().filter_map(line).collect(),
            builtin: builtin.lines().map(name_of).collect(),
        }
    }

    fn has(&self, name: &str) -> bool {
        self.needs.contains_key(name)
    }

    /// The files of these modules and of all that they need, in an order in which they can be loaded.
    fn order(&self, names: &[&str]) -> Vec<PathBuf> {
        let mut ordered = Vec::new();
        for name in names {
            self.add(name, &mut ordered);
        }
        ordered
    }

    fn add(&self, name: &str, ordered: &mut Vec<PathBuf>) {
        let Some((file, needs)) = self.needs.get(name) else {
            let folder = self.folder.display();
            assert!(self.builtin.iter().any(|builtin| builtin == name), "{folder} has no module {name}");
            return;
        };
        for needed in needs {
            self.add(&name_of(needed), ordered);
        }
        let path = self.folder.join(file);
        if !ordered.contains(&path) {
            ordered.push(path);
        }
    }
}

/// The name of a module in a file, as the kernel spells it.
fn name_of(file: &str) -> String {
    let name = file.rsplit('/').next().unwrap_or(file);
    name.split('.').next().unwrap_or(name).replace('-', "_")
}

fn file_name(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
}

/// The numbers in a version, to find the newest one.
fn order(version: &str) -> Vec<u32> {
    version
        .split(|character: char| !character.is_ascii_digit())
        .filter_map(|part| part.parse().ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_comes_after_what_it_needs_and_once() {
        let needs = "net/mac80211.ko: net/cfg80211.ko net/rfkill.ko\nnet/cfg80211.ko: net/rfkill.ko\n\
                     net/rfkill.ko:\ncrypto/des-generic.ko: crypto/libdes.ko\ncrypto/libdes.ko:\n";
        let modules = Modules::parse(Path::new("/m"), needs, "kernel/fs/ext4/ext4.ko\n");
        let order = modules.order(&["cfg80211", "mac80211", "ext4", "des_generic"]);
        let expected = [
            "/m/net/rfkill.ko",
            "/m/net/cfg80211.ko",
            "/m/net/mac80211.ko",
            "/m/crypto/libdes.ko",
            "/m/crypto/des-generic.ko",
        ];
        assert_eq!(order, expected.map(PathBuf::from));
    }

    #[test]
    fn versions_are_compared_by_their_numbers() {
        let mut versions = ["6.1.0-9-amd64", "6.12.1-1-amd64", "6.1.0-56-amd64"];
        versions.sort_by_key(|version| order(version));
        assert_eq!(versions, ["6.1.0-9-amd64", "6.1.0-56-amd64", "6.12.1-1-amd64"]);
    }
}
