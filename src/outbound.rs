//! The one HTTP client for the wire out. It refuses private addresses, by name and by number, except
//! those that the operator allows; it follows no redirects.

use std::{collections::HashSet, net::IpAddr, sync::Arc, time::Duration};

use reqwest::{
    Proxy, Url,
    dns::{Addrs, Name, Resolve, Resolving},
    redirect,
};

use crate::{
    config::OutboundConfig,
    error::{Error, Result},
};

/// An address at which nothing can listen: where refused calls go, so that they fail to connect.
const NOWHERE: &str = "http://127.0.0.1:0";

/// Builds the client. `also_allowed` adds to the configured exceptions (`host:port`).
pub fn client(config: &OutboundConfig, also_allowed: &[String]) -> Result<reqwest::Client> {
    let allowed: Arc<HashSet<String>> = Arc::new(
        config
            .allow_private
            .iter()
            .chain(also_allowed)
            .cloned()
            .collect(),
    );
    let names = allowed
        .iter()
        .filter_map(|entry| entry.rsplit_once(':'))
        .map(|(host, _)| host.to_owned());
    let resolver = PublicOnly {
        allowed_names: names.collect(),
    };
    let gate = Proxy::custom(move |url| is_refused(url, &allowed).then_some(NOWHERE));
    reqwest::Client::builder()
        .connect_timeout(Duration::from_secs(config.connect_timeout_s))
        .timeout(Duration::from_secs(config.read_timeout_s))
        .redirect(redirect::Policy::none())
        .dns_resolver(Arc::new(resolver))
        .no_proxy()
        .proxy(gate)
        .user_agent(concat!("fenfa/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|error| Error::internal("the HTTP client could not be built", error))
}

/// Whether calls to an address are refused whatever its name leads to: for telling people before they wait for one.
pub fn refuses(config: &OutboundConfig, url: &Url) -> bool {
    is_refused(url, &config.allow_private.iter().cloned().collect())
}

/// Whether the address is written as a private number that nobody allowed.
fn is_refused(url: &Url, allowed: &HashSet<String>) -> bool {
    let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else {
        return true;
    };
    let address = host
        .trim_start_matches('[')
        .trim_end_matches(']')
        .parse::<IpAddr>();
    address.is_ok_and(is_private) && !allowed.contains(&format!("{host}:{port}"))
}

/// Anything that is not a public unicast address.
fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [a, b, ..] = v4.octets();
            v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_unspecified()
                || v4.is_broadcast()
                || v4.is_multicast()
                || v4.is_documentation()
                || a == 0
                || a >= 240
                || (a == 100 && (64..128).contains(&b))
                || (a == 198 && (b == 18 || b == 19))
                || (a == 192 && b == 0)
        }
        IpAddr::V6(v6) => {
            if let Some(v4) = v6.to_ipv4_mapped() {
                return is_private(IpAddr::V4(v4));
            }
            let first = v6.segments()[0];
            v6.is_loopback()
                || v6.is_unspecified()
                || v6.is_multicast()
                || (first & 0xfe00) == 0xfc00
                || (first & 0xffc0) == 0xfe80
                || first == 0x2001 && v6.segments()[1] == 0xdb8
                || first == 0x64 && v6.segments()[1] == 0xff9b
                || first == 0x2002
        }
    }
}

/// Resolves names and drops private answers, so that a name cannot lead inside.
struct PublicOnly {
    allowed_names: HashSet<String>,
}

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        let is_allowed = self.allowed_names.contains(name.as_str());
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<_> = found
                .filter(|address| is_allowed || !is_private(address.ip()))
                .collect();
            if public.is_empty() {
                return Err(format!("{} has no public address", name.as_str()).into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_numbers_are_refused_unless_allowed() {
        let allowed = HashSet::from(["127.0.0.1:7381".to_owned()]);
        let refused = |url: &str| is_refused(&url.parse().expect("an address"), &allowed);

        for url in [
            "http://127.0.0.1/",
            "http://127.0.0.1:7382/",
            "http://10.1.2.3/",
            "http://169.254.169.254/latest/meta-data",
            "http://[::1]:80/",
            "http://[::ffff:192.168.0.1]/",
            "http://0x7f000001/",
            "http://2130706433/",
            "http://[fd00::1]/",
        ] {
            assert!(refused(url), "{url}");
        }
        for url in [
            "http://127.0.0.1:7381/baidu",
            "https://openapi.baidu.com/",
            "http://8.8.8.8/",
        ] {
            assert!(!refused(url), "{url}");
        }
    }

    #[tokio::test]
    async fn a_refused_call_fails_before_anything_is_sent() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let config = crate::config::Config::with_overrides("")
            .expect("valid")
            .outbound;
        let client = client(&config, &[]).expect("a client");

        for host in ["127.0.0.1", "localhost"] {
            let error = client
                .get(format!("http://{host}:{port}/"))
                .send()
                .await
                .expect_err("refused");
            assert!(error.is_connect(), "{error:?}");
        }
    }
}
