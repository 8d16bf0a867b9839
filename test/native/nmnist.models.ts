import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { importNir } from "../../compiler/formats/nir/index.ts";
import { lowerNative } from "../../compiler/native/index.ts";
import { binEvents, listRecordings, readBs2, readFileBounded } from "../../runtime/files/index.ts";
import { listedStream, openStreams } from "../../runtime/spiking/index.ts";
import { sharedData } from "../shared-data.ts";

const graph = sharedData("nir/cnn_sinabs.nir");
const recordings = sharedData("nmnist/test100.tar.xz");

const unpacked = <T>(archive: string, use: (folder: string) => T): T => {
  const folder = mkdtempSync(join(tmpdir(), "nmnist-"));
  try {
    execFileSync("tar", ["-xJf", archive, "-C", folder]);
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

test.skipIf(graph === null || recordings === null)(
  "the spiking CNN of sinabs reads at least 98 of 100 N-MNIST recordings",
  () => {
    if (graph === null || recordings === null) return;
    const imported = importNir(readFileBounded(graph), graph);
    if (imported.kind !== "native") throw new Error("the network has no dynamics");
    const { network } = lowerNative(imported.network, { profile: "sinabs", dt: 1e-3, reset: "soft" });
    const runner = openStreams(network);
    const right = unpacked(recordings, (folder) =>
      listRecordings(join(folder, "test100.txt")).filter(({ path, label }) => {
        const recording = readBs2(readFileBounded(path), path);
        const stream = listedStream(binEvents(recording, [2, 34, 34], 1000, null, path));
        const counts =
          runner.run(new Map([["input", stream]])).outputs.get("output")?.data ?? new Float64Array(0);
        return counts.indexOf(Math.max(...counts)) === label;
      }),
    );
    expect(right.length).toBeGreaterThanOrEqual(98);
  },
  120_000,
);
