//! HAND: a posed hand model against observed points.
//!
//! The pose `θ` is 26 numbers: global rotation (angle–axis, 3), global translation (3), and four angles for
//! each of five fingers. The model's bones form a tree; its vertices follow a weighted mean of the bones.

use chainrule::differentiate;

/// The number of pose parameters.
pub const POSE_SIZE: usize = 26;

/// The least number of bones that the pose parameters refer to.
pub const LEAST_BONES: usize = 21;

/// A bone of the model.
pub struct Bone {
    /// The parent's index, less than the bone's own; −1 for a root.
    pub parent: i32,
    /// The bone's transform relative to its parent, in the base pose.
    pub base_relative: [[f64; 4]; 4],
    /// The inverse of the bone's absolute transform in the base pose.
    pub inverse_base_absolute: [[f64; 4]; 4],
}

/// How much a vertex follows a bone.
pub struct Influence {
    /// The bone's index.
    pub bone: usize,
    /// Its weight.
    pub weight: f64,
}

/// A vertex of the model.
pub struct Vertex {
    /// Its homogeneous position in the base pose.
    pub position: [f64; 4],
    /// The bones that move it.
    pub influences: Vec<Influence>,
}

/// A hand model.
pub struct Model {
    /// The bones, parents before children.
    pub bones: Vec<Bone>,
    /// The vertices of the surface.
    pub vertices: Vec<Vertex>,
    /// The triangles of the surface, as three vertices.
    pub triangles: Vec<[usize; 3]>,
    /// Whether the x axis is negated.
    pub mirrored: bool,
}

/// An observed point.
pub struct Observation {
    /// What it corresponds to in the model: a vertex, in complicated mode a triangle.
    pub correspondence: usize,
    /// Where it was observed.
    pub position: [f64; 3],
}

/// A problem: the pose at which the residuals are differentiated, and the data.
pub struct Problem {
    /// The model.
    pub model: Model,
    /// The observed points.
    pub observations: Vec<Observation>,
    /// The pose `θ`.
    pub theta: Vec<f64>,
    /// In complicated mode two barycentric coordinates per observation; otherwise empty.
    pub us: Vec<f64>,
}

impl Problem {
    /// Whether the points correspond to places in triangles.
    pub fn is_complicated(&self) -> bool {
        !self.us.is_empty()
    }

    /// What the tables call this problem.
    pub fn size(&self) -> String {
        let mode = if self.is_complicated() {
            "complicated"
        } else {
            "simple"
        };
        format!("{mode} p{}", self.observations.len())
    }
}

/// The residuals `observed point − vertex`, three per observation, when each point corresponds to a vertex.
#[differentiate(forward, reverse)]
pub fn residuals_simple(
    theta: &[f64],
    #[constant] model: &Model,
    #[constant] observations: &[Observation],
) -> Vec<f64> {
    let positions = pose_vertices(theta, model);
    let mut residuals = vec![0.0; 3 * observations.len()];
    for (i, observation) in observations.iter().enumerate() {
        let vertex = observation.correspondence;
        for axis in 0..3 {
            residuals[3 * i + axis] = observation.position[axis] - positions[vertex][axis];
        }
    }
    residuals
}

/// The residuals `observed point − (u₀ v_a + u₁ v_b + (1 − u₀ − u₁) v_c)`, three per observation, when each
/// point corresponds to the place with barycentric coordinates `u` in a triangle `abc`.
#[differentiate(forward, reverse)]
pub fn residuals_complicated(
    theta: &[f64],
    us: &[f64],
    #[constant] model: &Model,
    #[constant] observations: &[Observation],
) -> Vec<f64> {
    let positions = pose_vertices(theta, model);
    let mut residuals = vec![0.0; 3 * observations.len()];
    for (i, observation) in observations.iter().enumerate() {
        let [a, b, c] = model.triangles[observation.correspondence];
        let (u, v) = (us[2 * i], us[2 * i + 1]);
        for axis in 0..3 {
            let place = u * positions[a][axis]
                + v * positions[b][axis]
                + (1.0 - u - v) * positions[c][axis];
            residuals[3 * i + axis] = observation.position[axis] - place;
        }
    }
    residuals
}

/// The positions of all vertices in pose `θ`:
/// `R_global · (scale ∘ Σ_bones weight·(transform·v)) + translation`.
#[differentiate(forward, reverse)]
fn pose_vertices(theta: &[f64], #[constant] model: &Model) -> Vec<[f64; 3]> {
    let pose = pose_columns(theta, model.bones.len());
    let transforms = bone_transforms(&pose, model);
    let rotation = angle_axis_to_matrix(&pose[0]);
    let (scale, translation) = (pose[1], pose[2]);
    let mut positions = vec![[0.0; 3]; model.vertices.len()];
    for (i, vertex) in model.vertices.iter().enumerate() {
        let mut skinned = [0.0; 3];
        for influence in &vertex.influences {
            let moved = transform_point(&transforms[influence.bone], &vertex.position);
            for axis in 0..3 {
                skinned[axis] += influence.weight * moved[axis];
            }
        }
        if model.mirrored {
            skinned[0] = -skinned[0];
        }
        for axis in 0..3 {
            skinned[axis] *= scale[axis];
        }
        for axis in 0..3 {
            positions[i][axis] = rotation[axis][0] * skinned[0]
                + rotation[axis][1] * skinned[1]
                + rotation[axis][2] * skinned[2]
                + translation[axis];
        }
    }
    positions
}

