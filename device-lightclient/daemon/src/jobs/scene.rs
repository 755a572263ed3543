//! Scenes as people write them, in TOML: see `scenes/still-life.toml`.

use std::path::Path;

use pogcs_primitives::jobs::Camera;
use pogcs_workloads::rendering::{Kind, Shape};
use serde::Deserialize;

use crate::{error::Error, files};

/// A scene, and from where it is seen.
#[derive(Debug, PartialEq, Eq)]
pub struct Scene {
	pub shapes: Vec<Shape>,
	pub camera: Camera,
	pub light: [i32; 3],
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SceneFile {
	light: [f64; 3],
	camera: CameraFile,
	shape: Vec<ShapeFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CameraFile {
	eye: [f64; 3],
	target: [f64; 3],
	zoom: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ShapeFile {
	kind: KindFile,
	at: [f64; 3],
	size: Vec<f64>,
	colour: String,
	#[serde(default)]
	shine: u8,
	#[serde(default)]
	soft: u8,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum KindFile {
	Sphere,
	Block,
	Ring,
	Column,
	Ground,
}

/// A number in 2^-16, if it is below 1024.
fn number(value: f64) -> Result<i32, String> {
	if value.abs() < 1_024.0 {
		Ok((value * 65_536.0).round() as i32)
	} else {
		Err(format!("{value} is not a number between -1024 and 1024"))
	}
}

fn point(values: [f64; 3]) -> Result<[i32; 3], String> {
	let [x, y, z] = values;
	Ok([number(x)?, number(y)?, number(z)?])
}

impl ShapeFile {
	fn shape(&self) -> Result<Shape, String> {
		let (kind, numbers) = match self.kind {
			KindFile::Sphere => (Kind::Sphere, 1),
			KindFile::Block => (Kind::Block, 3),
			KindFile::Ring => (Kind::Ring, 2),
			KindFile::Column => (Kind::Column, 2),
			KindFile::Ground => (Kind::Ground, 1),
		};
		if self.size.len() != numbers || self.size.iter().any(|size| *size < 0.0) {
			return Err(format!(
				"the size {:?} of a {kind:?} should be {numbers} numbers, none below 0",
				self.size
			));
		}
		let mut size = [0; 3];
		for (to, from) in size.iter_mut().zip(&self.size) {
			*to = number(*from)?;
		}
		let wrong = || format!("the colour {} should be like #d63e30", self.colour);
		let colour = self.colour.strip_prefix('#').ok_or_else(wrong)?;
		let colour = hex::decode(colour).map_err(|_| wrong())?;
		Ok(Shape {
			kind,
			soft: self.soft,
			shine: self.shine,
			colour: colour.try_into().map_err(|_| wrong())?,
			place: point(self.at)?,
			size,
		})
	}
}

impl Scene {
	/// Reads a scene's file.
	pub fn load(path: &Path) -> Result<Self, Error> {
		let failed = |words: String| Error::File(path.to_owned(), words);
		let text = String::from_utf8(files::read(path)?)
			.map_err(|_| failed("it is not text".to_owned()))?;
		Self::parse(&text).map_err(failed)
	}

	fn parse(text: &str) -> Result<Self, String> {
		let file: SceneFile = toml::from_str(text).map_err(|error| error.to_string())?;
		let CameraFile { eye, target, zoom } = file.camera;
		let zoom = u32::try_from(number(zoom)?).map_err(|_| "the zoom is below 0".to_owned())?;
		Ok(Self {
			shapes: file.shape.iter().map(ShapeFile::shape).collect::<Result<_, _>>()?,
			camera: Camera { eye: point(eye)?, target: point(target)?, zoom },
			light: point(file.light)?,
		})
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use pogcs_workloads::{rendering::STILL_LIFE, samples};

	const EXAMPLE: &str = include_str!("../../scenes/still-life.toml");

	#[test]
	fn example_should_be_the_scene_of_the_program() {
		let scene = Scene::parse(EXAMPLE).unwrap();
		assert_eq!(scene.shapes, STILL_LIFE);
		let job = samples::still_life();
		assert_eq!((scene.camera, scene.light), (job.camera, job.light));
	}

	#[test]
	fn scene_should_be_refused_in_words_when_wrong() {
		for (from, to, words) in [
			("\"ring\"", "\"cube\"", "cube"),
			("size = [0.8, 0.3]", "size = [0.8]", "2 numbers"),
			("size = [0.8, 0.3]", "size = [0.8, -0.3]", "below 0"),
			("#bab2a0", "bab2a0", "#d63e30"),
			("#bab2a0", "#bab2", "#d63e30"),
			("at = [2.0", "at = [1024.0", "1024"),
			("at = [2.0", "at = [nan", "NaN"),
			("zoom = 2", "zoom = -2", "zoom"),
			("shine = 255", "shine = 256", "shine"),
			("[camera]", "[lens]", "lens"),
		] {
			assert!(EXAMPLE.contains(from), "{from}");
			let error = Scene::parse(&EXAMPLE.replace(from, to)).unwrap_err();
			assert!(error.contains(words), "{to}: {error}");
		}
	}
}
