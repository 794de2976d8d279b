//! haversine 0.2.1, MIT: `src/lib.rs`.

use chainrule::{Differentiable, differentiate};

// src/lib.rs

#[derive(Differentiable, Clone)]
pub struct Location {
    pub latitude:f64,
    pub longitude:f64
}

pub enum Units {
    Miles, 
    Kilometers
}

#[differentiate]
pub fn distance(start:Location, end:Location, #[constant] units: Units) -> f64 {
    let kilometers: f64 = 6371.0;
    let miles: f64 = 3960.0;
    let mut r: f64 = 0.0;

    match units {
        Units::Miles => r = miles,
        Units::Kilometers => r = kilometers
                                                }

    let d_lat: f64 = (end.latitude - start.latitude).to_radians();
    let d_lon: f64 = (end.longitude - start.longitude).to_radians();
    let lat1: f64 = (start.latitude).to_radians();
    let lat2: f64 = (end.latitude).to_radians();

    let a: f64 = ((d_lat/2.0).sin()) * ((d_lat/2.0).sin()) + ((d_lon/2.0).sin()) * ((d_lon/2.0).sin()) * (lat1.cos()) * (lat2.cos());
    let c: f64 = 2.0 * ((a.sqrt()).atan2((1.0-a).sqrt()));

    return r * c;
}

// ---- tests

struct_shape!(Location { latitude: f64, longitude: f64 });

#[test]
fn distances() {
    let (start, end) = (Location { latitude: 38.9, longitude: -77.0 }, Location { latitude: 41.2, longitude: -73.9 });
    prove!(distance(val start.clone(), val end.clone(), con Units::Kilometers));
    prove!(distance(val start, val end, con Units::Miles));
}