/// The pose as columns of three numbers: rotation, scale (all 1), translation, then the angles of each bone.
///
/// A finger's four angles turn three successive bones, the first of them about two axes; the bones at the
/// fingers' bases do not turn.
#[differentiate(forward, reverse)]
fn pose_columns(theta: &[f64], bones: usize) -> Vec<[f64; 3]> {
    let mut columns = vec![[0.0; 3]; bones + 3];
    columns[0] = [theta[0], theta[1], theta[2]];
    columns[1] = [1.0, 1.0, 1.0];
    columns[2] = [theta[3], theta[4], theta[5]];
    let mut angle = 6;
    let mut column = 5;
    for _finger in 0..5 {
        for joint in 0..3 {
            columns[column][0] = theta[angle];
            angle += 1;
            if joint == 0 {
                columns[column][1] = theta[angle];
                angle += 1;
            }
            column += 1;
        }
        column += 1;
    }
    columns
}

/// The transform of every bone from the base pose: with `relative = base_relative · R(angles)` and
/// `absolute = absolute_parent · relative`, it is `absolute · inverse_base_absolute`.
#[differentiate(forward, reverse)]
fn bone_transforms(pose: &[[f64; 3]], #[constant] model: &Model) -> Vec<[[f64; 4]; 4]> {
    let mut absolutes = vec![[[0.0; 4]; 4]; model.bones.len()];
    let mut transforms = vec![[[0.0; 4]; 4]; model.bones.len()];
    for (i, bone) in model.bones.iter().enumerate() {
        let turn = euler_angles_to_matrix(&pose[i + 3]);
        let relative = multiply(&bone.base_relative, &turn);
        absolutes[i] = if bone.parent < 0 {
            relative
        } else {
            multiply(&absolutes[bone.parent as usize], &relative)
        };
        transforms[i] = multiply(&absolutes[i], &bone.inverse_base_absolute);
    }
    transforms
}

/// `R_z · R_y · R_x` for the angles `(x, z, y)`, as a homogeneous matrix.
#[differentiate(forward, reverse)]
fn euler_angles_to_matrix(angles: &[f64; 3]) -> [[f64; 4]; 4] {
    let (sin_x, cos_x) = angles[0].sin_cos();
    let (sin_z, cos_z) = angles[1].sin_cos();
    let (sin_y, cos_y) = angles[2].sin_cos();
    [
        [
            cos_z * cos_y,
            cos_z * sin_y * sin_x - sin_z * cos_x,
            cos_z * sin_y * cos_x + sin_z * sin_x,
            0.0,
        ],
        [
            sin_z * cos_y,
            sin_z * sin_y * sin_x + cos_z * cos_x,
            sin_z * sin_y * cos_x - cos_z * sin_x,
            0.0,
        ],
        [-sin_y, cos_y * sin_x, cos_y * cos_x, 0.0],
        [0.0, 0.0, 0.0, 1.0],
    ]
}

/// The rotation about `a = r/‖r‖` by `‖r‖`, `cos·I + sin·[a]× + (1 − cos)·a aᵀ`; the identity when `r` is
/// shorter than 10⁻⁴.
#[differentiate(forward, reverse)]
fn angle_axis_to_matrix(r: &[f64; 3]) -> [[f64; 3]; 3] {
    let angle = (r[0] * r[0] + r[1] * r[1] + r[2] * r[2]).sqrt();
    if angle < 1e-4 {
        return [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    }
    let (x, y, z) = (r[0] / angle, r[1] / angle, r[2] / angle);
    let (sin, cos) = angle.sin_cos();
    let rest = 1.0 - cos;
    [
        [
            x * x + (1.0 - x * x) * cos,
            x * y * rest - z * sin,
            x * z * rest + y * sin,
        ],
        [
            x * y * rest + z * sin,
            y * y + (1.0 - y * y) * cos,
            y * z * rest - x * sin,
        ],
        [
            x * z * rest - y * sin,
            z * y * rest + x * sin,
            z * z + (1.0 - z * z) * cos,
        ],
    ]
}

/// The matrix product `a·b`.
#[differentiate(forward, reverse)]
fn multiply(a: &[[f64; 4]; 4], b: &[[f64; 4]; 4]) -> [[f64; 4]; 4] {
    let mut product = [[0.0; 4]; 4];
    for i in 0..4 {
        for j in 0..4 {
            for k in 0..4 {
                product[i][j] += a[i][k] * b[k][j];
            }
        }
    }
    product
}

/// The first three coordinates of `transform·v`.
#[differentiate(forward, reverse)]
fn transform_point(transform: &[[f64; 4]; 4], #[constant] v: &[f64; 4]) -> [f64; 3] {
    let mut moved = [0.0; 3];
    for i in 0..3 {
        for j in 0..4 {
            moved[i] += transform[i][j] * v[j];
        }
    }
    moved
}
