//! A system of a site's own that takes webhooks, over HTTP on this machine.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use actix_web::{App as ActixApp, HttpRequest, HttpResponse, HttpServer, http::StatusCode, web};
use fenfa::jobs::JobWorker;
use serde_json::Value;

use super::TestApp;

/// What came in.
#[derive(Debug, Clone)]
pub struct Received {
    pub path: String,
    pub id: String,
    pub timestamp: String,
    pub signature: String,
    pub body: String,
}

impl Received {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub fn topic(&self) -> String {
        self.json()["type"].as_str().unwrap().to_owned()
    }
}

/// What is answered.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: String,
}

impl Answer {
    pub fn status(status: u16) -> Self {
        Self {
            status,
            ..Self::default()
        }
    }
}

/// Takes webhooks and remembers them.
#[derive(Clone, Default)]
pub struct Receiver {
    pub url: String,
    received: Arc<Mutex<Vec<Received>>>,
    /// Answers to the next calls; then, and without any, 200.
    answers: Arc<Mutex<VecDeque<Answer>>>,
    /// What calls to a path are answered for good.
    lasting: Arc<Mutex<Vec<(String, Answer)>>>,
}

impl Receiver {
    /// What came in so far.
    pub fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    /// What came in since the last time.
    pub fn take(&self) -> Vec<Received> {
        std::mem::take(&mut *self.received.lock().unwrap())
    }

    /// Answers the next call so.
    pub fn answer(&self, answer: Answer) {
        self.answers.lock().unwrap().push_back(answer);
    }

    /// Answers all calls to a path so; `None`: as usual again.
    pub fn always(&self, path: &str, answer: Option<Answer>) {
        let mut lasting = self.lasting.lock().unwrap();
        lasting.retain(|(known, _)| known != path);
        lasting.extend(answer.map(|answer| (path.to_owned(), answer)));
    }

    fn take_in(&self, request: &HttpRequest, body: &[u8]) -> Answer {
        let header = |name: &str| {
            let value = request.headers().get(name);
            value.map_or(String::new(), |value| value.to_str().unwrap().to_owned())
        };
        self.received.lock().unwrap().push(Received {
            path: request.path().to_owned(),
            id: header("webhook-id"),
            timestamp: header("webhook-timestamp"),
            signature: header("webhook-signature"),
            body: String::from_utf8(body.to_vec()).unwrap(),
        });
        let lasting = self.lasting.lock().unwrap();
        if let Some((_, answer)) = lasting.iter().find(|(path, _)| path == request.path()) {
            return answer.clone();
        }
        let next = self.answers.lock().unwrap().pop_front();
        next.unwrap_or_else(|| Answer::status(200))
    }
}

async fn serve(
    receiver: web::Data<Receiver>,
    request: HttpRequest,
    body: web::Bytes,
) -> HttpResponse {
    let answer = receiver.take_in(&request, &body);
    let mut response = HttpResponse::build(StatusCode::from_u16(answer.status).unwrap());
    for header in answer.headers {
        response.insert_header(header);
    }
    response.body(answer.body)
}

impl TestApp {
    /// Starts the receiver; once per test.
    pub fn receive(&self) -> Receiver {
        let listener = self.receiver.lock().unwrap().take().unwrap();
        let receiver = Receiver {
            url: format!("http://127.0.0.1:{}", self.receiver_port),
            ..Receiver::default()
        };
        let data = web::Data::new(receiver.clone());
        let server = HttpServer::new(move || {
            let service = web::route().to(serve);
            ActixApp::new()
                .app_data(data.clone())
                .default_service(service)
        });
        tokio::spawn(
            server
                .workers(1)
                .disable_signals()
                .listen(listener)
                .unwrap()
                .run(),
        );
        receiver
    }

    /// A worker of the queue that does only what it is told to.
    pub async fn jobs(&self) -> JobWorker {
        self.app.open_jobs().await.unwrap()
    }

    /// Moves the clock to the next job and works it off; `false` when there is none.
    pub async fn next_job(&self, jobs: &JobWorker) -> bool {
        let Some(at) = self.app.jobs.next_due().await.unwrap() else {
            return false;
        };
        if at > self.clock.now() {
            self.clock.set(at);
        }
        jobs.run_until_idle().await.unwrap();
        true
    }
}
