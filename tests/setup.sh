#!/bin/sh
# Installs from the system's packages what building and testing need and the machine lacks.
set -eu
missing=""
command -v cc >/dev/null || missing="$missing build-essential"
command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
# The browser that walks the admin UI, and a font with Chinese characters for it.
command -v chromium >/dev/null || missing="$missing chromium"
fc-list :lang=zh 2>/dev/null | grep -q . || missing="$missing fontconfig fonts-noto-cjk"
[ -z "$missing" ] && exit 0
echo "installing:$missing"
if ! command -v apt-get >/dev/null; then
    echo "please install:$missing" >&2
    exit 1
fi
sudo=""
[ "$(id -u)" = 0 ] || sudo=sudo
$sudo apt-get update -qq
# shellcheck disable=SC2086
DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends $missing
