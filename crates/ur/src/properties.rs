//! What must hold for any bytes and any message.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use proptest::collection::vec;
use proptest::prelude::*;

use crate::{DataType, Decoder, HEADER, Level, Protocol, Recipe, Reply, Request, UrError, Value, Version};

/// A message without borrowing.
#[derive(Debug, Clone)]
struct Parts {
    pick: u8,
    protocol: Protocol,
    word: u32,
    byte: u8,
    hz: f64,
    list: String,
    bytes: Vec<u8>,
    source: Vec<u8>,
}

fn parts() -> impl Strategy<Value = Parts> {
    let hz = prop_oneof![Just(500.0), Just(125.0), 0.0..1000.0, Just(-0.0), Just(f64::MIN_POSITIVE)];
    let protocol = prop_oneof![Just(Protocol::V1), Just(Protocol::V2)];
    (0..8_u8, protocol, any::<u32>(), any::<u8>(), hz, "[ -~]{0,80}", vec(any::<u8>(), 0..200), vec(any::<u8>(), 0..20))
        .prop_map(|(pick, protocol, word, byte, hz, list, bytes, source)| Parts {
            pick,
            protocol,
            word,
            byte,
            hz,
            list,
            bytes,
            source,
        })
}

impl Parts {
    fn level(&self) -> Level {
        Level::try_from(self.byte % 4).unwrap()
    }

    fn v2<T>(&self, value: T) -> Option<T> {
        (self.protocol == Protocol::V2).then_some(value)
    }

    fn request(&self) -> Request<'_> {
        match self.pick {
            0 => Request::ProtocolVersion(self.word as u16),
            1 => Request::ControlVersion,
            2 => Request::SetupOutputs { frequency: self.v2(self.hz), names: &self.list },
            3 => Request::SetupInputs { names: &self.list },
            4 => Request::Start,
            5 => Request::Pause,
            6 => Request::Data { recipe: self.byte, fields: &self.bytes },
            _ => Request::Text { message: &self.bytes, source: &self.source, level: self.level() },
        }
    }

    fn reply(&self) -> Reply<'_> {
        let accepted = self.byte.is_multiple_of(2);
        match self.pick {
            0 => Reply::ProtocolVersion { accepted },
            1 => Reply::ControlVersion(Version { major: self.word, minor: 1, bugfix: u32::MAX, build: !self.word }),
            2 => Reply::SetupOutputs { recipe: self.v2(self.byte), types: &self.list },
            3 => Reply::SetupInputs { recipe: self.byte, types: &self.list },
            4 => Reply::Start { accepted },
            5 => Reply::Pause { accepted },
            6 => Reply::Data { recipe: self.v2(self.byte), fields: &self.bytes },
            _ => Reply::Text { message: &self.bytes, source: self.v2(&self.source[..]), level: self.level() },
        }
    }
}

/// Feeds `stream` cut at `cuts`, and gives the packages and the error that ended them.
fn cut(limit: usize, stream: &[u8], cuts: &[usize]) -> (Vec<(u8, Vec<u8>)>, Option<UrError>) {
    let mut ends: Vec<usize> = cuts.iter().map(|c| c % (stream.len() + 1)).chain([stream.len()]).collect();
    ends.sort_unstable();
    let (mut decoder, mut out, mut from) = (Decoder::new(limit), Vec::new(), 0);
    for to in ends {
        let mut piece = &stream[from..to];
        from = to;
        loop {
            let taken = decoder.feed(piece);
            piece = &piece[taken..];
            loop {
                match decoder.next() {
                    Ok(Some(frame)) => out.push((frame.kind, frame.payload.to_vec())),
                    Ok(None) => break,
                    Err(error) => return (out, Some(error)),
                }
            }
            if piece.is_empty() {
                break;
            }
        }
    }
    (out, None)
}

fn value() -> impl Strategy<Value = Value> {
    let double = prop_oneof![any::<f64>().prop_filter("finite", |v| v.is_finite()), Just(-0.0), Just(f64::MAX)];
    (0..10_usize, any::<u64>(), vec(double, 6), any::<[u32; 6]>()).prop_map(|(pick, word, d, u)| {
        match DataType::ALL[pick] {
            DataType::Bool => Value::Bool(word.is_multiple_of(2)),
            DataType::UInt8 => Value::UInt8(word as u8),
            DataType::UInt32 => Value::UInt32(word as u32),
            DataType::UInt64 => Value::UInt64(word),
            DataType::Int32 => Value::Int32(word as i32),
            DataType::Double => Value::Double(d[0]),
            DataType::Vector3D => Value::Vector3D([d[0], d[1], d[2]]),
            DataType::Vector6D => Value::Vector6D([d[0], d[1], d[2], d[3], d[4], d[5]]),
            DataType::Vector6Int32 => Value::Vector6Int32(u.map(|v| v as i32)),
            DataType::Vector6UInt32 => Value::Vector6UInt32(u),
        }
    })
}

