#!/bin/sh
# Makes the certificates of this folder anew, with OpenSSL 3: shaped as Alipay's are, under names of our own, and good for a
# hundred years, so that no test ends with them. The keys protect nothing; those of the issuers are thrown away.
#
#   roots.pem     what the console calls the root certificates: SM2, RSA, an elliptic curve, and an older RSA with SHA-1
#   app.pem       the application's, for ../key.pem; ended.pem is the one that it had before, which has ended
#   alipay.pem    the platform's, for ../key.pem, and who issued it
#   next.pem      the one that the platform changes to, for next_key.pem, issued by the same
#   forged.pem    one for stranger_key.pem that bears the platform's name, but was issued with app.pem, which may not issue
#   stranger.pem  one that bears the platform's names but comes from other roots, for stranger_key.pem
set -eu
cd "$(dirname "$0")"
out=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >ca.conf <<EOF
[ca]
default_ca = any
[any]
database = index
new_certs_dir = .
policy = names
unique_subject = no
rand_serial = yes
email_in_dn = no
string_mask = utf8only
[names]
countryName = supplied
organizationName = supplied
organizationalUnitName = supplied
commonName = supplied
[req]
distinguished_name = none
string_mask = utf8only
[none]
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
[app]
keyUsage = critical, digitalSignature, nonRepudiation
[platform]
keyUsage = critical, digitalSignature, nonRepudiation, keyEncipherment, dataEncipherment, keyAgreement
EOF
: >index

# name, subject, key: a request to be certified.
ask() {
    openssl req -new -utf8 -config ca.conf -subj "$2" -key "$3" -out "$1.csr"
}

# name, subject, digest: a root of its own.
root() {
    openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$1.key"
    ask "$1" "$2" "$1.key"
    openssl ca -batch -config ca.conf -selfsign -extensions authority -notext -md "$3" \
        -keyfile "$1.key" -in "$1.csr" -out "$1.pem" -startdate 20180101000000Z -enddate 21300101000000Z 2>/dev/null
}

# name, issuer, extensions, end: certifies a request.
certify() {
    openssl ca -batch -config ca.conf -extensions "$3" -notext -md sha256 \
        -cert "$2.pem" -keyfile "$2.key" -in "$1.csr" -out "$1.pem" -startdate 20200101000000Z -enddate "$4" 2>/dev/null
}

# name, subject, issuer: somebody who may issue.
authority() {
    openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$1.key"
    ask "$1" "$2" "$1.key"
    certify "$1" "$3" authority 21300101000000Z
}

house="/C=CN/O=Sim Financial/OU=Certification Authority/CN=Sim Financial Certification Authority"
merchant="/C=CN/O=模拟商家有限公司/OU=Alipay"
app="$merchant/CN=2088000000000001-2021000000000001"
platform="$merchant/CN=支付宝(中国)网络技术有限公司-2088000000000001"

root r1 "$house R1" sha256
root g3 "/C=CN/O=SimTrust/OU=China Trust Network/CN=SimTrust Class 2 Root CA - G3" sha1
authority class1 "$house Class 1 R1" r1
authority class2 "$house Class 2 R1" r1
for curve in SM2 P-384; do
    openssl genpkey -quiet -algorithm EC -pkeyopt "ec_paramgen_curve:$curve" -out "$curve.key"
done
openssl req -x509 -config ca.conf -extensions authority -key SM2.key -sm3 -days 36500 -subj "/C=CN/O=SimCAC/CN=ROOTCA" -out sm2.pem
openssl req -x509 -config ca.conf -extensions authority -key P-384.key -sha384 -days 36500 -subj "$house E1" -out e1.pem
cat sm2.pem r1.pem e1.pem g3.pem >"$out/roots.pem"

key=$out/../key.pem
ask app "$app" "$key"
certify app class1 app 21210101000000Z
cp app.pem "$out/app.pem"
ask ended "$app" "$key"
certify ended class1 app 20220101000000Z
cp ended.pem "$out/ended.pem"

ask alipay "$platform" "$key"
certify alipay class2 platform 21200101000000Z
cat alipay.pem class2.pem >"$out/alipay.pem"
openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$out/next_key.pem"
ask next "$platform" "$out/next_key.pem"
certify next class2 platform 21200601000000Z
cat next.pem class2.pem >"$out/next.pem"

openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$out/stranger_key.pem"
cp "$key" app.key
ask forged "$platform" "$out/stranger_key.pem"
certify forged app platform 21200101000000Z
cat forged.pem app.pem class1.pem >"$out/forged.pem"

# The same names from first to last, but other keys.
root r1 "$house R1" sha256
authority class2 "$house Class 2 R1" r1
ask stranger "$platform" "$out/stranger_key.pem"
certify stranger class2 platform 21200101000000Z
cat stranger.pem class2.pem r1.pem >"$out/stranger.pem"
