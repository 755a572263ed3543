//! Pictures as files.

use std::path::Path;

use pogcs_workloads::rendering::Picture;

use crate::{error::Error, files};

/// Writes a picture: PPM if the file is named so, PNG otherwise.
pub fn write(picture: &Picture, path: &Path) -> Result<(), Error> {
	let is_plain = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("ppm"));
	let bytes = if is_plain { ppm(picture) } else { png(picture, path)? };
	files::replace(path, &bytes, 0o644)
}

fn ppm(picture: &Picture) -> Vec<u8> {
	let (width, height) = picture.size();
	let mut bytes = format!("P6\n{width} {height}\n255\n").into_bytes();
	bytes.extend(picture.pixels());
	bytes
}

fn png(picture: &Picture, path: &Path) -> Result<Vec<u8>, Error> {
	let (width, height) = picture.size();
	let mut bytes = Vec::new();
	let mut encoder = png::Encoder::new(&mut bytes, width.into(), height.into());
	encoder.set_color(png::ColorType::Rgb);
	encoder.set_depth(png::BitDepth::Eight);
	let failed = |error: png::EncodingError| Error::File(path.to_owned(), error.to_string());
	let mut writer = encoder.write_header().map_err(failed)?;
	writer.write_image_data(picture.pixels()).map_err(failed)?;
	writer.finish().map_err(failed)?;
	Ok(bytes)
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::testing::directory;
	use pogcs_primitives::jobs::Rendering;
	use pogcs_workloads::samples;

	#[test]
	fn picture_should_come_back_when_written() {
		let job = Rendering { width: 3, height: 2, ..samples::still_life() };
		let mut picture = Picture::new(&job).unwrap();
		let pixels: Vec<u8> = (0..18).collect();
		assert!(picture.put(0, &pixels));
		let place = directory("picture");
		write(&picture, &place.join("a.png")).unwrap();
		let file = std::fs::read(place.join("a.png")).unwrap();
		let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().unwrap();
		let mut read = [0; 18];
		let info = reader.next_frame(&mut read).unwrap();
		assert_eq!((info.width, info.height, &read[..]), (3, 2, &pixels[..]));
		write(&picture, &place.join("a.PPM")).unwrap();
		let file = std::fs::read(place.join("a.PPM")).unwrap();
		assert_eq!(file, [b"P6\n3 2\n255\n", &pixels[..]].concat());
		assert!(write(&picture, &place.join("none/a.png")).is_err());
	}
}
