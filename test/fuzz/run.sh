#!/usr/bin/env bash
# Fuzzes one format: bash test/fuzz/run.sh --format nir --count 100000 --seed 0
set -euo pipefail
cd "$(dirname "$0")/../.."
npx tsc -p tsconfig.json --noEmit false --outDir build/fuzz
# The seeds of ONNX and of the language are files of this repository.
ln -sfn ../../examples build/fuzz/examples
ln -sfn ../../docs build/fuzz/docs
ln -sfn ../../../test/fixtures build/fuzz/test/fixtures
exec node build/fuzz/test/fuzz/main.js "$@"
