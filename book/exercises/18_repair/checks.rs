//! The checks of the bank: a few threads for each rule, under every schedule.
//!
//! Each isolates one rule, and presumes only the rules that are checked before it. So
//! the first that fails names the mistake.

use exercises::check::{Check, Complaint, Part};
use exercises::exploring::Case;
use scheduler::{Builder, JoinHandle};
use std::sync::Arc;

/// What the checks need of a bank.
pub(crate) trait Banks: Send + Sync {
    /// Takes an amount if there is enough.
    fn take(&self, account: usize, amount: i32) -> bool;
    /// Adds an amount.
    fn pay_in(&self, account: usize, amount: i32);
    /// Waits until there is enough, and takes an amount.
    fn take_patiently(&self, account: usize, amount: i32);
    /// Moves an amount if there is enough.
    fn transfer(&self, from: usize, to: usize, amount: i32) -> bool;
    /// The sum of two accounts.
    fn total(&self, one: usize, other: usize) -> i32;
    /// Shows a balance.
    fn read(&self, account: usize, look: &mut dyn FnMut(i32));
}

/// A bank that threads share.
type Bank = Arc<dyn Banks>;

/// Makes a bank with an account for each balance.
pub(crate) type NewBank = fn(&[i32]) -> Bank;

/// The bank of a file of the exercise.
macro_rules! subject {
    ($($module:ident)::+) => {{
        use $crate::checks::{Banks, NewBank};
        use $($module)::+::Bank;
        use std::sync::Arc;

        struct Subject(Bank);
        impl Banks for Subject {
            fn take(&self, account: usize, amount: i32) -> bool {
                self.0.take(account, amount)
            }
            fn pay_in(&self, account: usize, amount: i32) {
                self.0.pay_in(account, amount);
            }
            fn take_patiently(&self, account: usize, amount: i32) {
                self.0.take_patiently(account, amount);
            }
            fn transfer(&self, from: usize, to: usize, amount: i32) -> bool {
                self.0.transfer(from, to, amount)
            }
            fn total(&self, one: usize, other: usize) -> i32 {
                self.0.total(one, other)
            }
            fn read(&self, account: usize, look: &mut dyn FnMut(i32)) {
                self.0.read(account, look);
            }
        }
        let new: NewBank = |balances| Arc::new(Subject(Bank::new(balances)));
        new
    }};
}
pub(crate) use subject;

/// All checks, in the order in which they build on each other.
pub(crate) fn checks() -> Vec<Check<NewBank>> {
    let mut checks = one_account();
    checks.extend(two_accounts());
    checks.extend(transfers());
    checks
}

/// The rules of one account.
fn one_account() -> Vec<Check<NewBank>> {
    vec![
        check(
            ("account_is_never_overdrawn", "no balance is ever negative"),
            "100 are there; two threads each take 70",
            &["1 of them took, 30 are left"],
            |new| {
                let bank = new(&[100]);
                let takers = ["one", "other"].map(|name| start(name, &bank, |it| it.take(0, 70)));
                let took = takers.map(ended).iter().filter(|took| **took).count();
                format!("{took} of them took, {} are left", balance(&bank, 0))
            },
        ),
        check(
            ("nothing_paid_in_is_lost", "nothing that is paid in is lost"),
            "0 are there; two threads each pay 50 in",
            &["100 are there"],
            |new| {
                let bank = new(&[0]);
                let payers = ["one", "other"].map(|name| start(name, &bank, |it| it.pay_in(0, 50)));
                payers.into_iter().for_each(ended);
                format!("{} are there", balance(&bank, 0))
            },
        ),
        check(
            (
                "patient_one_looks_again",
                "who was woken looks again: another may have been faster",
            ),
            "0 are there; two threads wait for 50 each; main pays 50 in, twice",
            &["0 are left"],
            |new| {
                let bank = new(&[0]);
                let patient = |name| {
                    start(name, &bank, |it| {
                        it.take_patiently(0, 50);
                        it.read(0, &mut |left| assert!(left >= 0, "the balance is {left}"));
                    })
                };
                let patients = ["one", "other"].map(patient);
                bank.pay_in(0, 50);
                bank.pay_in(0, 50);
                patients.into_iter().for_each(ended);
                format!("{} are left", balance(&bank, 0))
            },
        ),
        check(
            (
                "whoever_can_go_on_is_woken",
                "a payment wakes whoever has enough then",
            ),
            "0 are there; one waits for 100, the other for 30; main pays 30 in, and 100 \
             when those are taken",
            &["0 are left"],
            |new| {
                let bank = new(&[0]);
                let large = start("large", &bank, |it| it.take_patiently(0, 100));
                let small = start("small", &bank, |it| it.take_patiently(0, 30));
                bank.pay_in(0, 30);
                ended(small);
                bank.pay_in(0, 100);
                ended(large);
                format!("{} are left", balance(&bank, 0))
            },
        ),
    ]
}

