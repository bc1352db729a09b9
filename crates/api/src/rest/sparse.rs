//! Writes a record with only some of its fields, straight from the record: what is left out costs
//! next to nothing, and what is left stands in its usual order.

use serde::{
    Serialize, Serializer,
    ser::{Impossible, SerializeStruct},
};

/// A record of which only some fields are written.
pub(super) struct Sparse<'a, T, W> {
    /// The record.
    pub(super) record: &'a T,
    /// Whether a field is wanted.
    pub(super) wants: &'a W,
}

impl<T: Serialize, W: Fn(&str) -> bool> Serialize for Sparse<'_, T, W> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.record.serialize(Fields {
            inner: serializer,
            wants: self.wants,
        })
    }
}

/// Passes on the wanted fields of one struct.
struct Fields<'a, S, W> {
    inner: S,
    wants: &'a W,
}

impl<S: SerializeStruct, W: Fn(&str) -> bool> SerializeStruct for Fields<'_, S, W> {
    type Ok = S::Ok;
    type Error = S::Error;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), S::Error> {
        if (self.wants)(key) {
            self.inner.serialize_field(key, value)
        } else {
            self.inner.skip_field(key)
        }
    }

    fn end(self) -> Result<S::Ok, S::Error> {
        self.inner.end()
    }
}

/// What is no struct has no fields to choose from.
fn no_record<T, E: serde::ser::Error>() -> Result<T, E> {
    Err(E::custom("only records can be written sparsely"))
}

impl<'a, S: Serializer, W: Fn(&str) -> bool> Serializer for Fields<'a, S, W> {
    type Ok = S::Ok;
    type Error = S::Error;
    type SerializeSeq = Impossible<S::Ok, S::Error>;
    type SerializeTuple = Impossible<S::Ok, S::Error>;
    type SerializeTupleStruct = Impossible<S::Ok, S::Error>;
    type SerializeTupleVariant = Impossible<S::Ok, S::Error>;
    type SerializeMap = Impossible<S::Ok, S::Error>;
    type SerializeStruct = Fields<'a, S::SerializeStruct, W>;
    type SerializeStructVariant = Impossible<S::Ok, S::Error>;

    fn serialize_struct(
        self,
        name: &'static str,
        len: usize,
    ) -> Result<Self::SerializeStruct, S::Error> {
        Ok(Fields {
            inner: self.inner.serialize_struct(name, len)?,
            wants: self.wants,
        })
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        value.serialize(self)
    }

    fn serialize_bool(self, _value: bool) -> Result<S::Ok, S::Error> {
        no_record()
    }

    fn serialize_i8(self, _value: i8) -> Result<S::Ok, S::Error> {
        no_record()
    }

    fn serialize_i16(self, _value: i16) -> Result<S::Ok, S::Error> {
        no_record()
    }

    fn serialize_i32(self, _value: i32) -> Result<S::Ok, S::Error> {
        no_record()
    }

    fn serialize_i64(self, _value: i64) -> Result<S::Ok, S::Error> {
        no_record()
    }

    fn serialize_u8(self, _value: u8) -> Result<S::Ok, S::Error> {
        no_record()
    }

    fn serialize_u16(self, _value: u16) -> Result<S::Ok, S::Error> {
        no_record()
    }

    fn serialize_u32(self, _value: u32) -> Result<S::Ok, S::Error> {
        no_record()
    }

    fn serialize_u64(self, _value: u64) -> Result<S::Ok, S::Error> {
        no_record()
    }

    fn serialize_f32(self, _value: f32) -> Result<S::Ok, S::Error> {
        no_record()
    }

    fn serialize_f64(self, _value: f64) -> Result<S::Ok, S::Error> {
        no_record()
    }

    fn serialize_char(self, _value: char) -> Result<S::Ok, S::Error> {
        no_record()
    }

    fn serialize_str(self, _value: &str) -> Result<S::Ok, S::Error> {
        no_record()
    }

    fn serialize_bytes(self, _value: &[u8]) -> Result<S::Ok, S::Error> {
        no_record()
    }

    fn serialize_none(self) -> Result<S::Ok, S::Error> {
        no_record()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<S::Ok, S::Error> {
        no_record()
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<S::Ok, S::Error> {
        no_record()
    }

    fn serialize_unit_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
    ) -> Result<S::Ok, S::Error> {
        no_record()
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _value: &T,
    ) -> Result<S::Ok, S::Error> {
        no_record()
    }

    fn serialize_seq(self, _len: Option<usize>) -> Result<Self::SerializeSeq, S::Error> {
        no_record()
    }

    fn serialize_tuple(self, _len: usize) -> Result<Self::SerializeTuple, S::Error> {
        no_record()
    }

    fn serialize_tuple_struct(
        self,
        _name: &'static str,
        _len: usize,
    ) -> Result<Self::SerializeTupleStruct, S::Error> {
        no_record()
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _len: usize,
    ) -> Result<Self::SerializeTupleVariant, S::Error> {
        no_record()
    }

    fn serialize_map(self, _len: Option<usize>) -> Result<Self::SerializeMap, S::Error> {
        no_record()
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _len: usize,
    ) -> Result<Self::SerializeStructVariant, S::Error> {
        no_record()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct Record {
        id: u8,
        title: &'static str,
        tags: Vec<u8>,
    }

    const RECORD: Record = Record {
        id: 1,
        title: "Market day",
        tags: Vec::new(),
    };

    #[test]
    fn only_wanted_fields_are_written_and_in_their_order() {
        let wants = |field: &str| ["tags", "id"].contains(&field);
        let sparse = Sparse {
            record: &RECORD,
            wants: &wants,
        };
        let text = serde_json::to_string(&sparse).unwrap();
        assert_eq!(text, r#"{"id":1,"tags":[]}"#);
    }

    #[test]
    fn what_is_no_record_is_refused() {
        for value in [serde_json::json!([1]), serde_json::json!(1)] {
            let sparse = Sparse {
                record: &value,
                wants: &|_: &str| true,
            };
            assert!(serde_json::to_string(&sparse).is_err());
        }
    }
}
