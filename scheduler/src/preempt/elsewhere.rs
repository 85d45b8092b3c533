//! Stands in for the Linux parts of this room on other systems.
//!
//! There a scheduler runs in `Preemption::Checkpoint` or `Never`, which need
//! none of them: [`handler::install`] says so, and the rest does nothing.
//!
//! Invariant: nothing here is reached once `install` has failed, except
//! calls that have no effect.
//!
//! Left out: macOS could suspend threads through Mach.
//!
//! Book: chapter 13.

/// See `timer.rs`.
pub(crate) mod timer {
    /// The place for a timer, always empty.
    #[derive(Debug)]
    pub(crate) struct Timer;

    impl Timer {
        /// The place for a timer.
        pub(crate) const fn new() -> Self {
            Self
        }

        /// Fails.
        pub(crate) fn create(&self, _signal: i32) -> std::io::Result<()> {
            Err(std::io::ErrorKind::Unsupported.into())
        }

        /// Does nothing.
        pub(crate) fn arm(&self, _instant: u64) {}

        /// Does nothing.
        pub(crate) fn disarm(&self) {}

        /// Does nothing.
        pub(crate) fn delete(&self) {}
    }
}

/// See `handler.rs`.
pub(crate) mod handler {
    use std::io;

    /// Fails.
    pub(crate) fn install() -> io::Result<i32> {
        Err(io::Error::new(
            io::ErrorKind::Unsupported,
            "preempting by signal needs Linux; choose Preemption::Checkpoint",
        ))
    }

    /// None.
    pub(crate) fn signal() -> i32 {
        0
    }

    /// Does nothing.
    pub(crate) fn unblock(_signal: i32) -> io::Result<()> {
        Ok(())
    }
}

/// See `image.rs`.
pub(crate) mod image {
    /// Does nothing.
    pub(crate) fn look() {}

    /// Returns the address as it is.
    pub(crate) fn relative(address: usize) -> usize {
        address
    }
}

/// See `affinity.rs`.
pub(crate) mod affinity {
    use std::io;

    /// Some number.
    pub(crate) fn tid() -> i32 {
        0
    }

    /// The set of processors that a thread may run on: unknown.
    #[derive(Clone, Copy, Debug)]
    pub(crate) struct Affinity;

    impl Affinity {
        /// Succeeds.
        pub(crate) fn of(_tid: i32) -> io::Result<Self> {
            Ok(Self)
        }

        /// Names none, so nothing is ever bound.
        pub(crate) fn processors(&self) -> impl Iterator<Item = usize> {
            std::iter::empty()
        }

        /// Does nothing.
        pub(crate) fn apply(&self, _tid: i32) -> io::Result<()> {
            Ok(())
        }
    }

    /// No processor.
    pub(crate) fn here() -> i32 {
        0
    }

    /// Does nothing.
    pub(crate) fn call_to(_tid: i32, _processor: i32) {}

    /// Does nothing.
    pub(crate) fn pin(_tid: i32, _processor: usize) -> io::Result<()> {
        Ok(())
    }
}

/// See `unwind.rs`.
pub(crate) mod unwind {
    /// Knows none.
    pub(crate) fn stack() -> std::ops::Range<usize> {
        0..0
    }
}
