# The same steps as CI, one by one. `just` alone runs the gate.
default: ci

# The gate.
ci:
    .ci/run

# The main job.
run:
    cargo run --release

# The README's test command.
test:
    cargo test --release

# Format and lint everything but the viewer.
lint:
    cargo fmt --all -- --check
    cargo clippy --release --all-targets -- -D warnings

# Build the viewer and its offscreen test (dev profile: a release bevy costs three times as much).
view *args:
    cargo run -p view -- {{args}}

# Regenerate the bundled head and compare.
head:
    cargo run --release -p scan --example make_head -- --check

# Draw the finished look of every bundled scene into assets/gallery.
gallery:
    cargo run --release -- gallery
    cargo run --release -- preview scenes/hairline.toml --when before,fresh,healed,5y,hair --sheet assets/gallery/preview_hairline.png
    cargo run --release -- preview scenes/full_head.toml --when before,fresh,healed,5y,hair --sheet assets/gallery/preview_full_head.png

# The figures of the design, measured now.
bench:
    cargo run --release -- bench
