//! Reading of ADBench's file formats. Whatever is wrong with a file is reported with its path and line.

pub mod ba;
pub mod gmm;
pub mod hand;
pub mod lstm;

use std::fmt::{self, Display};
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Why a file could not be read.
#[derive(Debug)]
pub struct InputError {
    path: PathBuf,
    line: usize,
    message: String,
}

impl Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path.display(), self.line, self.message)
    }
}

impl std::error::Error for InputError {}

/// The text of a file, with its path for messages.
pub struct Source {
    path: PathBuf,
    text: String,
}

impl Source {
    /// Reads the file.
    pub fn open(path: &Path) -> Result<Source, InputError> {
        match std::fs::read_to_string(path) {
            Ok(text) => Ok(Source {
                path: path.to_owned(),
                text,
            }),
            Err(error) => Err(InputError {
                path: path.to_owned(),
                line: 1,
                message: format!("the file can't be read: {error}"),
            }),
        }
    }

    /// The lines that are not blank, one after the other.
    pub fn lines(&self) -> Lines<'_> {
        Lines {
            source: self,
            rest: self.text.lines(),
            number: 0,
        }
    }

    /// An error at a line.
    pub fn error(&self, line: usize, message: impl Into<String>) -> InputError {
        InputError {
            path: self.path.clone(),
            line,
            message: message.into(),
        }
    }
}

/// The lines of a file that have not been read yet.
pub struct Lines<'a> {
    source: &'a Source,
    rest: std::str::Lines<'a>,
    number: usize,
}

impl<'a> Lines<'a> {
    /// An error at the line that was read last.
    pub fn error(&self, message: impl Into<String>) -> InputError {
        self.source.error(self.number, message)
    }

    /// The next line that is not blank, if there is one.
    pub fn next_line(&mut self) -> Option<&'a str> {
        loop {
            let line = self.rest.next()?;
            self.number += 1;
            if !line.trim().is_empty() {
                return Some(line);
            }
        }
    }

    /// The words of the next line; `what` the line holds is for the message if there is none.
    pub fn words(&mut self, what: &str) -> Result<Vec<&'a str>, InputError> {
        match self.next_line() {
            Some(line) => Ok(line.split_whitespace().collect()),
            None => Err(self.source.error(
                self.number + 1,
                format!("the file ends where {what} should follow"),
            )),
        }
    }

    /// The next line as exactly `n` numbers.
    pub fn row(&mut self, n: usize, what: &str) -> Result<Vec<f64>, InputError> {
        let words = self.words(what)?;
        if words.len() != n {
            let found = words.len();
            return Err(self.error(format!("{what}: expected {n} numbers, found {found}")));
        }
        words.iter().map(|word| self.number(word, what)).collect()
    }

    /// `rows` lines of exactly `n` numbers, one after the other.
    pub fn rows(&mut self, rows: usize, n: usize, what: &str) -> Result<Vec<f64>, InputError> {
        let mut numbers = Vec::new();
        for i in 0..rows {
            numbers.extend(self.row(n, &format!("{what} {} of {rows}", i + 1))?);
        }
        Ok(numbers)
    }

    /// The next line as exactly `N` positive integers.
    pub fn counts<const N: usize>(&mut self, what: &str) -> Result<[usize; N], InputError> {
        let words = self.words(what)?;
        let mut counts = [0; N];
        if words.len() != N {
            let found = words.len();
            return Err(self.error(format!("{what}: expected {N} integers, found {found}")));
        }
        for (count, word) in counts.iter_mut().zip(words) {
            *count = self.parse(word, what, "a positive integer")?;
            if *count == 0 || *count > u32::MAX as usize {
                return Err(self.error(format!("{what}: `{word}` is out of range")));
            }
        }
        Ok(counts)
    }

    /// A word as a finite number.
    pub fn number(&self, word: &str, what: &str) -> Result<f64, InputError> {
        let number: f64 = self.parse(word, what, "a number")?;
        if number.is_finite() {
            Ok(number)
        } else {
            Err(self.error(format!("{what}: `{word}` is not a finite number")))
        }
    }

    /// A word as an index into something of length `len`.
    pub fn index(&self, word: &str, len: usize, what: &str) -> Result<usize, InputError> {
        let index = self.parse(word, what, "an index")?;
        if index < len {
            Ok(index)
        } else {
            Err(self.error(format!("{what}: {index} is not less than {len}")))
        }
    }

    /// A word as a value of type `T`, described by `kind`.
    pub fn parse<T: FromStr>(&self, word: &str, what: &str, kind: &str) -> Result<T, InputError> {
        word.parse()
            .map_err(|_| self.error(format!("{what}: `{word}` is not {kind}")))
    }

    /// The product of counts that were read, unless no file could be that large.
    pub fn product(&self, counts: &[usize]) -> Result<usize, InputError> {
        counts
            .iter()
            .try_fold(1usize, |product, &count| product.checked_mul(count))
            .filter(|&product| product <= isize::MAX as usize / 8)
            .ok_or_else(|| self.error("the sizes are too large"))
    }

    /// Checks that nothing follows.
    pub fn finish(mut self) -> Result<(), InputError> {
        match self.next_line() {
            None => Ok(()),
            Some(_) => Err(self.error("nothing should follow here")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> Source {
        Source {
            path: "some.txt".into(),
            text: text.into(),
        }
    }

    #[test]
    fn errors_name_file_and_line() {
        let source = source("1 2\n\n3 x\n");
        let mut lines = source.lines();
        assert_eq!(lines.row(2, "pair").unwrap(), [1.0, 2.0]);
        let error = lines.row(2, "pair").unwrap_err();
        assert_eq!(error.to_string(), "some.txt:3: pair: `x` is not a number");
        let error = lines.row(2, "pair").unwrap_err();
        assert_eq!(
            error.to_string(),
            "some.txt:4: the file ends where pair should follow"
        );
    }

    #[test]
    fn rows_must_have_the_right_length() {
        let source = source("1 2 3\n");
        let error = source.lines().row(2, "pair").unwrap_err();
        assert_eq!(
            error.to_string(),
            "some.txt:1: pair: expected 2 numbers, found 3"
        );
    }

    #[test]
    fn a_missing_file_is_named() {
        let error = Source::open(Path::new("no such file")).err().unwrap();
        assert!(
            error
                .to_string()
                .starts_with("no such file:1: the file can't be read")
        );
    }
}
