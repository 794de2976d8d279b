use chainrule::differentiate;

#[differentiate]
fn f(x: f64) -> f64 {
    let mut log = Log::default();
    log.add(x);
    log.total
}

#[derive(Default)]
struct Log {
    total: f64,
}

impl Log {
    fn add(&mut self, x: f64) {
        self.total += x;
    }
}

fn main() {}
