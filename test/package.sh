#!/usr/bin/env bash
# Packs the project, installs it into an empty folder and compiles the bundled model there.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$root"
npm run --silent build
tarball=$(npm pack --silent --pack-destination "$work")
cd "$work"
echo '{ "private": true, "type": "module" }' > package.json
npm install --silent --no-audit --no-fund "./$tarball"
npx spikefold --version
npx spikefold compile node_modules/spikefold/examples/mnist/mnist-cntk.onnx --samples 16 -o build
npx spikefold verify build
node --input-type=module -e '
import { compileModel } from "spikefold";
import { passLaws } from "spikefold/testing";
import { simulator } from "spikefold/runtime";
if (typeof compileModel !== "function" || typeof passLaws !== "function" || typeof simulator !== "function") process.exit(1);
'
