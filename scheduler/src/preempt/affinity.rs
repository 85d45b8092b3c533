//! Which processors a thread may run on.
//!
//! The dispatcher binds the thread that runs on virtual CPU `i` to processor
//! `i`: left alone, kernels pack threads that wake each other onto one
//! processor, and both quanta and fairness suffer.
//!
//! Invariants: (1) only processors that the process was allowed at its start
//! are ever named, so a container's limits hold; (2) nothing here allocates, so
//! the dispatcher may bind threads at every dispatch.
//!
//! Left out: memory nodes, and sharing a processor with other programs.
//!
//! Book: chapter 13.

use std::io;
use std::mem;

use super::syscalls;

/// The kernel's number for the calling thread.
pub(crate) fn tid() -> i32 {
    // SAFETY: `gettid` requires nothing and cannot fail.
    unsafe { libc::gettid() }
}

/// The set of processors that a thread may run on.
#[derive(Clone, Copy)]
pub(crate) struct Affinity {
    /// One bit for each processor.
    set: libc::cpu_set_t,
}

impl std::fmt::Debug for Affinity {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_set().entries(self.processors()).finish()
    }
}

impl Affinity {
    /// How many processors a set can name (1,024).
    const LIMIT: usize = 8 * mem::size_of::<libc::cpu_set_t>();

    /// The processors that thread `tid` may run on (0: the calling one).
    ///
    /// # Errors
    /// When there is no such thread, or the machine has more than 1,024
    /// processors.
    pub(crate) fn of(tid: i32) -> io::Result<Self> {
        let mut affinity = Self::none();
        // SAFETY: the call writes at most the given number of bytes to `set`,
        // which has exactly that size.
        let result = unsafe {
            libc::sched_getaffinity(tid, mem::size_of_val(&affinity.set), &raw mut affinity.set)
        };
        checked(result).map(|()| affinity)
    }

    /// Processor `processor` alone.
    pub(crate) fn only(processor: usize) -> Self {
        assert!(processor < Self::LIMIT, "a number from `processors`");
        let mut affinity = Self::none();
        // SAFETY: `CPU_SET` requires a number below the size of the set, which
        // the assertion above supplies.
        unsafe { libc::CPU_SET(processor, &mut affinity.set) };
        affinity
    }

    /// Lets thread `tid` run on these processors and no others.
    ///
    /// # Errors
    /// When there is no such thread, or none of the processors is allowed.
    pub(crate) fn apply(&self, tid: i32) -> io::Result<()> {
        // SAFETY: the call reads the given number of bytes of `set`, which has
        // exactly that size.
        let result = unsafe {
            libc::sched_setaffinity(tid, mem::size_of_val(&self.set), &raw const self.set)
        };
        checked(result)
    }

    /// The numbers of the processors in the set.
    pub(crate) fn processors(&self) -> impl Iterator<Item = usize> {
        (0..Self::LIMIT).filter(|&processor| {
            // SAFETY: `CPU_ISSET` requires a number below the size of the set,
            // which the range supplies.
            unsafe { libc::CPU_ISSET(processor, &self.set) }
        })
    }

    /// The empty set.
    fn none() -> Self {
        // SAFETY: `cpu_set_t` is an array of integers: zeroes are a value of
        // it, and mean the empty set.
        let set = unsafe { mem::zeroed() };
        Self { set }
    }
}

/// Binds thread `tid` to processor `processor`. Threads and processes that it
/// starts inherit that.
///
/// # Errors
/// When there is no such thread, or the processor is not allowed.
pub(crate) fn pin(tid: i32, processor: usize) -> io::Result<()> {
    Affinity::only(processor).apply(tid)
}

/// The processor on which the calling thread is.
pub(crate) fn here() -> i32 {
    // SAFETY: the function requires nothing; the C library asks the vdso, without
    // a system call, a lock or an allocation.
    unsafe { libc::sched_getcpu() }
}

/// Binds thread `tid` to processor `processor`, if that can be; fit for a handler,
/// since it touches nothing of the C library's.
pub(super) fn call_to(tid: i32, processor: i32) {
    let Ok(processor) = usize::try_from(processor) else {
        return; // it could not be told
    };
    if processor >= Affinity::LIMIT {
        return;
    }
    let only = Affinity::only(processor);
    // SAFETY: the call reads the given number of bytes of `set`, which has
    // exactly that size.
    unsafe {
        syscalls::call(
            libc::SYS_sched_setaffinity,
            [
                tid.cast_unsigned() as usize,
                mem::size_of_val(&only.set),
                (&raw const only.set).expose_provenance(),
                0,
                0,
                0,
            ],
        )
    };
}

/// The error of a C call that returned `result`.
fn checked(result: libc::c_int) -> io::Result<()> {
    if result == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The processors that the calling thread may run on.
    fn processors() -> Vec<usize> {
        Affinity::of(0).unwrap().processors().collect()
    }

    #[test]
    fn a_pinned_thread_may_run_on_one_processor_until_restored() {
        std::thread::spawn(|| {
            let before = Affinity::of(0).unwrap();
            let processor = *processors().last().unwrap();
            pin(tid(), processor).unwrap();
            assert_eq!(processors(), [processor]);
            before.apply(tid()).unwrap();
            assert!(before.processors().eq(processors()));
        })
        .join()
        .unwrap();
    }

    #[test]
    fn a_thread_that_does_not_exist_cannot_be_pinned() {
        assert!(pin(i32::MAX, processors()[0]).is_err());
    }
}
