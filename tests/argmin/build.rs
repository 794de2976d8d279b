//! Finds the source of `argmin_testfunctions`, puts the attribute on every function, and writes that into the build folder.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let source = source().join("src");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    let mut modules = String::new();
    let mut files: Vec<PathBuf> = fs::read_dir(&source)
        .expect("the source of argmin_testfunctions")
        .map(|e| e.expect("a readable entry").path())
        .filter(|p| p.extension().is_some_and(|e| e == "rs"))
        .filter(|p| p.file_name().is_some_and(|n| n != "lib.rs"))
        .collect();
    files.sort();
    for file in files {
        let text = annotated(&fs::read_to_string(&file).expect("a readable file"));
        let name = file.file_name().expect("it is a file");
        fs::write(out.join(name), text).expect("a writable build folder");
        let module = Path::new(name).with_extension("");
        let module = module.display();
        modules.push_str(&format!(
            "pub mod {module} {{ include!(concat!(env!(\"OUT_DIR\"), \"/{module}.rs\")); }}\n"
        ));
    }
    fs::write(out.join("functions.rs"), modules).expect("a writable build folder");
}

/// Where cargo keeps the crate.
fn source() -> PathBuf {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1"])
        .output()
        .expect("cargo");
    let metadata = String::from_utf8_lossy(&output.stdout).into_owned();
    let manifest = metadata
        .split("\"manifest_path\":\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .map(|path| path.replace("\\\\", "\\"))
        .find(|path| path.contains("argmin_testfunctions"))
        .expect("argmin_testfunctions among the dependencies");
    PathBuf::from(manifest)
        .parent()
        .expect("a manifest lies in a folder")
        .to_path_buf()
}

/// The functions get a Hessian too, and their analytic derivatives are functions like others; the analytic Hessians have the names
/// that ours get, and take others.
fn annotated(text: &str) -> String {
    let text = text.split("#[cfg(test)]").next().unwrap_or_default();
    let text = text.replace("_hessian", "_hessian_by_hand");
    let mut out = String::new();
    for line in text.lines().filter(|l| !l.starts_with("//!")) {
        if let Some(rest) = line.strip_prefix("pub fn ") {
            let name = rest.split(['<', '(']).next().unwrap_or_default();
            let modes = match () {
                _ if name.contains("_hessian") => "",
                _ if name.contains("_derivative") => "#[differentiate]\n",
                _ => "#[differentiate(forward, reverse, hessian)]\n",
            };
            out.push_str(modes);
        }
        out.push_str(line);
        out.push('\n');
    }
    format!("use chainrule::differentiate;\n{out}")
}
