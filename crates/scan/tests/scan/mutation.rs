//! Readers against arbitrary bytes and against valid files with a few bytes changed: never a panic, never an index
//! that is not there.

use proptest::prelude::*;
use scan::{Format, read_bytes};

fn valid_ply(ascii: bool) -> Vec<u8> {
    let format = if ascii { "ascii" } else { "binary_little_endian" };
    let mut bytes = format!(
        "ply\nformat {format} 1.0\ncomment a tetrahedron\nelement vertex 4\nproperty float x\nproperty float y\n\
         property float z\nproperty uchar red\nproperty uchar green\nproperty uchar blue\nproperty float s\n\
         property float t\nelement face 4\nproperty list uchar int vertex_indices\n\
         property list uchar float texcoord\nend_header\n"
    )
    .into_bytes();
    if ascii {
        bytes.extend(
            b"0 0 0 9 8 7 0 0\n1 0 0 9 8 7 1 0\n0 1 0 9 8 7 0 1\n0 0 1 9 8 7 1 1\n3 0 2 1 6 0 0 0 1 1 0\n\
                       3 0 1 3 0\n3 1 2 3 0\n3 2 0 3 0\n",
        );
        return bytes;
    }
    for v in [[0.0_f32, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]] {
        bytes.extend(v.iter().flat_map(|c| c.to_le_bytes()));
        bytes.extend([9, 8, 7]);
        bytes.extend([0.5_f32, 0.25].iter().flat_map(|c| c.to_le_bytes()));
    }
    for f in [[0_i32, 2, 1], [0, 1, 3], [1, 2, 3], [2, 0, 3]] {
        bytes.push(3);
        bytes.extend(f.iter().flat_map(|v| v.to_le_bytes()));
        bytes.push(6);
        bytes.extend([0.0_f32, 0.0, 1.0, 0.0, 1.0, 1.0].iter().flat_map(|c| c.to_le_bytes()));
    }
    bytes
}

fn valid_obj() -> Vec<u8> {
    b"mtllib a.mtl\no head\nv 0 0 0\nv 1.0e0 0 0 0.5 0.5 0.5\nv 0 1 0\nv 0 0 1\nvt 0 0\nvt 0 1\nvn 0 0 1\nusemtl skin\n\
      f 1/1/1 3/2/1 2/-1\nf -4 -3 -1\nf 2 3 \\\n 4\nf 3 1 4 2\n"
        .to_vec()
}

fn valid_stl(ascii: bool) -> Vec<u8> {
    if ascii {
        return b"solid head\nfacet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 1 0 0\nvertex 0 1 0\nendloop\nendfacet\n\
                 facet normal 0 0 1\nouter loop\nvertex 0 0 1\nvertex 1 0 1\nvertex 0 1 1\nendloop\nendfacet\nendsolid head\n"
            .to_vec();
    }
    let mut bytes = vec![b' '; 80];
    bytes.extend(2_u32.to_le_bytes());
    for z in [0.0_f32, 1.0] {
        for v in [[0.0, 0.0, 1.0], [0.0, 0.0, z], [1.0, 0.0, z], [0.0, 1.0, z]] {
            bytes.extend(v.iter().flat_map(|c: &f32| c.to_le_bytes()));
        }
        bytes.extend([0, 0]);
    }
    bytes
}

fn valid_glb() -> Vec<u8> {
    let mut json = r#"{"asset":{"version":"2.0"},"scene":0,"scenes":[{"nodes":[0]}],"nodes":[{"children":[1],"scale":[1,1,1]},{"mesh":0,"rotation":[0,0,0,1],"translation":[1,2,3]}],"meshes":[{"primitives":[{"attributes":{"POSITION":0,"COLOR_0":2,"TEXCOORD_0":3},"indices":1,"mode":4}]}],"accessors":[{"bufferView":0,"componentType":5126,"count":4,"type":"VEC3","min":[0,0,0],"max":[1,1,1]},{"bufferView":1,"componentType":5123,"count":12,"type":"SCALAR"},{"bufferView":2,"componentType":5121,"normalized":true,"count":4,"type":"VEC4"},{"bufferView":3,"componentType":5126,"count":4,"type":"VEC2"}],"bufferViews":[{"buffer":0,"byteOffset":0,"byteLength":48,"byteStride":12},{"buffer":0,"byteOffset":48,"byteLength":24},{"buffer":0,"byteOffset":72,"byteLength":16},{"buffer":0,"byteOffset":88,"byteLength":32}],"buffers":[{"byteLength":120}]}"#.to_owned();
    while !json.len().is_multiple_of(4) {
        json.push(' ');
    }
    let mut bin = Vec::new();
    for v in [[0.0_f32, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]] {
        bin.extend(v.iter().flat_map(|c| c.to_le_bytes()));
    }
    bin.extend([0_u16, 2, 1, 0, 1, 3, 1, 2, 3, 2, 0, 3].iter().flat_map(|v| v.to_le_bytes()));
    bin.extend([0, 128, 255, 255].repeat(4));
    bin.extend([0.0_f32, 0.0, 1.0, 0.0, 0.0, 1.0, 1.0, 1.0].iter().flat_map(|v| v.to_le_bytes()));
    let mut bytes = b"glTF\x02\0\0\0".to_vec();
    bytes.extend((28 + json.len() as u32 + bin.len() as u32).to_le_bytes());
    bytes.extend((json.len() as u32).to_le_bytes());
    bytes.extend(b"JSON");
    bytes.extend(json.as_bytes());
    bytes.extend((bin.len() as u32).to_le_bytes());
    bytes.extend(b"BIN\0");
    bytes.extend(bin);
    bytes
}

