//! Whether a picture moves: found by walking its blocks, without decoding.

/// Whether more than one frame follows; a damaged file counts as still.
pub fn is_animated(bytes: &[u8], mime: &str) -> bool {
    match mime {
        "image/gif" => gif_has_frames(bytes, 2).unwrap_or(false),
        "image/png" => png_frames(bytes).is_some_and(|frames| frames > 1),
        // The flags of an extended WebP.
        "image/webp" => {
            bytes.get(12..16) == Some(b"VP8X") && bytes.get(20).is_some_and(|flags| flags & 2 != 0)
        }
        _ => false,
    }
}

/// <https://www.w3.org/Graphics/GIF/spec-gif89a.txt>
fn gif_has_frames(bytes: &[u8], wanted: usize) -> Option<bool> {
    let table = |flags: u8| {
        if flags & 0x80 == 0 {
            0
        } else {
            3 << ((flags & 7) + 1)
        }
    };
    let skip_data = |mut at: usize| loop {
        let length = usize::from(*bytes.get(at)?);
        at += 1 + length;
        if length == 0 {
            return Some(at);
        }
    };
    let mut at = 13 + table(*bytes.get(10)?);
    let mut frames = 0;
    loop {
        match bytes.get(at)? {
            0x21 => at = skip_data(at + 2)?,
            0x2c => {
                frames += 1;
                if frames == wanted {
                    return Some(true);
                }
                at = skip_data(at + 11 + table(*bytes.get(at + 9)?))?;
            }
            _ => return Some(false),
        }
    }
}

/// <https://www.w3.org/TR/png-3/#acTL-chunk>: it stands before the first pixels.
fn png_frames(bytes: &[u8]) -> Option<u32> {
    let number = |at: usize| {
        let four = bytes.get(at..at.checked_add(4)?)?;
        Some(u32::from_be_bytes(four.try_into().ok()?))
    };
    let mut at = 8_usize;
    loop {
        match bytes.get(at + 4..at + 8)? {
            b"acTL" => return number(at + 8),
            b"IDAT" => return None,
            _ => at = at.checked_add(12 + number(at)? as usize)?,
        }
    }
}

#[cfg(test)]
mod tests {
    use image::{
        Delay, Frame, RgbaImage,
        codecs::gif::{GifEncoder, Repeat},
    };

    use super::*;

    fn gif(frames: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = GifEncoder::new(&mut bytes);
        encoder.set_repeat(Repeat::Infinite).expect("written");
        for frame in 0..frames {
            let shade = u8::try_from(frame * 90).expect("few frames");
            let picture = RgbaImage::from_pixel(40, 30, [shade, 0, 0, 255].into());
            let delay = Delay::from_numer_denom_ms(100, 1);
            encoder
                .encode_frame(Frame::from_parts(picture, 0, 0, delay))
                .expect("written");
        }
        drop(encoder);
        bytes
    }

    #[test]
    fn a_gif_moves_with_its_second_frame() {
        assert!(!is_animated(&gif(1), "image/gif"));
        assert!(is_animated(&gif(2), "image/gif"));
        assert!(is_animated(&gif(3), "image/gif"));
    }

    #[test]
    fn a_cut_off_gif_counts_as_still() {
        let bytes = gif(2);

        assert!(!is_animated(&bytes[..60], "image/gif"));
        assert!(!is_animated(b"GIF89a", "image/gif"));
    }

    #[test]
    fn a_png_moves_by_its_frame_count() {
        let chunk = |name: &[u8], data: &[u8]| {
            let length = u32::try_from(data.len()).expect("short").to_be_bytes();
            [&length[..], name, data, &[0; 4]].concat()
        };
        let png = |frames: u32| {
            let control = [frames.to_be_bytes(), [0; 4]].concat();
            [
                b"\x89PNG\r\n\x1a\n".to_vec(),
                chunk(b"IHDR", &[0; 13]),
                chunk(b"acTL", &control),
                chunk(b"IDAT", &[]),
            ]
            .concat()
        };

        assert!(is_animated(&png(12), "image/png"));
        assert!(!is_animated(&png(1), "image/png"));
        assert!(!is_animated(
            b"\x89PNG\r\n\x1a\n\xff\xff\xff\xff",
            "image/png"
        ));
    }

    #[test]
    fn a_webp_moves_by_its_flag() {
        let webp = |flags: u8| [&b"RIFF\x64\0\0\0WEBPVP8X\x0a\0\0\0"[..], &[flags; 10]].concat();

        assert!(is_animated(&webp(0b0000_0010), "image/webp"));
        assert!(!is_animated(&webp(0b0001_0000), "image/webp"));
        assert!(!is_animated(b"RIFF\x64\0\0\0WEBPVP8 ", "image/webp"));
    }
}
