//! Workers on paper: time is a number, and every job's fate is known beforehand.

use super::{News, WorkerId, Workers};
use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write as _;

/// What becomes of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is done after so many ms.
    Takes(u64),
    /// After so many ms its worker crashes; in its so manieth try, from 1, it is done.
    CrashesUntil(u64, u32),
    /// After so many ms it is done, and its worker crashes in the same instant.
    LastWords(u64),
    /// It never ends.
    Hangs,
}

/// A worker's state.
#[derive(Debug, Default)]
struct Worker {
    /// What it was given and has not done, the one it does first; with the instant at
    /// which that began.
    jobs: VecDeque<usize>,
    /// When it began the first of them.
    since: u64,
    /// It was told to end.
    is_ended: bool,
    /// It is gone; whether the pool has heard of it is another matter.
    is_gone: bool,
    /// The pool has heard that it is gone.
    is_known_gone: bool,
}

/// Workers on paper, and what a pool did with them.
#[derive(Debug)]
pub struct OnPaper {
    /// The jobs' fates, by their numbers.
    fates: Vec<Fate>,
    /// So often each was begun.
    tries: Vec<u32>,
    /// All workers, from number 1.
    workers: Vec<Worker>,
    /// What has happened, and the pool has not heard.
    untold: VecDeque<News>,
    /// What time it is.
    now: u64,
    /// What happened, line by line.
    lines: String,
    /// The most that worked at one time.
    busiest: usize,
    /// The most jobs that one worker had at one time.
    fullest: usize,
}

/// What a run came to, to be looked at by a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// How long it took, in ms.
    pub time: u64,
    /// How often each job was begun.
    pub tries: Vec<u32>,
    /// How many workers were started.
    pub started: usize,
    /// The most that worked at one time.
    pub busiest: usize,
    /// The most jobs that one worker had at one time.
    pub fullest: usize,
    /// Workers that are not known to be gone in the end.
    pub left: Vec<WorkerId>,
    /// What happened, line by line.
    pub lines: String,
}

impl Taken {
    /// The workers of which nobody knows what became, in words; None if there are none.
    pub fn somebody_is_left(&self) -> Option<String> {
        let left: Vec<String> = self.left.iter().map(u32::to_string).collect();
        (!left.is_empty()).then(|| format!("not heard to be gone: worker {}", left.join(", ")))
    }
}

impl OnPaper {
    /// Nobody yet, and jobs with these fates. The answer of job n is 100 + n.
    pub fn new(fates: &[Fate]) -> OnPaper {
        OnPaper {
            fates: fates.to_vec(),
            tries: vec![0; fates.len()],
            workers: Vec::new(),
            untold: VecDeque::new(),
            now: 0,
            lines: String::new(),
            busiest: 0,
            fullest: 0,
        }
    }

    /// The answer of job `number`.
    pub fn answer(number: usize) -> u64 {
        100 + number as u64
    }

    /// What the run came to.
    pub fn taken(self) -> Taken {
        let numbered = (1..).zip(&self.workers);
        let left = numbered.filter(|(_, worker)| !worker.is_known_gone);
        Taken {
            time: self.now,
            started: self.workers.len(),
            left: left.map(|(id, _)| id).collect(),
            tries: self.tries,
            busiest: self.busiest,
            fullest: self.fullest,
            lines: self.lines,
        }
    }

    /// Notes what happens.
    fn note(&mut self, what: &str) {
        // A String takes all that is written to it.
        let _ = writeln!(self.lines, "{:>6} ms  {what}", self.now);
    }

    /// The worker of this number, if there is one that can be told something.
    fn reachable(&mut self, id: WorkerId, deed: &str) -> &mut Worker {
        let place = usize::try_from(id).ok().and_then(|id| id.checked_sub(1));
        let worker = place.and_then(|place| self.workers.get_mut(place));
        let worker = worker.unwrap_or_else(|| panic!("{deed}: there is no worker {id}"));
        assert!(
            !worker.is_ended && !worker.is_known_gone,
            "{deed}: worker {id} was ended, or is known to be gone"
        );
        worker
    }

    /// A worker begins the first of its jobs now.
    fn begin(&mut self, place: usize) {
        let now = self.now;
        let worker = &mut self.workers[place];
        worker.since = now;
        if let Some(&job) = worker.jobs.front() {
            self.tries[job] += 1;
        }
        let busy = self.workers.iter().filter(|it| !it.jobs.is_empty());
        self.busiest = self.busiest.max(busy.count());
    }

    /// When something happens to which worker next, if ever.
    fn next(&self) -> Option<(u64, usize)> {
        let places = 0..self.workers.len();
        let due = places.filter_map(|place| {
            let worker = &self.workers[place];
            let fate = self.fates[*worker.jobs.front()?];
            let time = match fate {
                Fate::Takes(ms) | Fate::CrashesUntil(ms, _) | Fate::LastWords(ms) => ms,
                Fate::Hangs => return None,
            };
            Some((worker.since + time, place))
        });
        due.min()
    }

