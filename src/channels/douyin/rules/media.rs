//! What a work shows: its video with a cover, or its pictures.

use serde_json::Value;

use super::{
    super::{COVER, MOST_PICTURES, PICTURE},
    CREATE, HABIT, WORKS, error, warning,
};
use crate::channels::{CheckInput, Finding, SourceVideo};

/// At most 15 minutes (openapi/status-code, 2190006).
const LONGEST_MS: u64 = 15 * 60 * 1000;
/// At least 3 seconds is advised; not published, so only a warning.
const SHORTEST_MS: u64 = 3000;
/// At most 4 GB (douyin-publish-solution).
const LARGEST: u64 = 4 << 30;
/// At least 720p (douyin-publish-solution).
const SMALLEST_SIDE: u32 = 720;

const IMAGES: &str = "抖音开放平台：创建图文";

/// A story without a video goes as a picture post, so it needs pictures.
pub fn pictures(input: &CheckInput<'_>, findings: &mut Vec<Finding>) {
    let used = input.pictures.get(PICTURE).map_or(0, Vec::len);
    let shown = input.source.pictures.len();
    if used == 0 {
        let reason = if shown == 0 {
            "既没有视频，也没有图片。".to_owned()
        } else {
            format!("没有视频，{shown} 张图片都太小或是动图。")
        };
        findings.push(error(
            "DY-V01",
            "video",
            reason,
            "添加一个竖屏视频并发布它，或至少一张 360×480 以上的图片。",
            WORKS,
        ));
    } else if used < shown.min(MOST_PICTURES) {
        let left = shown - used;
        findings.push(
            warning(
                "DY-I01",
                "pictures",
                format!("{left} 张图片太小或是动图，没有用上。"),
                "换成 360×480 以上的静态图片。",
                IMAGES,
            )
            .with("count", left),
        );
    } else if shown > MOST_PICTURES {
        findings.push(
            warning(
                "DY-I02",
                "pictures",
                format!("有 {shown} 张图片，只发前 {MOST_PICTURES} 张。"),
                "把最好的图片排在前面。",
                IMAGES,
            )
            .with("count", shown)
            .with("most", MOST_PICTURES),
        );
    }
}

pub fn cover(input: &CheckInput<'_>, video: &SourceVideo, findings: &mut Vec<Finding>) {
    let second = input.fields.get("cover_second").and_then(Value::as_str);
    let second = second.map(str::trim).filter(|second| !second.is_empty());
    if let Some(second) = second {
        let length_s = std::time::Duration::from_millis(video.duration_ms).as_secs_f64();
        let is_inside = |at: f64| (0.0..=length_s).contains(&at);
        if !second.parse::<f64>().is_ok_and(is_inside) {
            findings.push(
                error(
                    "DY-C02",
                    "cover_second",
                    format!("封面时刻「{second}」不在视频之内（全长 {length_s:.1} 秒）。"),
                    "写视频里的一个时刻，以秒为单位，例如 2.3。",
                    CREATE,
                )
                .with("second", second),
            );
        }
    } else if input.pictures.get(COVER).is_none_or(Vec::is_empty) {
        findings.push(warning(
            "DY-C01",
            "pictures",
            "没有封面，平台会自动截取一帧。",
            "为视频选一张封面图（至少 360×480），或写明封面时刻。",
            WORKS,
        ));
    }
}

pub fn video(video: &SourceVideo, findings: &mut Vec<Finding>) {
    if video.duration_ms > LONGEST_MS {
        findings.push(error(
            "DY-V02",
            "video",
            "视频超过 15 分钟。",
            "剪短后重新上传。",
            "抖音开放平台：状态码 2190006",
        ));
    } else if video.duration_ms < SHORTEST_MS {
        findings.push(warning(
            "DY-V03",
            "video",
            "视频不到 3 秒。",
            "用长一些的视频。",
            HABIT,
        ));
    }
    if video.size_bytes > LARGEST {
        findings.push(error(
            "DY-V04",
            "video",
            "视频超过 4 GB。",
            "压缩后重新上传。",
            WORKS,
        ));
    }
    if !matches!(video.container.as_str(), "mp4" | "webm" | "mov") {
        findings.push(error(
            "DY-V05",
            "video",
            format!("平台不收 {} 格式。", video.container),
            "转成 MP4（H.264 + AAC）。",
            WORKS,
        ));
    } else if !(video.container == "mp4" && video.video_codec == "h264"
        || video.container == "webm")
    {
        findings.push(warning(
            "DY-V06",
            "video",
            format!(
                "视频是 {}（{}）；平台建议 MP4（H.264 + AAC）或 WebM。",
                video.container, video.video_codec
            ),
            "转码后重新上传，免得平台再压一次。",
            WORKS,
        ));
    }
    let side = video.width.min(video.height);
    if side < SMALLEST_SIDE {
        findings.push(warning(
            "DY-V07",
            "video",
            format!("视频只有 {}×{}，不够清晰。", video.width, video.height),
            "短边至少 720 像素。",
            WORKS,
        ));
    }
    if video.width > video.height {
        findings.push(warning(
            "DY-V08",
            "video",
            "视频是横屏，信息流里只占一小块。",
            "用 9:16 的竖屏视频。",
            WORKS,
        ));
    }
}
