//! What the PLY library fills, number by number.
//!
//! In: properties by name. Out: positions, colours and texture coordinates as they stand, and polygons.

use ply_rs_bw::ply::{BeginList, Property, PropertyAccess, PropertyAccessResult};

pub(super) const LIST_NAMES: [&str; 2] = ["vertex_indices", "vertex_index"];
pub(super) const TEXTURE_LIST: &str = "texcoord";
pub(super) const COLOUR_NAMES: [&str; 3] = ["red", "green", "blue"];
pub(super) const TEXTURE_NAMES: [[&str; 2]; 4] =
    [["s", "t"], ["u", "v"], ["texture_u", "texture_v"], ["texture_s", "texture_t"]];

pub(super) struct Skipped;

impl PropertyAccess for Skipped {
    fn new() -> Self {
        Self
    }
}

/// Position, and what is kept beside it: nothing where the file has nothing.
pub(super) struct Vertex<E>(pub(super) [f64; 3], pub(super) E);

pub(super) trait Beside: Default {
    fn set(&mut self, name: &str, value: f64) -> PropertyAccessResult;
}

impl Beside for () {
    fn set(&mut self, _name: &str, _value: f64) -> PropertyAccessResult {
        PropertyAccessResult::Ignored
    }
}

#[derive(Default)]
pub(super) struct Extra {
    pub(super) colour: [f32; 3],
    /// By each of [`TEXTURE_NAMES`].
    pub(super) texture: [[f32; 2]; TEXTURE_NAMES.len()],
}

impl Beside for Extra {
    fn set(&mut self, name: &str, value: f64) -> PropertyAccessResult {
        if let Some(k) = COLOUR_NAMES.iter().position(|n| *n == name) {
            self.colour[k] = value as f32;
        } else if let Some(k) = TEXTURE_NAMES.as_flattened().iter().position(|n| *n == name) {
            self.texture.as_flattened_mut()[k] = value as f32;
        } else {
            return PropertyAccessResult::Ignored;
        }
        PropertyAccessResult::Set
    }
}

impl<E: Beside> Vertex<E> {
    fn set(&mut self, name: &str, value: f64) -> PropertyAccessResult {
        match name {
            "x" => self.0[0] = value,
            "y" => self.0[1] = value,
            "z" => self.0[2] = value,
            _ => return self.1.set(name, value),
        }
        PropertyAccessResult::Set
    }
}

impl<E: Beside> PropertyAccess for Vertex<E> {
    fn new() -> Self {
        Self([0.0; 3], E::default())
    }
    fn set_property(&mut self, name: &str, property: Property) -> PropertyAccessResult {
        let value = match property {
            Property::Char(v) => f64::from(v),
            Property::UChar(v) => f64::from(v),
            Property::Short(v) => f64::from(v),
            Property::UShort(v) => f64::from(v),
            Property::Int(v) => f64::from(v),
            Property::UInt(v) => f64::from(v),
            Property::Float(v) => f64::from(v),
            Property::Double(v) => v,
            _ => return PropertyAccessResult::Ignored,
        };
        self.set(name, value)
    }
    fn set_float(&mut self, name: &str, value: f32) -> PropertyAccessResult {
        self.set(name, f64::from(value))
    }
    fn set_double(&mut self, name: &str, value: f64) -> PropertyAccessResult {
        self.set(name, value)
    }
}

/// The library fills a list of the declared type.
enum Indices {
    Int(Vec<i32>),
    Uint(Vec<u32>),
    Small(Vec<i64>),
}

pub(super) struct Face {
    indices: Indices,
    pub(super) texture: Vec<f32>,
}

impl Face {
    pub(super) fn indices(&self) -> impl Iterator<Item = i64> {
        let (int, uint, small): (&[i32], &[u32], &[i64]) = match &self.indices {
            Indices::Int(list) => (list, &[], &[]),
            Indices::Uint(list) => (&[], list, &[]),
            Indices::Small(list) => (&[], &[], list),
        };
        let int = int.iter().map(|v| i64::from(*v));
        let uint = uint.iter().map(|v| i64::from(*v));
        int.chain(uint).chain(small.iter().copied())
    }
}

impl PropertyAccess for Face {
    fn new() -> Self {
        Self { indices: Indices::Small(Vec::new()), texture: Vec::new() }
    }
    fn set_property(&mut self, name: &str, property: Property) -> PropertyAccessResult {
        if name == TEXTURE_LIST {
            self.texture = match property {
                Property::ListFloat(list) => list,
                Property::ListDouble(list) => list.into_iter().map(|v| v as f32).collect(),
                _ => return PropertyAccessResult::Ignored,
            };
            return PropertyAccessResult::Set;
        }
        if !LIST_NAMES.contains(&name) {
            return PropertyAccessResult::Ignored;
        }
        self.indices = Indices::Small(match property {
            Property::ListChar(list) => list.into_iter().map(i64::from).collect(),
            Property::ListUChar(list) => list.into_iter().map(i64::from).collect(),
            Property::ListShort(list) => list.into_iter().map(i64::from).collect(),
            Property::ListUShort(list) => list.into_iter().map(i64::from).collect(),
            _ => return PropertyAccessResult::UnsupportedType,
        });
        PropertyAccessResult::Set
    }
    fn begin_list_int(&mut self, name: &str, _len: usize) -> BeginList<'_, i32> {
        if !LIST_NAMES.contains(&name) {
            return BeginList::UseSetter;
        }
        self.indices = Indices::Int(Vec::new());
        match &mut self.indices {
            Indices::Int(list) => BeginList::Fill(list),
            _ => BeginList::UseSetter,
        }
    }
    fn begin_list_uint(&mut self, name: &str, _len: usize) -> BeginList<'_, u32> {
        if !LIST_NAMES.contains(&name) {
            return BeginList::UseSetter;
        }
        self.indices = Indices::Uint(Vec::new());
        match &mut self.indices {
            Indices::Uint(list) => BeginList::Fill(list),
            _ => BeginList::UseSetter,
        }
    }
}
