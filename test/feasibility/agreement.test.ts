/** What check says of a network, against what a compile of it does. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { loihi1 } from "../../backends/loihi1/index.ts";
import { simulator } from "../../backends/simulator/index.ts";
import { spinnaker1 } from "../../backends/spinnaker1/index.ts";
import { scalarFunctions, tensorEvaluator } from "../../compiler/cli/engines.ts";
import { type Feasibility, judge, prepare } from "../../compiler/feasibility/index.ts";
import { readOnnx } from "../../compiler/formats/onnx/index.ts";
import { item, type TensorGraph } from "../../compiler/ir/index.ts";
import type { CompileOptions } from "../../compiler/pipeline/options.ts";
import { buildTarget } from "../../compiler/pipeline/target-stage.ts";
import { runTensorStage, toIntegers } from "../../compiler/pipeline/tensor-stage.ts";
import type { Backend } from "../../compiler/target/index.ts";
import { tensorGraphs, testContext } from "../../compiler/testing/index.ts";
import { codesOf } from "../rejected.ts";
import { repoBytes } from "../shared-data.ts";

const engines = { tensor: tensorEvaluator, scalars: scalarFunctions };
const backends: readonly Backend[] = [loihi1, spinnaker1, simulator];

const optionsFor = (levels: number, weightBits: number): CompileOptions => ({
  mode: "auto",
  fold: null,
  quantize: { levels, weightBits, samples: 1, biasCorrection: false },
  seed: 0,
  skip: [],
  dumpAfter: [],
  stopAfter: null,
  verify: false,
});

interface Compiled {
  readonly codes: readonly string[];
  readonly cores: number | null;
  readonly steps: number | null;
  readonly spikeBound: number | null;
}

/** One target by the stages of a compile, with the images of a check. */
const compiled = (graph: TensorGraph, backend: Backend, options: CompileOptions): Compiled => {
  const context = {
    ...testContext(null),
    seed: options.seed,
    targets: [backend.target],
    tensor: tensorEvaluator,
  };
  let built: ReturnType<typeof buildTarget> | null = null;
  const codes = codesOf(() => {
    const stage = runTensorStage(graph, options, { context, clock: () => 0 });
    built = buildTarget(toIntegers(stage.quantized, scalarFunctions, context).graph, backend, "auto");
  });
  const found: ReturnType<typeof buildTarget> | null = built;
  return { codes, ...figuresOf(found) };
};

const figuresOf = (built: ReturnType<typeof buildTarget> | null): Omit<Compiled, "codes"> =>
  built === null
    ? { cores: null, steps: null, spikeBound: null }
    : { cores: built.mapping.cores, steps: built.steps, spikeBound: built.spikeBound };

const checked = (graph: TensorGraph, options: CompileOptions): readonly Feasibility[] =>
  judge(prepare(graph, options, engines), backends, engines, [], () => undefined);

/** How far the cores of a mapping may be from the model, which fills one core of every layer: parts of few cores count. */
const within = (cores: number, about: number): boolean =>
  Math.abs(cores - about) <= Math.max(4, 0.15 * cores);

test("a network fits if and only if it compiles, with the same steps and bounds", () => {
  const seen = { fits: 0, refused: 0 };
  fc.assert(
    fc.property(tensorGraphs(), fc.constantFrom(1, 3, 15), fc.constantFrom(4, 8), (graph, levels, bits) => {
      const options = optionsFor(levels, bits);
      if (codesOf(() => prepare(graph, options, engines)).length > 0) return;
      for (const [i, found] of checked(graph, options).entries()) {
        const made = compiled(graph, item(backends, i), options);
        expect([found.target, found.fits]).toEqual([found.target, made.codes.length === 0]);
        if (!found.fits) {
          seen.refused++;
          expect(found.refusals.map((r) => r.fault.code)).toEqual(
            expect.arrayContaining([...new Set(made.codes)]),
          );
          continue;
        }
        seen.fits++;
        expect([found.steps, found.spikeBound]).toEqual([made.steps, made.spikeBound]);
        expect(found.estimate?.coresBound ?? Infinity).toBeLessThanOrEqual(made.cores ?? 0);
        expect(within(made.cores ?? 0, found.estimate?.cores ?? 0)).toBe(true);
      }
    }),
    { numRuns: 16, seed: 41 },
  );
  expect(seen.fits).toBeGreaterThan(30);
}, 240_000);

test("the cores of a real network are near what check says, and never below what it proves", () => {
  const { graph } = readOnnx(repoBytes("examples/mnist/mnist-cntk.onnx"), "mnist-cntk.onnx");
  const options = optionsFor(15, 8);
  const found = checked(graph, options);
  const rows = found.map(({ target, estimate, fits }, i) => {
    const { cores } = compiled(graph, item(backends, i), options);
    expect(estimate?.coresBound ?? Infinity).toBeLessThanOrEqual(cores ?? 0);
    return [target, fits, within(cores ?? 0, estimate?.cores ?? 0)];
  });
  expect(rows).toEqual(backends.map(({ target }) => [target.name, true, true]));
}, 240_000);
