import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeSimulator } from "../../../backends/simulator/write.ts";
import { writeNetwork } from "../../../backends/simulator/write-network.ts";
import { projectFiles } from "../../../backends/simulator/write-project.ts";
import {
  integers,
  type LinearMap,
  linearMap,
  type MachineProgram,
  type Numbers,
  type SpikingNetwork,
  type Weight,
} from "../../../compiler/ir/index.ts";
import { runSpiking } from "../../../runtime/spiking/index.ts";
import { repoBytes } from "../../shared-data.ts";
import { onTwoCores, smallNetwork, twoInputs } from "./hand-made.ts";
import { type Installed, installed } from "./installed.ts";
import { costOf, generated, interpreted } from "./spikes.ts";

let place: Installed;

beforeAll(() => {
  place = installed();
}, 120_000);

afterAll(() => place.remove());

const titles = { network: "small", input: "image", hidden: "hidden", sum: "sum", output: "scores" };

const built = (name: string, program: MachineProgram): string => place.write(name, writeSimulator(program));

const fine = { code: 0, out: "", errors: "" };

const sample = (seed: number): Numbers => ({
  shape: [1, 6, 6],
  data: Float64Array.from({ length: 36 }, (_, i) => ((i * seed + 3) % 17) / 2),
});

test("a program type-checks where only spikefold is installed, and sends what the interpreter sends", () => {
  const network = smallNetwork(titles);
  const folder = built("build/plain", onTwoCores(network));
  expect(place.tsc("build/plain")).toEqual(fine);
  const samples = [sample(5), sample(7), sample(11)];
  const found = generated(place, folder, [1, 6, 6], samples);
  expect(found.map((f) => f.hash)).toEqual(interpreted(network, titles.input, samples));
  expect(found.map((f) => f.cost)).toEqual(samples.map((s) => costOf(onTwoCores(network), titles.input, s)));
});

test("a program prints its outputs, sums and spike counts by the names of the model", () => {
  const network = smallNetwork(titles);
  const folder = built("build/plain", onTwoCores(network));
  const said = place.node(folder, ["network.js", "-"], sample(5).data.join(" "));
  expect(said.errors).toBe("");
  const wanted = runSpiking(network, new Map([[titles.input, sample(5)]]));
  const sums = [...(wanted.outputs.get(titles.output)?.data ?? [])];
  expect(sums.some((s) => s !== 0)).toBe(true);
  expect(JSON.parse(said.out)).toMatchObject({
    outputs: [{ name: "scores", shape: [3], integers: sums, values: sums.map((s) => s / 4) }],
    spikes: [...wanted.counters.spikes].map(([name, count]) => ({ name, count })),
    cost: { steps: 3 },
  });
});

test("a changed copy of a program can be compiled and run", () => {
  const folder = built("copy", onTwoCores(smallNetwork(titles)));
  const file = join(folder, "network.ts");
  const code = readFileSync(file, "utf8").replace("scale: [0.25]", "scale: [0.5]");
  writeFileSync(file, code);
  expect(place.tsc("copy", "--noEmit", "false")).toEqual(fine);
  const said = place.node(folder, ["network.js", "-"], sample(5).data.join(" "));
  const [scores] = JSON.parse(said.out).outputs;
  expect(scores.values).toEqual(scores.integers.map((s: number) => s / 2));
});

test("the package of a program asks for this version of spikefold", () => {
  const { version } = JSON.parse(new TextDecoder().decode(repoBytes("package.json")));
  expect(JSON.parse(projectFiles.get("package.json") ?? "").dependencies).toEqual({
    spikefold: `^${version}`,
  });
});

test("bad input ends with code 2 and says what to change", () => {
  const folder = built("build/plain", onTwoCores(smallNetwork(titles)));
  const says = (args: readonly string[], text: string): readonly [number | null, string] => {
    const { code, errors } = place.node(folder, ["network.js", ...args], text);
    return [code, errors.split("\n")[0] ?? ""];
  };
  expect(says([], "")).toEqual([
    2,
    "error[generated/usage]: the program needs one file for each of its inputs (1)",
  ]);
  expect(says(["-"], "1 2 3")).toEqual([
    2,
    'stdin: node "image": error[generated/input-shape]: the data does not fit the input',
  ]);
  expect(says(["none.npy"], "")).toEqual([2, "none.npy: error[data/missing]: the file does not exist"]);
});

test("a network with two inputs takes two files with as many samples", () => {
  const network = twoInputs(titles, "bump");
  const folder = built("build/two", onTwoCores(network));
  expect(place.tsc("build/two")).toEqual(fine);
  const bump = Float64Array.of(-8, 7, 1, 3);
  writeFileSync(join(folder, "image.txt"), [...sample(5).data, ...sample(7).data].join("\n"));
  writeFileSync(join(folder, "bump.txt"), [...bump, ...bump.map((x) => -x)].join(" "));
  const said = place.node(folder, ["network.js", "image.txt", "bump.txt"]);
  expect(said.errors).toBe("");
  const runs = [5, 7].map((seed) => {
    const given = bump.map((x) => (seed === 5 ? x : -x));
    return (
      runSpiking(
        network,
        new Map([
          ["image", sample(seed)],
          ["bump", { shape: [4], data: given }],
        ]),
      ).outputs.get("scores")?.data ?? []
    );
  });
  const lines = said.out.trimEnd().split("\n");
  expect(lines.map((line) => JSON.parse(line).outputs[0].integers)).toEqual(runs.map((r) => [...r]));
  writeFileSync(join(folder, "bump.txt"), [...bump].join(" "));
  const uneven = place.node(folder, ["network.js", "image.txt", "bump.txt"]);
  expect([uneven.code, uneven.out]).toEqual([2, ""]);
  expect(uneven.errors).toContain("they hold 2, 1");
});

