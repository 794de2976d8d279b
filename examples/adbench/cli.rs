//! The command line.

use std::path::PathBuf;

/// What `--help` prints.
pub const HELP: &str = "\
Evaluates the four objectives of ADBench and their derivatives: checks them against reference values and
hand-written adjoints, and measures their times.

Usage: cargo run --release --example adbench -- [OPTIONS]

Options:
  --quick                       only the small files, with short measurements
  --only                        only the files given by the options below
  --gmm FILE                    also evaluate this GMM file
  --lstm FILE                   also evaluate this LSTM file
  --ba FILE                     also evaluate this BA file
  --hand MODEL INSTANCE MODE    also evaluate this HAND instance; MODEL is a folder with bones.txt,
                                vertices.txt and triangles.txt, MODE is `simple` or `complicated`
  --mirrored                    hand models given after this are mirrored
  --help                        print this

The options that name files may be repeated. The exit code is 0 if all checks pass, 1 if one fails, and 2 if
the arguments or a file can't be read.
";

/// A HAND instance, as given on the command line.
pub struct HandFiles {
    /// The model's folder.
    pub model: PathBuf,
    /// Whether the model is mirrored.
    pub mirrored: bool,
    /// The instance's file.
    pub instance: PathBuf,
    /// Whether the points correspond to places in triangles.
    pub complicated: bool,
}

/// What the user asked for.
#[derive(Default)]
pub struct Options {
    /// Print the help and do nothing.
    pub help: bool,
    /// Only small files, and short measurements.
    pub quick: bool,
    /// Only the files below.
    pub only: bool,
    /// Further GMM files.
    pub gmm: Vec<PathBuf>,
    /// Further LSTM files.
    pub lstm: Vec<PathBuf>,
    /// Further BA files.
    pub ba: Vec<PathBuf>,
    /// Further HAND instances.
    pub hand: Vec<HandFiles>,
}

/// Reads the arguments (without the program's name).
pub fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut options = Options::default();
    let mut mirrored = false;
    while let Some(argument) = arguments.next() {
        let mut next = |what: &str| {
            arguments
                .next()
                .ok_or(format!("{argument}: {what} is missing"))
        };
        match argument.as_str() {
            "--help" | "-h" => options.help = true,
            "--quick" => options.quick = true,
            "--only" => options.only = true,
            "--mirrored" => mirrored = true,
            "--gmm" => options.gmm.push(next("FILE")?.into()),
            "--lstm" => options.lstm.push(next("FILE")?.into()),
            "--ba" => options.ba.push(next("FILE")?.into()),
            "--hand" => options.hand.push(HandFiles {
                model: next("MODEL")?.into(),
                mirrored,
                instance: next("INSTANCE")?.into(),
                complicated: match next("MODE")?.as_str() {
                    "simple" => false,
                    "complicated" => true,
                    mode => return Err(format!("--hand: unknown mode `{mode}`")),
                },
            }),
            _ => return Err(format!("unknown argument `{argument}`; see --help")),
        }
    }
    Ok(options)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_words(words: &str) -> Result<Options, String> {
        parse(words.split_whitespace().map(String::from))
    }

    #[test]
    fn options_are_read() {
        let options = parse_words("--quick --gmm a --gmm b --mirrored --hand m i simple").unwrap();
        assert!(options.quick && !options.only);
        assert_eq!(options.gmm, [PathBuf::from("a"), PathBuf::from("b")]);
        assert!(options.hand[0].mirrored && !options.hand[0].complicated);
    }

    #[test]
    fn mistakes_are_named() {
        assert_eq!(parse_words("--ba").err().unwrap(), "--ba: FILE is missing");
        assert_eq!(
            parse_words("--hand m i odd").err().unwrap(),
            "--hand: unknown mode `odd`"
        );
        assert_eq!(
            parse_words("x").err().unwrap(),
            "unknown argument `x`; see --help"
        );
    }
}
