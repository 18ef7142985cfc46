#!/usr/bin/env bash
# Builds the measured functions in release mode and prints what each costs as a whole process. CARGO_TARGET_DIR (default target/) holds the
# release build; the measuring program has its own folder inside it.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
target=${CARGO_TARGET_DIR:-$root/target}
cd "$root"
nice -n 19 cargo build --release --target-dir "$target" -p auth -p docs -p investors
cd bench/cold_start
nice -n 19 cargo build --release --target-dir "$target/bench" -p cold-start
nice -n 19 cargo build --profile function --target-dir "$target/bench" -p hello -p reader
exec "$target/bench/release/cold-start" "$target/release" "$target/bench/function"