// B45 to B48 of the reliability rows: what a name does to a program that is written without care.
const hostile = [
  '"); process.exit(7);//',
  "*/ process.exit(7); /*",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a placeholder in a name
  "${1+1}",
  "`;process.exit(7);`",
  "a\nb",
  "\u2028\u2029",
  "\ud800",
  "\\",
  "__proto__",
  "constructor",
  "fitted(",
  "</script>",
];

test("names that are code, comments or line ends compile, run and come back unchanged", () => {
  const groups = [0, 4, 8].map((i) => hostile.slice(i, i + 4));
  const programs = groups.map(([input = "", hidden = "", sum = "", output = ""], g) => {
    const network = smallNetwork({ network: hidden, input, hidden, sum, output });
    return {
      input,
      network,
      name: `build/hostile${g}`,
      folder: built(`build/hostile${g}`, onTwoCores(network)),
    };
  });
  expect(place.tscAll(programs.map((p) => p.name))).toEqual(fine);
  for (const { input, network, folder } of programs) {
    const said = place.node(folder, ["network.js", "-"], sample(5).data.join(","));
    expect(said).toMatchObject({ code: 0, errors: "" });
    const outputs = network.outputs.map(({ name }) => ({ name }));
    expect(JSON.parse(said.out)).toMatchObject({
      outputs,
      spikes: network.populations.map(({ id }) => ({ name: id })),
    });
    const [found] = generated(place, folder, [1, 6, 6], [sample(7)]);
    expect([found?.hash]).toEqual(interpreted(network, input, [sample(7)]));
  }
});

test("a shape that is changed by hand no longer type-checks", () => {
  const changes = [
    ["population(names.p1, [2, 3, 3]", "population(names.p1, [2, 3, 4]"],
    ["from: [1, 6, 6], groups: 1", "from: [1, 6, 7], groups: 1"],
    ["shape: [2, 1, 3, 3]", "shape: [3, 1, 3, 3]"],
    ["shape: [3, 18]", "shape: [3, 17]"],
    ["Tensor<readonly [1, 6, 6]>;\n", "Tensor<readonly [36]>;\n"],
  ] as const;
  const names = changes.map(([before, after], i) => {
    const file = join(built(`build/changed${i}`, onTwoCores(smallNetwork(titles))), "network.ts");
    const code = readFileSync(file, "utf8");
    expect(code.split(before)).toHaveLength(2);
    writeFileSync(file, code.replace(before, after));
    return `build/changed${i}`;
  });
  const { code, out } = place.tscAll(names);
  expect(code).not.toBe(0);
  for (const name of names) expect(out).toContain(`${name}/network.ts`);
});

test("weights of another build are refused by name", () => {
  const folder = built("build/plain", onTwoCores(smallNetwork(titles)));
  const file = join(folder, "weights.bin");
  const bytes = readFileSync(file);
  bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1;
  writeFileSync(file, bytes);
  const said = place.node(folder, ["network.js", "-"], "1");
  expect(said.code).toBe(1);
  expect(said.errors).toContain("w3 should be 54 bytes at offset 40");
});

/** The map as it comes back from a file: its fields in the order of the schema, equal maps no longer one object. */
const reread = (map: LinearMap): LinearMap => {
  const weights = new Map<string, Weight>();
  const label = (w: Weight): string => {
    weights.set(w.name, w);
    return w.name;
  };
  const tree = linearMap.toTree(map, { weight: label });
  return linearMap.fromTree(tree, {
    weight: (name) => {
      const found = weights.get(name);
      if (found === undefined) throw new Error(`no weight ${name}`);
      return found;
    },
  });
};

test("the same network gives the same bytes, also when it was read from a file", () => {
  const bytes = (network: SpikingNetwork): readonly string[] =>
    writeSimulator(onTwoCores(network)).map(
      (a) => `${a.path} ${Buffer.concat([...a.bytes()]).toString("hex")}`,
    );
  const network = smallNetwork(titles);
  const projections = network.projections.map((q) => ({ ...q, map: reread(q.map) }));
  expect(bytes({ ...network, projections })).toEqual(bytes(smallNetwork(titles)));
});

test("a long list of scales is kept in the file of weights", () => {
  const network = smallNetwork(titles);
  const [read] = network.outputs;
  if (read === undefined) throw new Error("the small network has an output");
  const scale = Array.from({ length: 100 }, (_, i) => i / 7);
  const { code } = writeNetwork(onTwoCores({ ...network, outputs: [{ ...read, scale }] }));
  expect(code).toContain("scale: listOf(w.w4)");
  expect(code).not.toContain(String(1 / 7));
});

test("a weight with a grid is a fault of the compiler", () => {
  const network = smallNetwork(titles);
  const bias = {
    ...integers("bias", [2], Float64Array.of(1, 2)),
    grid: { scale: [0.5], zero: [0], axis: 0 },
  };
  const populations = network.populations.map((p) => (p.id === titles.hidden ? { ...p, bias } : p));
  expect(() => writeNetwork(onTwoCores({ ...network, populations }))).toThrow("weight bias is not integer");
});
