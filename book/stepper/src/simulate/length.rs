//! How long: a number of milliseconds, or a number with its unit.
//!
//! The same words on the command line and in a file of jobs: `3`, `0.5`, `3ms`,
//! `250us`, `2 s`.
//!
//! Invariant: (1) a length is between 0 and [`LONGEST`], whatever was written.
//!
//! Book: chapter 15.

use serde::{Deserialize, Deserializer, de};
use std::{fmt, str::FromStr, time::Duration};

/// The longest that anything in a simulation may last: a day.
pub(super) const LONGEST: Duration = Duration::from_hours(24);

/// A length of time that somebody wrote.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Length(pub(crate) Duration);

/// The units by name, in nanoseconds; those that end like others come first.
const UNITS: [(&str, f64); 5] = [
    ("ns", 1.0),
    ("us", 1e3),
    ("µs", 1e3),
    ("ms", 1e6),
    ("s", 1e9),
];

impl Length {
    /// `number` times `unit` nanoseconds, if that is a length (1).
    fn new(number: f64, unit: f64) -> Result<Length, String> {
        if number.is_nan() || number < 0.0 {
            return Err(format!("{number} is no length of time: write 0 or more"));
        }
        let seconds = number * unit / 1e9;
        if seconds > LONGEST.as_secs_f64() {
            return Err("that is longer than a day, the longest that can be simulated".to_owned());
        }
        let length = Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())?;
        Ok(Length(length))
    }
}

impl FromStr for Length {
    type Err = String;

    fn from_str(text: &str) -> Result<Length, String> {
        let unit = UNITS.iter().find(|(name, _)| text.ends_with(name));
        let (number, unit) = match unit {
            Some((name, unit)) => (&text[..text.len() - name.len()], *unit),
            None => (text, 1e6),
        };
        let number: f64 = number.trim().parse().map_err(|_| {
            format!("`{text}` is no length of time: write it like 3ms, 250us or 0.5 (milliseconds)")
        })?;
        Length::new(number, unit)
    }
}

impl<'de> Deserialize<'de> for Length {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Length, D::Error> {
        deserializer.deserialize_any(Written)
    }
}

/// Takes a number or a text.
struct Written;

impl de::Visitor<'_> for Written {
    type Value = Length;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a length of time: a number of milliseconds, or a text like \"250us\"")
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Length, E> {
        #[expect(
            clippy::cast_precision_loss,
            reason = "no length is long enough to lose any"
        )]
        self.visit_f64(number as f64)
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Length, E> {
        Length::new(number, 1e6).map_err(E::custom)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Length, E> {
        text.parse().map_err(E::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_milliseconds_unless_they_say_otherwise() {
        let read = |text: &str| text.parse::<Length>().map(|length| length.0);
        assert_eq!(read("3"), Ok(Duration::from_millis(3)));
        assert_eq!(read("0.5"), Ok(Duration::from_micros(500)));
        assert_eq!(read("250us"), Ok(Duration::from_micros(250)));
        assert_eq!(read("250 µs"), Ok(Duration::from_micros(250)));
        assert_eq!(read("2s"), Ok(Duration::from_secs(2)));
        assert_eq!(read("7ns"), Ok(Duration::from_nanos(7)));
    }

    #[test]
    fn what_is_no_length_is_refused() {
        for text in [
            "", "ms", "-1", "-1ms", "nan", "inf", "1e300s", "3 weeks", "25h", "١ms",
        ] {
            assert!(text.parse::<Length>().is_err(), "{text}");
        }
    }
}
