import { item, type Weight, weight } from "../../../ir/core/index.ts";
import type { OnnxGraph } from "../decode/index.ts";
import { intOf, intsOf } from "./attributes.ts";
import { folded } from "./fold.ts";
import { axisOf, reshaped } from "./forms.ts";
import { joined } from "./ops/concat.ts";
import { sliced } from "./ops/slice.ts";
import { optionalAt, refuseForm, type Site, valueAt, wrongAttribute, wrongShape } from "./site.ts";
import { constant, type Value, wholeShape } from "./value.ts";

/** Outputs of a graph inside a node; null for those whose fault is already told. */
export type Results = readonly (Value | null)[];

/** Reads a graph inside a node, for one list of what its inputs are. */
export type Body = (inputs: readonly Value[]) => Results;

/** Makes a reader of a graph inside a node, whose nodes see the values around it. */
export type Enter = (graph: OnnxGraph) => Body;

type Rule = (site: Site, enter: Enter) => Results;

const graphOf = (site: Site, name: string): OnnxGraph => {
  const found = site.node.attributes.get(name);
  return found?.kind === "graph" ? found.value : wrongAttribute(site, name, "it is no graph");
};

const truth = (w: Weight): boolean => (w.stored()[0] ?? 0) !== 0;

/** Reads the branch that the constant condition picks. */
const branch: Rule = (site, enter) => {
  const condition = valueAt(site, 0);
  if (condition.kind !== "constant")
    return refuseForm(
      site,
      "its condition depends on the input of the network",
      "export the model with the condition fixed, so that one branch is left",
    );
  return enter(graphOf(site, truth(condition.weight) ? "then_branch" : "else_branch"))([]);
};

/** What was made of constants alone is computed at once. */
const known = (site: Site, from: readonly Value[], made: Value): Value =>
  from.every(({ kind }) => kind === "constant") ? item(folded(site, [made]), 0) : made;

/** One value behind the other along a new axis. */
const stacked = (site: Site, values: readonly Value[], axis: number): Value => {
  const parts = values.map((value) => reshaped(site, value, wholeShape(value).toSpliced(axis, 0, 1)));
  return known(site, parts, joined(site, parts, axis));
};

/** One list of a loop or a scan: its axis, and whether it is read or written from the end. */
interface Track {
  readonly axis: number;
  readonly backwards: boolean;
}

/** Stacks what the steps gave for the outputs from `first` on, one for each track. */
const listed = (
  site: Site,
  steps: readonly (readonly Value[])[],
  first: number,
  tracks: readonly Track[],
): readonly Value[] =>
  tracks.map(({ axis, backwards }, k) => {
    const values = steps.map((results) => item(results, first + k));
    const at = axisOf(site, axis, wholeShape(item(values, 0)).length + 1, "scan_output_axes");
    return stacked(site, backwards ? values.toReversed() : values, at);
  });

/** False where the fault of an output is already told. */
const areRead = (results: Results): results is readonly Value[] => !results.includes(null);

const scalar = (name: string, value: number, dtype: "i64" | "bool"): Value =>
  constant(weight({ name, shape: [], dtype, data: Float64Array.of(value) }));

const unrolled = "export the model with the loop unrolled, or with a constant number of steps";

/** Inputs of a loop: how often at most, whether to begin, and the state. */
const startOf = (site: Site) => {
  const [most, condition] = [optionalAt(site, 0), optionalAt(site, 1)];
  if ((most !== null && most.kind !== "constant") || (condition !== null && condition.kind !== "constant"))
    return refuseForm(site, "how often it runs depends on the input of the network", unrolled);
  return {
    most: most === null ? Infinity : (most.weight.stored()[0] ?? 0),
    going: condition === null || truth(condition.weight),
    state: site.inputs.slice(2).map((_, i) => valueAt(site, i + 2)),
  };
};

