#!/usr/bin/env bash
# Deploys template.yaml to an AWS emulator with IAM enforced and tests what was deployed. Needs cargo and python3.
# Arguments go to pytest: tests/deployed/run.sh -k import
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."
venv=$here/.venv
if [ ! "$venv/.installed" -nt "$here/requirements.txt" ]; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"
  touch "$venv/.installed"
fi
# The debug binaries of the one build that everything else uses too: a package selection of its own would rebuild the tree.
cargo build --workspace --all-targets --locked --quiet
exec "$venv/bin/python" -m pytest "$here" --quiet -p no:cacheprovider "$@"
