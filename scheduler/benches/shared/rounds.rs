//! Measuring in rounds, in which two contenders take turns.
//!
//! Invariants: (1) each round measures both once, and begins with the other one
//! than the round before; (2) a ratio is made of two samples of one round.

/// Has `ours` and `theirs` take turns for so many rounds, and returns the samples
/// of each, round by round.
///
/// # Errors
///
/// What the first says that cannot measure.
pub(crate) fn in_turns<A, B>(
    rounds: usize,
    mut ours: impl FnMut() -> Result<A, String>,
    mut theirs: impl FnMut() -> Result<B, String>,
) -> Result<(Vec<A>, Vec<B>), String> {
    let (mut of_ours, mut of_theirs) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        if round % 2 == 0 {
            of_ours.push(ours()?);
            of_theirs.push(theirs()?);
        } else {
            of_theirs.push(theirs()?);
            of_ours.push(ours()?);
        } // (1)
    }
    Ok((of_ours, of_theirs))
}

/// The samples of `ours` over those of `theirs` (2).
pub(crate) fn ratios(ours: &[f64], theirs: &[f64]) -> Vec<f64> {
    let pairs = ours.iter().zip(theirs);
    pairs.map(|(ours, theirs)| ours / theirs).collect()
}

/// The value below which so much of `values` lies, between the two next to it.
pub(crate) fn quantile(values: &[f64], part: f64) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    let Some(last) = values.len().checked_sub(1) else {
        return f64::NAN;
    };
    let place = part * last as f64;
    let below = place.floor();
    let (low, high) = (values[below as usize], values[place.ceil() as usize]);
    low + (high - low) * (place - below)
}
