//! Exact money: a decimal amount and an ISO 4217 currency, never a float.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

use crate::limits;

/// Currencies without a minor unit (ISO 4217, exponent 0).
const EXPONENT_0: [[u8; 3]; 16] = [
    *b"BIF", *b"CLP", *b"DJF", *b"GNF", *b"ISK", *b"JPY", *b"KMF", *b"KRW", *b"PYG", *b"RWF", *b"UGX",
    *b"VND", *b"VUV", *b"XAF", *b"XOF", *b"XPF",
];
/// Currencies with three decimals (ISO 4217, exponent 3).
const EXPONENT_3: [[u8; 3]; 7] = [*b"BHD", *b"IQD", *b"JOD", *b"KWD", *b"LYD", *b"OMR", *b"TND"];
/// Currencies with two decimals (ISO 4217, exponent 2).
const EXPONENT_2: &str = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD \
CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR \
IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK \
NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP \
TRY TTD TWD TZS UAH USD UYU UZS VES WST XCD YER ZAR ZMW ZWG";

/// A currency of ISO 4217, in capitals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

impl Currency {
    /// Parses three capital letters that ISO 4217 knows.
    pub fn parse(code: &str) -> Result<Self, MoneyError> {
        let bytes = <[u8; 3]>::try_from(code.as_bytes()).map_err(|_| MoneyError::UnknownCurrency)?;
        let known = EXPONENT_0.contains(&bytes)
            || EXPONENT_3.contains(&bytes)
            || EXPONENT_2.split(' ').any(|known| known == code);
        if known { Ok(Self(bytes)) } else { Err(MoneyError::UnknownCurrency) }
    }

    /// The three letters.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Decimals of the minor unit: 2 for EUR, 0 for JPY, 3 for KWD.
    pub fn exponent(self) -> u32 {
        match self.0 {
            code if EXPONENT_0.contains(&code) => 0,
            code if EXPONENT_3.contains(&code) => 3,
            _ => 2,
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl TryFrom<String> for Currency {
    type Error = MoneyError;
    fn try_from(code: String) -> Result<Self, MoneyError> {
        Self::parse(&code)
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> String {
        currency.code().to_owned()
    }
}

/// Why an amount is not acceptable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not a currency code of ISO 4217.
    #[error("not an ISO 4217 currency code")]
    UnknownCurrency,
    /// More decimals than the currency has.
    #[error("more decimals than the currency has")]
    TooManyDecimals,
    /// Below zero, or beyond [`limits::AMOUNT`].
    #[error("an amount is between 0 and 1,000,000,000 major units")]
    OutOfRange,
    /// Two currencies in one sum.
    #[error("amounts of different currencies cannot be summed")]
    CurrencyMismatch,
    /// Not a decimal number.
    #[error("not a decimal number")]
    NotANumber,
}

/// A non-negative amount in major units, always with exactly the decimals of its currency.
///
/// Stored as `"150.00 EUR"`; the API shows amount and currency apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Money {
    amount: Decimal,
    currency: Currency,
}

impl Money {
    /// An amount in major units. It may have fewer decimals than the currency, never more.
    pub fn new(amount: Decimal, currency: Currency) -> Result<Self, MoneyError> {
        let mut scaled = amount.normalize();
        if scaled.scale() > currency.exponent() {
            return Err(MoneyError::TooManyDecimals);
        }
        if scaled.is_sign_negative() && !scaled.is_zero() || scaled >= Decimal::from(limits::AMOUNT) {
            return Err(MoneyError::OutOfRange);
        }
        scaled.rescale(currency.exponent());
        Ok(Self { amount: scaled, currency })
    }

    /// Nothing, in this currency.
    pub fn zero(currency: Currency) -> Self {
        Self { amount: Decimal::new(0, currency.exponent()), currency }
    }

    /// From minor units (cents for EUR, yen for JPY), as payment providers count.
    pub fn from_minor(minor: i64, currency: Currency) -> Result<Self, MoneyError> {
        Self::new(Decimal::new(minor, currency.exponent()), currency)
    }

    /// In minor units.
    pub fn minor(self) -> i64 {
        i64::try_from(self.amount.mantissa()).unwrap_or(i64::MAX)
    }

    /// In major units.
    pub fn amount(self) -> Decimal {
        self.amount
    }

    /// The currency.
    pub fn currency(self) -> Currency {
        self.currency
    }

    /// Whether there is nothing.
    pub fn is_zero(self) -> bool {
        self.amount.is_zero()
    }

    /// The sum, if both are of one currency and it stays in range.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        Self::new(self.amount + other.amount, self.currency)
    }

    /// The difference, if it is not below zero.
    pub fn minus(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        Self::new(self.amount - other.amount, self.currency)
    }

    /// This amount so many times.
    pub fn times(self, count: u32) -> Result<Self, MoneyError> {
        Self::new(self.amount * Decimal::from(count), self.currency)
    }

    fn same_currency(self, other: Self) -> Result<(), MoneyError> {
        if self.currency == other.currency { Ok(()) } else { Err(MoneyError::CurrencyMismatch) }
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount, self.currency)
    }
}

