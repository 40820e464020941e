//! X.509 certificates of the certificate mode: read as the console gives them, numbered the platform's way, and followed to
//! who issued them.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use md5::{Digest as _, Md5};
use ring::signature::{
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512,
    RsaParameters,
};
use x509_cert::{
    Certificate as Parsed,
    der::{
        Decode as _, Tag, Tagged as _,
        asn1::{Any, ObjectIdentifier},
    },
    ext::pkix::BasicConstraints,
    name::Name,
};

use super::sign::{PublicKey, SEQUENCE, element};
use crate::clock::Timestamp;

/// What the identifiers of keys and signatures with RSA begin with.
const RSA: &str = "1.2.840.113549.1.1";
const RSA_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
/// How the parts of a name are spelled.
const SPELLED: &[(&str, &str)] = &[
    ("2.5.4.3", "CN"),
    ("2.5.4.6", "C"),
    ("2.5.4.7", "L"),
    ("2.5.4.8", "ST"),
    ("2.5.4.10", "O"),
    ("2.5.4.11", "OU"),
    ("1.2.840.113549.1.9.1", "E"),
];
/// The signatures of issuers that we can verify: none with SHA-1.
const KINDS: &[(&str, &RsaParameters)] = &[
    ("1.2.840.113549.1.1.11", &RSA_PKCS1_2048_8192_SHA256),
    ("1.2.840.113549.1.1.12", &RSA_PKCS1_2048_8192_SHA384),
    ("1.2.840.113549.1.1.13", &RSA_PKCS1_2048_8192_SHA512),
];
/// From a certificate to its root at most.
const LONGEST_PATH: usize = 8;

/// A certificate.
#[derive(Debug, Clone)]
pub struct Certificate {
    parsed: Parsed,
    /// What its issuer signed, byte for byte.
    signed: Vec<u8>,
    /// Its number as the platform counts: a digest of its issuer's name and its serial number.
    pub sn: String,
    /// The name of whom it is for.
    pub name: String,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
}

/// The certificates of a PEM text in their order; nothing when there is none, or one of them is damaged. A form's input may
/// have run the lines together.
pub fn read(text: &str) -> Option<Vec<Certificate>> {
    let mut certificates = Vec::new();
    let mut parts = text.split("-----");
    while let Some(part) = parts.next() {
        match part {
            "BEGIN CERTIFICATE" => {
                let body: String = parts.next()?.split_whitespace().collect();
                if parts.next() != Some("END CERTIFICATE") {
                    return None;
                }
                certificates.push(Certificate::of(&STANDARD.decode(body).ok()?)?);
            }
            // The beginning of it is lost.
            "END CERTIFICATE" => return None,
            _ => {}
        }
    }
    (!certificates.is_empty()).then_some(certificates)
}

/// The number of a bundle of roots: those of its certificates that are signed with RSA.
pub fn root_sn(roots: &[Certificate]) -> String {
    let signed = roots.iter().filter(|root| root.is_signed_with_rsa());
    let numbers: Vec<&str> = signed.map(|root| root.sn.as_str()).collect();
    numbers.join("_")
}

impl Certificate {
    /// Reads a certificate in DER.
    pub fn of(der: &[u8]) -> Option<Self> {
        let parsed = Parsed::from_der(der).ok()?;
        let (outer, _) = element(der, SEQUENCE)?;
        let (_, behind) = element(outer, SEQUENCE)?;
        let content = parsed.tbs_certificate();
        let subject = content.subject();
        let name = subject.iter().find(|part| part.oid == COMMON_NAME);
        let instant = |seconds: u64| i64::try_from(seconds).map(Timestamp::from_unix_seconds);
        let validity = content.validity();
        Some(Self {
            signed: outer[..outer.len() - behind.len()].to_vec(),
            sn: sn(content.issuer(), content.serial_number().as_bytes())?,
            name: name.map_or(Some(String::new()), |part| text(&part.value))?,
            starts_at: instant(validity.not_before.to_unix_duration().as_secs()).ok()?,
            ends_at: instant(validity.not_after.to_unix_duration().as_secs()).ok()?,
            parsed,
        })
    }

    /// The key that it certifies; `None` for one that is no RSA key.
    pub fn key(&self) -> Option<PublicKey> {
        let info = self.parsed.tbs_certificate().subject_public_key_info();
        let bytes = info.subject_public_key.as_bytes()?;
        (info.algorithm.oid == RSA_KEY).then(|| PublicKey::of_certificate(bytes))
    }

    /// Whether it is good at an instant.
    pub fn is_valid(&self, now: Timestamp) -> bool {
        self.starts_at <= now && now <= self.ends_at
    }

    pub fn is_signed_with_rsa(&self) -> bool {
        self.algorithm().starts_with(RSA)
    }

