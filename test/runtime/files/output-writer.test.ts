import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { sha256 } from "../../../compiler/ir/core/index.ts";
import { type Artifact, disk, type FileSystem, publish, readManifest } from "../../../runtime/files/index.ts";
import { codesOf, faultsOf } from "../../rejected.ts";
import { faultyDisk } from "./faulty-disk.ts";

let parent = "";
let target = "";
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "spikefold-out-"));
  target = join(parent, "build");
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

const file = (path: string, ...parts: readonly string[]): Artifact => ({
  path,
  bytes: () => parts.map(encode),
});

const older = [
  file("net.json", "old net"),
  file("chip/core0.bin", "old core"),
  file("gone.txt", "only in the old"),
];
const newer = [
  file("net.json", "new ", "net"),
  file("chip/core0.bin", "new core"),
  file("chip/a/core1.bin", ""),
];

const write = (artifacts: readonly Artifact[], files: FileSystem = disk) =>
  publish(target, artifacts, { producer: "test 1", files });

/** All files of a folder with their content. */
const contentOf = (folder: string, prefix = ""): Record<string, string> =>
  Object.assign(
    {},
    ...readdirSync(folder, { withFileTypes: true }).map((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory()
        ? contentOf(path, `${prefix}${entry.name}/`)
        : { [`${prefix}${entry.name}`]: readFileSync(path, "utf8") };
    }),
  );

const olderContent = { "net.json": "old net", "chip/core0.bin": "old core", "gone.txt": "only in the old" };
const newerContent = { "net.json": "new net", "chip/core0.bin": "new core", "chip/a/core1.bin": "" };

const withoutManifest = (): Record<string, string> => {
  const { "manifest.json": manifest, ...rest } = contentOf(target);
  expect(manifest).toBeTypeOf("string");
  return rest;
};

test("writes all files and a sorted manifest with sizes and hashes", () => {
  const manifest = write(newer);
  expect(withoutManifest()).toEqual(newerContent);
  expect(manifest.files.map(({ path }) => path)).toEqual(["chip/a/core1.bin", "chip/core0.bin", "net.json"]);
  expect(manifest.files[2]).toEqual({ path: "net.json", bytes: 7, sha256: sha256("new net") });
  expect(readManifest(target, true)).toEqual(manifest);
  expect(JSON.parse(readFileSync(join(target, "manifest.json"), "utf8"))).toEqual({
    format: "spikefold/manifest@1",
    ...manifest,
  });
  expect(readdirSync(parent)).toEqual(["build"]);
});

test("the order of the artifacts does not change the output", () => {
  write(newer);
  const first = contentOf(target);
  write(newer.toReversed());
  expect(contentOf(target)).toEqual(first);
});

test("replaces an output of ours as a whole", () => {
  write(older);
  write(newer);
  expect(withoutManifest()).toEqual(newerContent);
  expect(readdirSync(parent)).toEqual(["build"]);
});

test("makes missing parents, and removes them when the output fails", () => {
  target = join(parent, "a", "b", "build");
  const broken: Artifact = {
    path: "x",
    bytes: () => {
      throw new Error("a fault of the artifact");
    },
  };
  expect(() => write([broken])).toThrow("a fault of the artifact");
  expect(readdirSync(parent)).toEqual([]);
  write(newer);
  expect(withoutManifest()).toEqual(newerContent);
});

test("when any one call fails, the output is the old or the new one, complete, and nothing else is left", () => {
  write(older);
  const counting = faultyDisk(() => false);
  write(newer, counting);
  expect(counting.count()).toBeGreaterThan(30);
  let [kept, replaced] = [0, 0];
  for (let k = 0; k < counting.count(); k++) {
    write(older);
    const codes = codesOf(() =>
      write(
        newer,
        faultyDisk((call) => call === k),
      ),
    );
    const content = withoutManifest();
    readManifest(target, true);
    if (codes.length === 0) {
      replaced++;
      expect(content).toEqual(newerContent);
    } else {
      kept++;
      expect(codes).toEqual(["environment/write-failed"]);
      expect(content).toEqual(olderContent);
      expect(readdirSync(parent)).toEqual(["build"]);
    }
  }
  // Without harm fail: the listing of left-overs, closing the manifest after reading, removing the old folder.
  expect([replaced, kept + replaced]).toEqual([3, counting.count()]);
});

test("when any one call fails on a new folder, there is the whole output or none", () => {
  target = join(parent, "deep", "build");
  const counting = faultyDisk(() => false);
  write(newer, counting);
  for (let k = 0; k < counting.count(); k++) {
    rmSync(join(parent, "deep"), { recursive: true });
    const codes = codesOf(() =>
      write(
        newer,
        faultyDisk((call) => call === k),
      ),
    );
    if (codes.length === 0) expect(withoutManifest()).toEqual(newerContent);
    else expect(readdirSync(parent)).toEqual([]);
    mkdirSync(join(parent, "deep"), { recursive: true });
  }
});

test("when every call fails from some point on, the next run ends with a complete output", () => {
  write(older);
  const counting = faultyDisk(() => false);
  write(newer, counting);
  for (let k = 0; k < counting.count(); k++) {
    write(older);
    codesOf(() =>
      write(
        newer,
        faultyDisk((call) => call >= k),
      ),
    );
    if (existsSync(target)) expect([olderContent, newerContent]).toContainEqual(withoutManifest());
    // A run that is refused must still bring the old output back.
    const failsLater = faultyDisk((call) => call === 25);
    expect(codesOf(() => write(newer, failsLater))).toEqual(["environment/write-failed"]);
    expect([olderContent, newerContent]).toContainEqual(withoutManifest());
    write(newer);
    expect(readdirSync(parent)).toEqual(["build"]);
  }
});

