//! Files that a simulator keeps for the pages that people look at.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

use actix_web::{HttpResponse, web::Bytes};

/// Bytes that are kept in all: pictures of some hundred posts, or a few short videos.
const ROOM: usize = 256 << 20;

/// So many bytes, by name; the oldest go first, and none outlives the process.
#[derive(Default)]
pub struct Shelf(Mutex<VecDeque<(String, Bytes)>>);

impl Shelf {
    /// Keeps a file.
    pub fn keep(&self, name: impl Into<String>, bytes: impl Into<Bytes>) {
        let mut files = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        files.push_back((name.into(), bytes.into()));
        let mut used: usize = files.iter().map(|(_, bytes)| bytes.len()).sum();
        while used > ROOM
            && let Some((_, oldest)) = files.pop_front()
        {
            used -= oldest.len();
        }
    }

    /// A file, if it is still there.
    pub fn get(&self, name: &str) -> Option<Bytes> {
        let files = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = files.iter().rfind(|(known, _)| known == name);
        found.map(|(_, bytes)| bytes.clone())
    }

    /// Whether a file is still there.
    pub fn has(&self, name: &str) -> bool {
        let files = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        files.iter().any(|(known, _)| known == name)
    }

    /// Answers with a file; its name tells the type.
    pub fn answer(&self, name: &str) -> HttpResponse {
        let files = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = files.iter().rfind(|(known, _)| known == name);
        found.map_or_else(
            || HttpResponse::NotFound().body("the file is not kept any more"),
            |(_, bytes)| {
                let named = mime_guess::from_path(name).first_raw();
                let mime = named.or_else(|| infer::get(bytes).map(|kind| kind.mime_type()));
                HttpResponse::Ok()
                    .content_type(mime.unwrap_or("application/octet-stream"))
                    .body(bytes.clone())
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_files_make_room_for_new_ones() {
        let shelf = Shelf::default();
        for name in ["a.jpg", "b.jpg", "c.jpg"] {
            shelf.keep(name, vec![0; ROOM / 2]);
        }

        assert!(!shelf.has("a.jpg") && shelf.has("b.jpg") && shelf.has("c.jpg"));
        assert_eq!(shelf.answer("a.jpg").status(), 404);
        let answer = shelf.answer("c.jpg");
        let mime = answer.headers().get("content-type");
        assert_eq!(mime.expect("a type").as_bytes(), b"image/jpeg");
    }
}
