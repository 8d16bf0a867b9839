/**
 * Writes SpiNNaker folders of random networks, for PACMAN to read: spread cores and full cores on one board,
 * and three boards. usage: node write-random.js FOLDER
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { spinnaker1 } from "../../backends/spinnaker1/index.ts";
import { randomProgram, type Sizes } from "../backends/spinnaker1/random-program.ts";

const cases: Readonly<Record<string, Sizes>> = {
  "one-board": { inputs: 784, layers: [900, 400, 10], perCore: 100, density: 40, spread: 12, seed: 1 },
  "full-cores": { inputs: 1024, layers: [2048, 512, 256], perCore: 256, density: 100, spread: 0, seed: 2 },
  "three-boards": { inputs: 256, layers: [600, 300], perCore: 5, density: 5, spread: 5, seed: 3 },
};

const root = process.argv[2];
if (root === undefined) throw new Error("usage: node write-random.js FOLDER");
for (const [name, sizes] of Object.entries(cases)) {
  const folder = join(root, name, "spinnaker1");
  mkdirSync(folder, { recursive: true });
  for (const { path, bytes } of spinnaker1.write(randomProgram(sizes)))
    writeFileSync(join(folder, path), Buffer.concat([...bytes()]));
}
