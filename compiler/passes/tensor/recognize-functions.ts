import {
  floats,
  item,
  type NodeOf,
  type Rules,
  rewrite,
  type Scalar,
  type Site,
  sameShape,
  sizeOf,
  type Tensor,
  type TensorNode,
  tensorLevel,
  valuesOf,
  type Weight,
} from "../../ir/index.ts";
import { definePass } from "../../pass/index.ts";
import { untilSettled } from "./fixpoint.ts";
import { recognizeNorm } from "./recognize-norm.ts";

// Finds activations and norms that exporters write as arithmetic:
//   x clip(x + 3, 0, 6) / 6, x hardSigmoid(x)   hardSwish          max(x, a x), 0 <= a <= 1   leakyRelu
//   x sigmoid(b x)                              swish              x tanh(softplus(x))        mish
//   x / 2 (1 + erf(x / sqrt 2))                 gelu               (x - mean) / sqrt(var + e) normalize
//
// before:
//   tensor "t" {
//     x = input(name="x", shape=[2]) : f32(shape=[2]) @ "x"
//     gate = unary(x, fn=sigmoid) : f32(shape=[2]) @ "gate"
//     silu = binary(x, gate, fn=multiply) : f32(shape=[2]) @ "silu"
//     output "y" = silu
//   }
// after:
//   tensor "t" {
//     x = input(name="x", shape=[2]) : f32(shape=[2]) @ "x"
//     silu = unary(x, fn=swish(beta=1)) : f32(shape=[2]) @ "silu"
//     output "y" = silu
//   }
//
// Conditions: factors are single numbers, equal to those of the definition within 1e-6: exporters round them to
// float32. So the pass is bounded by 1e-5 of the greatest output and not exact.
// Source of the patterns: torch.onnx symbolic functions of hardswish, silu, gelu and layer_norm at opset 9 to 17.

/** y = factor x + term */
interface Line {
  readonly x: TensorNode;
  readonly factor: number;
  readonly term: number;
}

const single = (node: NodeOf<Tensor, "affine">): readonly [factor: number, term: number] | null => {
  const { scale, shift } = node.attrs;
  if (sizeOf(scale.shape) !== 1 || (shift !== null && sizeOf(shift.shape) !== 1)) return null;
  return [item(valuesOf(scale), 0), shift === null ? 0 : item(valuesOf(shift), 0)];
};

/** The line of a value over what it is made of: affines with one number each are followed back. */
const lineOf = (node: TensorNode): Line => {
  const parts = node.op === "affine" ? single(node) : null;
  if (node.op !== "affine" || parts === null) return { x: node, factor: 1, term: 0 };
  const { x, factor, term } = lineOf(node.inputs[0]);
  return { x, factor: parts[0] * factor, term: parts[0] * term + parts[1] };
};

const near = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-6 * Math.max(Math.abs(a), Math.abs(b));

interface Gated {
  readonly fn: Scalar;
  /** The product is this many times the function. */
  readonly times: number;
}

/** gate(x) of x times gate(x): `factor` and `term` lie on the gate, `inner` is what the gate reads, as a line of x. */
const gateOf = (gate: NodeOf<Tensor, "unary">, outer: Line, inner: Line): Gated | null => {
  const { fn } = gate.attrs;
  const { factor, term } = outer;
  switch (fn.kind) {
    case "sigmoid":
      return term === 0 && inner.term === 0
        ? { fn: { kind: "swish", beta: inner.factor }, times: factor }
        : null;
    case "hardSigmoid": {
      const line = near(fn.slope * inner.factor, 1 / 6) && near(fn.slope * inner.term + fn.offset, 0.5);
      return term === 0 && line ? { fn: { kind: "hardSwish" }, times: factor } : null;
    }
    case "clip": {
      // clip(a x + b, 0, h) = h hardSigmoid(a / h, b / h)
      const line = near(inner.factor / fn.high, 1 / 6) && near(inner.term / fn.high, 0.5);
      return term === 0 && fn.low === 0 && line
        ? { fn: { kind: "hardSwish" }, times: factor * fn.high }
        : null;
    }
    case "erf":
      return near(factor, term) && inner.term === 0 && near(inner.factor, Math.SQRT1_2)
        ? { fn: { kind: "gelu", tanh: false }, times: 2 * factor }
        : null;
    case "tanh": {
      const [before] = gate.inputs;
      const softplus = before.op === "unary" && before.attrs.fn.kind === "softplus";
      return softplus && term === 0 ? { fn: { kind: "mish" }, times: factor } : null;
    }
    default:
      return null;
  }
};

/** What a gate reads in the end: mish has a softplus between. */
const innerOf = (gate: NodeOf<Tensor, "unary">): Line => {
  const [before] = gate.inputs;
  const through =
    gate.attrs.fn.kind === "tanh" && before.op === "unary" && before.attrs.fn.kind === "softplus";
  return lineOf(through ? before.inputs[0] : before);
};

const gated = (value: TensorNode, other: TensorNode, { make }: Site<Tensor>): TensorNode | null => {
  const plain = lineOf(value);
  const outer = lineOf(other);
  const gate = outer.x;
  if (gate.op !== "unary" || plain.term !== 0) return null;
  const inner = innerOf(gate);
  if (inner.x !== plain.x) return null;
  const found = gateOf(gate, outer, inner);
  if (found === null) return null;
  const times = found.times * plain.factor;
  const made = make("unary", [plain.x], { fn: found.fn });
  return near(times, 1) ? made : make("affine", [made], { scale: oneNumber(times) });
};

const oneNumber = (value: number): Weight => floats("factor", [1], Float64Array.of(value));

/** max(x, a x) = x where x >= 0, a x below, for 0 <= a <= 1 */
const leaky = (x: TensorNode, y: TensorNode, { make }: Site<Tensor>): TensorNode | null => {
  const [a, b] = [lineOf(x), lineOf(y)];
  if (a.x !== b.x || a.term !== 0 || b.term !== 0 || a.factor !== 1 || b.factor < 0 || b.factor > 1)
    return null;
  return make("unary", [a.x], { fn: { kind: "leakyRelu", slope: b.factor } });
};

const rules: Rules<Tensor> = {
  binary: (node, site) => {
    const [a, b] = node.inputs;
    switch (node.attrs.fn) {
      case "multiply":
        return gated(a, b, site) ?? gated(b, a, site);
      case "maximum":
        return leaky(a, b, site) ?? leaky(b, a, site);
      case "divide":
        return recognizeNorm(node, site);
      default:
        return null;
    }
  },
  // 1 of a factor is none
  affine: (node, { make, uses }) => {
    const [before] = node.inputs;
    const parts = single(node);
    if (before.op !== "affine" || uses(before) > 1 || parts === null || node.attrs.shift !== null)
      return null;
    const inner = single(before);
    const product = inner === null || inner[1] !== 0 ? null : inner[0] * parts[0];
    const [x] = before.inputs;
    if (product === null || x.op !== "unary" || !sameShape(x.type.shape, node.type.shape)) return null;
    return near(product, 1) ? x : make("affine", [x], { scale: oneNumber(product) });
  },
};

const bound = 1e-5;

export const recognizeFunctions = definePass({
  name: "recognize-functions",
  level: "tensor",
  summary: "Finds activations and norms that are written as arithmetic.",
  contract: { kind: "bounded", norm: "relative" },
  idempotent: true,
  options: {},
  run: (graph, _options, context) => {
    context.bound(bound);
    return untilSettled(graph, (current) => rewrite(tensorLevel, current, rules));
  },
});
