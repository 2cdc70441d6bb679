// SPDX-License-Identifier: Apache-2.0

use shapes::*;
use std::sync::{atomic::{AtomicU64, Ordering}, mpsc, Arc, Mutex};
use std::thread;
fn main() {
    let shapes: Vec<Box<dyn Shape>> = vec![Box::new(Square(1.5)), Box::new(Circle { radius: 2.0 })];
    for s in &shapes { println!("{} {:.3}", s.name(), s.area()); }
    println!("{:?}", words("one two three two three three"));
    let (counter, locked) = (Arc::new(AtomicU64::new(0)), Arc::new(Mutex::new(0u128)));
    let (tx, rx) = mpsc::channel();
    let threads: Vec<_> = (0..8u64).map(|id| { let (c, l, tx) = (counter.clone(), locked.clone(), tx.clone());
        thread::spawn(move || { for i in 0..20000u64 { c.fetch_add(i ^ id, Ordering::Relaxed); *l.lock().unwrap() += (i as u128) << 60; } tx.send(id).unwrap(); }) }).collect();
    for t in threads { t.join().unwrap(); }
    drop(tx);
    println!("{} {} {}", counter.load(Ordering::SeqCst), locked.lock().unwrap(), rx.iter().sum::<u64>());
    std::panic::set_hook(Box::new(|_| ()));
    let caught = (0..1000).filter(|i| std::panic::catch_unwind(|| { let v = vec![1, 2, 3]; v[i % 5] / (i % 2) as i32 }).is_err()).count();
    println!("caught {caught}");
    println!("{:?} {:?} {:?}", i32::MAX.checked_add(1), 200u8.saturating_add(100), (-7i32).rem_euclid(3));
    println!("{} {:e} {}", 0.1 + 0.2, 1e300f64, f32::MIN_POSITIVE);
    let mut v: Vec<u64> = (0..100000u64).map(|i| i.wrapping_mul(6364136223846793005).rotate_left(17)).collect(); v.sort_unstable();
    println!("{} {}", v[0], v[50000]);
}
