import { afterAll, beforeAll, expect, test } from "vitest";
import { simulator } from "../../../backends/simulator/index.ts";
import { item } from "../../../compiler/ir/index.ts";
import { type Installed, installed } from "./installed.ts";
import { exampleImages, mnistProgram } from "./mnist.ts";
import { costOf, generated, interpreted } from "./spikes.ts";

let place: Installed;
/** Tracking takes one step a level of the input, 255 in all, and so half a second an image. */
const counts = { "exact.graded": 100, "exact.spatial": 20, "exact.track": 2 } as const;
const modes = ["exact.graded", "exact.spatial", "exact.track"] as const;
const programs = modes.map((mode) => ({
  mode,
  name: `build/${mode}`,
  program: mnistProgram(mode, simulator),
}));

beforeAll(() => {
  place = installed();
  for (const { name, program } of programs) place.write(name, simulator.write(program));
  const said = place.tscAll(programs.map((p) => p.name));
  if (said.code !== 0) throw new Error(said.out);
}, 120_000);

afterAll(() => place.remove());

const shape = [1, 28, 28];

for (const { mode, name, program } of programs) {
  test(`the program of mnist-cntk in ${mode} sends the same messages as the interpreter on ${counts[mode]} images`, () => {
    const images = exampleImages("test-1000-images.gz", counts[mode]);
    const wanted = interpreted(program.network, "Input3", images);
    expect(new Set(wanted).size).toBe(images.length);
    const found = generated(place, `${place.folder}/${name}`, shape, images);
    expect(found.map((f) => f.hash)).toEqual(wanted);
    expect(found[0]?.cost).toEqual(costOf(program, "Input3", item(images, 0)));
  });

  test(`the program of mnist-cntk in ${mode} passes its checker`, () => {
    const files = simulator
      .write(program)
      .map(({ path, bytes }) => [path, new Uint8Array(Buffer.concat([...bytes()]))] as const);
    expect(simulator.validate(new Map(files))).toEqual([]);
  });
}
