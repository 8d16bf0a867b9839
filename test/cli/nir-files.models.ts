import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { documents } from "../../compiler/cli/documents.ts";
import { verifyFolder } from "../../compiler/verify/verify.ts";
import { sharedData } from "../shared-data.ts";
import { cli } from "./run-cli.ts";

const scratch = mkdtempSync(join(tmpdir(), "spikefold-nir-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const nir = sharedData("nir");
const recordings = sharedData("nmnist/test100.tar.xz");

/** Files that are wrong themselves: an edge names a node that is not there. */
const broken = new Set([
  "braille_noDelay_bias_zero_subgraph.nir",
  "braille_noDelay_noBias_subtract_subgraph.nir",
]);

test.skipIf(nir === null)(
  "every .nir file of the NIR paper compiles and verifies, or is refused by the node that is missing",
  () => {
    if (nir === null) return;
    const files = readdirSync(nir).filter((name) => name.endsWith(".nir"));
    expect(files.length).toBeGreaterThanOrEqual(8);
    for (const name of files) {
      const folder = join(scratch, name);
      const ran = cli(["compile", join(nir, name), "-o", folder, "--json"]);
      if (broken.has(name)) {
        expect(ran.code, name).toBe(2);
        const { errors } = documents.error.parse(JSON.parse(ran.stdout));
        expect(new Set(errors.map((e) => e.code))).toEqual(new Set(["nir/no-such-node"]));
        continue;
      }
      expect([name, ran.code], ran.stderr).toEqual([name, 0]);
      expect(ran.stderr).toContain("note[build/dynamics-assumed]");
      const [target] = documents.compile.parse(JSON.parse(ran.stdout)).targets;
      expect(target?.mode).toBe("native");
      expect([name, verifyFolder(folder).firstFailure]).toEqual([name, null]);
    }
  },
  300_000,
);

test.skipIf(nir === null || recordings === null)(
  "the spiking CNN of sinabs reads 98 of 100 N-MNIST recordings through the command line, and as many in Loihi's integers",
  () => {
    if (nir === null || recordings === null) return;
    const [build, data] = [join(scratch, "cnn"), recordings];
    const flags = ["--dynamics", "sinabs", "--dt", "1e-3"];
    expect(cli(["compile", join(nir, "cnn_sinabs.nir"), "-o", build, ...flags]).code).toBe(0);
    const ran = cli(["run", build, "--data", data, "--json"]);
    expect(ran.code, ran.stderr).toBe(0);
    const run = documents.run.parse(JSON.parse(ran.stdout));
    expect(run.samples).toBe(100);
    expect(run.levels.spiking.correct).toBeGreaterThanOrEqual(98);
    const compared = cli(["run", build, "--data", data, "--limit", "4", "--compare", "machine", "--json"]);
    expect(documents.run.parse(JSON.parse(compared.stdout)).equality).toMatchObject({
      samples: 4,
      mismatchedNeurons: 0,
    });
    const chip = join(scratch, "chip");
    const asked = ["--target", "loihi1", "--reset", "hard", "--verify"];
    const built = cli(["compile", join(nir, "cnn_sinabs.nir"), "-o", chip, ...flags, ...asked]);
    expect(built.code, built.stderr).toBe(0);
    const onChip = cli(["run", chip, "--data", data, "--limit", "25", "--json"]);
    expect(documents.run.parse(JSON.parse(onChip.stdout)).levels.spiking.correct).toBeGreaterThanOrEqual(24);
  },
  300_000,
);
