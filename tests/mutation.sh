#!/bin/sh
# Takes out one guard of the delivery engine after the other, in a copy of the tree, and shows that tests turn red.
# mutation.sh --check: only whether each change still fits the code; make test asks that.
# mutation.sh [NAME…]: arm_row token_guard quiet_period full_sync call_deadline clock_watch; all of them without a name.
set -eu
cd "$(dirname "$0")/.."
if [ "${1:-}" = --check ]; then
    for change in tests/mutation/*.patch; do
        git apply --check "$change" || {
            echo "$change does not fit the code any more" >&2
            exit 1
        }
    done
    exit 0
fi
names=${*:-arm_row token_guard quiet_period full_sync call_deadline clock_watch}
target=${CARGO_TARGET_DIR:-$PWD/target}/mutation
copy=$target/tree

# The tests that must notice, as filters of cargo test, and each of them must turn red.
tests_of() {
    case $1 in
    arm_row | token_guard) echo "t8_a_stale_worker_writes_nothing" ;;
    quiet_period) echo "nobody_looks_before_the_call nobody_looks_for_the_call_of_a_dead_worker" ;;
    full_sync) echo "every_commit_of_the_connection_that_writes_is_flushed_on_sqlite" ;;
    call_deadline) echo "a_call_whose_deadline_is_over_is_not_begun" ;;
    clock_watch) echo "t9_a_clock_that_jumps_ahead_during_a_call t9_a_clock_that_jumps_ahead_takes_nothing_for_absent" ;;
    *) echo "no such guard: $1" >&2; exit 2 ;;
    esac
}

# As if it were new, so that nothing that was built of a changed copy counts.
fresh() {
    rm -rf "$copy"
    mkdir -p "$copy"
    {
        git ls-files -z --cached --others --exclude-standard
        find admin-ui/dist -type f -print0 2>/dev/null || true
    } | tar --null --files-from=- --create --file=- | tar --extract --touch --directory="$copy"
}

run() { # arguments of cargo test
    (cd "$copy" && CARGO_TARGET_DIR=$target ${limit:-} cargo test --locked -q --features crashpoints --lib --test it "$@" 2>&1)
}

fresh
survived=""
for name in $names; do
    filters=$(tests_of "$name")
    (cd "$copy" && patch -s -p1 <"tests/mutation/$name.patch")
    echo "without the $(echo "$name" | tr _ ' '):"
    if ! output=$(run --no-run); then
        echo "$output" | tail -n 30
        echo "the copy without $name does not build" >&2
        exit 2
    fi
    for filter in $filters; do
        # A test that misses its guard may also wait for ever.
        if output=$(limit="timeout 600" run -- "$filter"); then
            echo "  $filter stayed green"
            survived="$survived $name/$filter"
        else
            red=$(echo "$output" | sed -n 's/^    \([a-z_0-9:]*::[a-z_0-9]*\)$/  red: \1/p' | sort -u)
            if [ -z "$red" ]; then
                echo "$output" | tail -n 30
                echo "no test of $filter turned red and none passed: that shows nothing" >&2
                exit 2
            fi
            echo "$red"
        fi
    done
    (cd "$copy" && patch -s -R -p1 <"tests/mutation/$name.patch")
done
if [ -n "$survived" ]; then
    echo "survived:$survived" >&2
    exit 1
fi
echo "each guard is missed by its tests"
