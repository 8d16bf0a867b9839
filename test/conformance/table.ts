import { item } from "../../compiler/ir/core/index.ts";
import type { Case } from "./cases.ts";
import type { Outcome } from "./judge.ts";

export interface Judged {
  readonly test: Case;
  readonly outcome: Outcome;
}

const count = (judged: readonly Judged[], kind: Outcome["kind"]): number =>
  judged.filter(({ outcome }) => outcome.kind === kind).length;

const byOps = (judged: readonly Judged[]): readonly (readonly [string, readonly Judged[]])[] => {
  const groups = new Map<string, Judged[]>();
  for (const one of judged) {
    const ops = one.test.ops.join(" + ");
    groups.set(ops, [...(groups.get(ops) ?? []), one]);
  }
  return [...groups.keys()].sort().map((ops) => [ops, groups.get(ops) ?? []]);
};

const codesOf = (judged: readonly Judged[]): string => {
  const codes = judged.flatMap(({ outcome }) => (outcome.kind === "refused" ? outcome.codes : []));
  return [...new Set(codes)]
    .sort()
    .map((code) => `\`${code}\` ${codes.filter((other) => other === code).length}`)
    .join(", ");
};

/** One row for each set of operators; a test with two codes counts for both. */
export const tableByOps = (judged: readonly Judged[]): string => {
  const rows = byOps(judged).map(
    ([ops, group]) =>
      `| ${ops} | ${count(group, "passed")} | ${count(group, "refused")} | ${count(group, "failed")} | ${codesOf(group)} |`,
  );
  return ["| operators | passed | refused | failed | refused with |", "|---|---|---|---|---|", ...rows].join(
    "\n",
  );
};

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");

const withReason = (judged: readonly Judged[], kind: "refused" | "failed"): readonly string[] =>
  judged.flatMap(({ test, outcome }) => {
    if (outcome.kind !== kind) return [];
    const codes = outcome.kind === "refused" ? outcome.codes.map((code) => `\`${code}\``).join(", ") : "";
    return [`| \`${test.folder}\` | ${codes} | ${cell(outcome.why)} |`];
  });

const head = ["| test | code | why |", "|---|---|---|"];

const intro = (judged: readonly Judged[]): string =>
  `# Conformance

Made by \`UPDATE_GOLDEN=1 npm run test:conformance\` from the ONNX backend tests of onnx/onnx v1.22.0: those of
\`node\`, \`pytorch-converted\`, \`pytorch-operator\` and \`simple\` whose operators all belong to feed-forward networks.

**${count(judged, "passed")} of ${judged.length} passed, ${count(judged, "refused")} refused, ${count(judged, "failed")} failed.**

Passed: the importer reads the model, and the interpreter of the float network gives the stored outputs within a
relative error of 1e-3 plus 1e-7. Refused: the importer names what it does not read and nothing runs. Failed: anything
else, and a result that differs.

The tests feed weights when they run, and most have no batch axis. The first input is taken as data (and, when all
inputs are alike, all of them as well), the others become constants of the file. The first axis of the data is the
batch, and each of its indices runs as one sample. Where the operators work on each number alone, the whole tensor is
tried as one sample too. Every form that is read must match. \`mixes-batch\` marks tests that join samples or make
a new first axis, so that no run of one sample can give their output; it is no diagnostic of the importer.`;

/** The text of docs/conformance.md. */
export const documentOf = (judged: readonly Judged[]): string => {
  const passed = judged.filter(({ outcome }) => outcome.kind === "passed");
  const bad = withReason(judged, "failed");
  return [
    intro(judged),
    "## By operator",
    tableByOps(judged),
    ...(bad.length === 0 ? [] : ["## Failed", [...head, ...bad].join("\n")]),
    "## Passed",
    passed.map(({ test }) => `- \`${test.folder}\``).join("\n"),
    "## Refused",
    [...head, ...withReason(judged, "refused")].join("\n"),
  ]
    .join("\n\n")
    .concat("\n");
};

/** The tests that such a text lists as passed. */
export const passedIn = (document: string): readonly string[] =>
  [...document.matchAll(/^- `(.+)`$/gm)].map((match) => item(match, 1));
