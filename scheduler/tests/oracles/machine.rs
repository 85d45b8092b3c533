//! Programs of a small machine whose threads are ours, on a given schedule.
//!
//! Each thread of a case is a scheduled thread in checkpoint mode, and each
//! instruction is a checkpoint with what follows it. A policy hands out quanta of
//! one tick to whom the schedule names; so control moves between any two
//! instructions, and nowhere else.
//!
//! 1. A quantum of one tick ends at the next checkpoint, before the instruction
//!    there has had an effect. So a thread's first quantum brings it to its first
//!    instruction, and each further one executes one instruction.
//! 2. Who ran is noted by the threads themselves: that the schedule was followed
//!    is compared like all else.
//! 3. Programs are those of the case's own file (`semantics.programs`).

use scheduler::policy::{Attributes, CpuId, Pick, Policy, Ready, StopReason, ThreadId};
use scheduler::time::Time;
use scheduler::{JoinHandle, Preemption, Scheduler, checkpoint, spawn};
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What a checkpoint takes.
const TICK: Duration = Duration::from_millis(1);

/// The number of a register: `ax` is 0.
type Register = usize;
/// The number of a word in memory.
type Word = usize;

/// One instruction; it is executed in one piece.
#[derive(Clone, Debug)]
enum Instruction {
    /// The register becomes the word.
    Load(Register, Word),
    /// The word becomes the register.
    Store(Word, Register),
    /// The word becomes this number.
    StoreNumber(Word, i64),
    /// The register becomes this number.
    Move(Register, i64),
    /// The register grows by this number.
    Add(Register, i64),
    /// The flag says whether the register is this number.
    Compare(Register, i64),
    /// Goes on at this instruction; with a flag, if that is what the flag says.
    Jump(Option<bool>, usize),
    /// The register and the word change places.
    Exchange(Register, Word),
    /// The word grows by the register, which becomes what the word was.
    FetchAdd(Register, Word),
    /// The thread is over.
    Halt,
}

/// A program, and the words that its threads share.
#[derive(Clone, Debug)]
struct Program {
    /// The instructions.
    code: Vec<Instruction>,
    /// The names of the words, in the order in which memory is compared.
    words: Vec<String>,
}

impl Program {
    /// The program of this name among `programs`.
    fn read(programs: &Value, name: &str) -> Program {
        let program = &programs[name];
        assert!(!program.is_null(), "its file has no program `{name}`");
        let words = program["memory_words"].as_array();
        let words = words.expect("a program names its words in `memory_words`");
        let words = words.iter().map(|word| text(word).to_owned());
        let words: Vec<String> = words.collect();
        let code = program["code"].as_array().expect("a program has `code`");
        let code = code.iter().map(|line| instruction(line, &words));
        Program {
            code: code.collect(),
            words,
        }
    }
}

/// A string.
fn text(value: &Value) -> &str {
    let text = value.as_str();
    text.unwrap_or_else(|| panic!("a word is expected where {value} stands"))
}

/// The instruction that `line` says.
fn instruction(line: &Value, words: &[String]) -> Instruction {
    let number = |index: usize| {
        let number = line[index].as_i64();
        number.unwrap_or_else(|| panic!("{line} has no number at place {index}"))
    };
    let target = || {
        let target = usize::try_from(number(1));
        target.unwrap_or_else(|_| panic!("{line} jumps to before the program"))
    };
    let word = |index: usize| {
        let name = text(&line[index]);
        let word = words.iter().position(|word| word == name);
        word.unwrap_or_else(|| panic!("{line}: `{name}` is not among the memory words"))
    };
    let register = |index: usize| register(text(&line[index]));
    match text(&line[0]) {
        "load" => Instruction::Load(register(1), word(2)),
        "store" => Instruction::Store(word(1), register(2)),
        "storei" => Instruction::StoreNumber(word(1), number(2)),
        "movi" => Instruction::Move(register(1), number(2)),
        "addi" => Instruction::Add(register(1), number(2)),
        "subi" => Instruction::Add(register(1), -number(2)),
        "cmpi" => Instruction::Compare(register(1), number(2)),
        "jmp" => Instruction::Jump(None, target()),
        "je" => Instruction::Jump(Some(true), target()),
        "jne" => Instruction::Jump(Some(false), target()),
        "xchg" => Instruction::Exchange(register(1), word(2)),
        "fetchadd" => Instruction::FetchAdd(register(1), word(2)),
        "halt" => Instruction::Halt,
        other => panic!("no instruction is called `{other}`"),
    }
}

