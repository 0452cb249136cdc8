//! The offscreen picture of a real scene shows a head, an arm and dots.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

use std::path::Path;
use std::process::Command;

/// A picture needs a Vulkan driver; Mesa's software one will do.
fn driver() -> bool {
    let found = ["/usr/share/vulkan/icd.d", "/etc/vulkan/icd.d"].iter().any(|dir| Path::new(dir).is_dir());
    assert!(found || std::env::var_os("CI").is_none(), "no Vulkan driver; install mesa-vulkan-drivers");
    found
}

#[test]
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn the_picture_is_not_blank() {
    if !driver() {
        eprintln!("SKIPPED: no Vulkan driver on this machine (mesa-vulkan-drivers has a software one)");
        return;
    }
    let png = std::env::temp_dir().join(format!("pigment-view-{}.png", std::process::id()));
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let output = Command::new(env!("CARGO_BIN_EXE_pigment-view"))
        .arg(root.join("scenes/hairline.toml"))
        .arg("--png")
        .arg(&png)
        .args(["--size", "640x400"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    let mut reader =
        png::Decoder::new(std::io::BufReader::new(std::fs::File::open(&png).unwrap())).read_info().unwrap();
    let mut data = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut data).unwrap();
    std::fs::remove_file(&png).unwrap();
    assert_eq!((info.width, info.height), (640, 400));
    let pixels: Vec<&[u8]> = data[..info.buffer_size()].chunks(info.color_type.samples()).collect();
    let share = |test: &dyn Fn(&[u8]) -> bool| pixels.iter().filter(|p| test(p)).count() as f64 / pixels.len() as f64;
    // Skin is redder than it is blue; metal is not; ink is nearly black.
    let skin = share(&|p| i32::from(p[0]) > i32::from(p[2]) + 25);
    let ink = share(&|p| p[0] < 60 && p[1] < 60 && p[2] < 60);
    let ground = share(&|p| p == pixels[0]);
    assert!(skin > 0.03, "skin covers {skin}");
    assert!(ink > 0.0003, "ink covers {ink}");
    assert!(ground < 0.9, "one colour covers {ground}");
}
