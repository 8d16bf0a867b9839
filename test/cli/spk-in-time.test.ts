import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { documents } from "../../compiler/cli/documents.ts";
import { writeArray } from "./native-files.ts";
import { cli, type Ran } from "./run-cli.ts";

const scratch = mkdtempSync(join(tmpdir(), "spikefold-time-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const at = (name: string): string => join(scratch, name);

const steps = 12;
const trains = Array.from({ length: 3 * steps * 4 }, (_, i) => ((i * 7) % 5 < 2 ? 1 : 0));
writeArray(scratch, "trains.npy", [3, steps, 4], trains);
writeArray(scratch, "classes.npy", [3], [0, 1, 2]);

const program = (
  require: string,
): string => `data trains: spikes[4] = npy("trains.npy", labels: "classes.npy")

network net(x: spikes[4]) -> y: [3] {
  step 1 ms
  dynamics exact
  weights kaiming(seed: 5)
  back = previous(h) -> dense(6, bias: none)
  h: spikes[6] = (x -> dense(6, delays: uniform(0 ms, 3 ms, seed: 1))) + back -> LIF(8 ms, reset: soft)
  y = h -> dense(3) -> LI(10 ms) -> read.max
}

compile net for simulator {
  evaluate(trains)
  ${require}
}
`;

const compile = (name: string, require: string, ...flags: readonly string[]): Ran => {
  writeFileSync(at(`${name}.spk`), program(require));
  return cli(["compile", at(`${name}.spk`), "-o", at(name), "--json", ...flags]);
};

const codesOf = (ran: Ran): readonly string[] =>
  documents.error.parse(JSON.parse(ran.stdout)).errors.map(({ code }) => code);

test("a program of neurons compiles, and its recipe evaluates the streams it names", () => {
  const ran = compile("net", "require cores <= 1");
  expect([ran.code, ran.stderr]).toEqual([0, ""]);
  const { targets, evaluation } = documents.compile.parse(JSON.parse(ran.stdout));
  expect(targets[0]).toMatchObject({ name: "simulator", mode: "native", cores: 1 });
  expect(evaluation?.samples).toBe(3);
});

test("what the recipe requires is judged", () => {
  expect(compile("strict", "require accuracy > 100%").code).not.toBe(0);
});

test("the program on cores spikes as the network does", () => {
  compile("net", "require cores <= 1");
  const ran = cli(["run", at("net"), "--data", at("trains.npy"), "--compare", "machine", "--json"]);
  expect(ran.code, ran.stderr).toBe(0);
  expect(documents.run.parse(JSON.parse(ran.stdout)).samples).toBe(3);
});

test("step and dynamics belong to the program: no flag gives it others", () => {
  expect(codesOf(compile("net", "require cores <= 1", "--dt", "0.002"))).toEqual(["cli/stated-by-model"]);
  expect(codesOf(compile("net", "require cores <= 1", "--dynamics", "euler", "--dt", "2"))).toEqual([
    "cli/stated-by-model",
    "cli/stated-by-model",
  ]);
  expect(compile("net", "require cores <= 1", "--dynamics", "exact", "--dt", "0.001").code).toBe(0);
});

test("quantize rounds the weights of a network of neurons, and the certificate says so", () => {
  const ran = compile("rounded", "quantize(weights: 4 bits)");
  expect([ran.code, ran.stderr]).toEqual([0, ""]);
  const { certificate } = documents.compile.parse(JSON.parse(ran.stdout));
  expect(certificate.obligations.assumed).toBe(2);
  expect(readFileSync(join(at("rounded"), "certificate.json"), "utf8")).toContain(
    "weights of 3 layers in 4 bits",
  );
  expect(cli(["verify", at("rounded")]).code).toBe(0);
  expect(codesOf(compile("rounded", "quantize(weights: 1 bit)"))).toEqual(["native/parameter-range"]);
});
