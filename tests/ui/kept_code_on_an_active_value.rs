use chainrule::differentiate;

#[differentiate]
fn f(x: f64) -> f64 {
    let mut log = started();
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

fn started() -> Log {
    Log::default()
}

fn main() {}
