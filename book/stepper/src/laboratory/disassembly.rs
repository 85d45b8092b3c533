//! Instructions as text: `mov rax,[COUNTER]`.
//!
//! Invariant: an address that is a variable's, or an instruction's of the walk, is told by
//! its name or number, and a jump out of the walk goes elsewhere: so the text is the same wherever
//! the program lies.
//!
//! Book: chapter 18.

use super::told::{Next, Told};
use iced_x86::{
    Decoder, DecoderOptions, Formatter, Instruction, IntelFormatter, SymbolResolver, SymbolResult,
};
use std::collections::HashMap;

/// What is known by name.
struct Names(HashMap<u64, String>);

impl SymbolResolver for Names {
    fn symbol(
        &mut self,
        instruction: &Instruction,
        _operand: u32,
        _instruction_operand: Option<u32>,
        address: u64,
        _address_size: u32,
    ) -> Option<SymbolResult<'_>> {
        let known = self.0.get(&address).map(String::as_str);
        let is_branch = instruction.near_branch_target() == address; // 0 if it is none
        let name = known.or((is_branch && address != 0).then_some("elsewhere"))?;
        Some(SymbolResult::with_str(address, name))
    }
}

/// The text of each instruction of the walk, in order.
pub(super) fn texts(told: &Told) -> Vec<String> {
    let mut names = HashMap::new();
    let all = || told.stops.iter().filter_map(|stop| stop.next.as_ref());
    for (k, next) in all().enumerate() {
        names.entry(next.address).or_insert_with(|| format!("#{k}"));
    }
    for (name, address) in &told.variables {
        names.insert(*address, name.clone());
    }
    let mut formatter = IntelFormatter::with_options(Some(Box::new(Names(names))), None);
    let options = formatter.options_mut();
    options.set_hex_prefix("0x");
    options.set_hex_suffix("");
    options.set_uppercase_hex(false);
    options.set_show_branch_size(false);
    all().map(|next| text(next, &mut formatter)).collect()
}

/// The text of one instruction.
fn text(next: &Next, formatter: &mut IntelFormatter) -> String {
    if next.code.is_empty() {
        return "(outside of the program)".to_owned();
    }
    let mut decoder = Decoder::with_ip(64, &next.code, next.address, DecoderOptions::NONE);
    let mut text = String::new();
    formatter.format(&decoder.decode(), &mut text);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_and_places_of_the_walk_are_told_by_name() {
        // mov rax,[rip+9]; inc rax; je -5, to the inc; je +16, to nowhere; ret
        let told = Told::read(
            "variable\tCOUNTER\t1010\n\
             0\t1000\t488b0509000000\t-\t-\t0\t1\n\
             1\t1007\t48ffc0\t-\t-\t0\t1\n\
             2\t100a\t74fb\t-\t-\t0\t1\n\
             3\t100c\t7410\t-\t-\t0\t1\n\
             4\t100e\tc3\t-\t-\t0\t1\n\
             5\t-\t-\t-\t-\t0\t1\n",
        );
        let texts = texts(&told.unwrap());
        assert_eq!(
            texts,
            [
                "mov rax,[COUNTER]",
                "inc rax",
                "je #1",
                "je elsewhere",
                "ret"
            ]
        );
    }
}
