import { expect, test } from "vitest";
import { tensorContracts } from "../../compiler/check/index.ts";
import { named } from "../../compiler/diagnostics/index.ts";
import { floats, makeTensor, rewrite, type TensorGraph, tensorLevel } from "../../compiler/ir/index.ts";
import {
  type Contract,
  definePass,
  type Planned,
  plan,
  type RunOptions,
  runPasses,
} from "../../compiler/pass/index.ts";
import { tensorEvaluator, testContext } from "../../compiler/testing/index.ts";

const at = (name: string) => [named(name)];

const graph = (): TensorGraph => {
  const x = makeTensor("input", [], { name: "x", shape: [2] }, at("x"));
  const relu = makeTensor("unary", [x], { fn: { kind: "relu" } }, at("relu"));
  return { name: "small", inputs: [x], outputs: [{ name: "y", value: relu }] };
};

/** A pass that puts `scale x` behind every relu, once. */
const scaling = (
  name: string,
  scale: number,
  contract: Contract,
  bound: number | null = null,
): Planned<"tensor"> =>
  plan(
    definePass({
      name,
      level: "tensor",
      summary: "Scales what a relu gives.",
      contract,
      idempotent: false,
      options: {},
      run: (before, _options, context) => {
        context.measure("scale", scale);
        if (bound !== null) context.bound(bound);
        return rewrite(tensorLevel, before, {
          unary: (node, { make }) =>
            scale === 1
              ? null
              : make("affine", [node], { scale: floats("s", [1], Float64Array.of(scale)), shift: null }),
        });
      },
    }),
    {},
  );

const exact: Contract = { kind: "exact" };

const settings = (extra: Partial<RunOptions<"tensor">> = {}): RunOptions<"tensor"> => {
  let time = 0;
  const clock = (): number => {
    time += 5;
    return time;
  };
  return { context: testContext(null), clock, ...extra };
};

test("reports name, time, figures, and whether the graph is another object", () => {
  const { reports, stopped } = runPasses(
    [scaling("same", 1, exact), scaling("twice", 2, exact)],
    graph(),
    settings(),
  );
  expect(reports.map(({ pass, milliseconds, changed }) => [pass, milliseconds, changed])).toEqual([
    ["same", 5, false],
    ["twice", 5, true],
  ]);
  expect(reports[1]?.figures.get("scale")).toBe(2);
  expect(stopped).toBe(false);
});

test("a graph that no pass changed is given back as it is", () => {
  const before = graph();
  expect(runPasses([scaling("same", 1, exact)], before, settings()).graph).toBe(before);
});

test("stops after the named pass and says so", () => {
  const { reports, stopped } = runPasses(
    [scaling("a", 2, exact), scaling("b", 2, exact)],
    graph(),
    settings({ stopAfter: "a" }),
  );
  expect([reports.length, stopped]).toEqual([1, true]);
});

test("leaves out skipped passes and dumps the text after the named ones", () => {
  const dumps: [string, string][] = [];
  const options = settings({ skip: ["a"], dumpAfter: ["b"], dump: (pass, text) => dumps.push([pass, text]) });
  runPasses([scaling("a", 2, exact), scaling("b", 4, exact)], graph(), options);
  expect(dumps.map(([pass]) => pass)).toEqual(["b"]);
  expect(dumps[0]?.[1]).toContain("affine(relu, scale=s)");
  expect(dumps[0]?.[1]).toContain("weight s : f64[1] = [4]");
});

test("calls progress before each pass with how many are done", () => {
  const calls: unknown[] = [];
  runPasses(
    [scaling("a", 1, exact), scaling("b", 1, exact)],
    graph(),
    settings({ progress: (...call) => calls.push(call) }),
  );
  expect(calls).toEqual([
    ["a", 0, 2],
    ["b", 1, 2],
  ]);
});

test("a pass whose result breaks an invariant is named with the invariant", () => {
  const orphan = plan(
    definePass({
      name: "lose-origin",
      level: "tensor",
      summary: "Forgets where nodes come from.",
      contract: exact,
      idempotent: true,
      options: {},
      run: (before) => ({
        ...before,
        outputs: before.outputs.map(({ name, value }) => ({
          name,
          value: makeTensor("reshape", [value], { shape: [2] }, []),
        })),
      }),
    }),
    {},
  );
  expect(() => runPasses([orphan], graph(), settings())).toThrow(
    /lose-origin is broken: D4 \(every node has an origin\): reshape/,
  );
});

const verify = tensorContracts(tensorEvaluator);

test("an exact pass that changes values fails the run under verify, and only there", () => {
  const wrong = [scaling("double", 2, exact)];
  expect(() => runPasses(wrong, graph(), settings({ verify }))).toThrow(
    /double is broken: not equal: y\[0\] was/,
  );
  expect(runPasses(wrong, graph(), settings()).reports[0]?.verdict).toBe(null);
});

test("a bounded pass must stay below the bound that it states", () => {
  const relative: Contract = { kind: "bounded", norm: "relative" };
  const run = (bound: number | null) =>
    runPasses([scaling("near", 1.125, relative, bound)], graph(), settings({ verify }));
  expect(run(0.125).reports[0]?.verdict?.measured).toBe(0.125);
  expect(() => run(0.0625)).toThrow(/measured 0.125, stated bound 0.0625/);
  expect(() => run(null)).toThrow(/stated no bound/);
});
