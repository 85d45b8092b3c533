//! Values as bits: what the search keeps of an atomic, whatever its type.
//!
//! Book: chapter 21. Mirror: none.

/// A value as bits, for whoever keeps what was written.
pub(super) trait Bits: Copy {
    /// The bits.
    fn bits(self) -> u64;

    /// The value of these bits.
    fn of(bits: u64) -> Self;
}

/// Implements it through bytes, of which the value has as many as the number.
macro_rules! bits {
    ($($value:ty: $number:ty),*) => {$(
        impl Bits for $value {
            fn bits(self) -> u64 {
                <$number>::from_ne_bytes(self.to_ne_bytes()).into()
            }

            fn of(bits: u64) -> $value {
                let number = <$number>::try_from(bits).expect("they were made of a value");
                <$value>::from_ne_bytes(number.to_ne_bytes())
            }
        }
    )*};
}
bits!(u32: u32, i32: u32, u64: u64, i64: u64);
#[cfg(target_pointer_width = "64")]
bits!(usize: u64);
#[cfg(target_pointer_width = "32")]
bits!(usize: u32);

impl Bits for bool {
    fn bits(self) -> u64 {
        self.into()
    }

    fn of(bits: u64) -> bool {
        bits != 0
    }
}
