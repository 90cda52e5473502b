//! The workspace as Cargo resolves it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

/// Every package of the dependency graph, for the machine that runs the test.
#[derive(Debug)]
pub struct Workspace {
    packages: BTreeMap<String, Package>,
}

/// One package, ours or a foreign one.
#[derive(Debug)]
pub struct Package {
    /// Its name, as in its manifest.
    pub name: String,
    /// Whether it is a member of this workspace.
    pub ours: bool,
    /// The folder its manifest stands in.
    pub folder: PathBuf,
    dependencies: Vec<Dependency>,
    manifest: Value,
}

/// An arrow of the graph: Cargo's id of the package it points to, and what it is for.
#[derive(Debug, Clone)]
struct Dependency {
    id: String,
    kind: DependencyKind,
}

/// What a dependency is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DependencyKind {
    /// Part of the program.
    Normal,
    /// Only for a build script.
    Build,
    /// Only for tests, examples and benchmarks.
    Dev,
}

impl Workspace {
    /// Asks Cargo. Nothing is fetched and the lock file is not touched.
    ///
    /// # Panics
    ///
    /// When Cargo fails or answers with something other than its documented format.
    pub fn load() -> Workspace {
        let metadata = metadata();
        let members: BTreeSet<&str> = array(&metadata["workspace_members"]).map(text).collect();
        let arrows: BTreeMap<&str, Vec<Dependency>> = array(&metadata["resolve"]["nodes"])
            .map(|node| (text(&node["id"]), array(&node["deps"]).flat_map(dependencies).collect()))
            .collect();
        let packages = array(&metadata["packages"])
            .filter_map(|package| {
                let id = text(&package["id"]);
                let mut folder = PathBuf::from(text(&package["manifest_path"]));
                folder.pop();
                let dependencies = arrows.get(id)?.clone();
                let package = Package {
                    name: text(&package["name"]).to_owned(),
                    ours: members.contains(id),
                    folder,
                    dependencies,
                    manifest: package.clone(),
                };
                Some((id.to_owned(), package))
            })
            .collect();
        Workspace { packages }
    }

    /// The members of this workspace, by name.
    pub fn members(&self) -> impl Iterator<Item = &Package> {
        self.packages.values().filter(|package| package.ours)
    }

    /// The member of that name.
    pub fn member(&self, name: &str) -> Option<&Package> {
        self.members().find(|package| package.name == name)
    }

    /// What `package` depends on directly, for one of `kinds`.
    pub fn direct<'a>(
        &'a self,
        package: &'a Package,
        kinds: &'a [DependencyKind],
    ) -> impl Iterator<Item = &'a Package> {
        package
            .dependencies
            .iter()
            .filter(|dependency| kinds.contains(&dependency.kind))
            .filter_map(|dependency| self.packages.get(&dependency.id))
    }

    /// Everything that ends up in a program that uses `package`: normal dependencies, theirs, and so on. A procedural
    /// macro does not: it runs inside the compiler.
    pub fn closure<'a>(&'a self, package: &'a Package) -> Vec<&'a Package> {
        let mut seen = BTreeSet::new();
        let mut found = Vec::new();
        let mut open = vec![package];
        while let Some(next) = open.pop() {
            let direct = self.direct(next, &[DependencyKind::Normal]);
            for dependency in direct.filter(|dependency| !dependency.is_macro()) {
                if seen.insert(&dependency.folder) {
                    found.push(dependency);
                    open.push(dependency);
                }
            }
        }
        found
    }
}

impl Package {
    /// A field of its manifest as text, when it is set and not empty.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.manifest[name].as_str().filter(|value| !value.is_empty())
    }

    fn is_macro(&self) -> bool {
        array(&self.manifest["targets"])
            .flat_map(|target| array(&target["kind"]))
            .any(|kind| kind == "proc-macro")
    }

    /// Whether `publish = false`.
    pub fn is_private(&self) -> bool {
        self.manifest["publish"].as_array().is_some_and(Vec::is_empty)
    }
}

fn metadata() -> Value {
    let cargo = env!("CARGO");
    let host = output(Command::new(cargo).args(["-vV"]));
    let host = host.lines().find_map(|line| line.strip_prefix("host: ")).expect("cargo -vV names the host");
    let json = output(
        Command::new(cargo)
            .args(["metadata", "--format-version", "1", "--locked", "--offline", "--filter-platform", host])
            .current_dir(crate::root()),
    );
    serde_json::from_str(&json).expect("cargo metadata prints JSON")
}

fn output(command: &mut Command) -> String {
    let output = command.output().expect("cargo runs");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("cargo prints UTF-8")
}

fn dependencies(arrow: &Value) -> impl Iterator<Item = Dependency> {
    let id = text(&arrow["pkg"]).to_owned();
    array(&arrow["dep_kinds"]).map(move |kind| {
        let kind = match kind["kind"].as_str() {
            None => DependencyKind::Normal,
            Some("build") => DependencyKind::Build,
            Some(_) => DependencyKind::Dev,
        };
        Dependency { id: id.clone(), kind }
    })
}

fn array(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().expect("a list in cargo's metadata").iter()
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text in cargo's metadata")
}
