//! Writes a value with only some of its fields, straight from the value: what is left out costs
//! next to nothing, and what is left stands in its usual order.

use serde::{
    Serialize, Serializer,
    ser::{SerializeSeq, SerializeStruct},
};

use super::selection::Mask;

/// A record, or a list of records, of which only some fields are written.
pub(super) struct Sparse<'a, T: ?Sized> {
    /// The record or records.
    pub(super) value: &'a T,
    /// The wanted fields.
    pub(super) mask: &'a Mask<'a>,
}

impl<T: Serialize + ?Sized> Serialize for Sparse<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.mask.is_whole() {
            return self.value.serialize(serializer);
        }
        self.value.serialize(Masked {
            inner: serializer,
            mask: self.mask,
        })
    }
}

/// Passes on the wanted fields of structs, alone or in a list; everything else as it is.
struct Masked<'a, S> {
    inner: S,
    mask: &'a Mask<'a>,
}

impl<S: SerializeStruct> SerializeStruct for Masked<'_, S> {
    type Ok = S::Ok;
    type Error = S::Error;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), S::Error> {
        match self.mask.of(key) {
            Some(mask) => self.inner.serialize_field(key, &Sparse { value, mask }),
            None => self.inner.skip_field(key),
        }
    }

    fn end(self) -> Result<S::Ok, S::Error> {
        self.inner.end()
    }
}

impl<S: SerializeSeq> SerializeSeq for Masked<'_, S> {
    type Ok = S::Ok;
    type Error = S::Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), S::Error> {
        let mask = self.mask;
        self.inner.serialize_element(&Sparse { value, mask })
    }

    fn end(self) -> Result<S::Ok, S::Error> {
        self.inner.end()
    }
}

impl<'a, S: Serializer> Serializer for Masked<'a, S> {
    type Ok = S::Ok;
    type Error = S::Error;
    type SerializeSeq = Masked<'a, S::SerializeSeq>;
    type SerializeTuple = S::SerializeTuple;
    type SerializeTupleStruct = S::SerializeTupleStruct;
    type SerializeTupleVariant = S::SerializeTupleVariant;
    type SerializeMap = S::SerializeMap;
    type SerializeStruct = Masked<'a, S::SerializeStruct>;
    type SerializeStructVariant = S::SerializeStructVariant;

    fn serialize_struct(
        self,
        name: &'static str,
        len: usize,
    ) -> Result<Self::SerializeStruct, S::Error> {
        Ok(Masked {
            inner: self.inner.serialize_struct(name, len)?,
            mask: self.mask,
        })
    }

    fn serialize_seq(self, len: Option<usize>) -> Result<Self::SerializeSeq, S::Error> {
        Ok(Masked {
            inner: self.inner.serialize_seq(len)?,
            mask: self.mask,
        })
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        value.serialize(self)
    }

    fn serialize_none(self) -> Result<S::Ok, S::Error> {
        self.inner.serialize_none()
    }

    fn serialize_unit(self) -> Result<S::Ok, S::Error> {
        self.inner.serialize_unit()
    }

    fn serialize_unit_struct(self, name: &'static str) -> Result<S::Ok, S::Error> {
        self.inner.serialize_unit_struct(name)
    }

