//! Bytes that other people's software has sent, and the examples of the protocol's description.
//!
//! Source: wire.md 2.2 (examples) and 2.5 (an unmodified ur_rtde 1.6.5 to port 30004), 4.2 (its recipes).

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use crate::{
    DataType, Decoder, Frame, Kind, LONGEST_NAMES, Level, Protocol, Recipe, Reply, Request, UrError, Value, Version,
    field,
};

/// Hexadecimal pairs, blanks free, and "text" in double quotes.
fn bytes(wire: &str) -> Vec<u8> {
    let mut out = Vec::new();
    for (k, part) in wire.split('"').enumerate() {
        if k % 2 == 1 {
            out.extend_from_slice(part.as_bytes());
        } else {
            let digits: String = part.split_whitespace().collect();
            out.extend((0..digits.len()).step_by(2).map(|i| u8::from_str_radix(&digits[i..i + 2], 16).unwrap()));
        }
    }
    out
}

/// Calls `look` with the one frame that `wire` holds.
fn framed<T>(wire: &[u8], look: impl FnOnce(Frame<'_>) -> T) -> T {
    let mut decoder = Decoder::default();
    assert_eq!(decoder.feed(wire), wire.len());
    let result = look(decoder.next().unwrap().unwrap());
    assert_eq!(decoder.waiting(), 0);
    result
}

/// The bytes are this request, and this request is the bytes.
#[track_caller]
fn request(protocol: Protocol, wire: &str, want: Request<'_>) {
    let (wire, mut out) = (bytes(wire), [0; 1024]);
    framed(&wire, |frame| assert_eq!(Request::decode(protocol, frame), Ok(want)));
    let len = want.encode(protocol, &mut out).unwrap();
    assert_eq!(out[..len], wire);
    assert_eq!(want.encode(protocol, &mut out[..len - 1]), Err(UrError::Room { need: len, have: len - 1 }));
}

/// The bytes are this reply, and this reply is the bytes.
#[track_caller]
fn reply(protocol: Protocol, wire: &str, want: Reply<'_>) {
    let (wire, mut out) = (bytes(wire), [0; 1024]);
    framed(&wire, |frame| assert_eq!(Reply::decode(protocol, frame), Ok(want)));
    let len = want.encode(protocol, &mut out).unwrap();
    assert_eq!(out[..len], wire);
    assert_eq!(want.encode(protocol, &mut out[..len - 1]), Err(UrError::Room { need: len, have: len - 1 }));
}

const V1: Protocol = Protocol::V1;
const V2: Protocol = Protocol::V2;

#[test]
fn requests_of_both_versions() {
    for v in [V1, V2] {
        request(v, "00 05 56 00 02", Request::ProtocolVersion(2));
        request(v, "00 03 76", Request::ControlVersion);
        request(v, "00 18 49 \"input_int_register_0,\"", Request::SetupInputs { names: "input_int_register_0," });
        request(v, "00 03 53", Request::Start);
        request(v, "00 03 50", Request::Pause);
        request(v, "00 08 55 04 00 00 00 ff", Request::Data { recipe: 4, fields: &[0, 0, 0, 255] });
        let text = Request::Text { message: b"out of ink", source: b"pigment", level: Level::Warning };
        request(v, "00 17 4d 0a \"out of ink\" 07 \"pigment\" 02", text);
    }
    let names = "timestamp,actual_q";
    request(
        V2,
        "00 1d 4f 40 7f 40 00 00 00 00 00 \"timestamp,actual_q\"",
        Request::SetupOutputs { frequency: Some(500.0), names },
    );
    request(V1, "00 15 4f \"timestamp,actual_q\"", Request::SetupOutputs { frequency: None, names });
}

#[test]
fn replies_of_both_versions() {
    for v in [V1, V2] {
        reply(v, "00 04 56 01", Reply::ProtocolVersion { accepted: true });
        reply(v, "00 04 56 00", Reply::ProtocolVersion { accepted: false });
        let version = Version { major: 5, minor: 11, bugfix: 6, build: 0x0102_0304 };
        reply(v, "00 13 76 00000005 0000000b 00000006 01020304", Reply::ControlVersion(version));
        reply(v, "00 09 49 01 \"INT32\"", Reply::SetupInputs { recipe: 1, types: "INT32" });
        reply(v, "00 0a 49 00 \"IN_USE\"", Reply::SetupInputs { recipe: 0, types: "IN_USE" });
        reply(v, "00 04 53 01", Reply::Start { accepted: true });
        reply(v, "00 04 50 00", Reply::Pause { accepted: false });
    }
    let types = "DOUBLE,VECTOR6D";
    reply(V2, "00 13 4f 01 \"DOUBLE,VECTOR6D\"", Reply::SetupOutputs { recipe: Some(1), types });
    reply(V1, "00 12 4f \"DOUBLE,VECTOR6D\"", Reply::SetupOutputs { recipe: None, types });
    reply(V2, "00 06 55 01 aa bb", Reply::Data { recipe: Some(1), fields: &[0xaa, 0xbb] });
    reply(V1, "00 05 55 aa bb", Reply::Data { recipe: None, fields: &[0xaa, 0xbb] });
    let (message, level) = (&b"hold"[..], Level::Error);
    reply(V2, "00 0c 4d 04 \"hold\" 02 \"PC\" 01", Reply::Text { message, source: Some(b"PC"), level });
    reply(V1, "00 08 4d 01 \"hold\"", Reply::Text { message, source: None, level });
}

/// Registers with this prefix, from, to.
type Run = (&'static str, usize, usize);

/// Names with the last comma that ur_rtde leaves.
fn listed(fields: &[Run]) -> String {
    fields.iter().flat_map(|(prefix, from, to)| (*from..=*to).map(move |n| format!("{prefix}{n},"))).collect()
}

const INT: &str = "input_int_register_";
const DOUBLE: &str = "input_double_register_";

#[test]
fn what_ur_rtde_asks_to_receive() {
    let mut names = String::from("timestamp,robot_status_bits,safety_status_bits,runtime_state,");
    names += &listed(&[("output_int_register_", 0, 2), ("output_double_register_", 0, 5)]);
    let ask = Request::SetupOutputs { frequency: Some(500.0), names: &names };
    let mut out = [0; 512];
    assert_eq!(ask.encode(V2, &mut out), Ok(0x120));
    assert_eq!(out[..11], bytes("01 20 4f 40 7f 40 00 00 00 00 00"));
    framed(&out[..0x120], |frame| assert_eq!(Request::decode(V2, frame), Ok(ask)));

    let types: Vec<DataType> = crate::names(&names).map(|n| field(n).unwrap().data_type).collect();
    assert_eq!(Recipe::new(types).size(), 8 + 3 * 4 + 3 * 4 + 6 * 8);
}

/// The input recipes in the order in which they are sent; the number is the size of the message.
#[test]
fn the_23_input_recipes_of_ur_rtde() {
    let recipes: [(usize, &[Run]); 22] = [
        (0xed, &[(INT, 0, 0), (DOUBLE, 0, 7), (INT, 1, 1)]),
        (0x121, &[(INT, 0, 0), (DOUBLE, 0, 10)]),
        (0x263, &[(INT, 0, 7), (DOUBLE, 0, 17)]),
        (0x18, &[(INT, 0, 0)]),
        (0xf0, &[(INT, 0, 0), (DOUBLE, 0, 8)]),
        (0xa8, &[(INT, 0, 0), (DOUBLE, 0, 5)]),
        (0x78, &[(INT, 0, 0), (DOUBLE, 0, 3)]),
        (0x30, &[(INT, 0, 0), (DOUBLE, 0, 0)]),
        (0x2d, &[(INT, 0, 1)]),
        (0x16c, &[(INT, 0, 0), (DOUBLE, 0, 13)]),
        (0x18, &[(INT, 0, 0)]),
        (0x13a, &[(INT, 0, 0), (DOUBLE, 0, 11)]),
        (0xd8, &[(INT, 0, 0), (DOUBLE, 0, 7)]),
        (0x16c, &[(INT, 0, 0), (DOUBLE, 0, 13)]),
        (0x2d, &[(INT, 0, 1)]),
        (0x153, &[(INT, 0, 0), (DOUBLE, 0, 12)]),
        (0x126, &[(INT, 0, 6), (DOUBLE, 0, 5)]),
        (0xd5, &[(INT, 0, 1), (DOUBLE, 0, 6)]),
        (0x45, &[(INT, 0, 0), (DOUBLE, 0, 0), (INT, 1, 1)]),
        (0x108, &[(INT, 0, 0), (DOUBLE, 0, 9)]),
        (0xbd, &[(INT, 0, 0), (DOUBLE, 0, 5), (INT, 1, 1)]),
        (0x1d0, &[(INT, 0, 0), (DOUBLE, 0, 17)]),
    ];
    let mut lists: Vec<(usize, String)> = recipes.iter().map(|(size, fields)| (*size, listed(fields))).collect();
    lists.push((0x2e, "input_int_register_0,external_force_torque,".into()));
    assert_eq!(lists.len(), 23);
    for (size, names) in &lists {
        let mut out = [0; 1024];
        let ask = Request::SetupInputs { names };
        assert_eq!(ask.encode(V2, &mut out), Ok(*size), "{names}");
        framed(&out[..*size], |frame| assert_eq!(Request::decode(V2, frame), Ok(ask)));
        assert!(crate::names(names).all(|n| field(n).is_some()), "{names}");
    }
}

/// Recipe 2 of ur_rtde: the command and eleven numbers.
fn servo() -> Recipe {
    Recipe::new(std::iter::once(DataType::Int32).chain([DataType::Double; 11]))
}

const SERVO: &str = "00 60 55 02 00 00 00 0b
    0000000000000000 bff8000000000000 3ff8000000000000 bff8000000000000 bff8000000000000 3fb999999999999a
    0000000000000000 0000000000000000 3f60624dd2f1a9fc 3fb999999999999a 4072c00000000000";

#[test]
fn a_servoj_of_ur_rtde() {
    let q = [0.0, -1.5, 1.5, -1.5, -1.5, 0.1];
    let mut values = vec![Value::Int32(11)];
    values.extend(q.into_iter().chain([0.0, 0.0, 0.002, 0.1, 300.0]).map(Value::Double));
    let (recipe, mut fields) = (servo(), [0; 128]);
    let len = recipe.encode(&values, &mut fields).unwrap();
    request(V2, SERVO, Request::Data { recipe: 2, fields: &fields[..len] });

    let mut back = vec![Value::Bool(false); values.len()];
    recipe.decode(&fields[..len], &mut back).unwrap();
    assert_eq!(back, values);
    assert_eq!(recipe.get(&fields[..len], 6), Ok(Value::Double(0.1)));
}

/// The same call with five joints, which the client sends eight bytes short: the message decodes, the fields are refused,
/// and the last good ones stay.
#[test]
fn a_servoj_with_five_joints() {
    let short = bytes(
        "00 58 55 02 00 00 00 0b
        0000000000000000 bff8000000000000 3ff8000000000000 bff8000000000000 bff8000000000000
        0000000000000000 0000000000000000 3f60624dd2f1a9fc 3fb999999999999a 4072c00000000000",
    );
    let good = bytes(SERVO);
    let mut values = [Value::Bool(false); 12];
    servo().decode(&good[4..], &mut values).unwrap();
    let before = values;
    framed(&short, |frame| {
        let Ok(Request::Data { recipe: 2, fields }) = Request::decode(V2, frame) else { panic!("{frame:?}") };
        assert_eq!(servo().decode(fields, &mut values), Err(UrError::RecipeSize { got: 84, want: 92 }));
    });
    assert_eq!(values, before);
}

/// The start of a session of ur_rtde, whole, in one stream.
#[test]
fn a_session_of_ur_rtde() {
    let stream = bytes(&format!(
        "00 05 56 00 02  00 03 76  00 03 76  00 18 49 \"input_int_register_0,\"  00 03 53  00 08 55 04 00 00 00 00
        {SERVO}  00 08 55 04 00 00 00 ff"
    ));
    let mut decoder = Decoder::default();
    assert_eq!(decoder.feed(&stream), stream.len());
    let mut kinds = Vec::new();
    while let Some(frame) = decoder.next().unwrap() {
        kinds.push(Request::decode(V2, frame).unwrap().kind());
    }
    use Kind::{ControlVersion, Data, ProtocolVersion, SetupInputs, Start};
    assert_eq!(kinds, [ProtocolVersion, ControlVersion, ControlVersion, SetupInputs, Start, Data, Data, Data]);
}

#[track_caller]
fn bad_request(protocol: Protocol, wire: &str, want: UrError) {
    framed(&bytes(wire), |frame| assert_eq!(Request::decode(protocol, frame), Err(want)));
}

#[track_caller]
fn bad_reply(protocol: Protocol, wire: &str, want: UrError) {
    framed(&bytes(wire), |frame| assert_eq!(Reply::decode(protocol, frame), Err(want)));
}

#[test]
fn malformed_messages_say_what_is_wrong() {
    bad_request(V2, "00 03 58", UrError::Kind { kind: b'X' });
    bad_request(V2, "00 04 56 02", UrError::Short { kind: b'V', need: 2, got: 1 });
    bad_request(V2, "00 06 56 00 02 00", UrError::Trailing { kind: b'V', extra: 1 });
    bad_request(V2, "00 04 53 01", UrError::Trailing { kind: b'S', extra: 1 });
    bad_request(V2, "00 0a 4f 40 7f 40 00 00 00 00", UrError::Short { kind: b'O', need: 8, got: 7 });
    bad_request(V2, "00 0b 4f 7f f8 00 00 00 00 00 00", UrError::NotFinite { field: 0 });
    bad_request(V2, "00 06 49 61 0a 62", UrError::NotAscii { kind: b'I', at: 1 });
    bad_request(V2, "00 05 49 c3 a4", UrError::NotAscii { kind: b'I', at: 0 });
    bad_request(V2, "00 03 55", UrError::Short { kind: b'U', need: 1, got: 0 });
    bad_request(V2, "00 06 4d 05 61 62", UrError::Short { kind: b'M', need: 6, got: 3 });
    bad_request(V2, "00 06 4d 00 00 04", UrError::Level { level: 4 });
    bad_reply(V2, "00 03 56", UrError::Short { kind: b'V', need: 1, got: 0 });
    bad_reply(V2, "00 12 76 00000005 0000000b 00000006 010203", UrError::Short { kind: b'v', need: 16, got: 15 });
    bad_reply(V2, "00 03 4f", UrError::Short { kind: b'O', need: 1, got: 0 });
    bad_reply(V2, "00 07 4d 00 00 00 00", UrError::Trailing { kind: b'M', extra: 1 });
    bad_reply(V1, "00 04 4d 09", UrError::Level { level: 9 });
}

#[test]
fn what_cannot_be_said_is_refused() {
    let mut out = vec![0; 70_000];
    let long = "a".repeat(LONGEST_NAMES + 1);
    let names = Err(UrError::Names { len: 2049 });
    assert_eq!(Request::SetupInputs { names: &long }.encode(V2, &mut out), names);
    assert!(Request::SetupInputs { names: &long[1..] }.encode(V2, &mut out).is_ok());
    assert_eq!(Request::SetupOutputs { frequency: None, names: &long }.encode(V1, &mut out), names);
    let mut over = vec![(2048 + 1 + 3_u16).to_be_bytes()[0], (2048 + 1 + 3_u16).to_be_bytes()[1], b'I'];
    over.extend_from_slice(long.as_bytes());
    framed(&over, |frame| assert_eq!(Request::decode(V2, frame), Err(UrError::Names { len: 2049 })));

    let part = |kind| Err(UrError::ProtocolPart { kind });
    assert_eq!(Request::SetupOutputs { frequency: None, names: "" }.encode(V2, &mut out), part(b'O'));
    assert_eq!(Request::SetupOutputs { frequency: Some(1.0), names: "" }.encode(V1, &mut out), part(b'O'));
    assert_eq!(Reply::Data { recipe: None, fields: &[] }.encode(V2, &mut out), part(b'U'));
    assert_eq!(Reply::Data { recipe: Some(1), fields: &[] }.encode(V1, &mut out), part(b'U'));
    let text = |source| Reply::Text { message: b"", source, level: Level::Info };
    assert_eq!(text(None).encode(V2, &mut out), part(b'M'));
    assert_eq!(text(Some(b"")).encode(V1, &mut out), part(b'M'));

    let nan = Request::SetupOutputs { frequency: Some(f64::NAN), names: "" };
    assert_eq!(nan.encode(V2, &mut out), Err(UrError::NotFinite { field: 0 }));
    assert_eq!(Request::SetupInputs { names: "ä" }.encode(V2, &mut out), Err(UrError::NotAscii { kind: b'I', at: 0 }));
    let wordy = Request::Text { message: &[b'a'; 256], source: b"", level: Level::Info };
    assert_eq!(wordy.encode(V2, &mut out), Err(UrError::Text { len: 256 }));
    let fields = vec![0; 65_532];
    assert_eq!(Request::Data { recipe: 1, fields: &fields[1..] }.encode(V2, &mut out), Ok(65_535));
    assert_eq!(
        Request::Data { recipe: 1, fields: &fields }.encode(V2, &mut out),
        Err(UrError::TooLong { size: 65_536 })
    );
}
