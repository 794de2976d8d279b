//! The analyses by themselves.

use super::support::Stages;
