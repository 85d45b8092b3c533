//! Workers that are processes: the same program, started again.

use super::{News, WorkerId, Workers};
use scheduler::process::{self, Process, Receiver, Sender, channel};
use std::collections::BTreeMap;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// A job that aborts its process.
pub const ABORTS: u64 = u64::MAX;
/// A job that ends its process, with success: and without an answer.
pub const EXITS: u64 = u64::MAX - 1;
/// A job that never ends.
pub const SLEEPS: u64 = u64::MAX - 2;

/// What a worker is sent: a job's number, and what is to be squared.
type Jobs = Receiver<(usize, u64)>;
/// What it sends back: the number, and the square.
type Answers = Sender<(usize, u64)>;

/// The first call of a program whose checks use [`Real`] workers: a worker gets no
/// further.
pub fn begin() {
    process::init!(serve);
}

/// A worker's life.
fn serve((jobs, answers): (Jobs, Answers)) {
    for (number, job) in jobs {
        let answer = match job {
            ABORTS => std::process::abort(),
            EXITS => std::process::exit(0),
            SLEEPS => loop {
                thread::park();
            },
            n => n * n,
        };
        if answers.send(&(number, answer)).is_err() {
            return; // the pool is gone
        }
    }
}

/// A worker's process, and where its jobs go in, as long as it was not told to end.
type Worker = (Process<()>, Option<Sender<(usize, u64)>>);

/// Worker processes. The answer of a job is its square.
#[derive(Debug)]
pub struct Real {
    /// What each job is to square, or one of the constants above.
    jobs: Vec<u64>,
    /// The workers that are not gone.
    workers: BTreeMap<WorkerId, Worker>,
    /// How many were started.
    started: WorkerId,
    /// Of how many it was heard that they are gone.
    heard: WorkerId,
    /// Where news come from: a thread for each worker listens to it.
    news: mpsc::Receiver<News>,
    /// The end that those threads have copies of.
    sender: mpsc::Sender<News>,
    /// When it began.
    began: Instant,
}

impl Real {
    /// Nobody yet, and these jobs.
    pub fn new(jobs: &[u64]) -> Real {
        let (sender, news) = mpsc::channel();
        Real {
            jobs: jobs.to_vec(),
            workers: BTreeMap::new(),
            started: 0,
            heard: 0,
            news,
            sender,
            began: Instant::now(),
        }
    }

    /// How many workers were started.
    pub fn started(&self) -> u32 {
        self.started
    }

    /// The numbers of the processes of workers that are not known to be gone.
    pub fn left(&self) -> Vec<u32> {
        self.workers
            .values()
            .map(|(process, _)| process.id())
            .collect()
    }
}

impl Workers for Real {
    fn start(&mut self) -> WorkerId {
        assert!(
            self.started < 200,
            "start: 200 processes were started already"
        );
        self.started += 1;
        let id = self.started;
        let refused = "the system refused a channel";
        let (jobs, its_jobs) = channel().expect(refused);
        let (its_answers, answers) = channel().expect(refused);
        let process = process::spawn(serve, (its_jobs, its_answers));
        let process = process.expect("the system refused a process");
        self.workers.insert(id, (process, Some(jobs)));
        let news = self.sender.clone();
        thread::spawn(move || {
            let answers: Receiver<(usize, u64)> = answers;
            // It ends when the process has: no end of the channel is left then.
            for (job, answer) in answers {
                let done = News::Done {
                    worker: id,
                    job,
                    answer,
                };
                if news.send(done).is_err() {
                    return; // nobody listens any more
                }
            }
            // The same.
            let _ = news.send(News::Gone { worker: id });
        });
        id
    }

    fn give(&mut self, worker: WorkerId, job: usize) {
        let given = *self
            .jobs
            .get(job)
            .unwrap_or_else(|| panic!("give: there is no job {job}"));
        let jobs = self
            .workers
            .get(&worker)
            .and_then(|(_, jobs)| jobs.as_ref());
        let jobs = jobs
            .unwrap_or_else(|| panic!("give: worker {worker} was ended, or is known to be gone"));
        // If it has crashed the pool has yet to hear of it, and the job is lost.
        let _ = jobs.send(&(job, given));
    }

    fn end(&mut self, worker: WorkerId) {
        let its = self.workers.get_mut(&worker);
        let (_, jobs) = its.unwrap_or_else(|| panic!("end: worker {worker} is known to be gone"));
        *jobs = None; // no more jobs: its loop ends
    }

    fn kill(&mut self, worker: WorkerId) {
        // To drop a process ends it; its listener hears that.
        drop(self.workers.remove(&worker));
    }

    fn news(&mut self, until: Option<u64>) -> Option<News> {
        assert!(
            until.is_some() || self.heard < self.started,
            "news: no worker is left, and no limit was given until when to wait: this waits for ever"
        );
        let news = match until {
            None => self.news.recv().ok(),
            Some(until) => {
                let left = (self.began + Duration::from_millis(until))
                    .saturating_duration_since(Instant::now());
                self.news.recv_timeout(left).ok()
            }
        };
        if let Some(News::Gone { worker }) = news {
            self.heard += 1;
            drop(self.workers.remove(&worker));
        }
        news
    }

    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}
