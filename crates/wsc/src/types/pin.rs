//! The PIN: eight digits of which the last is a check digit, or four digits without one.

use crate::{Draw, Entropy, EntropyError};
use core::fmt;
use core::str::FromStr;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// A PIN. It has eight digits and a right check digit, or four digits; leading zeros count.
/// WSC specification, section 7.4.
///
/// It is parsed from what a person types: digits, with spaces and dashes anywhere between them.
///
/// ```
/// use keyway_wsc::{Pin, PinError};
/// let pin: Pin = "1234-5670".parse()?;
/// assert_eq!(pin.digits(), b"12345670");
/// assert_eq!(pin.grouped().to_string(), "1234 5670");
/// assert_eq!("12345678".parse::<Pin>(), Err(PinError::CheckDigit));
/// # Ok::<(), PinError>(())
/// ```
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Pin {
    digits: [u8; 8],
    length: usize,
}

impl Pin {
    /// Makes a new eight-digit PIN, each of the ten million with the same probability.
    ///
    /// # Errors
    /// [`EntropyError`] when the source of randomness does not deliver.
    pub fn generate(entropy: &mut dyn Entropy) -> Result<Pin, EntropyError> {
        const COUNT: u32 = 10_000_000;
        const FAIR: u32 = u32::MAX - u32::MAX % COUNT;
        // A draw is refused with a probability below one in a hundred: 64 in a row mean a broken source.
        for _ in 0..64 {
            let mut octets = [0; 4];
            entropy.fill(Draw::DevicePassword, &mut octets)?;
            let number = u32::from_be_bytes(octets);
            octets.zeroize();
            if number < FAIR {
                return Ok(Pin::with_check_digit(number % COUNT));
            }
        }
        Err(EntropyError)
    }

    /// Makes a new four-digit PIN, each of the ten thousand with the same probability. Eight digits are safer.
    ///
    /// # Errors
    /// [`EntropyError`] when the source of randomness does not deliver.
    pub fn generate_four(entropy: &mut dyn Entropy) -> Result<Pin, EntropyError> {
        let eight = Pin::generate(entropy)?;
        let mut pin = Pin { digits: [0; 8], length: 4 };
        pin.digits[..4].copy_from_slice(&eight.digits[3..7]);
        Ok(pin)
    }

    fn with_check_digit(mut number: u32) -> Pin {
        let mut pin = Pin { digits: [b'0'; 8], length: 8 };
        for digit in pin.digits[..7].iter_mut().rev() {
            *digit = b'0' + (number % 10) as u8;
            number /= 10;
        }
        pin.digits[7] = check_digit(&pin.digits);
        pin
    }

    /// The digits as ASCII, four or eight of them. They are the secret itself.
    pub fn digits(&self) -> &[u8] {
        &self.digits[..self.length]
    }

    /// The PIN as a person reads it, `1234 5670`, for the one place where it is shown.
    pub fn grouped(&self) -> GroupedPin<'_> {
        GroupedPin(self)
    }
}

/// The check digit (ASCII) that belongs to the first seven digits (ASCII): weights 3, 1, 3, 1, 3, 1, 3, and the
/// eighth digit makes the sum a multiple of ten. WSC specification, section 7.4.1.
fn check_digit(digits: &[u8; 8]) -> u8 {
    let sum: u32 = digits[..7]
        .iter()
        .zip([3, 1, 3, 1, 3, 1, 3])
        .map(|(digit, weight)| u32::from(digit.wrapping_sub(b'0')) * weight)
        .sum();
    b'0' + ((10 - sum % 10) % 10) as u8
}

impl FromStr for Pin {
    type Err = PinError;

    fn from_str(text: &str) -> Result<Pin, PinError> {
        let mut pin = Pin { digits: [0; 8], length: 0 };
        let mut count = 0;
        for character in text.trim().chars() {
            match character {
                '0'..='9' => {
                    if let Some(slot) = pin.digits.get_mut(count) {
                        *slot = character as u8;
                    }
                    count += 1;
                }
                ' ' | '-' | '\u{a0}' | '\u{2009}' | '\u{202f}' | '\u{2010}'..='\u{2013}' => {}
                _ => return Err(PinError::NotADigit),
            }
        }
        match count {
            0 => return Err(PinError::Empty),
            8 if check_digit(&pin.digits) != pin.digits[7] => return Err(PinError::CheckDigit),
            4 | 8 => pin.length = count,
            digits => return Err(PinError::Length { digits }),
        }
        Ok(pin)
    }
}