/// A register's number.
fn register(name: &str) -> Register {
    let number = ["ax", "bx", "cx", "dx"].iter().position(|one| *one == name);
    number.unwrap_or_else(|| panic!("no register is called `{name}`"))
}

/// The registers of `threads` threads, as `bx=1:cx=2,bx=3` sets them.
fn registers(text: &str, threads: usize) -> Vec<[i64; 4]> {
    let mut all = vec![[0; 4]; threads];
    for (thread, of_thread) in text.split(',').enumerate() {
        for setting in of_thread.split(':').filter(|setting| !setting.is_empty()) {
            let (name, number) = setting
                .split_once('=')
                .unwrap_or_else(|| panic!("`{setting}` does not say which register is what"));
            let registers = all.get_mut(thread);
            registers.expect("registers are set for threads that exist")[register(name)] =
                number.parse().expect("a register is set to a number");
        }
    }
    all
}

/// What the threads share.
#[derive(Debug)]
struct Machine {
    /// What they execute.
    program: Program,
    /// How many instructions are compared; then every thread returns.
    steps: usize,
    /// Memory, and what happened.
    state: Mutex<State>,
}

/// Memory, and what happened. Locked between two checkpoints only.
#[derive(Debug, Default)]
struct State {
    /// The words.
    memory: Vec<i64>,
    /// Which thread executed which instruction.
    ran: Vec<(usize, usize)>,
    /// Memory after each.
    memory_after_step: Vec<Vec<i64>>,
}

/// Executes `machine`'s program as thread `number`.
fn execute(machine: &Machine, number: usize, mut registers: [i64; 4]) -> Result<(), String> {
    let (mut next, mut equal) = (0, false);
    loop {
        checkpoint(); // rule 1
        let mut state = machine.state.lock().expect("nobody panics");
        if state.ran.len() == machine.steps {
            return Ok(());
        }
        let at = next;
        let Some(instruction) = machine.program.code.get(at) else {
            return Err(format!("thread {number}: the program has no line {at}"));
        };
        next += 1;
        match *instruction {
            Instruction::Load(register, word) => registers[register] = state.memory[word],
            Instruction::Store(word, register) => state.memory[word] = registers[register],
            Instruction::StoreNumber(word, number) => state.memory[word] = number,
            Instruction::Move(register, number) => registers[register] = number,
            Instruction::Add(register, number) => registers[register] += number,
            Instruction::Compare(register, number) => equal = registers[register] == number,
            Instruction::Jump(when, target) => {
                if when.is_none_or(|flag| flag == equal) {
                    next = target;
                }
            }
            Instruction::Exchange(register, word) => {
                std::mem::swap(&mut registers[register], &mut state.memory[word]);
            }
            Instruction::FetchAdd(register, word) => {
                let before = state.memory[word];
                state.memory[word] += registers[register];
                registers[register] = before;
            }
            Instruction::Halt => {}
        }
        state.ran.push((number, at)); // rule 2
        let memory = state.memory.clone();
        state.memory_after_step.push(memory);
        if matches!(instruction, Instruction::Halt) {
            return Ok(());
        }
    }
}

/// Lets thread 0 run whenever it can, and of the others whom the script names.
#[derive(Debug)]
struct Follow {
    /// Who can run.
    stored: Vec<ThreadId>,
    /// Who gets the next quanta.
    script: VecDeque<ThreadId>,
}

impl Policy for Follow {
    fn ready(&mut self, thread: &Attributes, _why: Ready, _now: Time) {
        self.stored.push(thread.id);
    }

