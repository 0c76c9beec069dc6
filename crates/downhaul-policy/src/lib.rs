//! The policy and its rules: evidence in, findings out