    /// Whether one of these roots issued it, or somebody whom a root let issue: `between` are those that may stand there.
    pub fn is_issued_under(&self, roots: &[Self], between: &[&Self], now: Timestamp) -> bool {
        let mut at = self;
        for _ in 0..LONGEST_PATH {
            let mut issuers = roots.iter().filter(|root| at.is_issued_by(root));
            if issuers.any(|root| root.is_valid(now)) {
                return true;
            }
            let mut issuers = between.iter().filter(|one| at.is_issued_by(one));
            match issuers.find(|one| one.is_authority() && one.is_valid(now)) {
                Some(issuer) => at = issuer,
                None => return false,
            }
        }
        false
    }

    fn algorithm(&self) -> String {
        self.parsed.signature_algorithm().oid.to_string()
    }

    fn is_issued_by(&self, other: &Self) -> bool {
        let names = (
            self.parsed.tbs_certificate().issuer(),
            other.parsed.tbs_certificate().subject(),
        );
        let algorithm = self.algorithm();
        let kind = KINDS.iter().find(|(known, _)| *known == algorithm);
        let (Some((_, kind)), Some(key)) = (kind, other.key()) else {
            return false;
        };
        let signature = self.parsed.signature().as_bytes();
        names.0 == names.1
            && signature.is_some_and(|bytes| key.verifies_with(kind, &self.signed, bytes))
    }

    /// Whether it may issue others: else every owner of a certificate could make new ones.
    fn is_authority(&self) -> bool {
        let found = self
            .parsed
            .tbs_certificate()
            .get_extension::<BasicConstraints>();
        matches!(found, Ok(Some((_, constraints))) if constraints.ca)
    }
}

/// The digest of the issuer's name, last part first, and the serial number in decimal.
fn sn(issuer: &Name, serial: &[u8]) -> Option<String> {
    let parts: Option<Vec<String>> = issuer
        .iter()
        .map(|part| {
            let oid = part.oid.to_string();
            let known = SPELLED.iter().find(|(known, _)| *known == oid);
            let name = known.map_or(oid.as_str(), |(_, name)| name);
            Some(format!("{name}={}", text(&part.value)?))
        })
        .collect();
    let mut parts = parts?;
    parts.reverse();
    Some(digest(&parts.join(","), serial))
}

fn digest(issuer: &str, serial: &[u8]) -> String {
    hex::encode(Md5::digest(format!("{issuer}{}", decimal(serial))))
}

/// A part of a name.
fn text(value: &Any) -> Option<String> {
    match value.tag() {
        Tag::BmpString => {
            let pairs = value.value().chunks(2);
            let units = pairs.map(|pair| <[u8; 2]>::try_from(pair).map(u16::from_be_bytes));
            String::from_utf16(&units.collect::<Result<Vec<_>, _>>().ok()?).ok()
        }
        _ => String::from_utf8(value.value().to_vec()).ok(),
    }
}

