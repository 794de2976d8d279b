//! HAND files. A model is a folder with `bones.txt`, lines `name:parent:16 numbers:16 numbers` (base-relative
//! and inverse base-absolute transform, row by row); `vertices.txt`, lines `x:y:z:5 unused:n:bone:weight:…`
//! with `n` pairs; `triangles.txt`, lines `a:b:c`. An instance is a file with `p 26`, `p` lines
//! `correspondence x y z`, in complicated mode `p` lines of two `u`, then 26 lines of `θ`.

use super::{InputError, Lines, Source};
use crate::hand::{Bone, Influence, LEAST_BONES, Model, Observation, POSE_SIZE, Problem, Vertex};
use std::path::Path;

/// Reads a model from its folder, and an instance for it.
pub fn read(
    folder: &Path,
    mirrored: bool,
    instance: &Path,
    complicated: bool,
) -> Result<Problem, InputError> {
    let bones = read_bones(&folder.join("bones.txt"))?;
    let vertices = read_vertices(&folder.join("vertices.txt"), bones.len())?;
    let triangles = read_triangles(&folder.join("triangles.txt"), vertices.len())?;
    let model = Model {
        bones,
        vertices,
        triangles,
        mirrored,
    };
    read_instance(instance, model, complicated)
}

/// Reads the bones of a model.
fn read_bones(path: &Path) -> Result<Vec<Bone>, InputError> {
    let source = Source::open(path)?;
    let mut lines = source.lines();
    let mut bones = Vec::new();
    while let Some(line) = lines.next_line() {
        let fields: Vec<&str> = line.trim().split(':').collect();
        if fields.len() != 34 {
            let found = fields.len();
            return Err(lines.error(format!("bone: expected 34 fields, found {found}")));
        }
        let parent: i32 = lines.parse(fields[1], "parent", "an integer")?;
        if parent < -1 || parent >= bones.len() as i32 {
            return Err(lines.error("parent: it must be −1 or an earlier bone"));
        }
        bones.push(Bone {
            parent,
            base_relative: matrix(&lines, &fields[2..18])?,
            inverse_base_absolute: matrix(&lines, &fields[18..34])?,
        });
    }
    if bones.len() < LEAST_BONES {
        let found = bones.len();
        return Err(lines.error(format!("there must be {LEAST_BONES} bones, found {found}")));
    }
    Ok(bones)
}

/// Sixteen fields as a matrix, row by row.
fn matrix(lines: &Lines, fields: &[&str]) -> Result<[[f64; 4]; 4], InputError> {
    let mut matrix = [[0.0; 4]; 4];
    for (entry, field) in matrix.as_flattened_mut().iter_mut().zip(fields) {
        *entry = lines.number(field, "transform")?;
    }
    Ok(matrix)
}

/// Reads the vertices of a model with so many bones.
fn read_vertices(path: &Path, bones: usize) -> Result<Vec<Vertex>, InputError> {
    let source = Source::open(path)?;
    let mut lines = source.lines();
    let mut vertices = Vec::new();
    while let Some(line) = lines.next_line() {
        let fields: Vec<&str> = line.trim().split(':').collect();
        if fields.len() < 9 {
            return Err(lines.error("vertex: expected x:y:z:5 numbers:n:bone:weight:…"));
        }
        let mut position = [1.0; 4];
        for (coordinate, field) in position.iter_mut().zip(&fields[..3]) {
            *coordinate = lines.number(field, "position")?;
        }
        let n: usize = lines.parse(fields[8], "number of weights", "an integer")?;
        let pairs = fields[9..].chunks_exact(2);
        if pairs.len() != n || !pairs.remainder().is_empty() {
            return Err(lines.error(format!("vertex: expected {n} pairs bone:weight")));
        }
        let influences = pairs
            .map(|pair| {
                let bone = lines.index(pair[0], bones, "bone")?;
                Ok(Influence {
                    bone,
                    weight: lines.number(pair[1], "weight")?,
                })
            })
            .collect::<Result<_, InputError>>()?;
        vertices.push(Vertex {
            position,
            influences,
        });
    }
    Ok(vertices)
}

/// Reads the triangles of a model with so many vertices.
fn read_triangles(path: &Path, vertices: usize) -> Result<Vec<[usize; 3]>, InputError> {
    let source = Source::open(path)?;
    let mut lines = source.lines();
    let mut triangles = Vec::new();
    while let Some(line) = lines.next_line() {
        let fields: Vec<&str> = line.trim().split(':').collect();
        let [a, b, c] = fields[..] else {
            return Err(lines.error("triangle: expected a:b:c"));
        };
        let index = |field| lines.index(field, vertices, "vertex");
        triangles.push([index(a)?, index(b)?, index(c)?]);
    }
    Ok(triangles)
}

/// Reads an instance for a model.
fn read_instance(path: &Path, model: Model, complicated: bool) -> Result<Problem, InputError> {
    let source = Source::open(path)?;
    let mut lines = source.lines();
    let [points, pose_size] = lines.counts("`p 26`")?;
    if pose_size != POSE_SIZE {
        return Err(lines.error(format!(
            "a pose has {POSE_SIZE} parameters, not {pose_size}"
        )));
    }
    let targets = if complicated {
        model.triangles.len()
    } else {
        model.vertices.len()
    };
    let mut observations = Vec::new();
    for _ in 0..points {
        let words = lines.words("observation")?;
        let [correspondence, x, y, z] = words[..] else {
            return Err(lines.error("observation: expected `correspondence x y z`"));
        };
        let coordinate = |word| lines.number(word, "coordinate");
        observations.push(Observation {
            correspondence: lines.index(correspondence, targets, "correspondence")?,
            position: [coordinate(x)?, coordinate(y)?, coordinate(z)?],
        });
    }
    let us = lines.rows(
        if complicated { points } else { 0 },
        2,
        "barycentric coordinates",
    )?;
    let theta = lines.rows(POSE_SIZE, 1, "pose parameter")?;
    lines.finish()?;
    Ok(Problem {
        model,
        observations,
        theta,
        us,
    })
}