    fn serialize_unit_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
    ) -> Result<S::Ok, S::Error> {
        self.inner.serialize_unit_variant(name, index, variant)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        self.inner
            .serialize_newtype_variant(name, index, variant, value)
    }

    fn serialize_tuple(self, len: usize) -> Result<Self::SerializeTuple, S::Error> {
        self.inner.serialize_tuple(len)
    }

    fn serialize_tuple_struct(
        self,
        name: &'static str,
        len: usize,
    ) -> Result<Self::SerializeTupleStruct, S::Error> {
        self.inner.serialize_tuple_struct(name, len)
    }

    fn serialize_tuple_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Self::SerializeTupleVariant, S::Error> {
        self.inner
            .serialize_tuple_variant(name, index, variant, len)
    }

    fn serialize_map(self, len: Option<usize>) -> Result<Self::SerializeMap, S::Error> {
        self.inner.serialize_map(len)
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Self::SerializeStructVariant, S::Error> {
        self.inner
            .serialize_struct_variant(name, index, variant, len)
    }

    fn serialize_bool(self, value: bool) -> Result<S::Ok, S::Error> {
        self.inner.serialize_bool(value)
    }

    fn serialize_i8(self, value: i8) -> Result<S::Ok, S::Error> {
        self.inner.serialize_i8(value)
    }

    fn serialize_i16(self, value: i16) -> Result<S::Ok, S::Error> {
        self.inner.serialize_i16(value)
    }

    fn serialize_i32(self, value: i32) -> Result<S::Ok, S::Error> {
        self.inner.serialize_i32(value)
    }

    fn serialize_i64(self, value: i64) -> Result<S::Ok, S::Error> {
        self.inner.serialize_i64(value)
    }

    fn serialize_u8(self, value: u8) -> Result<S::Ok, S::Error> {
        self.inner.serialize_u8(value)
    }

    fn serialize_u16(self, value: u16) -> Result<S::Ok, S::Error> {
        self.inner.serialize_u16(value)
    }

    fn serialize_u32(self, value: u32) -> Result<S::Ok, S::Error> {
        self.inner.serialize_u32(value)
    }

    fn serialize_u64(self, value: u64) -> Result<S::Ok, S::Error> {
        self.inner.serialize_u64(value)
    }

    fn serialize_f32(self, value: f32) -> Result<S::Ok, S::Error> {
        self.inner.serialize_f32(value)
    }

    fn serialize_f64(self, value: f64) -> Result<S::Ok, S::Error> {
        self.inner.serialize_f64(value)
    }

    fn serialize_char(self, value: char) -> Result<S::Ok, S::Error> {
        self.inner.serialize_char(value)
    }

    fn serialize_str(self, value: &str) -> Result<S::Ok, S::Error> {
        self.inner.serialize_str(value)
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<S::Ok, S::Error> {
        self.inner.serialize_bytes(value)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::rest::{
        parameters::{Groups, Kind, Parameter},
        query::Query,
        selection::{Fields, Selection},
    };

    #[derive(Serialize)]
    struct Person {
        name: &'static str,
        born: Option<u16>,
    }

    #[derive(Serialize)]
    struct Record {
        id: u8,
        title: &'static str,
        editor: Option<Person>,
        byline: Vec<Person>,
    }

    const PERSON: Fields = Fields::flat(&["name", "born"]);
    const PARAMETERS: Groups = &[&[Parameter::optional(
        "fields",
        Kind::Fields(Fields {
            names: &["id", "title", "editor", "byline"],
            below: &[("editor", PERSON), ("byline", PERSON)],
        }),
        "",
    )]];

    fn written(fields: &str) -> serde_json::Value {
        let text = format!("fields={fields}");
        let query = Query::parse(Some(&text), PARAMETERS).unwrap();
        let selection = Selection::of(&query, &[]);
        let person = |name| Person { name, born: None };
        let record = Record {
            id: 1,
            title: "Market day",
            editor: Some(person("Ada")),
            byline: vec![person("Mira"), person("Luan")],
        };
        serde_json::to_value(Sparse {
            value: &record,
            mask: selection.mask(),
        })
        .unwrap()
    }

    #[test]
    fn only_wanted_fields_are_written() {
        assert_eq!(written("title"), json!({ "id": 1, "title": "Market day" }));
    }

    #[test]
    fn of_a_record_within_only_wanted_fields_are_written() {
        assert_eq!(
            written("editor.name,byline.name"),
            json!({
                "id": 1,
                "editor": { "name": "Ada" },
                "byline": [{ "name": "Mira" }, { "name": "Luan" }],
            })
        );
    }

    #[test]
    fn a_record_within_that_is_wanted_is_written_whole() {
        assert_eq!(
            written("editor"),
            json!({ "id": 1, "editor": { "name": "Ada", "born": null } })
        );
    }
}