    fn pick(&mut self, _cpu: CpuId, _now: Time) -> Option<Pick> {
        let find = |wanted| self.stored.iter().position(|stored| *stored == wanted);
        if let Some(main) = find(ThreadId(0)) {
            return Some(Pick::until_it_stops(self.stored.remove(main)));
        }
        // Who is named and is over: then any other, which rule 2 shows.
        let named = self.script.pop_front().and_then(find).unwrap_or(0);
        (named < self.stored.len()).then(|| Pick::for_at_most(self.stored.remove(named), TICK))
    }

    fn stopped(&mut self, thread: &Attributes, _ran: Duration, why: StopReason, _now: Time) {
        if why.still_runnable() {
            self.stored.push(thread.id);
        }
    }
}

/// Runs a case's program on its schedule: what does not agree.
pub(crate) fn disagreements(case: &Value, programs: &Value) -> Vec<String> {
    let threads = case["threads"].as_u64().expect("`threads` is a number");
    let threads = usize::try_from(threads).expect("a small number");
    let schedule = text(&case["schedule"]).chars().map(|digit| {
        let thread = digit.to_digit(36).map(|thread| thread as usize);
        let exists = thread.filter(|thread| *thread < threads);
        exists.unwrap_or_else(|| panic!("the schedule names thread {digit} of {threads}"))
    });
    let schedule: Vec<usize> = schedule.collect();
    let program = Program::read(programs, text(&case["program"]));
    let registers = registers(case["init_regs"].as_str().unwrap_or_default(), threads);
    match run(program.clone(), registers, &schedule) {
        Ok(state) => compare(&case["expect"], &program, &schedule, &state),
        Err(message) => vec![message],
    }
}

/// Runs `program` on as many threads as there are sets of `registers`.
fn run(program: Program, registers: Vec<[i64; 4]>, schedule: &[usize]) -> Result<State, String> {
    let id = |number: usize| ThreadId(u32::try_from(number + 1).expect("few threads"));
    let to_the_first = 0..registers.len();
    let script = to_the_first.chain(schedule.iter().copied()).map(id); // rule 1
    let policy = Follow {
        stored: Vec::new(),
        script: script.collect(),
    };
    let machine = Arc::new(Machine {
        steps: schedule.len(),
        state: Mutex::new(State {
            memory: vec![0; program.words.len()],
            ..State::default()
        }),
        program,
    });
    let ended = Scheduler::new(Preemption::Checkpoint, policy)
        .tick(TICK)
        .run(|| {
            let start = |(number, registers)| {
                let machine = Arc::clone(&machine);
                spawn(move || execute(&machine, number, registers))
            };
            let threads = registers.into_iter().enumerate().map(start);
            let threads: Vec<JoinHandle<_>> = threads.collect();
            let ends = threads
                .into_iter()
                .map(|thread| thread.join().expect("no panic"));
            ends.collect::<Result<Vec<()>, String>>()
        });
    ended.map_err(|error| error.to_string())??;
    let machine = Arc::into_inner(machine).expect("the threads are over");
    Ok(machine.state.into_inner().expect("no panic"))
}

/// What a case expects beside what happened.
fn compare(expect: &Value, program: &Program, schedule: &[usize], state: &State) -> Vec<String> {
    let mut lines = Vec::new();
    let ran: Vec<usize> = state.ran.iter().map(|(thread, _)| *thread).collect();
    if ran != schedule {
        lines.push(format!("schedule: expected {schedule:?}, found {ran:?}"));
    }
    let lines_run: Vec<usize> = state.ran.iter().map(|(_, line)| *line).collect();
    let last: BTreeMap<&String, i64> = program.words.iter().zip(state.memory.clone()).collect();
    for (key, expected) in expect.as_object().expect("`expect` has names") {
        let found = match key.as_str() {
            "pcs" => json!(lines_run),
            "memory_after_step" => json!(state.memory_after_step),
            "final" => json!(last),
            _ => json!("nothing that this test knows"),
        };
        if *expected != found {
            lines.push(format!(
                "{key}: expected {expected}\n  {:>w$}: found    {found}",
                "",
                w = key.len()
            ));
        }
    }
    lines
}
