use chainrule::differentiate;

#[differentiate]
fn f(x: f64) -> f64 {
    let mut log = Log::default();
    log.insert(x);
    log.total
}

#[derive(Default)]
struct Log {
    total: f64,
}

impl Log {
    fn insert(&mut self, x: f64) {
        self.total += x;
    }
}

fn main() {}
