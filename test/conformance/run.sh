#!/usr/bin/env bash
# The ONNX backend tests, imported and run by the interpreter of the float network; see docs/conformance.md.
# UPDATE_GOLDEN=1 rewrites that table. The last line is "N passed, N failed"; any failure makes the exit code non-zero.
set -uo pipefail
cd "$(dirname "$0")/../.."
data=../shared/data/onnx-backend-tests/v1.22.0.tar.xz
limit=300

if [ ! -f "$data" ]; then
  echo "skipped: the ONNX backend tests are not at $data"
  echo "0 passed, 0 failed"
  exit 0
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
folder=onnx/backend/test/data
if ! tar -xJf "$data" -C "$work" --exclude "$folder/real" --exclude "$folder/light"; then
  echo "$data cannot be unpacked"
  echo "0 passed, 1 failed"
  exit 1
fi

NO_COLOR=1 ONNX_BACKEND_TESTS=$work/$folder timeout --kill-after 5 "$limit" \
  npx vitest run --config test/conformance/vitest.config.ts --disable-console-intercept \
  --reporter=default --reporter=json --outputFile.json="$work/vitest.json"
code=$?
if [ $code -ge 124 ]; then
  echo "stopped after $limit s in $(cat "$work/$folder/running")"
  echo "0 passed, 1 failed"
  exit 1
fi

# Refused models are skipped tests: listed in the table, not counted.
node -e '
  const r = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"));
  const broken = r.testResults.filter((f) => f.status === "failed" && f.assertionResults.length === 0).length;
  console.log(`${r.numPendingTests} refused`);
  console.log(`${r.numPassedTests} passed, ${r.numFailedTests + broken} failed`);
' "$work/vitest.json" || { echo "0 passed, 1 failed"; exit 1; }
exit $code
