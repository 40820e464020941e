//! A list of stories over GraphQL, against a bare handler that gives the same bytes.

use std::{
    net::{SocketAddr, TcpListener},
    sync::Arc,
};

use actix_web::{App as ActixApp, HttpResponse, HttpServer, web};
use bytes::Bytes;
use serde_json::{Value, json};

use super::{
    Scale,
    http::{self, Connection, processor_seconds},
    report::{Report, median},
    stage::Stage,
};

/// Twenty stories with their categories.
const QUERY: &str =
    "{ stories(first: 20) { nodes { id slug title lead publishedAt category { key name } } } }";

/// One server under load.
struct Side {
    name: &'static str,
    what: &'static str,
    address: SocketAddr,
    request: Arc<Vec<u8>>,
    bare: SocketAddr,
    bytes: usize,
}

/// Cached, cached and compressed, and made anew; each in turns with a bare handler of the same bytes.
pub async fn measure(stage: &Stage, scale: Scale, report: &mut Report) -> anyhow::Result<()> {
    let gzip = "accept-encoding: gzip, deflate, br\r\n";
    let wanted = [
        (
            "graphql_cached",
            "a list of 20 stories over GraphQL, the answer kept",
            stage.address,
            "",
        ),
        (
            "graphql_cached_gzip",
            "the same, compressed, as mini-programs ask for it",
            stage.address,
            gzip,
        ),
        (
            "graphql_uncached",
            "the same, made anew from the database each time",
            stage.fresh_address,
            "",
        ),
    ];
    for (name, what, address, headers) in wanted {
        let request = http::post(address, &stage.key, QUERY, &json!({}), headers);
        let side = side(name, what, address, request).await?;
        turns(&side, scale, report).await?;
    }
    Ok(())
}

/// Asks once, checks the answer and starts a bare handler that gives the same bytes.
async fn side(
    name: &'static str,
    what: &'static str,
    address: SocketAddr,
    request: Vec<u8>,
) -> anyhow::Result<Side> {
    let mut connection = Connection::open(address).await?;
    let answer = connection.ask(&request).await?;
    anyhow::ensure!(answer.status == 200, "status {}", answer.status);
    let is_compressed = answer.head.contains("content-encoding: gzip");
    if !is_compressed {
        let body: Value = serde_json::from_slice(answer.body)?;
        let nodes = body["data"]["stories"]["nodes"].as_array().map(Vec::len);
        anyhow::ensure!(nodes.is_some_and(|nodes| nodes > 0), "no stories: {body}");
    }
    let body = Bytes::copy_from_slice(answer.body);
    Ok(Side {
        name,
        what,
        address,
        request: Arc::new(request),
        bytes: body.len(),
        bare: bare_server(body, is_compressed)?,
    })
}

/// A server with one handler that does nothing but answer; as many workers as ours.
fn bare_server(body: Bytes, is_compressed: bool) -> anyhow::Result<SocketAddr> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let address = listener.local_addr()?;
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let server = HttpServer::new(move || {
        let body = body.clone();
        // It reads what was sent, as every server must before the next request on the connection.
        let answer = move |_: Bytes| {
            let body = body.clone();
            async move {
                let mut answer = HttpResponse::Ok();
                answer.content_type("application/json; charset=utf-8");
                if is_compressed {
                    answer.insert_header(("content-encoding", "gzip"));
                }
                answer.body(body)
            }
        };
        ActixApp::new().route("/graphql", web::post().to(answer))
    })
    .workers(workers)
    .disable_signals()
    .listen(listener)?;
    tokio::spawn(server.run());
    Ok(address)
}

async fn turns(side: &Side, scale: Scale, report: &mut Report) -> anyhow::Result<()> {
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    let (mut our_processor, mut bare_processor) = (Vec::new(), Vec::new());
    for _ in 0..scale.rounds {
        for (address, rates, processor) in [
            (side.bare, &mut bare, &mut bare_processor),
            (side.address, &mut ours, &mut our_processor),
        ] {
            let before = processor_seconds();
            let rate = http::rate(
                address,
                &side.request,
                side.bytes,
                scale.connections,
                scale.turn,
            )
            .await?;
            if let (Some(before), Some(after)) = (before, processor_seconds()) {
                processor.push((after - before) * 1000.0 / (rate * scale.turn.as_secs_f64()));
            }
            rates.push(rate);
        }
    }
    let rates = (median(ours), median(bare));
    report.add(
        side.name,
        side.what,
        format!("a bare handler that gives the same {} bytes", side.bytes),
        "requests a second",
        rates,
    );
    let is_told = our_processor.len() == scale.rounds && bare_processor.len() == scale.rounds;
    let processor = (median(our_processor), median(bare_processor));
    if is_told && processor.1 > 0.0 {
        report.add(
            format!("{}_cpu", side.name),
            "processor time of one such request, the load's own included",
            "one to the bare handler",
            "ms",
            processor,
        );
    }
    Ok(())
}