/** Steps of a loop, one after the other, until its condition, which has to be constant, says stop. */
const loop: Rule = (site, enter) => {
  const { most, going, state } = startOf(site);
  const body = graphOf(site, "body");
  const count = state.length;
  if (body.outputs.length < count + 1)
    return wrongAttribute(site, "body", `it does not give the ${count} values of the loop`);
  const run = enter(body);
  const steps: (readonly Value[])[] = [];
  let [now, again]: [readonly Value[], boolean] = [state, going];
  for (let i = 0; again && i < most; i++) {
    const results = run([scalar("step", i, "i64"), scalar("going", 1, "bool"), ...now]);
    if (!areRead(results)) return results.slice(1).map(() => null);
    const condition = item(results, 0);
    if (condition.kind !== "constant")
      return refuseForm(site, "whether it goes on depends on the input of the network", unrolled);
    steps.push(results);
    now = results.slice(1, count + 1);
    again = truth(condition.weight);
  }
  const scans = body.outputs.length - count - 1;
  if (scans > 0 && steps.length === 0)
    return refuseForm(site, "it runs 0 times, so that the shapes of its lists are not known", "remove it");
  const lists = Array.from({ length: scans }, () => ({ axis: 0, backwards: false }));
  return [...now, ...listed(site, steps, count + 1, lists)];
};

const tracksOf = (site: Site, kind: "input" | "output", count: number): readonly Track[] => {
  const axes = intsOf(site, `scan_${kind}_axes`);
  const directions = intsOf(site, `scan_${kind}_directions`);
  if ((axes !== null && axes.length !== count) || (directions !== null && directions.length !== count))
    return wrongAttribute(site, `scan_${kind}_axes`, `${count} axes and directions are needed`);
  return Array.from({ length: count }, (_, i) => ({
    axis: axes?.[i] ?? 0,
    backwards: directions?.[i] === 1,
  }));
};

/** Entry `at` of an axis, without that axis. */
const entry = (site: Site, value: Value, axis: number, at: number): Value => {
  const one = known(site, [value], sliced(site, value, axis, at, 1, 1));
  return reshaped(site, one, wholeShape(one).toSpliced(axis, 1));
};

/** Lists that are read entry by entry, with their axis counted from the front. */
const listsOf = (site: Site, first: number, count: number) =>
  tracksOf(site, "input", count).map(({ axis, backwards }, i) => {
    const value = valueAt(site, first + i);
    const shape = wholeShape(value);
    const at = axisOf(site, axis, shape.length, "scan_input_axes");
    return { value, axis: at, backwards, length: item(shape, at) };
  });

/** A body on every entry of its lists, with a state that it hands on. */
const scan: Rule = (site, enter) => {
  if (site.opset < 9)
    return refuseForm(
      site,
      "before opset 9 it works on a batch of sequences",
      "export with opset 9 or later",
    );
  const lists = intOf(site, "num_scan_inputs", 0);
  const count = site.inputs.length - lists;
  const body = graphOf(site, "body");
  if (!(lists >= 1 && count >= 0))
    return wrongAttribute(site, "num_scan_inputs", `it is ${lists}, there are ${site.inputs.length} inputs`);
  if (body.outputs.length < count)
    return wrongAttribute(site, "body", `it does not give the ${count} values of the state`);
  const read = listsOf(site, count, lists);
  const { length } = item(read, 0);
  if (length === 0 || read.some((list) => list.length !== length))
    return wrongShape(site, `its lists have ${read.map((list) => list.length).join(", ")} entries`);
  const written = tracksOf(site, "output", body.outputs.length - count);
  const run = enter(body);
  const steps: (readonly Value[])[] = [];
  let state: readonly Value[] = site.inputs.slice(0, count).map((_, i) => valueAt(site, i));
  for (let t = 0; t < length; t++) {
    const entries = read.map(({ value, axis, backwards }) =>
      entry(site, value, axis, backwards ? length - 1 - t : t),
    );
    const results = run([...state, ...entries]);
    if (!areRead(results)) return results.map(() => null);
    steps.push(results);
    state = results.slice(0, count);
  }
  return [...state, ...listed(site, steps, count, written)];
};

const rules: ReadonlyMap<string, Rule> = new Map([
  ["If", branch],
  ["Loop", loop],
  ["Scan", scan],
]);

/** The rule of an operator that holds graphs; null for any other. */
export const controlFlowOf = (domain: string, opType: string): Rule | null =>
  domain === "" ? (rules.get(opType) ?? null) : null;
