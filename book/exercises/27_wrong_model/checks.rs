//! The checks of the program: what overlaps, who stands still, who computes.

pub(crate) mod library;
pub(crate) mod server;

use exercises::check::{Check, Complaint, Part, caught};
use exercises::tasks::LocalFuture;
use runtime::{Clock, EventLoop};
use scheduler::policy::RoundRobin;
use scheduler::{Preemption, Scheduler, work};
pub(crate) use server::{AT_ONCE, Server};
use std::rc::Rc;
use std::time::Duration;

/// What the learner writes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Program {
    /// Downloads so many pages.
    pub(crate) fetch: fn(Rc<Server>, u64) -> LocalFuture<'static, Vec<u64>>,
    /// Looks keys up.
    pub(crate) look_up: fn(Vec<u64>) -> LocalFuture<'static, Vec<u64>>,
    /// Computes.
    pub(crate) sum: fn(&[u64]) -> Vec<u64>,
}

/// The program of a file of the exercise.
macro_rules! subject {
    ($($module:ident)::+) => {
        $crate::checks::Program {
            fetch: |server, pages| Box::pin($($module)::+::fetch_all(server, pages)),
            look_up: |keys| Box::pin($($module)::+::look_up_all(keys)),
            sum: $($module)::+::sum_all,
        }
    };
}
pub(crate) use subject;

/// Computes for 10 ms: the sum of the squares up to `n`.
pub(crate) fn sum_of_squares(n: u64) -> u64 {
    work(Duration::from_millis(10));
    n * (n + 1) * (2 * n + 1) / 6
}

/// So many pages are downloaded.
const PAGES: u64 = 16;

/// All checks, in the order in which they build on each other.
pub(crate) fn checks() -> Vec<Check<Program>> {
    let pages = |name, rule, judge: fn(&Fetched) -> Result<(), String>| Check {
        name,
        rule,
        part: Part::Rules,
        run: Box::new(move |program: &Program| {
            let fetched = caught(|| fetch(program)).and_then(|fetched| judge(&fetched));
            fetched.map_err(|happened| Complaint {
                tried: format!("{PAGES} pages of 50 ms at most, a server that takes {AT_ONCE}"),
                expected: rule.to_owned(),
                happened,
                ..Complaint::default()
            })
        }),
        step: None,
    };
    vec![
        pages(
            "pages_come_in_their_order",
            "the pages are in the order in which they were asked for",
            |fetched| {
                let right: Vec<u64> = (0..PAGES).map(|page| page * 10).collect();
                let told = || format!("{:?}", fetched.pages);
                (fetched.pages == right).then_some(()).ok_or_else(told)
            },
        ),
        pages(
            "server_is_not_overrun",
            "no more requests are at the server than it takes",
            |fetched| {
                let told = || format!("{} were there", fetched.most);
                (fetched.most <= AT_ONCE).then_some(()).ok_or_else(told)
            },
        ),
        pages(
            "downloads_overlap",
            "as many downloads wait at the same time as the server takes",
            |fetched| {
                let told = || format!("it took {} ms, and 100 are enough", fetched.ms);
                (fetched.ms <= 100).then_some(()).ok_or_else(told)
            },
        ),
        Check {
            name: "loop_goes_on_while_the_library_waits",
            rule: "while the library keeps its thread, the loop's other tasks go on",
            part: Part::Rules,
            run: Box::new(look_up),
            step: None,
        },
        Check {
            name: "computing_uses_both_cpus",
            rule: "what computes is done on both CPUs",
            part: Part::Rules,
            run: Box::new(compute),
            step: None,
        },
    ]
}

/// What became of the downloads.
struct Fetched {
    /// The pages.
    pages: Vec<u64>,
    /// How many requests were at the server at the most.
    most: usize,
    /// How long it took, on the loop's clock.
    ms: u128,
}

/// Runs the downloads on a loop in virtual time.
fn fetch(program: &Program) -> Fetched {
    let server = Rc::new(Server::default());
    let (pages, ms) = EventLoop::new(Clock::Virtual).block_on({
        let server = Rc::clone(&server);
        async move {
            let pages = (program.fetch)(server, PAGES).await;
            (pages, runtime::now().as_millis())
        }
    });
    Fetched {
        pages,
        most: server.most(),
        ms,
    }
}

/// Runs the look-ups on a loop whose heart must beat meanwhile.
fn look_up(program: &Program) -> Result<(), Complaint> {
    let keys = vec![3, 1, 2];
    let found = caught(|| {
        EventLoop::new(Clock::Real).block_on(async {
            library::begin();
            drop(runtime::spawn(library::beat())); // until the loop is dropped
            (program.look_up)(keys.clone()).await
        })
    });
    let happened = match (found, library::wrong()) {
        (Err(panic), _) => panic,
        (_, Some(wrong)) => wrong.to_owned(),
        (Ok(found), None) if found == [4, 2, 3] => return Ok(()),
        (Ok(found), None) => format!("{found:?} was found"),
    };
    Err(Complaint {
        tried: format!("{keys:?} are looked up, and a task of the same loop beats each ms"),
        expected: "[4, 2, 3] is found, and the heart beats during each look-up".to_owned(),
        happened,
        ..Complaint::default()
    })
}

/// Runs the computation on two virtual CPUs.
fn compute(program: &Program) -> Result<(), Complaint> {
    let numbers = [1, 2, 3, 4];
    let policy = RoundRobin::new(Duration::from_millis(1));
    let scheduler = Scheduler::new(Preemption::Checkpoint, policy)
        .cpus(2)
        .tick(Duration::from_micros(50));
    let ran = scheduler.run(|| {
        let sums = (program.sum)(&numbers);
        (sums, scheduler::now().as_millis())
    });
    let happened = match ran {
        Ok((sums, ms)) if sums == [1, 5, 14, 30] && ms < 30 => return Ok(()),
        Ok((sums, ms)) => format!("{sums:?}, in {ms} ms"),
        Err(error) => error.to_string(),
    };
    Err(Complaint {
        tried: format!("{numbers:?}, each of which takes 10 ms of a CPU; there are 2 CPUs"),
        expected: "[1, 5, 14, 30], in 20 ms and a little more".to_owned(),
        happened,
        ..Complaint::default()
    })
}
