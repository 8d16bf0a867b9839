import fc from "fast-check";
import { expect, test } from "vitest";
import { sha256 } from "../../../compiler/ir/index.ts";
import { unxz } from "../../../runtime/files/xz.ts";
import { codesOf, faultsOf, survives } from "../../rejected.ts";
import { repoBytes } from "../../shared-data.ts";

// Packed by Python's lzma (liblzma): text and noise with other settings and check sums, and the hashes of what it unpacks.
const fixture = (name: string): Uint8Array => repoBytes(`test/fixtures/xz/${name}.xz`);

const hashes = {
  text: "642924d87f6b91b60f50fe621f76251b077a470c49e369eef6c281fe785fc9a0",
  noise: "5d6845ec63eaad1ddc2248b8435f4fe974c6bc9bfd364f95bf415b45c6b6c7f0",
  mixed: "926f9c95ff3558be73ab8218fe7c5b3c2a4290774847b3ae8cb1a32be93f7847",
  empty: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
} as const;

test("what liblzma has packed is unpacked, whatever the settings and the check", () => {
  for (const [name, hash] of Object.entries(hashes))
    expect([name, sha256(unxz(fixture(name), name))]).toEqual([name, hash]);
});

test("a dictionary that begins within a block knows nothing of the bytes before it", () => {
  // Two streams of liblzma as one; the second has low bytes, and a high one lies before it.
  const wanted = Uint8Array.from({ length: 409 }, (_, at) => {
    const i = at - 9;
    if (i < 0) return 0xfe;
    return i % 3 === 0 ? i * 5 : (7 * i * i) % 31;
  });
  expect(sha256(unxz(fixture("dictionaries"), "dictionaries.xz"))).toBe(sha256(wanted));
});

test("another filter is refused by its name, and a changed byte by the check sum", () => {
  expect(codesOf(() => unxz(fixture("delta"), "delta.xz"))).toEqual(["data/damaged"]);
  expect(faultsOf(() => unxz(fixture("delta"), "delta.xz"))[0]?.why).toContain("a filter beside LZMA2");
  const text = fixture("text");
  const wrong = Array.from({ length: 40 }, (_, i) => text.map((b, at) => (at === 60 + 7 * i ? b ^ 4 : b)));
  for (const bytes of wrong) expect(codesOf(() => unxz(bytes, "text.xz"))).toEqual(["data/damaged"]);
  // Bytes that are stored as they are, under a CRC-32; the SHA-256 itself.
  for (const [name, at] of [
    ["noise", 200],
    ["mixed", fixture("mixed").length - 40],
  ] as const) {
    const bytes = fixture(name).map((b, i) => (i === at ? b ^ 4 : b));
    expect(faultsOf(() => unxz(bytes, name))[0]?.why).toContain("check sum");
  }
});

test("changed, cut and made-up bytes are refused, and end", () => {
  const start = performance.now();
  fc.assert(
    fc.property(
      fc.constantFrom("text", "noise", "mixed"),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }),
      fc.option(fc.nat(), { freq: 4 }),
      (name, changes, length) => {
        const bytes = fixture(name).slice();
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        const cut = length === null ? bytes : bytes.subarray(0, length % bytes.length);
        survives(() => unxz(cut, name));
      },
    ),
    { numRuns: 400, seed: 9 },
  );
  expect(performance.now() - start).toBeLessThan(60_000);
});

test("a file that would unpack beyond the limit is refused before it is unpacked", () => {
  // A chunk of 2 MiB behind another, as often as 70 times: the heads alone say so.
  const head = fixture("text").subarray(0, 24);
  const chunk = Uint8Array.of(0xff, 0xff, 0xff, 0x00, 0x09, 0x5d, ...new Uint8Array(10));
  const bytes = new Uint8Array(head.length + 70 * chunk.length + 1);
  bytes.set(head);
  for (let i = 0; i < 70; i++) bytes.set(chunk, head.length + i * chunk.length);
  expect(codesOf(() => unxz(bytes, "bomb.xz"))).toEqual(["data/expands"]);
});
