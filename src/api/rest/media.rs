//! `/media/{sha256}/{name}.{extension}`: files by their content, for ever the same, in parts when asked.
//!
//! Their addresses cannot be guessed by who does not have the file, so they need no session: what is not
//! published is as hidden as its address. Only sizes that have a name can be had; others are not made.

use actix_web::{
    HttpRequest, HttpResponse,
    body::SizedStream,
    http::{
        Method, StatusCode,
        header::{self, ByteRangeSpec, ContentRange, ContentRangeSpec, EntityTag, Header, IfRange},
    },
    web,
};
use futures_util::stream;

use super::Failure;
use crate::{app::App, error::Error, media::StoredFile};

/// A year, as long as anybody keeps a thing.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// The route.
pub fn configure(config: &mut web::ServiceConfig) {
    config.service(
        web::resource("/media/{sha256}/{file}")
            .route(web::get().to(serve))
            .route(web::head().to(serve)),
    );
}

async fn serve(
    app: web::Data<App>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    let (sha256, file_name) = path.into_inner();
    let found = match file_name.rsplit_once('.') {
        Some((name, extension)) => app.media.find_file(&sha256, name, extension).await?,
        None => None,
    };
    let file = found.ok_or_else(|| Error::not_found("this file"))?;
    let tag = EntityTag::new_strong(format!("{}-{file_name}", &sha256[..16]));
    let mut response = HttpResponse::Ok();
    response
        .insert_header((header::CACHE_CONTROL, FOR_EVER))
        .insert_header(header::ETag(tag.clone()))
        .insert_header((header::ACCEPT_RANGES, "bytes"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; sandbox",
        ))
        .insert_header(("cross-origin-resource-policy", "cross-origin"));
    if is_known(&request, &tag) {
        return Ok(response.status(StatusCode::NOT_MODIFIED).finish());
    }
    let part = match wanted_part(&request, &tag, file.size_bytes) {
        Part::Whole => (0, file.size_bytes - 1),
        Part::From(first, last) => {
            response
                .status(StatusCode::PARTIAL_CONTENT)
                .insert_header(content_range(&file, Some((first, last))));
            (first, last)
        }
        Part::Outside => {
            return Ok(response
                .status(StatusCode::RANGE_NOT_SATISFIABLE)
                .insert_header(content_range(&file, None))
                .finish());
        }
    };
    response.content_type(file.mime.as_str()).insert_header((
        header::CONTENT_DISPOSITION,
        format!("inline; filename=\"{file_name}\""),
    ));
    let length = part.1 - part.0 + 1;
    if request.method() == Method::HEAD {
        let nothing = stream::empty::<std::io::Result<web::Bytes>>();
        return Ok(response.body(SizedStream::new(length, nothing)));
    }
    let bytes = app.media.stream(&file.key, part.0..part.1 + 1).await?;
    Ok(response.body(SizedStream::new(length, bytes)))
}

/// What of a file is asked for.
#[derive(Debug, PartialEq, Eq)]
enum Part {
    Whole,
    /// First and last byte.
    From(u64, u64),
    Outside,
}

/// Whether the client has this file already.
fn is_known(request: &HttpRequest, tag: &EntityTag) -> bool {
    match header::IfNoneMatch::parse(request) {
        Ok(header::IfNoneMatch::Any) => true,
        Ok(header::IfNoneMatch::Items(items)) => items.iter().any(|item| item.weak_eq(tag)),
        Err(_) => false,
    }
}

/// One part is given as asked; of several, or in another unit, the whole.
fn wanted_part(request: &HttpRequest, tag: &EntityTag, size: u64) -> Part {
    let is_other_file = match IfRange::parse(request) {
        Ok(IfRange::EntityTag(known)) => !known.strong_eq(tag),
        Ok(IfRange::Date(_)) => true,
        Err(_) => request.headers().contains_key(header::IF_RANGE),
    };
    if is_other_file {
        return Part::Whole;
    }
    let Ok(header::Range::Bytes(parts)) = header::Range::parse(request) else {
        return Part::Whole;
    };
    let [part] = parts.as_slice() else {
        return Part::Whole;
    };
    // Backwards is not a range at all.
    if matches!(part, ByteRangeSpec::FromTo(from, to) if from > to) {
        return Part::Whole;
    }
    part.to_satisfiable_range(size)
        .map_or(Part::Outside, |(first, last)| Part::From(first, last))
}

fn content_range(file: &StoredFile, range: Option<(u64, u64)>) -> ContentRange {
    ContentRange(ContentRangeSpec::Bytes {
        range,
        instance_length: Some(file.size_bytes),
    })
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn check(headers: &[(&'static str, &'static str)], expected: &Part) {
        let request = headers
            .iter()
            .fold(TestRequest::get(), |request, header| {
                request.insert_header(*header)
            })
            .to_http_request();
        let tag = EntityTag::new_strong("a".to_owned());

        assert_eq!(wanted_part(&request, &tag, 1000), *expected, "{headers:?}");
    }

    #[test]
    fn one_part_is_given_as_asked() {
        check(&[], &Part::Whole);
        check(&[("range", "bytes=0-99")], &Part::From(0, 99));
        check(&[("range", "bytes=900-")], &Part::From(900, 999));
        check(&[("range", "bytes=-100")], &Part::From(900, 999));
        check(&[("range", "bytes=-5000")], &Part::From(0, 999));
        check(&[("range", "bytes=990-5000")], &Part::From(990, 999));
    }

    #[test]
    fn what_is_outside_cannot_be_given() {
        check(&[("range", "bytes=1000-")], &Part::Outside);
        check(&[("range", "bytes=-0")], &Part::Outside);
    }

    #[test]
    fn what_is_not_one_range_gives_the_whole() {
        check(&[("range", "bytes=0-1,5-6")], &Part::Whole);
        check(&[("range", "bytes=9-3")], &Part::Whole);
        check(&[("range", "lines=1-2")], &Part::Whole);
        check(&[("range", "nonsense")], &Part::Whole);
    }

    #[test]
    fn a_range_of_another_file_gives_the_whole() {
        check(
            &[("range", "bytes=0-99"), ("if-range", "\"a\"")],
            &Part::From(0, 99),
        );
        check(
            &[("range", "bytes=0-99"), ("if-range", "\"b\"")],
            &Part::Whole,
        );
        check(
            &[("range", "bytes=0-99"), ("if-range", "W/\"a\"")],
            &Part::Whole,
        );
    }
}
