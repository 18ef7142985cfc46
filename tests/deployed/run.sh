#!/usr/bin/env bash
# Deploys template.yaml to an AWS emulator that enforces IAM, and tests the deployed stack. Requires cargo and python3.
# Arguments are passed to pytest: tests/deployed/run.sh -k import
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."
venv=$here/.venv
if [ ! "$venv/.installed" -nt "$here/requirements.txt" ]; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"
  touch "$venv/.installed"
fi
# Debug binaries from the build that everything else uses too. Selecting only some packages would rebuild the dependency tree.
cargo build --workspace --bins --tests --locked --quiet
exec "$venv/bin/python" -m pytest "$here" --quiet -p no:cacheprovider "$@"
