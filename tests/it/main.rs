//! Use cases, through real parts: SQLite and PostgreSQL, HTTP, simulators, files. One binary.
#![allow(missing_docs, reason = "tests are not an interface")]
#![allow(clippy::unwrap_used, reason = "a failed test may panic")]

#[macro_use]
mod harness;
mod access;
mod alipay;
mod alipay_item;
mod allowance;
mod app_link;
mod approval;
mod audit;
mod baidu;
mod baidu_event;
mod baidu_simulator;
mod baijiahao;
mod board;
mod breaker;
#[cfg(feature = "crashpoints")]
mod chaos;
mod clock;
mod command_line;
mod conformance;
mod content;
#[cfg(feature = "crashpoints")]
mod crash;
mod delivery;
mod disconnection;
mod douyin;
mod douyin_simulator;
mod durable;
mod first_run;
mod graphql;
mod hook;
mod import;
mod inspection;
mod jobs;
mod kill;
mod lane;
mod limits;
mod locale;
mod media;
mod model;
mod operations;
mod outage;
mod pause;
mod platform;
#[cfg(feature = "crashpoints")]
mod process;
mod public_api;
mod query_plan;
mod reader;
mod recurring;
mod removal;
mod rotation;
mod schedule;
mod schema;
mod serving;
mod sign_in;
mod slot;
mod statements;
mod stuck;
mod tailoring;
mod telephone;
mod token;
mod toutiao;
mod upgrade;
#[cfg(feature = "crashpoints")]
mod webhook_crash;
mod webhooks;
mod wechat;
mod wechat_search;
mod wechat_simulator;
mod withdrawal;