/// A number of any length in decimal.
fn decimal(bytes: &[u8]) -> String {
    // The last digit first.
    let mut digits = vec![0_u8];
    for byte in bytes {
        let mut carry = u16::from(*byte);
        for digit in &mut digits {
            let sum = u16::from(*digit) * 256 + carry;
            *digit = (sum % 10) as u8;
            carry = sum / 10;
        }
        while carry > 0 {
            digits.push((carry % 10) as u8);
            carry /= 10;
        }
    }
    let digits = digits.iter().rev();
    digits.map(|digit| char::from(b'0' + digit)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOTS: &str = include_str!("simulator/certificates/roots.pem");
    const APP: &str = include_str!("simulator/certificates/app.pem");
    const ALIPAY: &str = include_str!("simulator/certificates/alipay.pem");
    const NEXT: &str = include_str!("simulator/certificates/next.pem");
    const FORGED: &str = include_str!("simulator/certificates/forged.pem");
    const STRANGER: &str = include_str!("simulator/certificates/stranger.pem");

    fn now() -> Timestamp {
        "2026-03-01T01:30:00Z".parse().expect("an instant")
    }

    #[test]
    fn a_certificate_is_numbered_by_its_issuer_and_its_serial_number_in_decimal() {
        // Certificates of the platform itself, with the numbers that its SDK for Node tests against.
        let house = |name: &str| {
            format!(
                "CN=Ant Financial Certification Authority {name},OU=Certification Authority,O=Ant Financial,C=CN"
            )
        };
        let third = "CN=iTrusChina Class 2 Root CA - G3,OU=China Trust Network,O=iTrusChina,C=CN";
        for (issuer, serial, expected) in [
            (
                house("R1"),
                "1fcfa18d6a480d11",
                "687b59193f3f462dd5336e5abf83c5d8",
            ),
            (
                third.to_owned(),
                "10c764e9d560384212d9c08fd10e373fdd0fb396",
                "02941eef3187dddf3d3b83462e1dfcf6",
            ),
            (
                house("Class 2 R1"),
                "20200514e63c2fe04d538716fe21358b",
                "7513daaaa48aa3ba2e4018d84402479c",
            ),
            (
                house("Class 1 R1"),
                "2020051862039d4090897ba4d51c2126",
                "866efef280dec9137a87d047ac446315",
            ),
        ] {
            let serial = hex::decode(serial).expect("hexadecimal");
            assert_eq!(digest(&issuer, &serial), expected, "{issuer}");
        }
        // Ours, as counted by another library (cryptography for Python).
        let first = |text: &str| read(text).expect("certificates")[0].sn.clone();
        assert_eq!(first(APP), "411cdf91de57e89a7030a977b745471f");
        assert_eq!(first(ALIPAY), "4eda553bcd0b9055e3bbc28242a39c03");
        assert_eq!(first(NEXT), "8ac772e1830a64f379779ae2405236f8");
    }

    #[test]
    fn the_roots_are_numbered_together_but_for_those_without_rsa() {
        let roots = read(ROOTS).expect("roots");

        assert_eq!(roots.len(), 4);
        assert_eq!(
            root_sn(&roots),
            "305e8c5dbd57a5d564d9d7f3d1e9d982_69ec8e502db04995db80085ce0ba533c"
        );
        assert!(roots[0].key().is_none() && roots[1].key().is_some());
    }

    #[test]
    fn a_file_is_read_whole_or_not_at_all() {
        for text in [
            APP.replace('\n', ""),
            APP.replace('\n', "\r\n"),
            format!("subject=CN\n\n{APP}\n"),
        ] {
            assert_eq!(read(&text).expect("one").len(), 1);
        }
        assert_eq!(read(&ALIPAY.replace('\n', "")).expect("two").len(), 2);
        let key = include_str!("simulator/key.pem");
        for wrong in [
            "",
            "MIID0jCCArqg",
            key,
            &APP[..APP.len() - 40],
            &APP[40..],
            &APP.replacen("MII", "MIJ", 1),
            &format!("{}{ALIPAY}", &APP[40..]),
            &ALIPAY[..ALIPAY.len() - 40],
        ] {
            assert!(read(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn a_certificate_says_whose_it_is_how_long_and_with_which_key() {
        let app = &read(APP).expect("a certificate")[0];
        let key = super::super::sign::PrivateKey::read(include_str!("simulator/key.pem"));

        assert_eq!(app.name, "2088000000000001-2021000000000001");
        assert_eq!(app.key(), key.map(|key| key.public_key()));
        assert_eq!(app.ends_at.to_string(), "2121-01-01T00:00:00Z");
        assert!(app.is_valid(now()) && app.is_valid(app.ends_at));
        let second = std::time::Duration::from_secs(1);
        assert!(!app.is_valid(app.ends_at.plus(second)));
        assert!(!app.is_valid(app.starts_at.minus(second)));
        let ended = &read(include_str!("simulator/certificates/ended.pem")).expect("one")[0];
        assert!(!ended.is_valid(now()));
    }

    #[test]
    fn an_issuer_is_known_by_its_signature_not_by_its_name() {
        let roots = read(ROOTS).expect("roots");
        let check = |chain: &str, between: &[&Certificate], expected: bool| {
            let chain = read(chain).expect("a chain");
            let all: Vec<_> = chain[1..].iter().chain(between.iter().copied()).collect();
            assert_eq!(chain[0].is_issued_under(&roots, &all, now()), expected);
        };
        check(ALIPAY, &[], true);
        check(NEXT, &[], true);
        check(STRANGER, &[], false);
        let alipay = read(ALIPAY).expect("a chain");
        check(STRANGER, &[&alipay[1]], false);
        check(APP, &[], false);
        check(APP, &[&alipay[1]], false);
        let root = &roots[1];
        assert!(
            root.is_issued_under(&roots, &[], now()),
            "a root issued itself"
        );
        let after = root.ends_at.plus(std::time::Duration::from_secs(1));
        assert!(!root.is_issued_under(&roots, &[], after));
    }

    #[test]
    fn who_may_not_issue_has_issued_nothing() {
        let roots = read(ROOTS).expect("roots");
        let forged = read(FORGED).expect("a chain");
        let between: Vec<_> = forged[1..].iter().collect();

        assert!(
            forged[0].is_issued_by(&forged[1]),
            "with the application's own key"
        );
        assert!(forged[1].is_issued_under(&roots, &between, now()));
        assert!(!forged[0].is_issued_under(&roots, &between, now()));
    }
}
