//! What is left on the disks.

use std::{io, path::Path};

/// Bytes that this process may still write in a folder, or where the folder would be made.
pub fn free_bytes(dir: &Path) -> io::Result<u64> {
    let there = dir
        .ancestors()
        .find(|place| place.exists())
        .unwrap_or(Path::new("."));
    let disk = rustix::fs::statvfs(there)?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_not_there_yet_has_the_room_of_where_it_will_be() {
        let free = free_bytes(Path::new("nowhere/at/all")).expect("a disk");

        assert!(free > 0);
    }
}
