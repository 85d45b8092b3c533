//! Threads that lock, wait and sleep under strict priorities: who comes when.
//!
//! Each thread of a case is a scheduled thread in checkpoint mode under
//! [`StaticPriority`]; its operations are calls of ours. A lock is a
//! [`Mutex::inheriting`]: its loans are what Pintos calls donations.
//!
//! 1. Where Pintos wakes the most important of those who wait, ours wake the one
//!    that has waited longest. So a semaphore and a condition are built here as
//!    Pintos builds them: a list of who waits, each at a gate of its own, which is
//!    one of our semaphores.
//! 2. Who was woken looks again, and may find that another was faster.
//! 3. A tick of Pintos is long beside an operation, as on a machine.

use scheduler::policy::StaticPriority;
use scheduler::sync::{Mutex, MutexGuard, Semaphore};
use scheduler::{Builder, Preemption, Scheduler, Thread, current, now, sleep, yield_now};
use serde::Deserialize as _;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex as Cell};
use std::time::Duration;

/// What an operation takes.
const OPERATION: Duration = Duration::from_micros(1);
/// A tick of Pintos (rule 3).
const TICK: Duration = Duration::from_millis(10);

/// Who waits, each at a gate (rule 1). Locked between two checkpoints only.
#[derive(Debug, Default)]
struct Waiting(Cell<Vec<(Thread, Arc<Semaphore>)>>);

impl Waiting {
    /// The calling thread joins; the gate opens once it is let go.
    fn join(&self) -> Arc<Semaphore> {
        let gate = Arc::new(Semaphore::new(0));
        let mut waiting = self.0.lock().expect("nobody panics");
        waiting.push((current(), Arc::clone(&gate)));
        gate
    }

    /// Takes out the most important, of equals the first.
    fn highest(&self) -> Option<Arc<Semaphore>> {
        let mut waiting = self.0.lock().expect("nobody panics");
        let priorities = waiting.iter().map(|(thread, _)| thread.priority());
        let highest = priorities.clone().max()?;
        let index = priorities.into_iter().position(|one| one == highest)?;
        Some(waiting.remove(index).1)
    }

    /// Lets the most important go on, if anybody waits.
    fn let_one_go(&self) {
        if let Some(gate) = self.highest() {
            gate.add_permits(1);
        }
    }
}

/// Waits at `gate`.
fn pass(gate: &Semaphore) {
    gate.acquire(1).expect("nobody closes a gate").forget();
}

/// A semaphore of Pintos (rules 1 and 2).
#[derive(Debug, Default)]
struct Counting {
    /// How often it can be taken down.
    value: Cell<u64>,
    /// Who waits to.
    waiting: Waiting,
}

impl Counting {
    /// Takes it down, if need be waits for it.
    fn down(&self) {
        loop {
            let gate = {
                let mut value = self.value.lock().expect("nobody panics");
                if *value > 0 {
                    *value -= 1;
                    return;
                }
                self.waiting.join()
            };
            pass(&gate);
        }
    }

    /// Puts it up, and lets one go on.
    fn up(&self) {
        *self.value.lock().expect("nobody panics") += 1;
        self.waiting.let_one_go();
    }
}

/// A thread of a case.
#[derive(Debug)]
struct Role {
    /// Its own priority.
    base: i32,
    /// What it does.
    operations: Vec<Vec<Value>>,
}

/// What the threads of a case share.
#[derive(Debug)]
struct Scene {
    /// The threads, by name.
    roles: BTreeMap<String, Role>,
    /// The locks, by name.
    locks: BTreeMap<String, Mutex<()>>,
    /// The semaphores, by name.
    semaphores: BTreeMap<String, Counting>,
    /// The conditions, by name.
    conditions: BTreeMap<String, Waiting>,
    /// What was said, in order.
    events: Cell<Vec<Value>>,
}

impl Scene {
    /// The scene of a case, and what is named in it.
    fn read(case: &Value) -> Scene {
        let mut scene = Scene {
            roles: BTreeMap::new(),
            locks: BTreeMap::new(),
            semaphores: BTreeMap::new(),
            conditions: BTreeMap::new(),
            events: Cell::default(),
        };
        let threads = case["threads"].as_object().expect("threads have names");
        for (name, thread) in threads {
            let base = thread["base"]
                .as_i64()
                .expect("a thread has a `base` priority");
            let operations = Vec::<Vec<Value>>::deserialize(&thread["ops"]);
            let operations = operations.expect("`ops` is a list of lists");
            for operation in &operations {
                scene.prepare(operation);
            }
            let base = i32::try_from(base).expect("a small number");
            scene.roles.insert(name.clone(), Role { base, operations });
        }
        let created = scene.roles.values().flat_map(|role| &role.operations);
        let created = created.filter(|operation| operation[0] == "create");
        let mut needed: Vec<&str> = created.map(|operation| word(operation, 1)).collect();
        needed.push("main");
        for name in needed {
            let exists = scene.roles.contains_key(name);
            assert!(exists, "no thread is called `{name}`");
        }
        scene
    }

