import { expect, test } from "vitest";
import type { DataDescription } from "../../dsl/index.ts";
import { codes, elaborate } from "./support.ts";

const described = (source: string, shape = "[1, 28, 28]"): DataDescription | undefined =>
  elaborate(`data d: ${shape} = ${source}\n`).data[0];

test("images in IDX files are described, not read", () => {
  expect(described('idx("sub/t.gz", labels: "l.gz") / 255')).toMatchObject({
    name: "d",
    shape: [1, 28, 28],
    source: { kind: "idx", file: "sub/t.gz", labels: "l.gz" },
    scale: 1 / 255,
    offset: 0,
    skip: 0,
    take: null,
  });
});

test("raw numbers are shifted, then scaled, to one rounding", () => {
  const data = described(
    '(raw("mfcc.bin", type: int8, labels: "words.bin") - 83) * 0.5847029',
    "[1, 49, 10]",
  );
  expect(data).toMatchObject({
    source: { kind: "raw", file: "mfcc.bin", type: "int8", labels: "words.bin" },
    scale: 0.5847029,
    offset: 83,
  });
});

test("arithmetic composes exactly: x = (raw - offset) * scale", () => {
  expect(described('npy("a.npy") / 255 - 0.5')).toMatchObject({ scale: 1 / 255, offset: 127.5 });
  expect(described('(npy("a.npy") + 1) * 2 - 4')).toMatchObject({ scale: 2, offset: 1 });
});

test("arrays of an archive have names", () => {
  const source = { kind: "npz", file: "b.npz", inputs: "x", labels: "species" };
  expect(described('npz("b.npz", inputs: "x", labels: "species")')).toMatchObject({ source });
  expect(described('npz("b.npz")')).toMatchObject({ source: { inputs: null, labels: null } });
});

test("take and skip compose in the order written", () => {
  expect(described('idx("t.gz") / 255 -> skip(100) -> take(50)')).toMatchObject({ skip: 100, take: 50 });
  expect(described('idx("t.gz") / 255 -> take(50) -> skip(10)')).toMatchObject({ skip: 10, take: 40 });
  expect(described('idx("t.gz") -> take(50) -> take(80) -> skip(60)')).toMatchObject({ skip: 60, take: 0 });
});

test("a word that is meant as such may be the name of a network, under the name that the file gives it", () => {
  const net = (name: string): string =>
    `network ${name}(x: [4]) -> y: [4] {\n  weights zeros\n  y = x -> dense(4)\n}\n`;
  const raw = 'data d: [4] = raw("t.bin", type: uint8)\n';
  expect(codes(net("uint8") + raw)).toEqual([]);
  const texts = { "c.spk": net("n"), "b.spk": net("uint8") };
  expect(codes(`import n as uint8 from "c.spk"\n${raw}`, { texts })).toEqual([]);
  const other = 'import uint8 as m from "b.spk"\ndata d: [4] = raw("t.bin", type: m)\n';
  expect(codes(other, { texts })).toEqual(["option/type"]);
  const padded = net("same")
    .replace("x: [4]", "x: [1, 4, 4]")
    .replace("dense(4)", "conv(1, 3x3, pad: same) -> flatten -> dense(4)");
  expect(codes(padded)).toEqual([]);
});

test("faults of a declaration have their codes", () => {
  const faults = (source: string): readonly string[] => codes(`data d: [4] = ${source}\n`);
  expect(faults('idx("t.gz") * 0')).toEqual(["data/scale"]);
  expect(faults('idx("t.gz") / 0')).toEqual(["data/scale"]);
  expect(faults('1 - idx("t.gz")')).toEqual(["data/source"]);
  expect(faults('idx("t.gz") + idx("u.gz")')).toEqual(["data/arithmetic"]);
  expect(faults('csv("t.csv")')).toEqual(["name/source"]);
  expect(faults('events("t", format: nmnist)')).toEqual(["data/events"]);
  expect(faults('idx("t.gz") -> shuffle(seed: 1)')).toEqual(["language/later"]);
  expect(faults('idx("../t.gz")')).toEqual(["file/outside"]);
  expect(faults('raw("t.bin")')).toEqual(["option/missing"]);
  expect(faults('raw("t.bin", type: int7)')).toEqual(["option/type"]);
});
