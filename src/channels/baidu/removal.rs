//! The delete file: no call removes a path from the search, a person uploads a file of paths (introduction/rank_delete).

use super::{SEARCH, adapter::text};
use crate::channels::{LocalText, RemovalList};

/// At most 1,000 paths a file, which stay far below its 10 MB: a path has at most 194 characters.
pub const LIST: RemovalList = RemovalList {
    lane: SEARCH,
    most_lines: 1000,
    help: LocalText::new(
        "在智能小程序管理后台上传删除文件；每天只收一个，最多 1,000 条，约 30 分钟后搜不到。",
        "Upload it in the console of the mini-program, one a day of at most 1,000 paths; they are hidden about 30 minutes later.",
    ),
    line: |submission| text(&submission.fields, "path").to_owned(),
};