    /// What is due for the worker at `place` happens.
    fn happens(&mut self, place: usize) {
        let id = u32::try_from(place + 1).expect("workers are few");
        let job = *self.workers[place].jobs.front().expect("it works");
        let (is_done, crashes) = match self.fates[job] {
            Fate::CrashesUntil(_, tries) if self.tries[job] < tries => (false, true),
            Fate::LastWords(_) => (true, true),
            _ => (true, false),
        };
        if is_done {
            self.workers[place].jobs.pop_front();
            self.untold.push_back(News::Done {
                worker: id,
                job,
                answer: OnPaper::answer(job),
            });
        }
        let worker = &self.workers[place];
        if crashes || worker.is_ended && worker.jobs.is_empty() {
            self.gone(place);
        } else if is_done {
            self.begin(place);
        }
    }

    /// The worker at `place` is gone.
    fn gone(&mut self, place: usize) {
        let worker = &mut self.workers[place];
        worker.jobs.clear();
        worker.is_gone = true;
        let id = u32::try_from(place + 1).expect("workers are few");
        self.untold.push_back(News::Gone { worker: id });
    }

    /// The first that has happened, told to the pool.
    fn tell(&mut self) -> Option<News> {
        let news = self.untold.pop_front()?;
        self.note(&news.to_string());
        if let News::Gone { worker } = news {
            self.workers[worker as usize - 1].is_known_gone = true;
        }
        Some(news)
    }
}

impl Workers for OnPaper {
    fn start(&mut self) -> WorkerId {
        assert!(
            self.workers.len() < 1_000,
            "start: 999 workers were started already, for {} jobs",
            self.fates.len()
        );
        self.workers.push(Worker::default());
        let id = u32::try_from(self.workers.len()).expect("workers are few");
        self.note(&format!("starts worker {id}"));
        id
    }

    fn give(&mut self, worker: WorkerId, job: usize) {
        assert!(job < self.fates.len(), "give: there is no job {job}");
        self.note(&format!("gives worker {worker} job {job}"));
        let its = self.reachable(worker, "give");
        if its.is_gone {
            return; // it crashed, and the pool has yet to hear of it: the job is lost
        }
        its.jobs.push_back(job);
        let count = its.jobs.len();
        self.fullest = self.fullest.max(count);
        if count == 1 {
            self.begin(worker as usize - 1);
        }
    }

    fn end(&mut self, worker: WorkerId) {
        self.note(&format!("tells worker {worker} to end"));
        let its = self.reachable(worker, "end");
        its.is_ended = true;
        if its.jobs.is_empty() && !its.is_gone {
            self.gone(worker as usize - 1);
        }
    }

    fn kill(&mut self, worker: WorkerId) {
        self.note(&format!("kills worker {worker}"));
        let place = worker as usize - 1;
        let its = self.workers.get(place);
        let is_gone = its.map(|its| its.is_gone);
        match is_gone {
            Some(false) => self.gone(place),
            Some(true) => {}
            None => panic!("kill: there is no worker {worker}"),
        }
    }

    fn news(&mut self, until: Option<u64>) -> Option<News> {
        if let Some(news) = self.tell() {
            return Some(news);
        }
        match (self.next(), until) {
            (Some((at, place)), _) if until.is_none_or(|until| at <= until) => {
                self.now = self.now.max(at);
                self.happens(place);
                self.tell()
            }
            (_, Some(until)) => {
                self.now = self.now.max(until);
                self.note("no news");
                None
            }
            _ if self.next_hangs() => panic!(
                "news: a job hangs, and no limit was given until when to wait: this waits for ever"
            ),
            _ => panic!("news: no worker has a job, and none is about to end: this waits for ever"),
        }
    }

    fn now(&self) -> u64 {
        self.now
    }
}

impl OnPaper {
    /// Whether somebody has a job that hangs.
    fn next_hangs(&self) -> bool {
        let first = |worker: &Worker| worker.jobs.front().map(|job| self.fates[*job]);
        self.workers.iter().any(|it| first(it) == Some(Fate::Hangs))
    }
}

/// What a run did, in a few words for each fate.
impl std::fmt::Display for Fate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Fate::Takes(ms) => write!(f, "{ms} ms"),
            Fate::CrashesUntil(ms, u32::MAX) => {
                write!(f, "crashes its worker after {ms} ms, always")
            }
            Fate::CrashesUntil(ms, tries) => {
                write!(
                    f,
                    "crashes its worker after {ms} ms, but for its try {tries}"
                )
            }
            Fate::LastWords(ms) => write!(f, "is done after {ms} ms, and then its worker crashes"),
            Fate::Hangs => f.write_str("never ends"),
        }
    }
}

/// Jobs and their fates, in words: alike ones together.
pub fn told(fates: &[Fate]) -> String {
    let mut alike: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (job, fate) in fates.iter().enumerate() {
        alike
            .entry(fate.to_string())
            .or_default()
            .push(job.to_string());
    }
    let lines = alike.into_iter().map(|(fate, jobs)| {
        let (word, jobs) = (
            if jobs.len() == 1 { "job" } else { "jobs" },
            jobs.join(", "),
        );
        format!("{word} {jobs}: {fate}")
    });
    lines.collect::<Vec<_>>().join("\n")
}
