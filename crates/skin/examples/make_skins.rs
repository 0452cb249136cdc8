//! Writes `assets/skins/*.toml`, the presets of this crate with their sources, and `LAWS.md`, its laws: `cargo run --release -p skin --example make_skins`
#![expect(clippy::print_stdout, reason = "an example that says what it wrote")]

use std::path::Path;

fn main() -> std::io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/skins");
    for (name, person, about) in skin::bundled_skins() {
        let path = folder.join(format!("{name}.toml"));
        std::fs::write(&path, skin::skin_file(&person, &about))?;
        println!("{name}.toml");
    }
    std::fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("LAWS.md"), skin::laws_table())?;
    println!("LAWS.md");
    Ok(())
}
