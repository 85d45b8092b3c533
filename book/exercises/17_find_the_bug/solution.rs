//! The schedules, each as short as can be.

/// An update is lost.
// Thread 1 has loaded when thread 2 comes; its store is stale.
pub(crate) const LOST_UPDATE: &str = "v1,5:2/15";

/// The account is overdrawn.
// Thread 1 has looked, and not yet taken.
pub(crate) const OVERDRAWN: &str = "v1,6:2/20";

/// Two threads are inside.
// Thread 1 has seen that the room is free; thread 2 goes in; thread 1 does.
pub(crate) const TWO_INSIDE: &str = "v1,5:2,4:1/19";

/// Somebody waits for ever.
// A taker waits, a putter waits behind it, and the notification goes to the wrong one.
pub(crate) const ASLEEP: &str = "v1,5:3,7:2,4:1/31";

/// Two threads add 1 three times each, and 2 comes of it.
// Thread 1 loads 0 and keeps it until its 1 hides what thread 2 added; thread 2 loads
// that 1, and keeps it until its 2 hides all that thread 1 added.
pub(crate) const ONLY_TWO: &str = "v1,5:2,4:1,1:2,0:1/23";
