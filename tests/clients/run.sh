#!/bin/sh
# Installs the client libraries into a folder, starts the simulators, and lets the libraries run their flows.
set -eu
fenfa=$1
venv=$2
here=$(dirname "$0")
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/pip" install --quiet --requirement "$here/requirements.txt" || {
    echo "the client libraries cannot be installed: this needs PyPI, or its packages in pip's cache" >&2
    exit 1
}
cp "$here/package.json" "$venv/package.json"
npm install --prefix "$venv" --no-audit --no-fund --silent || {
    echo "the client libraries cannot be installed: this needs npm" >&2
    exit 1
}
CLIENTS=$(cd "$venv" && pwd)
export CLIENTS
out=$(mktemp)
# A free port for the platforms' calls, which go to no private address but those that are allowed.
LISTEN=$("$venv/bin/python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
export LISTEN
FENFA__OUTBOUND__ALLOW_PRIVATE="[\"127.0.0.1:$LISTEN\"]" "$fenfa" simulators --listen 127.0.0.1:0 >"$out" &
simulators=$!
trap 'kill "$simulators" 2>/dev/null || true; rm -f "$out"' EXIT
until grep -q '^control' "$out"; do
    kill -0 "$simulators" 2>/dev/null || { echo "the simulators did not start" >&2; exit 1; }
    sleep 0.2
done
SIMULATORS=$(sed -n 's|^control *\(http://[^/]*\)/.*|\1|p' "$out")
export SIMULATORS
"$venv/bin/python" -m unittest discover -s "$here" -v
node --test "$here"/test_*.cjs
