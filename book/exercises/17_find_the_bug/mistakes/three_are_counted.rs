//! In the fifth, thread 1 hides all that thread 2 added, and goes on.

/// An update is lost.
pub(crate) const LOST_UPDATE: &str = "v1,5:2/15";

/// The account is overdrawn.
pub(crate) const OVERDRAWN: &str = "v1,6:2/20";

/// Two threads are inside.
pub(crate) const TWO_INSIDE: &str = "v1,5:2,4:1/19";

/// Somebody waits for ever.
pub(crate) const ASLEEP: &str = "v1,5:3,7:2,4:1/31";

/// Two threads add 1 three times each, and 2 comes of it.
pub(crate) const ONLY_TWO: &str = "v1,5:2/23";
