//! Scalars of both schemas, and ids.

use std::str::FromStr;

use async_graphql::{ID, InputValueError, InputValueResult, Number, Scalar, ScalarType, Value};

use crate::{
    clock::Timestamp,
    error::{Error, Result},
};

/// An instant in UTC, as RFC 3339 writes it: `2026-02-04T00:00:00Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateTime(pub Timestamp);

#[Scalar]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = &value else {
            return Err(InputValueError::expected_type(value));
        };
        text.parse()
            .map(Self)
            .map_err(|_| InputValueError::custom("must be an instant such as 2026-02-04T00:00:00Z"))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

impl From<Timestamp> for DateTime {
    fn from(instant: Timestamp) -> Self {
        Self(instant)
    }
}

/// A whole number that may be larger than 32 bits: sizes in bytes, prices in fen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Long(pub i64);

#[Scalar]
impl ScalarType for Long {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::Number(number) => number
                .as_i64()
                .map(Self)
                .ok_or_else(|| InputValueError::custom("must be a whole number")),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::Number(Number::from(self.0))
    }
}

impl From<u64> for Long {
    fn from(number: u64) -> Self {
        Self(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

/// What is wrong about a value of one of our scalars; nothing when it can be read.
pub fn scalar_error(name: &str, value: &Value) -> Option<&'static str> {
    match name {
        "DateTime" => <DateTime as ScalarType>::parse(value.clone())
            .is_err()
            .then_some("must be an instant such as 2026-02-04T00:00:00Z"),
        "Long" => <Long as ScalarType>::parse(value.clone())
            .is_err()
            .then_some("must be a whole number"),
        _ => None,
    }
}

/// The id of a noun; an id that is none names its field.
pub fn parse_id<T: FromStr<Err = Error>>(id: &ID, field: &str) -> Result<T> {
    id.parse().map_err(|error: Error| error.on_field(field))
}

/// An id that may be absent.
pub fn parse_optional_id<T: FromStr<Err = Error>>(
    id: Option<&ID>,
    field: &str,
) -> Result<Option<T>> {
    id.map(|id| parse_id(id, field)).transpose()
}

/// Ids in order.
pub fn parse_ids<T: FromStr<Err = Error>>(ids: &[ID], field: &str) -> Result<Vec<T>> {
    ids.iter().map(|id| parse_id(id, field)).collect()
}