    /// Makes what `operation` names.
    fn prepare(&mut self, operation: &[Value]) {
        let name = |index: usize| word(operation, index).to_owned();
        match word(operation, 0) {
            "lock" | "unlock" => {
                let lock = self.locks.entry(name(1));
                lock.or_insert_with(|| Mutex::inheriting(()));
            }
            "down" | "up" => {
                self.semaphores.entry(name(1)).or_default();
            }
            "wait" | "signal" => {
                self.conditions.entry(name(1)).or_default();
            }
            "setprio" | "sleep_until" => _ = number(operation),
            "create" | "say" => _ = name(1),
            "yield" | "prio" => {}
            other => panic!("no operation is called `{other}`"),
        }
    }

    /// Notes that `who` said `what`.
    fn say(&self, who: &str, what: &str) {
        self.events
            .lock()
            .expect("nobody panics")
            .push(json!([who, what]));
    }
}

/// The word at this place of an operation.
fn word(operation: &[Value], index: usize) -> &str {
    let word = operation.get(index).and_then(Value::as_str);
    word.unwrap_or_else(|| panic!("{operation:?} has no name at place {index}"))
}

/// The number that an operation names.
fn number(operation: &[Value]) -> i64 {
    let number = operation.get(1).and_then(Value::as_i64);
    number.unwrap_or_else(|| panic!("{operation:?} has no number"))
}

/// Does what `name` does.
fn play(scene: &Arc<Scene>, name: &str) {
    let shared: &Scene = scene;
    let mut held: BTreeMap<&str, MutexGuard<'_, ()>> = BTreeMap::new();
    for operation in &shared.roles[name].operations {
        match word(operation, 0) {
            "create" => {
                let other = word(operation, 1).to_owned();
                let builder = Builder::new().name(&other);
                let builder = builder.priority(shared.roles[&other].base);
                let scene = Arc::clone(scene);
                drop(builder.spawn(move || play(&scene, &other)));
            }
            "lock" => {
                let lock = word(operation, 1);
                let before = held.insert(lock, shared.locks[lock].lock());
                assert!(before.is_none(), "{name} locks {lock} twice");
            }
            "unlock" => drop(taken(&mut held, word(operation, 1), name)),
            "down" => shared.semaphores[word(operation, 1)].down(),
            "up" => shared.semaphores[word(operation, 1)].up(),
            "wait" => {
                let (condition, lock) = (word(operation, 1), word(operation, 2));
                let gate = shared.conditions[condition].join();
                drop(taken(&mut held, lock, name));
                pass(&gate);
                held.insert(lock, shared.locks[lock].lock());
            }
            "signal" => shared.conditions[word(operation, 1)].let_one_go(),
            "setprio" => current().set_priority(number(operation).try_into().expect("small")),
            "yield" => yield_now(),
            "prio" => shared.say(name, &current().priority().to_string()),
            "say" => shared.say(name, word(operation, 1)),
            "sleep_until" => {
                let tick = u32::try_from(number(operation)).expect("a tick to come");
                sleep((TICK * tick).saturating_sub(now())); // rule 3
            }
            other => panic!("no operation is called `{other}`"),
        }
    }
}

/// The lock that is given up.
fn taken<'a>(
    held: &mut BTreeMap<&str, MutexGuard<'a, ()>>,
    lock: &str,
    name: &str,
) -> MutexGuard<'a, ()> {
    let guard = held.remove(lock);
    guard.unwrap_or_else(|| panic!("{name} gives up {lock}, which it does not hold"))
}

/// Runs the threads of a case: what does not agree.
pub(crate) fn disagreements(case: &Value) -> Vec<String> {
    let scene = Arc::new(Scene::read(case));
    let run = Scheduler::new(Preemption::Checkpoint, StaticPriority::new())
        .tick(OPERATION)
        .run(|| {
            current().set_priority(scene.roles["main"].base);
            play(&scene, "main");
        });
    let mut lines: Vec<String> = run
        .err()
        .map(|error| error.to_string())
        .into_iter()
        .collect();
    let found = json!(*scene.events.lock().expect("nobody panics"));
    for (key, expected) in case["expect"].as_object().expect("`expect` has names") {
        let found = match key.as_str() {
            "events" => found.clone(),
            _ => json!("nothing that this test knows"),
        };
        if *expected != found {
            lines.push(format!("{key}: expected {expected}"));
            lines.push(format!("{:>w$}  found    {found}", "", w = key.len()));
        }
    }
    lines
}