proptest! {
    #[test]
    fn every_message_comes_back(p in parts()) {
        let mut out = [0; 600];
        let mut decoder = Decoder::default();
        let len = p.request().encode(p.protocol, &mut out).unwrap();
        prop_assert_eq!(decoder.feed(&out[..len]), len);
        prop_assert_eq!(Request::decode(p.protocol, decoder.next().unwrap().unwrap()), Ok(p.request()));
        let len = p.reply().encode(p.protocol, &mut out).unwrap();
        prop_assert_eq!(decoder.feed(&out[..len]), len);
        prop_assert_eq!(Reply::decode(p.protocol, decoder.next().unwrap().unwrap()), Ok(p.reply()));
        prop_assert_eq!(decoder.next(), Ok(None));
    }

    #[test]
    fn values_come_back(values in vec(value(), 0..12)) {
        let recipe = Recipe::new(values.iter().map(Value::data_type));
        let mut fields = vec![0; recipe.size()];
        prop_assert_eq!(recipe.encode(&values, &mut fields), Ok(recipe.size()));
        let mut back = vec![Value::Bool(false); values.len()];
        recipe.decode(&fields, &mut back).unwrap();
        prop_assert_eq!(&back, &values);
        prop_assert_eq!(Recipe::from_reply(&recipe.list()), Ok(recipe));
    }

    /// Two cuts anywhere, and a cut after every byte, with a buffer that holds one package or many.
    #[test]
    fn where_the_stream_is_split_does_not_matter(
        messages in vec(parts(), 1..6), a in any::<usize>(), b in any::<usize>(), roomy in any::<bool>(),
    ) {
        let (mut stream, mut longest) = (Vec::new(), HEADER);
        for p in &messages {
            let mut out = [0; 600];
            let len = p.request().encode(p.protocol, &mut out).unwrap();
            longest = longest.max(len);
            stream.extend_from_slice(&out[..len]);
        }
        let limit = if roomy { 4096 } else { longest };
        let whole = cut(limit, &stream, &[]);
        prop_assert_eq!(whole.0.len(), messages.len());
        prop_assert_eq!(whole.1, None);
        prop_assert_eq!(&cut(limit, &stream, &[a, b]), &whole);
        let everywhere: Vec<usize> = (0..stream.len()).collect();
        prop_assert_eq!(&cut(limit, &stream, &everywhere), &whole);
    }

    /// Noise: no panic, the same packages and the same error wherever it is split, and every package is either understood,
    /// and then encodes to the same bytes, or refused.
    #[test]
    fn any_bytes_are_safe(
        noise in prop_oneof![vec(any::<u8>(), 0..400), vec(prop_oneof![Just(0_u8), 0..12_u8, Just(b'M'), Just(b'O'), Just(b'U')], 0..400)],
        limit in 0..100_usize, at in any::<usize>(),
    ) {
        let (frames, error) = cut(limit, &noise, &[]);
        let everywhere: Vec<usize> = (0..noise.len()).collect();
        prop_assert_eq!(&cut(limit, &noise, &[at]), &(frames.clone(), error));
        prop_assert_eq!(&cut(limit, &noise, &everywhere), &(frames.clone(), error));
        for (kind, payload) in &frames {
            let frame = crate::Frame { kind: *kind, payload };
            let mut out = [0; 600];
            for protocol in [Protocol::V1, Protocol::V2] {
                if let Ok(request) = Request::decode(protocol, frame) {
                    let len = request.encode(protocol, &mut out).unwrap();
                    prop_assert_eq!(&out[HEADER..len], &payload[..]);
                }
                // A yes of the robot may be any number but 0, and is written as 1.
                if let Ok(reply) = Reply::decode(protocol, frame) {
                    let len = reply.encode(protocol, &mut out).unwrap();
                    let flag = matches!(kind, b'V' | b'S' | b'P');
                    prop_assert!(flag && payload.len() == 1 || out[HEADER..len] == payload[..]);
                    if let Reply::SetupOutputs { types, .. } | Reply::SetupInputs { types, .. } = reply {
                        let _ = Recipe::from_reply(types);
                    }
                }
            }
        }
    }

    #[test]
    fn any_fields_are_safe(types in vec(0..10_usize, 0..8), fields in vec(any::<u8>(), 0..200)) {
        let recipe = Recipe::new(types.iter().map(|t| DataType::ALL[*t]));
        let mut values = vec![Value::Bool(false); types.len()];
        let result = recipe.decode(&fields, &mut values);
        prop_assert_eq!(result.is_ok(), fields.len() == recipe.size());
    }
}

/// The loop that talks to a robot may not allocate.
#[test]
fn data_packages_do_not_allocate() {
    let recipe = Recipe::new([DataType::Double, DataType::Vector6D, DataType::UInt32]);
    let values = [Value::Double(0.5), Value::Vector6D([0.1; 6]), Value::UInt32(3)];
    let mut back = [Value::Bool(false); 3];
    let (mut fields, mut wire) = ([0; 128], [0; 256]);
    let mut decoder = Decoder::default();
    let counted = allocation_counter::measure(|| {
        for _ in 0..100 {
            let len = recipe.encode(&values, &mut fields).unwrap();
            let data = Request::Data { recipe: 1, fields: &fields[..len] };
            let len = data.encode(Protocol::V2, &mut wire).unwrap();
            assert_eq!(decoder.feed(&wire[..len]), len);
            let frame = decoder.next().unwrap().unwrap();
            let Ok(Reply::Data { recipe: Some(1), fields }) = Reply::decode(Protocol::V2, frame) else { panic!() };
            recipe.decode(fields, &mut back).unwrap();
        }
    });
    assert_eq!((counted.count_total, back), (0, values));
}