impl FromStr for Money {
    type Err = MoneyError;
    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let (amount, currency) = text.split_once(' ').ok_or(MoneyError::NotANumber)?;
        Self::new(parse_decimal(amount)?, Currency::parse(currency)?)
    }
}

impl TryFrom<String> for Money {
    type Error = MoneyError;
    fn try_from(text: String) -> Result<Self, MoneyError> {
        text.parse()
    }
}

impl From<Money> for String {
    fn from(money: Money) -> String {
        money.to_string()
    }
}

/// Parses plain decimal digits with an optional sign and fraction, exactly. No exponent, no rounding.
pub fn parse_decimal(text: &str) -> Result<Decimal, MoneyError> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = !digits.is_empty()
        && digits.len() <= 28
        && digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.ends_with(|c: char| c.is_ascii_digit())
        && digits.chars().all(|c| c.is_ascii_digit() || c == '.');
    if !plain {
        return Err(MoneyError::NotANumber);
    }
    Decimal::from_str_exact(text).map_err(|_| MoneyError::NotANumber)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(text: &str) -> Money {
        text.parse().expect("valid money")
    }

    #[test]
    fn an_amount_has_exactly_the_decimals_of_its_currency() {
        assert_eq!(money("150 EUR").to_string(), "150.00 EUR");
        assert_eq!(money("150.10 EUR").minor(), 15_010);
        assert_eq!(money("150 JPY").minor(), 150);
        assert_eq!(money("1.5 KWD").minor(), 1_500);
        assert_eq!("1.001 EUR".parse::<Money>(), Err(MoneyError::TooManyDecimals));
        assert_eq!("1.0 JPY".parse::<Money>().map(Money::minor), Ok(1));
    }

    #[test]
    fn sums_need_one_currency_and_stay_in_range() {
        assert_eq!(money("0.10 EUR").plus(money("0.20 EUR")), Ok(money("0.30 EUR")));
        assert_eq!(money("1 EUR").plus(money("1 USD")), Err(MoneyError::CurrencyMismatch));
        assert_eq!(money("1 EUR").minus(money("2 EUR")), Err(MoneyError::OutOfRange));
        assert_eq!(money("999999999 EUR").times(u32::MAX), Err(MoneyError::OutOfRange));
    }

    #[test]
    fn only_plain_decimals_are_numbers() {
        for bad in [
            "",
            "-",
            ".",
            "1.",
            ".5",
            "1e3",
            "0x10",
            "1,5",
            "NaN",
            " 1",
            "1.2.3",
            "--1",
            "99999999999999999999999999999",
        ] {
            assert!(parse_decimal(bad).is_err(), "{bad}");
        }
        assert_eq!("-1 EUR".parse::<Money>(), Err(MoneyError::OutOfRange));
        assert_eq!("1 eur".parse::<Money>(), Err(MoneyError::UnknownCurrency));
        assert_eq!(money("-0 EUR"), money("0 EUR"));
    }
}
