import { item } from "../../compiler/ir/core/index.ts";
import type { Case } from "./cases.ts";
import type { Outcome } from "./judge.ts";
import { knownDifferences } from "./known.ts";
import { tierNames } from "./tiers.ts";

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
    const reason = knownDifferences.get(test.folder) ?? outcome.why;
    return [`| \`${test.folder}\` | ${codes} | ${cell(reason)} |`];
  });

const head = ["| test | code | why |", "|---|---|---|"];

/** N of M by tier, each tier with those before it. */
export const tableByTier = (judged: readonly Judged[]): string => {
  const rows = tierNames.map((tier, i) => {
    const own = judged.filter(({ test }) => test.tier === tier);
    const soFar = judged.filter(({ test }) => tierNames.indexOf(test.tier) <= i);
    return `| ${tier} | ${count(own, "passed")} of ${own.length} | ${count(soFar, "passed")} of ${soFar.length} |`;
  });
  return ["| tier | passed | with the tiers before |", "|---|---|---|", ...rows].join("\n");
};

const intro = (judged: readonly Judged[]): string =>
  `# Conformance

Made by \`UPDATE_GOLDEN=1 npm run test:conformance\` from the ONNX backend tests of onnx/onnx v1.22.0: those of
\`node\`, \`pytorch-converted\`, \`pytorch-operator\` and \`simple\` whose operators all belong to a tier of
\`test/conformance/tiers.ts\` (A: feed-forward layers, B: shapes and arithmetic, C: quantized, D: activations,
normalisations, attention, E: recurrent and control flow), and whose inputs and outputs are single precision, integers
of 8 to 64 bits or truth values.

**${count(judged, "passed")} of ${judged.length} passed, ${count(judged, "refused")} refused, ${count(judged, "failed")} differ.**

${tableByTier(judged)}

Passed: the importer reads the model into the tensor level, and the interpreter gives the stored outputs within a
relative error of 1e-3 plus 1e-7. Refused: the importer names what it does not read and nothing runs. Differ: listed
below with the reason; any other difference fails the run.

The tests feed weights when they run. The first input is taken as data (and, when all inputs are alike, all of them as
well), the others become constants of the file; where only constants can be read, all are constants, and the importer
computes the result. Every form that is read must match.`;

/** The text of docs/conformance.md. */
export const documentOf = (judged: readonly Judged[]): string => {
  const passed = judged.filter(({ outcome }) => outcome.kind === "passed");
  const bad = withReason(judged, "failed");
  return [
    intro(judged),
    "## Refused",
    [...head, ...withReason(judged, "refused")].join("\n"),
    ...(bad.length === 0 ? [] : ["## Differ", [...head, ...bad].join("\n")]),
    "## By operator",
    tableByOps(judged),
    "## Passed",
    passed.map(({ test }) => `- \`${test.folder}\``).join("\n"),
  ]
    .join("\n\n")
    .concat("\n");
};

/** The tests that such a text lists as passed. */
export const passedIn = (document: string): readonly string[] =>
  [...document.matchAll(/^- `(.+)`$/gm)].map((match) => item(match, 1));
