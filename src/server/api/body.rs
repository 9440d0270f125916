//! Bodies: JSON, or a photo, of bounded size.

use crate::{domain::photo::MediaType, protocol::ProblemKind, server::api::error::Failure};
use axum::{body::HttpBody as _, extract::Request, http::header::CONTENT_TYPE};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::{future::poll_fn, pin::Pin};

/// A body up to so many times too large is still read to its end before it is refused: a client that is hung up on while it
/// sends sees a broken connection instead of the reason, and a phone would try again for ever.
const READ_OUT: usize = 4;

/// The bytes of a JSON body.
pub(super) async fn json_bytes(request: Request, max_bytes: usize) -> Result<Vec<u8>, Failure> {
    let content_type =
        request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let essence = content_type.split(';').next().unwrap_or("").trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        return Err(Failure::new(ProblemKind::WrongContentType, "send application/json"));
    }
    bounded(request, max_bytes).await
}

/// Of what is too large nothing is kept: a body takes at most its bound in memory, whatever a client sends.
async fn bounded(request: Request, max_bytes: usize) -> Result<Vec<u8>, Failure> {
    let too_large = || {
        Failure::new(ProblemKind::TooLarge, format!("a body has at most {max_bytes} bytes and arrives whole"))
    };
    let mut body = request.into_body();
    let said = body.size_hint().exact().and_then(|bytes| usize::try_from(bytes).ok());
    let mut taken = Taken::new(said, max_bytes);
    while let Some(frame) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
        let Ok(data) = frame.map_err(|_| too_large())?.into_data() else { continue };
        taken.take(&data);
        if taken.arrived > max_bytes.saturating_mul(READ_OUT) {
            break;
        }
    }
    if taken.arrived > max_bytes { Err(too_large()) } else { Ok(taken.kept) }
}

/// What has arrived of a body.
struct Taken {
    max_bytes: usize,
    /// The bytes, as long as there are not too many.
    kept: Vec<u8>,
    /// How many they are, kept or not.
    arrived: usize,
}

impl Taken {
    /// Room for a body of the length that was said, or for the largest where none was: growing step by step would take more.
    fn new(said: Option<usize>, max_bytes: usize) -> Self {
        Self { max_bytes, kept: Vec::with_capacity(said.unwrap_or(max_bytes).min(max_bytes)), arrived: 0 }
    }

    fn take(&mut self, data: &[u8]) {
        self.arrived = self.arrived.saturating_add(data.len());
        if self.arrived > self.max_bytes {
            self.kept = Vec::new();
        } else {
            self.kept.extend_from_slice(data);
        }
    }
}

/// The bytes of a photo, with the media type that they are said to be of.
pub(super) async fn photo_bytes(request: Request, max_bytes: usize) -> Result<(MediaType, Vec<u8>), Failure> {
    let content_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media_type = MediaType::parse(&content_type.unwrap_or("").trim().to_ascii_lowercase());
    let wrong = || Failure::new(ProblemKind::WrongContentType, "send image/jpeg or image/webp");
    Ok((media_type.ok_or_else(wrong)?, bounded(request, max_bytes).await?))
}

/// Reads JSON. A whole number may be written `86.0`: to JSON Schema, and so to who follows the OpenAPI document, it is the same.
pub(super) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Failure> {
    serde_json::from_slice(bytes).or_else(|error| {
        read_whole(bytes).ok_or_else(|| {
            Failure::new(ProblemKind::Malformed, format!("the body is not what is expected: {error}"))
        })
    })
}

/// The same of bytes that are kept as they are, and read again by programs that are not so lenient.
pub(super) fn parse_kept<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Failure> {
    serde_json::from_slice(bytes).map_err(|error| match read_whole::<T>(bytes) {
        Some(_) => Failure::new(ProblemKind::Refused, "write whole numbers without a point: 86, not 86.0"),
        None => Failure::new(ProblemKind::Malformed, format!("the body is not what is expected: {error}")),
    })
}

/// What has whole numbers with a point in it, or nothing where that is not what is wrong.
pub(super) fn read_whole<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    let mut value: Value = serde_json::from_slice(bytes).ok()?;
    write_whole(&mut value);
    serde_json::from_value(value).ok()
}

/// Whole numbers without a point. Beyond 2^53 neighbours cannot be told apart in a float: such a number stays one.
fn write_whole(value: &mut Value) {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match value {
        Value::Number(number) if number.is_f64() => {
            let whole = number.as_f64().filter(|float| float.fract() == 0.0 && (0.0..EXACT).contains(float));
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "whole, and in range"
            )]
            if let Some(whole) = whole {
                *number = (whole as u64).into();
            }
        }
        Value::Array(all) => all.iter_mut().for_each(write_whole),
        Value::Object(fields) => fields.values_mut().for_each(write_whole),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_number_is_one_however_it_is_written() {
        #[derive(Debug, PartialEq, serde::Deserialize)]
        struct Figures {
            all: Vec<u32>,
        }
        let written = br#"{"all":[86.0,0.0,1e2,7]}"#;
        assert_eq!(parse::<Figures>(written).unwrap(), Figures { all: vec![86, 0, 100, 7] });
        let kept = format!("{:?}", parse_kept::<Figures>(written).unwrap_err());
        assert!(kept.contains("Refused") && kept.contains("without a point"), "{kept}");
        assert_eq!(parse_kept::<Figures>(br#"{"all":[7]}"#).unwrap(), Figures { all: vec![7] });
        for other in [&br#"{"all":[0.5]}"#[..], br#"{"all":[-1.0]}"#, br#"{"all":[1e300]}"#, b"{"] {
            assert!(format!("{:?}", parse::<Figures>(other).unwrap_err()).contains("Malformed"));
            assert!(format!("{:?}", parse_kept::<Figures>(other).unwrap_err()).contains("Malformed"));
        }
    }

    #[test]
    fn no_body_takes_more_memory_than_its_bound() {
        // A length that is said is kept to: HTTP ends the body there. Nothing is said of one that comes in chunks.
        for said in [false, true] {
            for sent in [0, 9, 10, 11, 40] {
                let mut taken = Taken::new(said.then_some(sent * 100), 1_000);
                let mut most = taken.kept.capacity();
                for _ in 0..sent {
                    taken.take(&[7; 100]);
                    most = most.max(taken.kept.capacity());
                }
                assert!(most <= 1_000, "{said} {sent}: {most}");
                assert_eq!(taken.arrived, sent * 100);
                let kept = if sent > 10 { 0 } else { sent * 100 };
                assert_eq!(taken.kept.len(), kept, "{said} {sent}");
            }
        }
    }
}
