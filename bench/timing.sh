#!/usr/bin/env bash
# Prints how long refusals take that must not tell anything apart. PROFILE=dev measures an unoptimised build, which is faster to make.
set -euo pipefail
cd "$(dirname "$0")/.."
profile=${PROFILE:-measure}
cargo build --profile "$profile" -p tests --example timing --quiet
[ "$profile" = dev ] && profile=debug
"target/$profile/examples/timing"
