import fc from "fast-check";
import { expect, test } from "vitest";
import { loihi1 } from "../../../backends/loihi1/index.ts";
import { Rejected } from "../../../compiler/diagnostics/index.ts";
import { programFiles, readProgram } from "../../../compiler/formats/program/index.ts";
import { type IntegerGraph, item, type MachineProgram } from "../../../compiler/ir/index.ts";
import { mapNetwork } from "../../../compiler/map/index.ts";
import { type RealizedBuild, realizeIntegers } from "../../../compiler/realize/realize.ts";
import { inputsOf, integerGraphs, modes } from "../../../compiler/testing/index.ts";
import { carrierOf } from "../../../runtime/cycle/index.ts";
import { encodeInput, runInteger } from "../../../runtime/integer/index.ts";
import { streamSpikingLevels } from "../../../runtime/spiking/index.ts";

type Files = ReadonlyMap<string, Uint8Array>;

const filesOf = (program: MachineProgram): Files =>
  new Map(
    loihi1.write(program).map(({ path, bytes }) => [path, new Uint8Array(Buffer.concat([...bytes()]))]),
  );

const reread = (files: Files): MachineProgram =>
  readProgram(
    files.get(programFiles.json) ?? new Uint8Array(),
    files.get(programFiles.binary) ?? new Uint8Array(),
  );

/** Null when the sums of the graph are too wide for the chip. */
const realized = (graph: IntegerGraph): RealizedBuild | null => {
  try {
    return realizeIntegers(graph, loihi1.target);
  } catch (error) {
    if (!(error instanceof Rejected)) throw error;
    return null;
  }
};

test("the emitted files, run with the chip's integers, give every level of the integer network", () => {
  let ran = 0;
  fc.assert(
    fc.property(integerGraphs({ maxSteps: 5 }), fc.nat(99), (graph, seed) => {
      const build = realized(graph);
      if (build === null) return;
      const files = filesOf(mapNetwork(build.realized.network, loihi1).program);
      expect(loihi1.validate(files)).toEqual([]);
      const program = reread(files);
      const { integer, ownPairs } = build;
      const samples = modes.map((style, k) => inputsOf(integer, seed + k, style).inputs);
      const levels = samples.map(
        (s) => new Map(integer.inputs.map((i) => [i.attrs.name, encodeInput(i, item([...s.values()], 0))])),
      );
      const run = streamSpikingLevels(program.network, levels, { carrier: carrierOf(program) });
      let n = 0;
      for (const sample of run.samples) {
        const wanted = runInteger(integer, item(samples, n++));
        for (const [node, id] of ownPairs) expect([...sample.at(id).data]).toEqual([...wanted.at(node).data]);
      }
      expect(n).toBe(modes.length);
      ran++;
    }),
    { numRuns: 60 },
  );
  expect(ran).toBeGreaterThan(40);
});

const example = (): MachineProgram => {
  const builds = fc.sample(integerGraphs({ maxSteps: 6 }), { numRuns: 40, seed: 3 }).map(realized);
  const programs = builds.flatMap((b) =>
    b === null ? [] : [mapNetwork(b.realized.network, loihi1).program],
  );
  return programs.reduce((a, b) => (sizeOf(a) >= sizeOf(b) ? a : b));
};

const sizeOf = (program: MachineProgram): number => program.lists.reduce((n, l) => n + l.slot.length, 0);

const program = example();

const codesOf = (changed: MachineProgram): readonly string[] =>
  loihi1.validate(filesOf(changed)).map((d) => d.code);

const withCore = (
  core: number,
  change: (c: MachineProgram["cores"][number]) => MachineProgram["cores"][number],
): MachineProgram => ({
  ...program,
  cores: program.cores.map((c, i) => (i === core ? change(c) : c)),
});

const withLists = (change: (l: MachineProgram["lists"][number]) => void): MachineProgram => {
  const lists = program.lists.map((l) => ({ ...l, mantissa: l.mantissa.slice(), kind: l.kind.slice() }));
  change(item(lists, 0));
  return { ...program, lists };
};

test("a written program is accepted", () => {
  expect(sizeOf(program)).toBeGreaterThan(100);
  expect(codesOf(program)).toEqual([]);
});

test("the checker finds what is planted", () => {
  const uses = (c: MachineProgram["cores"][number]) => c.uses.map((u) => ({ ...u, amount: u.amount - 1 }));
  expect(codesOf(withCore(0, (c) => ({ ...c, uses: uses(c) })))).toContain("loihi1/count-differs");
  expect(
    codesOf(withCore(0, (c) => ({ ...c, formats: c.formats.map((f) => ({ ...f, delay: 9 })) }))),
  ).toContain("loihi1/delay-too-long");
  expect(
    codesOf(withCore(0, (c) => ({ ...c, formats: c.formats.map((f) => ({ ...f, exponent: 20 })) }))),
  ).toContain("loihi1/weight-off-grid");
  expect(codesOf(withCore(0, (c) => ({ ...c, port: 4 })))).toContain("loihi1/core-unplaced");
  expect(codesOf(withCore(0, (c) => ({ ...c, chip: 7 })))).toContain("loihi1/core-unplaced");
  expect(codesOf(withLists(({ mantissa }) => mantissa.fill(3, 0, 1)))).toEqual(["loihi1/weight-off-grid"]);
  expect(codesOf(withLists(({ mantissa }) => mantissa.fill(256, 0, 1)))).toEqual(["loihi1/weight-off-grid"]);
  expect(codesOf(withLists(({ kind }) => kind.fill(200, 0, 1)))).toContain("program/list-damaged");
});

test("overlapping slots are found", () => {
  const moved = withCore(0, (c) => ({
    ...c,
    blocks: c.blocks.map((b, i) => (i === 1 ? { ...b, slot: 0 } : b)),
  }));
  expect(codesOf(moved)).toContain("program/misplaced");
});

test("a missing file is named", () => {
  const files = new Map(filesOf(program));
  files.delete(programFiles.binary);
  expect(loihi1.validate(files).map((d) => d.what)).toEqual(["program.bin is missing"]);
});

test("resources.json says what is used of what, with the source of the limit", () => {
  const text = new TextDecoder().decode(filesOf(program).get("resources.json"));
  const document: unknown = JSON.parse(text);
  expect(document).toMatchObject({ format: "spikefold/resources@1", cores: program.cores.length, chips: 1 });
  expect(text).toContain("nengo-loihi");
});
