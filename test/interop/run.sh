#!/usr/bin/env bash
# Real tools read what we write, in pinned Python environments: PACMAN and SpiNNMachine, no board needed; the reference
# NIR package, Norse, snnTorch and SpikingJelly.
# The last line is "N passed, N failed"; any failure makes the exit code non-zero.
set -uo pipefail
cd "$(dirname "$0")/../.."
work=build/interop
passed=0
failed=0

give_up() {
  echo "$1"
  echo "$passed passed, $((failed + 1)) failed"
  exit 1
}

# Makes test/interop/.venv-$1 with Python $2 from requirements-$1.txt; kept while the requirements stay the same.
environment() {
  local venv=test/interop/.venv-$1
  local requirements=test/interop/requirements-$1.txt
  cmp -s "$requirements" "$venv/installed.txt" && return 0
  command -v "python$2" >/dev/null || { echo "python$2 is missing"; return 1; }
  "python$2" -m venv --clear "$venv" &&
    "$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps -r "$requirements" &&
    cp "$requirements" "$venv/installed.txt"
}

# Runs a script whose last line is "N passed, M failed" and adds its counts.
counted() {
  local log
  log=$(mktemp)
  "$@" 2>&1 | tee "$log"
  local code=${PIPESTATUS[0]}
  local line
  line=$(grep -E '^[0-9]+ passed, [0-9]+ failed$' "$log" | tail -n 1)
  rm -f "$log"
  [ -n "$line" ] || { echo "no count from: $*"; failed=$((failed + 1)); return; }
  local bad=${line##*, }
  bad=${bad%% *}
  [ "$bad" = 0 ] && [ "$code" -ne 0 ] && bad=1
  passed=$((passed + ${line%% *}))
  failed=$((failed + bad))
}

environment spinnaker 3.11 && environment nir 3.11 || give_up "a Python environment could not be made"

rm -rf "$work"
mkdir -p "$work"
npm run --silent build || give_up "the build failed"
npx tsc -p tsconfig.json --noEmit false --outDir "$work/js" || give_up "the test programs do not compile"
node "$work/js/test/interop/write-random.js" "$work" || give_up "the random networks could not be written"
node "$work/js/test/interop/nir/write.js" "$work/nir" || give_up "the random NIR files could not be written"
node dist/compiler/cli/main.js compile examples/mnist/mnist-cntk.onnx --target spinnaker1 -o "$work/mnist-cntk" ||
  give_up "mnist-cntk did not compile"

# The tools write reports into the working folder and read their settings from the home folder.
python=$PWD/test/interop/.venv-spinnaker/bin/python
script=$PWD/test/interop/spinnaker.py
simulators=$PWD/test/interop/.venv-nir/bin/python
simulator_script=$PWD/test/interop/nir_simulators.py
export HOME=$PWD/$work
cd "$work" || give_up "no $work"
counted "$python" "$script" {one-board,full-cores,three-boards,mnist-cntk}/spinnaker1
counted "$simulators" "$simulator_script" nir

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