impl PartialEq for Pin {
    fn eq(&self, other: &Self) -> bool {
        (self.digits.ct_eq(&other.digits) & self.length.ct_eq(&other.length)).into()
    }
}

impl Eq for Pin {}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pin({} digits, hidden)", self.length)
    }
}

/// Shows a PIN in groups of four digits.
pub struct GroupedPin<'a>(&'a Pin);

impl fmt::Display for GroupedPin<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, &digit) in self.0.digits().iter().enumerate() {
            if index == 4 {
                f.write_str(" ")?;
            }
            write!(f, "{}", char::from(digit))?;
        }
        Ok(())
    }
}

/// Why a text is not a PIN. It never repeats the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PinError {
    /// There is no digit in it.
    Empty,
    /// Something in it is neither a digit nor a space nor a dash.
    NotADigit,
    /// It has neither four nor eight digits.
    Length {
        /// How many it has.
        digits: usize,
    },
    /// It has eight digits and the last does not fit the others: one of them was misread or mistyped.
    CheckDigit,
}

impl fmt::Display for PinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PinError::Empty => f.write_str("there is no digit in it; a PIN has eight digits (or four)"),
            PinError::NotADigit => f.write_str(
                "a PIN has digits only (spaces and dashes are fine); is this the Wi-Fi password instead?",
            ),
            PinError::Length { digits } => {
                write!(
                    f,
                    "it has {digits} digit{}; a PIN has eight (or four)",
                    if *digits == 1 { "" } else { "s" }
                )
            }
            PinError::CheckDigit => {
                f.write_str("the last digit does not fit the others: one digit was misread or mistyped")
            }
        }
    }
}

impl core::error::Error for PinError {}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::string::ToString;

    struct Octets(u32);
    impl Entropy for Octets {
        fn fill(&mut self, _: Draw, out: &mut [u8]) -> Result<(), EntropyError> {
            out.copy_from_slice(&self.0.to_be_bytes());
            self.0 = self.0.wrapping_add(1);
            Ok(())
        }
    }

    #[test]
    fn judges_what_a_person_types() {
        let cases: &[(&str, Result<&[u8], PinError>)] = &[
            ("12345670", Ok(b"12345670")),
            ("1234 5670", Ok(b"12345670")),
            ("1234-5670", Ok(b"12345670")),
            (" 1 2 3 4 5 6 7 0\n", Ok(b"12345670")),
            ("1234\u{2013}5670", Ok(b"12345670")),
            ("00000000", Ok(b"00000000")),
            ("00000017", Ok(b"00000017")),
            ("0042", Ok(b"0042")),
            ("", Err(PinError::Empty)),
            (" - ", Err(PinError::Empty)),
            ("1234567", Err(PinError::Length { digits: 7 })),
            ("123456700", Err(PinError::Length { digits: 9 })),
            ("12345671", Err(PinError::CheckDigit)),
            ("correct horse", Err(PinError::NotADigit)),
            ("1234567O", Err(PinError::NotADigit)),
            ("\u{0661}\u{0662}\u{0663}\u{0664}", Err(PinError::NotADigit)),
        ];
        for (text, expected) in cases {
            let pin = text.parse::<Pin>();
            assert_eq!(pin.as_ref().map(|p| p.digits()).map_err(|e| *e), *expected, "{text:?}");
        }
    }

    #[test]
    fn generated_pins_are_pins_and_unbiased_draws_only() {
        for start in [0, 17, 9_999_999, 10_000_000, 4_289_999_990, u32::MAX - 5] {
            let pin = Pin::generate(&mut Octets(start)).unwrap();
            assert_eq!(pin.grouped().to_string().parse::<Pin>(), Ok(pin));
        }
        // The draws above the last full ten million are refused: the next fair one is 0.
        assert_eq!(Pin::generate(&mut Octets(4_290_000_000)).unwrap_err(), EntropyError);
        assert_eq!(Pin::generate(&mut Octets(u32::MAX)).unwrap().digits(), b"00000000");
        assert_eq!(Pin::generate_four(&mut Octets(1_2345)).unwrap().digits(), b"2345");
    }

    #[test]
    fn hidden_in_debug() {
        let pin: Pin = "12345670".parse().unwrap();
        assert_eq!(format!("{pin:?}"), "Pin(8 digits, hidden)");
    }
}
