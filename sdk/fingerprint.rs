// The fingerprint of what the generated code is made from: the documents, and the versions of the libraries that write
// it. The generator's own source is not in it; after a change of that, `cargo xtask generate` is run by hand. `build.rs` and the xtask both include this file,
// so that they cannot disagree; it is std-only because `build.rs` runs before anything else is compiled.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
};

/// Where the fingerprint is written, relative to the repository's root: on the second line of this file.
pub const FILE: &str = "sdk/src/generated/mod.rs";

/// What stands before the fingerprint on its line.
pub const LABEL: &str = "// Fingerprint of its inputs: ";

/// The packages whose versions decide what is generated.
const GENERATORS: [&str; 4] = ["heck", "prettyplease", "progenitor-impl", "typify-impl"];

/// The folder of the vendor's document and the overlay.
pub const OPENAPI: &str = "openapi";

/// Where the versions of the generators are locked.
pub const LOCK: &str = "Cargo.lock";

/// The files in `openapi/`, in alphabetical order: the vendor's document and the overlay.
///
/// # Errors
///
/// If the folder `openapi` below `root` cannot be read.
pub fn documents(root: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = fs::read_dir(root.join(OPENAPI))?
        .map(|entry| Ok(entry?.path()))
        .collect::<io::Result<Vec<_>>>()?;
    // Editors and file managers leave files of their own, which are hidden or have other endings.
    files.retain(|path| {
        let is_hidden = path
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with('.'));
        let ending = path.extension().unwrap_or_default().to_string_lossy();
        path.is_file() && !is_hidden && ["json", "markdown", "md", "yaml", "yml"].contains(&&*ending)
    });
    files.sort();
    Ok(files)
}

/// The fingerprint of the inputs below `root`: sixteen hexadecimal digits (FNV-1a over each document's name, length and
/// bytes, and the generators' versions).
///
/// It tells a changed input from an unchanged one; it is no defence against someone who wants a collision.
///
/// # Errors
///
/// If an input cannot be read.
pub fn of(root: &Path) -> io::Result<String> {
    Ok(over(&contents(root)?, &fs::read_to_string(root.join(LOCK))?))
}

/// The names and bytes of the documents below `root`, as [`over`] takes them.
///
/// # Errors
///
/// If a document cannot be read.
pub fn contents(root: &Path) -> io::Result<BTreeMap<OsString, Vec<u8>>> {
    let read = |path: PathBuf| Ok((path.file_name().unwrap_or_default().to_owned(), fs::read(&path)?));
    documents(root)?.into_iter().map(read).collect()
}

/// The fingerprint that a tree with these documents and this lock file has.
#[must_use]
pub fn over(documents: &BTreeMap<OsString, Vec<u8>>, lock: &str) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut add = |bytes: &[u8]| {
        for byte in bytes {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    };
    for (name, bytes) in documents {
        add(name.as_encoded_bytes());
        add(&(bytes.len() as u64).to_le_bytes());
        add(bytes);
    }
    for generator in GENERATORS {
        let name = format!("name = \"{generator}\"");
        let version = lock.lines().skip_while(|line| *line != name).nth(1);
        add(version.unwrap_or_default().as_bytes());
    }
    format!("{hash:016x}")
}