test("folders left by a killed run are cleaned up, those of a living one are not", () => {
  write(older);
  const dead = 2 ** 31 - 7;
  const names = [
    `.build.tmp-${dead}`,
    `.build.old-${dead}`,
    `.build.tmp-${process.ppid}`,
    ".build.tmp-",
    ".build.tmp-1x",
    ".other.tmp-1",
  ];
  for (const name of names) mkdirSync(join(parent, name));
  write(newer);
  expect(readdirSync(parent).sort()).toEqual(["build", ...names.slice(2)].sort());
});

test("an old output that was moved aside by a killed run is put back", () => {
  write(older);
  disk.rename(target, join(parent, `.build.old-${2 ** 31 - 7}`));
  const failing: Artifact = {
    path: "x",
    bytes: () => {
      throw new Error("stop");
    },
  };
  expect(() => write([failing])).toThrow("stop");
  expect(withoutManifest()).toEqual(olderContent);
});

test("folders, files and links that are not ours are refused and not touched", () => {
  mkdirSync(target);
  expect(codesOf(() => write(newer))).toEqual(["output/not-ours"]);
  writeFileSync(join(target, "manifest.json"), '{"name": "a web app"}');
  expect(codesOf(() => write(newer))).toEqual(["output/not-ours"]);
  expect(contentOf(target)).toEqual({ "manifest.json": '{"name": "a web app"}' });
  rmSync(target, { recursive: true });
  writeFileSync(target, "a file");
  expect(faultsOf(() => write(newer))[0]?.why).toBe("it is a file");
  rmSync(target);
  symlinkSync(join(parent, "elsewhere"), target);
  expect(codesOf(() => write(newer))).toEqual(["output/not-ours"]);
  expect(readdirSync(parent)).toEqual(["build"]);
});

test("an output of ours that holds files of the user is refused, with their names", () => {
  write(older);
  writeFileSync(join(target, "chip", "notes.txt"), "mine");
  const [fault] = faultsOf(() => write(newer));
  expect([fault?.code, fault?.why]).toEqual([
    "output/strangers",
    "1 files are not in its manifest: chip/notes.txt",
  ]);
  expect(contentOf(target)).toMatchObject({ ...olderContent, "chip/notes.txt": "mine" });
});

test("an output of a newer format is refused with both versions", () => {
  write(older);
  writeFileSync(join(target, "manifest.json"), '{"format": "spikefold/manifest@2"}');
  expect(codesOf(() => write(newer))).toEqual(["output/manifest-version"]);
  expect(faultsOf(() => readManifest(target))[0]?.why).toBe(
    "its format is spikefold/manifest@2, this version reads spikefold/manifest@1",
  );
});

test("artifact paths that are not plain are faults of ours", () => {
  for (const path of [
    "../x",
    "/x",
    "a/../x",
    "",
    "a//b",
    "a/",
    ".x",
    "a\\b",
    "a b",
    "manifest.json",
    "Manifest.JSON",
    "a:b",
  ])
    expect(() => write([file(path)])).toThrow(Error);
  expect(() => write([file("a"), file("A")])).toThrow("two artifacts are called A");
  expect(() => write([file("a"), file("a/b")])).toThrow("artifact a/b lies in another artifact");
  expect(readdirSync(parent)).toEqual([]);
});

test("large artifacts are written in parts, whatever a write takes", () => {
  const part = new Uint8Array(100_000).map((_, i) => i % 251);
  const parts = { path: "big.bin", bytes: () => [part, part, part] };
  const manifest = write(
    [parts],
    faultyDisk(() => false, 7919),
  );
  expect(manifest.files).toEqual([{ path: "big.bin", bytes: 300_000, sha256: sha256(part, part, part) }]);
  expect(readManifest(target, true)).toEqual(manifest);
});

test("a folder without a manifest is refused", () => {
  expect(codesOf(() => readManifest(target))).toEqual(["output/manifest-missing"]);
  write(older);
  rmSync(join(target, "manifest.json"));
  expect(codesOf(() => readManifest(target))).toEqual(["output/manifest-missing"]);
});

test("files that are missing or changed are reported all at once", () => {
  write(newer);
  rmSync(join(target, "chip/a/core1.bin"));
  writeFileSync(join(target, "net.json"), "NEW NET");
  writeFileSync(join(target, "chip/core0.bin"), "longer than it was");
  expect(codesOf(() => readManifest(target))).toEqual(["output/file-missing", "output/file-changed"]);
  expect(codesOf(() => readManifest(target, true))).toEqual([
    "output/file-missing",
    "output/file-changed",
    "output/file-changed",
  ]);
  expect(faultsOf(() => readManifest(target))[1]?.why).toBe(
    "the manifest says 8 bytes, the file has 18 bytes",
  );
});

test("a manifest that names files outside the folder, or is damaged, is refused", () => {
  write(older);
  const path = join(target, "manifest.json");
  const good = readFileSync(path, "utf8");
  const bad = [
    good.replace("net.json", "../net.json"),
    good.replace('"bytes": 7', '"bytes": -7'),
    good.replace('"sha256": "', '"sha256": "X'),
    good.replace("net.json", "gone.txt"),
    good.replace("spikefold/manifest@1", "other"),
    good.slice(0, -10),
    "[]",
    "",
  ];
  for (const text of bad) {
    writeFileSync(path, text);
    expect(codesOf(() => readManifest(target))).toEqual(["output/manifest-invalid"]);
  }
});