/// Format, a valid file, its triangles.
type Kind = (Format, fn() -> Vec<u8>, usize);

const KINDS: [Kind; 6] = [
    (Format::Ply, || valid_ply(true), 4),
    (Format::Ply, || valid_ply(false), 4),
    (Format::Obj, valid_obj, 5),
    (Format::Stl, || valid_stl(true), 2),
    (Format::Stl, || valid_stl(false), 2),
    (Format::Glb, valid_glb, 4),
];

#[test]
fn unchanged_they_are_valid() {
    for (format, valid, faces) in KINDS {
        let raw = read_bytes(format, valid()).unwrap();
        assert_eq!(raw.faces.len(), faces, "{format}");
        let dressed = format != Format::Stl;
        assert_eq!((raw.attributes.colours.is_some(), raw.attributes.uv.is_some()), (dressed, dressed), "{format}");
    }
}

/// The validator of gltf-json 1.4.1 indexes with this number unchecked; found by `a_few_bytes_changed`.
#[test]
fn an_accessor_that_is_not_there() {
    let bytes = valid_glb();
    let at = bytes.windows(12).position(|w| w == br#""POSITION":0"#).unwrap() + 11;
    for digit in *b"49" {
        let mut broken = bytes.clone();
        broken[at] = digit;
        let said = read_bytes(Format::Glb, broken).unwrap_err().to_string();
        assert!(said.contains(&format!("accessor {} of 4", char::from(digit))), "{said}");
    }
}

fn keeps_its_word(format: Format, bytes: Vec<u8>) {
    match read_bytes(format, bytes) {
        Ok(raw) => {
            assert!(raw.vertices.iter().flatten().all(|c| c.is_finite()));
            assert!(raw.faces.iter().flatten().all(|v| (*v as usize) < raw.vertices.len()));
            assert!(raw.attributes.colours.is_none_or(|c| c.len() == raw.vertices.len()));
            assert!(raw.attributes.uv.is_none_or(|uv| uv.len() == raw.faces.len()));
        }
        Err(fault) => {
            let said = fault.to_string();
            assert!(said.len() < 600 && !said.contains('\n'), "{said}");
        }
    }
}

/// Tokens that readers trip over.
const TOKENS: [&str; 14] = [
    "-1",
    "0",
    "4294967296",
    "18446744073709551615",
    "-9223372036854775808",
    "1e999",
    "nan",
    "\n",
    "[",
    "\"",
    "list",
    "\0",
    "5126",
    "1073741824",
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

    #[test]
    fn arbitrary_bytes(kind in 0..KINDS.len(), bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let (format, valid, _) = KINDS[kind];
        keeps_its_word(format, bytes.clone());
        // And behind a true beginning.
        let mut begun = valid();
        begun.truncate(begun.len() / 2);
        begun.extend(bytes);
        keeps_its_word(format, begun);
    }

    #[test]
    fn a_few_bytes_changed(
        kind in 0..KINDS.len(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let (format, valid, _) = KINDS[kind];
        let mut bytes = valid();
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        keeps_its_word(format, bytes);
    }

    #[test]
    fn a_number_exchanged(
        kind in 0..KINDS.len(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), 0..TOKENS.len()), 1..4),
    ) {
        let (format, valid, _) = KINDS[kind];
        let mut bytes = valid();
        for (at, token) in changes {
            // From some digit on, as many digits as stand there.
            let digits: Vec<usize> = (0..bytes.len()).filter(|i| bytes[*i].is_ascii_digit()).collect();
            if digits.is_empty() {
                break;
            }
            let from = digits[at.index(digits.len())];
            let to = (from..bytes.len()).find(|i| !bytes[*i].is_ascii_digit()).unwrap_or(bytes.len());
            bytes.splice(from..to, TOKENS[token].bytes());
        }
        keeps_its_word(format, bytes);
    }
}
