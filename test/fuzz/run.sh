#!/usr/bin/env bash
# Fuzzes one format: bash test/fuzz/run.sh --format nir --count 100000 --seed 0
set -euo pipefail
cd "$(dirname "$0")/../.."
npx tsc -p tsconfig.json --noEmit false --outDir build/fuzz
# The seeds of ONNX are models of this repository.
ln -sfn ../../examples build/fuzz/examples
exec node build/fuzz/test/fuzz/main.js "$@"
