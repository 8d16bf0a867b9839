import { encodeNumbers } from "../../../ir/core/index.ts";
import { elements } from "../decode/elements.ts";
import type { OnnxAttribute, OnnxModel, OnnxNode, OnnxTensor } from "../decode/index.ts";
import { constantOf, type Fixed, type Flow, filled, type Given, list, scale, zero } from "./given.ts";

/** What a node of a model is made of. */
export interface Parts {
  readonly name: string;
  readonly op: string;
  readonly domain: string;
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
  readonly outputs: number;
}

interface Step {
  readonly op: string;
  readonly inputs: readonly Fixed[];
}

const step = (op: string, ...inputs: readonly Fixed[]): Step => ({ op, inputs });

const layer = step("Conv", filled([4, 2, 1, 1]));
const convolved = [layer, step("Relu")];
const multiplied = (units: number) => [step("MatMul", filled([6, units])), step("Relu")];
const above = step("Greater", constantOf(0));
const coded = step("QuantizeLinear", scale, zero);

/** What makes a flow of the input, one after the other. */
const steps: Readonly<Record<Flow, readonly Step[]>> = {
  map: convolved,
  map2: convolved,
  sums: [layer],
  positive: [layer, step("Sigmoid")],
  pooled: [...convolved, step("GlobalAveragePool")],
  vector: multiplied(16),
  sequence: [...multiplied(24), step("Reshape", list(1, 3, 8))],
  steps: [...multiplied(24), step("Reshape", list(3, 1, 8))],
  truth: [...convolved, above],
  truth2: [...convolved, above],
  codes: [...convolved, coded],
  codes2: [...convolved, coded],
  vectorCodes: [...multiplied(16), coded],
};

const isPicture = (flow: Flow): boolean => steps[flow][0]?.op === "Conv";

const shapes = { picture: [1, 2, 4, 4], numbers: [1, 6] } as const;

const tensorOf = (name: string, { shape, data, element }: Fixed): OnnxTensor => {
  const { dtype, code } = elements[element];
  const bytes = encodeNumbers(dtype, Float64Array.from(data));
  return { name, file: "", shape, element, elementCode: code, storage: { kind: "raw", bytes } };
};

/** Gathers the nodes and constants of a small model. */
export const modelBuilder = (opset: number) => {
  const nodes: OnnxNode[] = [];
  const initializers: OnnxTensor[] = [];
  const inputs = new Set<keyof typeof shapes>();
  const made = new Map<Flow, string>();

  const fixed = (value: Fixed): string => {
    const name = `constant${initializers.length}`;
    initializers.push(tensorOf(name, value));
    return name;
  };

  const add = (parts: Parts, read: readonly string[]): string => {
    const outputs = Array.from({ length: parts.outputs }, (_, i) => `${parts.name}.${i}`);
    const attributes = new Map(Object.entries(parts.attributes));
    const { name, op, domain } = parts;
    nodes.push({ name, opType: op, domain, overload: "", inputs: read, outputs, attributes });
    return outputs[0] ?? "";
  };

  const flow = (wanted: Flow): string => {
    const known = made.get(wanted);
    if (known !== undefined) return known;
    const input = isPicture(wanted) ? "picture" : "numbers";
    inputs.add(input);
    let at: string = input;
    for (const { op, inputs: constants } of steps[wanted]) {
      const name = `${wanted}.${op}`;
      at = add({ name, op, domain: "", attributes: {}, outputs: 1 }, [at, ...constants.map(fixed)]);
    }
    made.set(wanted, at);
    return at;
  };

  const given = (value: Given): string => {
    if (value === null) return "";
    return typeof value === "string" ? flow(value) : fixed(value);
  };

  const model = (output: string): OnnxModel => ({
    file: "sample.onnx",
    irVersion: 8,
    producer: { name: "", version: "" },
    opsets: new Map([["", opset]]),
    functions: [],
    graph: {
      name: "sample",
      nodes,
      initializers,
      inputs: [...inputs].map((name) => ({ name, element: "FLOAT" as const, dims: shapes[name] })),
      outputs: [{ name: output, element: null, dims: null }],
      valueInfo: [],
    },
  });

  return { given, fixed, add, model };
};
