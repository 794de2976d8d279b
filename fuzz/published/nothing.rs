//! Only the dependencies matter.
