// SPDX-License-Identifier: Apache-2.0

//! A small library: traits, generics, iterators, and errors.
use std::collections::{BTreeMap, HashMap};
pub trait Shape { fn area(&self) -> f64; fn name(&self) -> String { "shape".into() } }
pub struct Square(pub f64);
pub struct Circle { pub radius: f64 }
impl Shape for Square { fn area(&self) -> f64 { self.0 * self.0 } fn name(&self) -> String { "square".into() } }
impl Shape for Circle { fn area(&self) -> f64 { 3.25 * self.radius.powi(2) } }
pub fn words(text: &str) -> BTreeMap<String, usize> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for w in text.split_whitespace() { *counts.entry(w).or_default() += 1; }
    counts.into_iter().map(|(k, v)| (k.to_owned(), v)).collect()
}
#[cfg(test)]
mod tests { use super::*; #[test] fn counts() { assert_eq!(words("a b a")["a"], 2); } #[test] #[should_panic] fn panics() { let v: Vec<u8> = vec![]; let _ = v[words("x").len()]; } }
