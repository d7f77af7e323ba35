//! How long an answer waits, in the computer's time.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::{
    StubRefused,
    refused::{object, text, whole},
};
use crate::received::spread;

/// The longest delay, in milliseconds.
pub(crate) const LONGEST: u64 = 3_600_000;

/// How long an answer waits: a fixed time and one that is drawn.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Delay {
    fixed: u64,
    drawn: Option<Distribution>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Distribution {
    Fixed(u64),
    Uniform(u64, u64),
    /// Median, sigma, and the longest.
    Lognormal(f64, f64, u64),
}

impl Delay {
    /// Reads the delays of a response, or of the settings by other names.
    pub(crate) fn read(
        given: &Map<String, Value>,
        fixed: &str,
        at: &str,
    ) -> Result<Self, StubRefused> {
        let fixed = match given.get(fixed) {
            None | Some(Value::Null) => 0,
            Some(value) => whole(value, &format!("{at}/{fixed}"), 0, LONGEST)?,
        };
        let drawn = match given.get("delayDistribution") {
            None | Some(Value::Null) => None,
            Some(value) => Some(Distribution::read(value, &format!("{at}/delayDistribution"))?),
        };
        Ok(Self { fixed, drawn })
    }

    pub(crate) fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// Draws how long it is; of a draw only the lower bits differ from one to the next.
    pub(crate) fn draw(&self, draw: u64) -> Duration {
        let drawn = match self.drawn {
            None => 0,
            Some(Distribution::Fixed(length)) => length,
            Some(Distribution::Uniform(low, high)) => {
                low + spread(draw) % (high.saturating_sub(low) + 1)
            }
            Some(Distribution::Lognormal(median, sigma, longest)) => {
                // Box and Muller: what is normal, of two that are uniform.
                let (one, other) = (share(spread(draw)), share(spread(!draw)));
                let normal =
                    (-2.0 * (1.0 - one).ln()).sqrt() * (std::f64::consts::TAU * other).cos();
                let length = median * (sigma * normal).exp();
                // Whole milliseconds, and no more than a clock has.
                (length.clamp(0.0, longest as f64)) as u64
            }
        };
        Duration::from_millis(self.fixed.saturating_add(drawn).min(LONGEST))
    }

    /// Shows it as settings do.
    pub(crate) fn show(&self) -> Map<String, Value> {
        let drawn = match self.drawn {
            None => Value::Null,
            Some(Distribution::Fixed(length)) => json!({ "type": "fixed", "milliseconds": length }),
            Some(Distribution::Uniform(low, high)) => {
                json!({ "type": "uniform", "lower": low, "upper": high })
            }
            Some(Distribution::Lognormal(median, sigma, longest)) => {
                let mut shown = json!({ "type": "lognormal", "median": median, "sigma": sigma });
                if longest < LONGEST
                    && let Some(fields) = shown.as_object_mut()
                {
                    fields.insert("maxValue".to_owned(), longest.into());
                }
                shown
            }
        };
        let fixed = if self.fixed == 0 { Value::Null } else { self.fixed.into() };
        Map::from_iter([("fixedDelay".to_owned(), fixed), ("delayDistribution".to_owned(), drawn)])
    }
}

/// Returns a number from 0 to 1, without 1: as many bits as a fraction has.
pub(crate) fn share(draw: u64) -> f64 {
    (draw >> 11) as f64 / (1_u64 << 53) as f64
}

impl Distribution {
    fn read(value: &Value, at: &str) -> Result<Self, StubRefused> {
        let given = object(value, at)?;
        let kind = given.get("type").unwrap_or(&Value::Null);
        let kind = text(kind, &format!("{at}/type"))?;
        let known: &[&str] = match kind.as_str() {
            "fixed" => &["milliseconds"],
            "uniform" => &["lower", "upper"],
            "lognormal" => &["median", "sigma", "maxValue"],
            _ => {
                let at = format!("{at}/type");
                let known = ["fixed", "uniform", "lognormal"];
                return Err(StubRefused::unknown(&at, "distribution", &kind, &known));
            }
        };
        // A client that has one type for all sends what the others have as null.
        let is_more = |(name, value): &(&String, &Value)| {
            *name != "type" && !value.is_null() && !known.contains(&name.as_str())
        };
        if let Some((name, _)) = given.iter().find(is_more) {
            return Err(StubRefused::unknown(&format!("{at}/{name}"), "key", name, known));
        }
        let field = |name: &str| given.get(name).unwrap_or(&Value::Null);
        let milliseconds = |name: &str| whole(field(name), &format!("{at}/{name}"), 0, LONGEST);
        Ok(match kind.as_str() {
            "fixed" => Self::Fixed(milliseconds("milliseconds")?),
            "uniform" => {
                let (low, high) = (milliseconds("lower")?, milliseconds("upper")?);
                if low > high {
                    return Err(StubRefused::new(at, "has to have the lower first"));
                }
                Self::Uniform(low, high)
            }
            _ => {
                let number = |name: &str, most: f64| {
                    super::refused::number(field(name), &format!("{at}/{name}"), 0.0, most)
                };
                let longest = match field("maxValue").is_null() {
                    true => LONGEST,
                    false => milliseconds("maxValue")?,
                };
                Self::Lognormal(number("median", LONGEST as f64)?, number("sigma", 10.0)?, longest)
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: Value) -> Result<Delay, StubRefused> {
        Delay::read(value.as_object().unwrap(), "fixedDelayMilliseconds", "")
    }

    #[test]
    fn delays_are_drawn_as_they_are_distributed() {
        let uniform = json!({"delayDistribution": {"type": "uniform", "lower": 10, "upper": 20}});
        let uniform = read(uniform).unwrap();
        let drawn: Vec<u128> = (0..1_000).map(|draw| uniform.draw(draw).as_millis()).collect();
        assert_eq!((drawn.iter().min(), drawn.iter().max()), (Some(&10), Some(&20)));
        let lognormal = json!({"fixedDelayMilliseconds": 5,
            "delayDistribution": {"type": "lognormal", "median": 80, "sigma": 0.4}});
        let lognormal = read(lognormal).unwrap();
        let mut drawn: Vec<u128> =
            (0..1_001).map(|draw| lognormal.draw(draw).as_millis()).collect();
        drawn.sort_unstable();
        assert!((75..95).contains(&drawn[500]), "{}", drawn[500]);
        assert!(drawn[950] > 130, "{}", drawn[950]);
    }

    #[test]
    fn what_is_no_delay_is_refused() {
        for (value, at) in [
            (json!({"fixedDelayMilliseconds": -1}), "/fixedDelayMilliseconds"),
            (json!({"fixedDelayMilliseconds": 3_600_001}), "/fixedDelayMilliseconds"),
            (json!({"delayDistribution": {"type": "normal"}}), "/delayDistribution/type"),
            (
                json!({"delayDistribution": {"type": "uniform", "lower": 1}}),
                "/delayDistribution/upper",
            ),
            (
                json!({"delayDistribution": {"type": "fixed", "milliseconds": 1, "sigma": 2}}),
                "/delayDistribution/sigma",
            ),
        ] {
            assert_eq!(read(value.clone()).unwrap_err().at, at, "{value}");
        }
    }
}
