import fc from "fast-check";
import { expect, test } from "vitest";
import { sizeOf } from "../../../compiler/ir/core/index.ts";
import { slide, slideShape } from "../../../compiler/ir/linear/index.ts";
import { windowsOf } from "../../../runtime/kernels/windows.ts";

const axis = fc.record({
  extent: fc.integer({ min: 1, max: 6 }),
  kernel: fc.integer({ min: 1, max: 3 }),
  stride: fc.integer({ min: 1, max: 3 }),
  dilation: fc.integer({ min: 1, max: 2 }),
  before: fc.nat(3),
  after: fc.nat(3),
});

test("windows read where sliding puts their taps", () => {
  fc.assert(
    fc.property(fc.array(axis, { minLength: 1, maxLength: 3 }), (axes) => {
      const from = axes.map(({ extent }) => extent);
      const kernel = axes.map((a) => a.kernel);
      const sliding = {
        strides: axes.map(({ stride }) => stride),
        dilations: axes.map(({ dilation }) => dilation),
        pads: axes.map(({ before, after }) => [before, after] as const),
      };
      const to = slideShape(from, kernel, sliding);
      fc.pre(to.every((extent) => extent >= 1));
      const taps = sizeOf(kernel);
      const wanted = new Int32Array(sizeOf(to) * taps).fill(-1);
      slide(from, to, kernel, sliding, (outer, tap, inner) => {
        wanted[outer * taps + tap] = inner;
      });
      expect(windowsOf(from, to, kernel, sliding)).toEqual({ places: sizeOf(to), taps, at: wanted });
    }),
    { numRuns: 300 },
  );
});
