//! The reference values of ADBench's files, computed with the suite's own C++ in double precision.

/// Value of a scalar objective, and norm of its gradient.
#[derive(Clone, Copy)]
pub struct Scalar {
    /// The value.
    pub value: f64,
    /// The Euclidean norm of the gradient.
    pub norm: f64,
}

/// What is known of a vector of residuals and its Jacobian.
#[derive(Clone, Copy)]
pub struct Residuals {
    /// The first residual.
    pub first: f64,
    /// The Euclidean norm of the residuals.
    pub norm: f64,
    /// The Euclidean norm of the Jacobian's entries.
    pub jacobian_norm: f64,
}

/// What is known of each observation of a bundle adjustment.
#[derive(Clone, Copy)]
pub struct Block {
    /// The two residuals.
    pub residual: [f64; 2],
    /// The Euclidean norm of the 2 × 15 block.
    pub norm: f64,
    /// The block's entry in row 0 for the first component of `r`.
    pub entry: f64,
}

/// GMM files with their references, in order of size.
pub const GMM: [(&str, Scalar); 3] = [
    (
        "gmm_d2_K5.txt",
        Scalar {
            value: -5240.59056255,
            norm: 1277.18886468,
        },
    ),
    (
        "gmm_d10_K25.txt",
        Scalar {
            value: -25649.6526212,
            norm: 2662.39860131,
        },
    ),
    (
        "gmm_d20_K50.txt",
        Scalar {
            value: -65629.5068713,
            norm: 4951.81961219,
        },
    ),
];

/// LSTM files with their references.
pub const LSTM: [(&str, Scalar); 1] = [(
    "lstm_l2_c1024.txt",
    Scalar {
        value: 0.666665179559,
        norm: 0.0947413801145,
    },
)];

/// BA files, in order of size. All have the same reference.
pub const BA: [&str; 3] = [
    "ba1_n49_m7776_p31843.txt",
    "ba2_n21_m11315_p36455.txt",
    "ba4_n372_m47423_p204472.txt",
];

/// The reference of every observation in the BA files.
pub const BA_BLOCK: Block = Block {
    residual: [0.101335837914, -0.0689677659245],
    norm: 2655.6014223,
    entry: -461.446321002,
};

/// HAND instances with their references; those in the folder `complicated` are of that mode.
pub const HAND: [(&str, Residuals); 4] = [
    (
        "simple/hand1_t26_c100.txt",
        Residuals {
            first: 0.192243394536,
            norm: 1.76769337526,
            jacobian_norm: 17.3813283547,
        },
    ),
    (
        "complicated/hand1_t26_c100.txt",
        Residuals {
            first: -0.106894294629,
            norm: 1.79638946539,
            jacobian_norm: 17.3834221921,
        },
    ),
    (
        "simple/hand4_t26_c400.txt",
        Residuals {
            first: 0.0398850059613,
            norm: 3.41041341147,
            jacobian_norm: 34.8246011513,
        },
    ),
    (
        "complicated/hand4_t26_c400.txt",
        Residuals {
            first: 0.110654571585,
            norm: 3.49653699327,
            jacobian_norm: 34.8180567938,
        },
    ),
];
