//! Languages and flag SDKs as data, and the parsers for them
