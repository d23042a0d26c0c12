// The fingerprint of everything that the generated code is made from. `build.rs` and the xtask both include this file,
// so that they cannot disagree; it is std-only because `build.rs` runs before anything else is compiled.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Where the fingerprint is written, relative to the repository's root: on the second line of this file.
pub const FILE: &str = "sdk/src/generated/mod.rs";

/// What stands before the fingerprint on its line.
pub const LABEL: &str = "// Fingerprint of its inputs: ";

/// The files that the generated code is made from: the vendor's document, the overlay, and the manifest that pins the generator.
pub fn inputs(root: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = fs::read_dir(root.join("openapi"))?
        .map(|entry| Ok(entry?.path()))
        .collect::<io::Result<Vec<_>>>()?;
    files.retain(|path| path.is_file());
    files.sort();
    files.push(root.join("xtask/Cargo.toml"));
    Ok(files)
}

/// The fingerprint of the inputs below `root`: sixteen hexadecimal digits (FNV-1a over each file's name, length and bytes).
///
/// It tells a changed input from an unchanged one; it is no defence against someone who wants a collision.
pub fn of(root: &Path) -> io::Result<String> {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut add = |bytes: &[u8]| {
        for byte in bytes {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    };
    for path in inputs(root)? {
        let bytes = fs::read(&path)?;
        add(path.file_name().unwrap_or_default().as_encoded_bytes());
        add(&(bytes.len() as u64).to_le_bytes());
        add(&bytes);
    }
    Ok(format!("{hash:016x}"))
}
