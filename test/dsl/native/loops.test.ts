import { expect, test } from "vitest";
import { floats, item, numbers, randomFrom } from "../../../compiler/ir/index.ts";
import { denseStream } from "../../../runtime/spiking/index.ts";
import { codes, messages, timeNetworkOf } from "../support.ts";
import { dense, neurons, plus, type Vector } from "./reference.ts";
import { lowered, runOn } from "./run.ts";

const steps = 30;

const trains = (seed: number): readonly Vector[] => {
  const random = randomFrom(seed);
  return Array.from({ length: steps }, () => Array.from({ length: 3 }, () => (random.unit() < 0.4 ? 1 : 0)));
};

const streamOf = (rows: readonly Vector[]) =>
  new Map([["x", denseStream(numbers([rows.length, 3], Float64Array.from(rows.flat())))]]);

const forward = [
  [0.5, 0.25, 0],
  [0, 0.5, 0.75],
  [1, 0, 0.25],
];
const back = [
  [0, -0.5, 0.5],
  [0.25, 0, -0.25],
  [-1, 0.5, 0],
];

const array = (name: string, rows: readonly Vector[]) =>
  [name, floats(name, [3, 3], Float64Array.from(rows.flat()), "f32")] as const;

const weights = new Map([array("f.weight", forward), array("b.weight", back)]);

const recurrent = (rule: string, previous: string): string => `network n(x: spikes[3]) -> y: [3] {
  step 1 ms
  dynamics ${rule}
  weights "w.npz"
  f = x -> dense(3, bias: none)
  b = ${previous} -> dense(3, bias: none)
  h: spikes[3] = f + b -> LIF(tau: 4 ms, v_threshold: 0.125, reset: soft)
  y = h -> read.count
}
`;

/** h(t) from the input so many steps ago and from h so many steps ago. */
const courseOf = (rows: readonly Vector[], late: number, ago: number): readonly Vector[] => {
  const cell = neurons(3, { tau: 4, threshold: 0.125, reset: "soft" });
  const [into, again] = [dense(forward, [0, 0, 0]), dense(back, [0, 0, 0])];
  const zeros = [0, 0, 0];
  const course: Vector[] = [];
  for (let t = 0; t < steps; t++) {
    const x = into(rows[t - late] ?? zeros);
    course.push(cell(plus(x, again(course[t - ago] ?? zeros))));
  }
  return course;
};

const cases = [
  ["euler", "previous(h)", 0, 1],
  ["euler", "previous(h, 3 ms)", 0, 3],
  // Every message takes a step here: the one of the loop is the step that `previous` goes back.
  ["lava_float", "previous(h)", 1, 1],
  ["lava_float", "previous(h, 2 ms)", 1, 2],
] as const;

for (const [rule, previous, late, ago] of cases)
  test(`under ${rule} ${previous} is h ${ago} steps ago`, () => {
    const rows = trains(ago);
    const network = timeNetworkOf(recurrent(rule, previous), { weights: { "w.npz": weights } });
    const sent = runOn(lowered(network), streamOf(rows), ["h"]).sent("h");
    const wanted = courseOf(rows, late, ago).flat();
    expect([...sent]).toEqual(wanted);
    expect(wanted.filter((s) => s === 1).length).toBeGreaterThan(10);
  });

test("a loop of sums alone keeps a running mean", () => {
  const text = `network n(x: signal[3]) -> y: [3] {
  step 1 ms
  h: signal[3] = x * 0.5 + previous(h) * 0.5
  y = h -> read.last
}
`;
  const rows = trains(7);
  const found = runOn(lowered(timeNetworkOf(text)), streamOf(rows), []).output("y");
  const wanted = [0, 0, 0];
  for (const row of rows)
    row.forEach((x, e) => {
      wanted[e] = 0.5 * x + 0.5 * item(wanted, e);
    });
  expect(found).toEqual(wanted);
});

test("a block may close a loop over its own output, and every use has its own", () => {
  const text = `block counter(x: signal[n]) -> h: signal[n] {
  h = x + previous(h) -> I(r: 1000)
}

network n(x: signal[3]) -> y: [3] {
  step 1 ms
  y = x -> counter -> counter -> read.last
}
`;
  const rows = trains(8);
  const found = runOn(lowered(timeNetworkOf(text)), streamOf(rows), []).output("y");
  const wanted = [0, 1, 2].map((e) => {
    let [v, h, w, k] = [0, 0, 0, 0];
    for (const row of rows) {
      v += item(row, e) + h;
      h = v;
      w += h + k;
      k = w;
    }
    return k;
  });
  expect(found).toEqual(wanted);
});

test("what previous may name is said: neither tensors of another body nor ones that are not there", () => {
  const text = recurrent("euler", "previous(g)");
  expect(messages(text)).toContain("[name/tensor]: there is no tensor `g` above this line");
  expect(codes(recurrent("euler", "previous(h, 0 ms)"))).toEqual(["time/positive"]);
  expect(codes(recurrent("euler", "previous(h, 1.5 ms)"))).toEqual(["time/grid"]);
  expect(codes(recurrent("euler", "previous()"))).toEqual(["option/missing"]);
  const other = recurrent("euler", "previous(h)").replace("h: spikes[3]", "h: spikes[4]");
  expect(codes(other)).toEqual(["shape/output"]);
  expect(
    codes(
      recurrent("euler", "previous(h)").replace(
        "LIF(tau: 4 ms, v_threshold: 0.125, reset: soft)",
        "LI(tau: 4 ms)",
      ),
    ),
  ).toContain("kind/read-out");
});
