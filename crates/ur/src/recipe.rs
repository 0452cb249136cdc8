//! Which fields a data package holds, in which order.
//!
//! In: the list of types that the controller answers to a set-up. Out: [`Recipe`], types with their offsets, which packs and
//! unpacks values. Absent: names (see [`crate::field`]), the number that the controller gave the recipe.
//! Source: wire.md 2.3-2.5.

use crate::writer::Writer;
use crate::{DataType, UrError, Value};

/// Longest list of names in one message, bytes (wire.md 2.4, rule 3).
pub const LONGEST_NAMES: usize = 2048;

/// The controller's answer for one field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Slot {
    /// It is of this type.
    Type(DataType),
    /// No such field.
    NotFound,
    /// Another client or a field bus owns it.
    InUse,
}

/// Types of the fields of a data package, compiled to offsets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipe {
    types: Vec<DataType>,
    offsets: Vec<usize>,
    size: usize,
}

/// The controller's answers, field by field, in a list with commas between; an empty list has none, and a last comma
/// counts for nothing.
pub fn slots(types: &str) -> impl Iterator<Item = Result<Slot, UrError>> {
    crate::names(types).enumerate().map(|(field, token)| match token {
        "NOT_FOUND" => Ok(Slot::NotFound),
        "IN_USE" => Ok(Slot::InUse),
        token => DataType::from_name(token).map(Slot::Type).ok_or(UrError::UnknownType { field }),
    })
}

impl Recipe {
    /// Of these types.
    pub fn new(types: impl IntoIterator<Item = DataType>) -> Self {
        let types: Vec<DataType> = types.into_iter().collect();
        let mut size = 0;
        let offsets = types
            .iter()
            .map(|t| {
                let offset = size;
                size += t.size();
                offset
            })
            .collect();
        Self { types, offsets, size }
    }

    /// Of the controller's answer; refused at the first field that it does not have or does not give.
    pub fn from_reply(types: &str) -> Result<Self, UrError> {
        let types: Result<Vec<DataType>, UrError> = slots(types)
            .enumerate()
            .map(|(field, slot)| match slot? {
                Slot::Type(t) => Ok(t),
                Slot::NotFound => Err(UrError::NotFound { field }),
                Slot::InUse => Err(UrError::InUse { field }),
            })
            .collect();
        Ok(Self::new(types?))
    }

    /// In order.
    pub fn types(&self) -> &[DataType] {
        &self.types
    }

    /// Bytes of the packed fields.
    pub const fn size(&self) -> usize {
        self.size
    }

    /// As the controller writes it.
    pub fn list(&self) -> String {
        let names: Vec<&str> = self.types.iter().map(|t| t.name()).collect();
        names.join(",")
    }

    /// Unpacks `fields` into `values`, one for each field. Fields too short or too long are refused whole, and `values` stay
    /// as they were. No allocation.
    pub fn decode(&self, fields: &[u8], values: &mut [Value]) -> Result<(), UrError> {
        self.check(fields)?;
        if values.len() != self.types.len() {
            return Err(UrError::Count { got: values.len(), want: self.types.len() });
        }
        for (field, value) in values.iter_mut().enumerate() {
            *value = self.get(fields, field)?;
        }
        Ok(())
    }

    /// One field out of packed `fields`. No allocation.
    pub fn get(&self, fields: &[u8], field: usize) -> Result<Value, UrError> {
        self.check(fields)?;
        let (Some(&data_type), Some(&offset)) = (self.types.get(field), self.offsets.get(field)) else {
            return Err(UrError::Count { got: field, want: self.types.len() });
        };
        let bytes = fields.get(offset..).unwrap_or(&[]);
        Value::decode(data_type, bytes).ok_or(UrError::RecipeSize { got: fields.len(), want: self.size })
    }

    fn check(&self, fields: &[u8]) -> Result<(), UrError> {
        if fields.len() == self.size { Ok(()) } else { Err(UrError::RecipeSize { got: fields.len(), want: self.size }) }
    }

    /// Packs `values` to the front of `out` and returns the length. Values of other types, too few or too many of them, and
    /// numbers that are not finite are refused. No allocation.
    pub fn encode(&self, values: &[Value], out: &mut [u8]) -> Result<usize, UrError> {
        if values.len() != self.types.len() {
            return Err(UrError::Count { got: values.len(), want: self.types.len() });
        }
        let mut writer = Writer::new(out);
        for (field, (value, &want)) in values.iter().zip(&self.types).enumerate() {
            if value.data_type() != want {
                return Err(UrError::Type { field, want, got: value.data_type() });
            }
            if !value.is_finite() {
                return Err(UrError::NotFinite { field });
            }
            value.bytes(|bytes| writer.put(bytes));
        }
        writer.finish()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

    use super::*;

    #[test]
    fn from_the_controllers_answer() {
        let recipe = Recipe::from_reply("DOUBLE,VECTOR6D").unwrap();
        assert_eq!((recipe.types(), recipe.size()), (&[DataType::Double, DataType::Vector6D][..], 56));
        assert_eq!(recipe.list(), "DOUBLE,VECTOR6D");
        assert_eq!(Recipe::from_reply("INT32,NOT_FOUND"), Err(UrError::NotFound { field: 1 }));
        assert_eq!(Recipe::from_reply("IN_USE"), Err(UrError::InUse { field: 0 }));
        assert_eq!(Recipe::from_reply("INT32,int32"), Err(UrError::UnknownType { field: 1 }));
        assert_eq!(Recipe::from_reply("INT32,,INT32"), Err(UrError::UnknownType { field: 1 }));
        assert_eq!(Recipe::from_reply("").unwrap().size(), 0);
        assert_eq!(Recipe::from_reply("BOOL,").unwrap().size(), 1);
        let all: Vec<_> = slots("NOT_FOUND,BOOL,IN_USE").collect();
        assert_eq!(all, [Ok(Slot::NotFound), Ok(Slot::Type(DataType::Bool)), Ok(Slot::InUse)]);
    }

    #[test]
    fn refuses_what_does_not_fit() {
        let recipe = Recipe::new([DataType::Int32, DataType::Double]);
        let mut values = [Value::Int32(7), Value::Double(7.0)];
        let before = values;
        assert_eq!(recipe.decode(&[0; 11], &mut values), Err(UrError::RecipeSize { got: 11, want: 12 }));
        assert_eq!(recipe.decode(&[0; 13], &mut values), Err(UrError::RecipeSize { got: 13, want: 12 }));
        assert_eq!(recipe.decode(&[0; 12], &mut values[..1]), Err(UrError::Count { got: 1, want: 2 }));
        assert_eq!(values, before, "the last good values stay");
        assert_eq!(recipe.get(&[0; 12], 2), Err(UrError::Count { got: 2, want: 2 }));

        let mut out = [0; 12];
        let encode = |values: &[Value], out: &mut [u8]| recipe.encode(values, out);
        assert_eq!(encode(&[Value::Int32(1)], &mut out), Err(UrError::Count { got: 1, want: 2 }));
        assert_eq!(
            encode(&[Value::Int32(1), Value::UInt32(1)], &mut out),
            Err(UrError::Type { field: 1, want: DataType::Double, got: DataType::UInt32 })
        );
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(encode(&[Value::Int32(1), Value::Double(bad)], &mut out), Err(UrError::NotFinite { field: 1 }));
        }
        assert_eq!(encode(&before, &mut out[..11]), Err(UrError::Room { need: 12, have: 11 }));
        assert_eq!(encode(&before, &mut out), Ok(12));
    }
}
