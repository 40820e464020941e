#!/bin/sh
# Runs a throw-away PostgreSQL on a port for as long as a process lives: postgres.sh PORT PID [DIR]
# With a folder, one that was stopped there goes on with its data.
set -eu
port=$1
owner=$2
bin=$(dirname "$(command -v initdb || ls -d /usr/lib/postgresql/*/bin/initdb | sort -V | tail -n 1)")
dir=${3:-$(mktemp -d)}
mkdir -p "$dir"
as=""
if [ "$(id -u)" = 0 ]; then
    # PostgreSQL refuses to run as root.
    chown postgres "$dir"
    as="runuser -u postgres --"
fi
cd "$dir"
[ -d "$dir/data" ] || $as "$bin/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --locale=C -N >/dev/null
$as "$bin/pg_ctl" -D "$dir/data" -w -l "$dir/log" start \
    -o "-p $port -h 127.0.0.1 -k $dir -c fsync=off -c full_page_writes=off -c max_connections=300 -c shared_buffers=64MB" >/dev/null
while kill -0 "$owner" 2>/dev/null; do sleep 1; done
$as "$bin/pg_ctl" -D "$dir/data" -m immediate stop >/dev/null 2>&1 || true
rm -rf "$dir"
