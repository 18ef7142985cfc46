//! The structure of the Rust workspace: which crate depends on which, which module names which, and what is documented.

mod crates;
mod cycles;
mod described;
mod limits;
mod names;
mod source;

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use source::Tree;

/// The workspace as Cargo describes it, without its dependencies.
struct Workspace {
    root: PathBuf,
    packages: Vec<Value>,
}

impl Workspace {
    fn read() -> Self {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args(["metadata", "--format-version", "1", "--no-deps", "--offline"]);
        let output = cargo.current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
        Self {
            root: metadata["workspace_root"].as_str().unwrap().into(),
            packages: metadata["packages"].as_array().unwrap().clone(),
        }
    }

    /// A path of Cargo's, relative to the workspace.
    fn relative(&self, path: &Value) -> PathBuf {
        Path::new(path.as_str().unwrap()).strip_prefix(&self.root).unwrap().to_owned()
    }

    /// The module trees below the `src` folder of every member; a package with a library and a binary has two.
    fn trees(&self) -> Vec<Tree> {
        let mut trees = Vec::new();
        for package in &self.packages {
            for target in package["targets"].as_array().unwrap() {
                let file = self.relative(&target["src_path"]);
                if file.parent().is_some_and(|folder| folder.ends_with("src")) {
                    let open = |path: &Path| std::fs::read_to_string(self.root.join(path)).ok();
                    trees.push(Tree::read(package["name"].as_str().unwrap(), &file, &open));
                }
            }
        }
        trees
    }
}
