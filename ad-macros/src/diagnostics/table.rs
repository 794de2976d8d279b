//! The table of diagnostics. A number is never given to another cause; one that is no longer needed stays unused.

macro_rules! codes {
    ($($name:ident = $number:literal, $title:literal;)*) => {
        /// What the user did, of which there is one way out.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Code {
            $(#[doc = $title] $name = $number,)*
        }

        impl Code {
            #[cfg_attr(not(test), allow(dead_code))]
            pub const ALL: &[Code] = &[$(Code::$name,)*];

            /// The heading of its section in `docs/diagnostics.md`.
            #[cfg_attr(not(test), allow(dead_code))]
            pub fn title(self) -> &'static str {
                match self {
                    $(Code::$name => $title,)*
                }
            }
        }
    };
}

codes! {
    // The attribute, and what is stated in it.
    Modes = 1, "the list of modes can't be read";
    ModeArguments = 2, "a mode with arguments that it does not take";
    Item = 3, "the attribute on what has no body";
    StatedTwice = 4, "a derivative that is stated twice";
    StatedElsewhere = 5, "a derivative that is not stated at a function's definition";
    RuleShape = 6, "a rule that can't be read";
    RulePartials = 7, "partials that are not those of the active parameters";
    RuleOfNoScalar = 8, "a rule of what is no number";
    RuleLeaves = 9, "a partial that leaves the rule";
    CustomWithFunctions = 10, "companions by hand of a function that takes a function";
    JacobianWithFunctions = 11, "the Jacobian of a function that takes a function";
    Conditions = 12, "too many `#[cfg]` in one body";
    Chain = 13, "what is no stage of a chain";
    Union = 14, "the derive on a union";
    ConstantMark = 15, "`#[constant]` with arguments";
    Taylor = 16, "a Taylor expansion of what has none";

    // Signatures and items.
    Async = 101, "`async` code";
    Unsafe = 102, "`unsafe` code";
    RawPointer = 103, "a raw pointer to an active value";
    ReturnsReference = 104, "a function that returns a reference";
    ReturnsHidden = 105, "a result whose type does not say what it is made of";
    SharedParameter = 106, "a parameter that shares or hides what it holds";
    HiddenParameter = 107, "a parameter that only a trait describes";
    ObjectParameter = 108, "a trait object that is active";
    Receiver = 109, "a receiver of this type";
    ConstantReceiver = 110, "a constant receiver that changes";
    DoubleReference = 111, "a reference to a reference";
    FunctionParameter = 112, "a function parameter whose shape can't be seen";
    StandardTrait = 113, "an `impl` of a trait of std that can't have companions";
    OperatorImpl = 114, "an `impl` of an operator or a conversion that changes its operand through a reference";
    Selection = 115, "an `Index` or `Deref` that does not select a part of `self`";
    NestedItem = 116, "an item in the function";

    // Values and calls.
    NoDerivative = 201, "code without a known derivative";
    Method = 202, "a method without a rule";
    Path = 203, "a function of std without a rule";
    Boxed = 204, "an active value put in a box";
    Beyond = 205, "an active value put where it can't be followed";
    Kept = 206, "code that may keep an active value";
    Macro = 207, "a macro of an active argument";
    Cast = 208, "a cast of an operand of unknown type";
    Conversion = 209, "a conversion of reals without a type";
    Index = 210, "an index or a range that is no integer";
    ArrayLength = 211, "an array whose length or element is not written";
    Assignment = 212, "an assignment to what is no place";
    MovingReference = 213, "a reference that is chosen, or moves on";
    QuestionReceiver = 214, "a receiver with `?`";
    ListOfMacro = 215, "a `vec!` that can't be read";
    NestedFunction = 216, "a function in the function that is not annotated";
    Deep = 217, "an expression that is nested too deeply";

    // Closures and functions as values.
    ClosureValue = 301, "a closure as a value";
    ClosureShape = 302, "a closure that can't be written out where it is called";
    ClosureType = 303, "a closure whose types are not written";
    ClosureLeaves = 304, "a closure that is left early";
    FunctionByName = 305, "a function as an argument by its name";
    UnknownCall = 306, "a call of what is not known to be a function";
    FunctionKept = 307, "a function parameter in code that is not followed";
    FunctionTwice = 308, "one function in two arguments of a call";
    Effects = 309, "a question that changes something";

    // `Option` and `Result`.
    HiddenWrapper = 401, "a wrapper that the signature does not show";
    NotWrittenOut = 402, "an `Option` or a `Result` that is not written out";
    ActiveQuestion = 403, "an `Option` or a `Result` of an active value that is taken apart late";
    EndKept = 404, "the end of a chain without `unwrap`";
    ActiveError = 405, "an error that holds an active value, or is looked at";
    FailsChanged = 406, "a failure behind which the function goes on, though something may have changed";

    // Patterns and branches.
    Pattern = 501, "a pattern that can't be followed";
    PatternWithoutValue = 502, "a pattern without a value";
    ActivePattern = 503, "a pattern that asks about an active value";
    MutablePattern = 504, "a pattern that may borrow mutably";
    Alternatives = 505, "alternatives that bind names";
    LetChain = 506, "`let` in a chain of conditions";

    // Loops.
    Endless = 601, "a loop without end";
    LoopOver = 602, "a loop over what has no positions";
    ChangingLoop = 603, "a loop over something unknown that it may change";
    Exit = 604, "an exit that leaves no loop";
    LoopValue = 605, "a loop that gives an `Option`";
    LoopAttribute = 606, "an attribute of a loop that can't be read";
    LoopAttributePlace = 607, "an attribute of a loop that has no meaning here";
    RepeatedLoop = 608, "a loop that can't be executed again";

    // Iterators.
    IteratorValue = 701, "an iterator as a value";
    Adaptor = 702, "an adaptor that is not supported";
    Order = 703, "an order that has no positions";
    StageEffects = 704, "a stage behind a closure that changes something";
    ZipOfFilters = 705, "`zip` of two chains that leave items out";
    End = 706, "an end of a chain that is not supported";
    Collect = 707, "a collection of unknown type";
    ItemReference = 708, "a reference to a part of an item";
    FallibleItems = 709, "a chain of items that may be errors";
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AD{:04}", *self as u16)
    }
}