/// The rules of several, of which one is touched at a time, or all by `main`.
fn two_accounts() -> Vec<Check<NewBank>> {
    vec![
        check(
            (
                "accounts_do_not_wait_for_each_other",
                "who looks at one account keeps nobody from another",
            ),
            "main reads account 0; meanwhile a thread takes 10 of the 10 of account 1, and main \
             waits for it",
            &["true"],
            |new| {
                let bank = new(&[10, 10]);
                let mut took = false;
                bank.read(0, &mut |_| {
                    took = ended(start("taker", &bank, |it| it.take(1, 10)));
                });
                took.to_string()
            },
        ),
        check(
            (
                "refused_transfer_changes_nothing",
                "a transfer for which there is too little changes nothing",
            ),
            "10 and 0 are there; main transfers 60",
            &["refused, 10 and 0"],
            |new| {
                let bank = new(&[10, 0]);
                let told = if bank.transfer(0, 1, 60) {
                    "done"
                } else {
                    "refused"
                };
                format!("{told}, {} and {}", balance(&bank, 0), balance(&bank, 1))
            },
        ),
        check(
            (
                "transfer_to_itself_changes_nothing",
                "an account can transfer to itself, and that changes nothing",
            ),
            "100 are there; main transfers 60 to the same account",
            &["true, 100"],
            |new| {
                let bank = new(&[100]);
                format!("{}, {}", bank.transfer(0, 0, 60), balance(&bank, 0))
            },
        ),
        check(
            (
                "total_is_of_one_instant",
                "a total adds no balance of now to one of then",
            ),
            "100 and 0 are there; a thread takes the 100, and pays 100 in at the other; main asks \
             for the total",
            &["0", "100"],
            |new| {
                let bank = new(&[100, 0]);
                let mover = start("mover", &bank, |it| {
                    it.take(0, 100);
                    it.pay_in(1, 100);
                });
                let total = bank.total(0, 1);
                ended(mover);
                total.to_string()
            },
        ),
    ]
}

/// The rules of transfers that others see.
fn transfers() -> Vec<Check<NewBank>> {
    vec![
        check(
            (
                "money_is_never_on_the_way",
                "nobody sees a transfer half done",
            ),
            "100 and 0 are there; a thread transfers 60; main asks for the total",
            &["100"],
            |new| {
                let bank = new(&[100, 0]);
                let mover = start("mover", &bank, |it| it.transfer(0, 1, 60));
                let total = bank.total(0, 1);
                ended(mover);
                total.to_string()
            },
        ),
        check(
            (
                "two_transfers_pass_each_other",
                "two transfers that go opposite ways do not wait for each other for ever",
            ),
            "100 and 100 are there; one thread transfers 10 there, the other 20 back",
            &["110 and 90"],
            |new| {
                let bank = new(&[100, 100]);
                let one = start("one", &bank, |it| it.transfer(0, 1, 10));
                let other = start("other", &bank, |it| it.transfer(1, 0, 20));
                ended(one);
                ended(other);
                format!("{} and {}", balance(&bank, 0), balance(&bank, 1))
            },
        ),
        check(
            (
                "transfer_wakes_too",
                "who waits for money hears of a transfer",
            ),
            "100 and 0 are there; a thread waits for 60 at the second; main transfers 60",
            &["40 and 0"],
            |new| {
                let bank = new(&[100, 0]);
                let patient = start("patient", &bank, |it| it.take_patiently(1, 60));
                bank.transfer(0, 1, 60);
                ended(patient);
                format!("{} and {}", balance(&bank, 0), balance(&bank, 1))
            },
        ),
    ]
}

/// A check that a program comes to these outcomes, all of them and no other.
fn check(
    (name, rule): (&'static str, &'static str),
    tried: &'static str,
    outcomes: &'static [&'static str],
    program: fn(NewBank) -> String,
) -> Check<NewBank> {
    let run = move |new: &NewBank| -> Result<(), Complaint> {
        let new = *new;
        let case = Case::new(tried, "nothing fails, and nobody waits for ever");
        case.comes_to(outcomes, || scheduler::outcome(program(new)))
    };
    Check {
        name,
        rule,
        part: Part::Rules,
        run: Box::new(run),
        step: Some(Box::new(run)),
    }
}

/// Starts a thread that does `act` with the bank.
fn start<T: Send + 'static>(
    name: &str,
    bank: &Bank,
    act: impl FnOnce(&dyn Banks) -> T + Send + 'static,
) -> JoinHandle<T> {
    let bank = Arc::clone(bank);
    Builder::new().name(name).spawn(move || act(&*bank))
}

/// What a thread came to.
fn ended<T>(thread: JoinHandle<T>) -> T {
    thread.join().expect("whoever panics ends the run")
}

/// How much is on an account, when all threads are over.
fn balance(bank: &Bank, account: usize) -> i32 {
    let mut found = 0;
    bank.read(account, &mut |balance| found = balance);
    found
}
