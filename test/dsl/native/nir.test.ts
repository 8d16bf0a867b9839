import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { importNir } from "../../../compiler/formats/nir/index.ts";
import { randomFrom } from "../../../compiler/ir/index.ts";
import { lowerNative, type NativeNetwork } from "../../../compiler/native/index.ts";
import { binEvents, listRecordings, readBs2, readFileBounded } from "../../../runtime/files/index.ts";
import { type EventStream, eventStream, listedStream } from "../../../runtime/spiking/index.ts";
import { repoFile, sharedData } from "../../shared-data.ts";
import { codes, elaborate, timeNetworkOf } from "../support.ts";
import { differences, lowered, runOn } from "./run.ts";

const tour = (number: string): string =>
  readFileSync(repoFile(`test/fixtures/dsl/tour/${number}.spk`), "utf8");

/** The network alone: neither data nor recipe. */
const networkIn = (number: string, name: string): string =>
  /^network [\s\S]*?^}\n/m.exec(tour(number))?.[0] ?? `no ${name}`;

const sinabs = sharedData("nir/cnn_sinabs.nir");
const recordings = sharedData("nmnist/test100.tar.xz");
const braille = sharedData("nir/braille_noDelay_noBias_subtract.nir");

const nativeAt = (path: string): NativeNetwork => {
  const imported = importNir(readFileBounded(path), path);
  if (imported.kind !== "native") throw new Error(`${path} has no dynamics`);
  return imported.network;
};

/** The first recordings of an archive as streams of milliseconds. */
const streamsIn = (archive: string, count: number): readonly EventStream[] => {
  const folder = mkdtempSync(join(tmpdir(), "nmnist-"));
  try {
    execFileSync("tar", ["-xJf", archive, "-C", folder]);
    return listRecordings(join(folder, "test100.txt"))
      .slice(0, count)
      .map(({ path }) =>
        listedStream(binEvents(readBs2(readFileBounded(path), path), [2, 34, 34], 1000, null, path)),
      );
  } finally {
    rmSync(folder, { recursive: true });
  }
};

test.skipIf(sinabs === null || recordings === null)(
  "the N-MNIST network of the tour spikes as its NIR file does, every neuron in every step",
  () => {
    if (sinabs === null || recordings === null) return;
    const network = nativeAt(sinabs);
    const written = timeNetworkOf(networkIn("10", "nmnist"), {
      nir: { "cnn_sinabs.nir": { kind: "native", network } },
    });
    expect([written.profile, written.step]).toEqual(["sinabs", 1e-3]);
    const own = lowered(written);
    const theirs = lowerNative(network, { profile: "sinabs", dt: 1e-3, reset: "soft" });
    const pairs = [
      ["spike1", "1"],
      ["spike2", "3"],
      ["spike3", "6"],
      ["spike4", "10"],
      ["spike5", "12"],
    ] as const;
    let spikes = 0;
    for (const stream of streamsIn(recordings, 1)) {
      const a = runOn(
        own,
        new Map([["camera", stream]]),
        pairs.map(([name]) => name),
      );
      const b = runOn(
        theirs,
        new Map([["input", stream]]),
        pairs.map(([, name]) => name),
      );
      for (const [mine, file] of pairs) {
        const sent = a.sent(mine);
        spikes += sent.reduce((sum, x) => sum + x, 0);
        expect(differences(sent, b.sent(file))).toBe(0);
      }
      expect(a.output("digit")).toEqual(b.output("output"));
    }
    expect(spikes).toBeGreaterThan(5_000);
  },
  120_000,
);

const touches = (seed: number, steps: number): EventStream => {
  const random = randomFrom(seed);
  const events = Array.from({ length: steps * 12 }, (_, i) => ({
    step: Math.floor(i / 12),
    element: i % 12,
  }));
  return eventStream(
    [12],
    steps,
    events.filter(() => random.unit() < 0.3),
  );
};

test.skipIf(braille === null)(
  "the Braille network of the tour spikes as its NIR file does, by the names of its weights",
  () => {
    if (braille === null) return;
    const network = nativeAt(braille);
    const files = { nir: { "braille.nir": { kind: "native", network } as const } };
    const own = lowered(timeNetworkOf(networkIn("11", "braille"), files));
    const theirs = lowerNative(network, { profile: "euler", dt: 1e-4, reset: "soft" });
    for (const seed of [1, 2, 3]) {
      const stream = touches(seed, 200);
      const a = runOn(own, new Map([["touch", stream]]), ["hidden", "lif2"]);
      const b = runOn(theirs, new Map([["input", stream]]), ["lif1.lif", "lif2"]);
      expect(differences(a.sent("hidden"), b.sent("lif1.lif"))).toBe(0);
      expect(differences(a.sent("lif2"), b.sent("lif2"))).toBe(0);
      expect(a.output("letter")).toEqual(b.output("output"));
      expect(a.output("letter").some((count) => count > 0)).toBe(true);
    }
  },
);

test.skipIf(braille === null)(
  "the Braille network takes its weights in order, too: the loop is found",
  () => {
    if (braille === null) return;
    const network = nativeAt(braille);
    const files = { nir: { "braille.nir": { kind: "native", network } as const } };
    const named = networkIn("11", "braille");
    const inOrder = named.replace(/weights "braille.nir" \{.*\}/, 'weights "braille.nir" in order');
    expect(inOrder).not.toBe(named);
    const stream = touches(4, 200);
    const [a, b] = [named, inOrder].map((text) =>
      runOn(lowered(timeNetworkOf(text, files)), new Map([["touch", stream]]), ["hidden"]).sent("hidden"),
    );
    expect(b).toEqual(a);
  },
);

test.skipIf(braille === null)("an imported NIR file is one network, alone or as a stage", () => {
  if (braille === null) return;
  const network = nativeAt(braille);
  const files = { nir: { "b.nir": { kind: "native", network } as const } };
  const [alone] = elaborate('import net from "b.nir"\n', files).networks;
  expect(alone).toEqual({ kind: "native", name: "net", trained: true, network, profile: null, step: null });
  const text = `import net from "b.nir"
network around(touch: spikes[12]) -> letter: [7] {
  step 0.1 ms
  letter = touch -> net -> read.count
}
`;
  const around = elaborate(text, files).networks.find(({ name }) => name === "around");
  if (around?.kind !== "native") throw new Error("around does not run in time");
  const theirs = lowerNative(network, { profile: "euler", dt: 1e-4, reset: null });
  const stream = touches(5, 200);
  const a = runOn(lowered(around), new Map([["touch", stream]]), []);
  const b = runOn(theirs, new Map([["input", stream]]), []);
  expect(a.output("letter")).toEqual(b.output("output"));
  expect(codes(text.replace("touch -> net", "touch -> dense(11) -> net"), files)).toEqual(["shape/rank"]);
});
