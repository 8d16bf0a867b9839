import { type NodeOf, type Numbers, perGraph } from "../../compiler/ir/core/index.ts";
import type { Tensor } from "../../compiler/ir/tensor/index.ts";
import { splitBy } from "../kernels/index-map.ts";

type Normalize = NodeOf<Tensor, "normalize">;

const splitOf = perGraph(({ attrs, type }: Normalize) => splitBy(type.shape, attrs.axes));

const divisorOf = ({ norm, epsilon }: Normalize["attrs"], values: Float64Array): number => {
  let sum = 0;
  for (const value of values) sum += norm === "l1" ? Math.abs(value) : value * value;
  if (norm === "rms") return Math.sqrt(sum / values.length + epsilon);
  return Math.max(norm === "l1" ? sum : Math.sqrt(sum), epsilon);
};

/** (x - mean) / norm over `axes`, the mean only when centred; a group of zeros stays zero. */
export const normalize = (node: Normalize, { shape, data }: Numbers): Numbers => {
  const { attrs } = node;
  const { inside, outside } = splitOf(node);
  const out = new Float64Array(data.length);
  const values = new Float64Array(inside.length);
  for (const first of outside) {
    let sum = 0;
    for (let i = 0; i < inside.length; i++) sum += data[first + (inside[i] ?? 0)] ?? 0;
    const mean = attrs.center ? sum / inside.length : 0;
    for (let i = 0; i < inside.length; i++) values[i] = (data[first + (inside[i] ?? 0)] ?? 0) - mean;
    const divisor = divisorOf(attrs, values);
    for (let i = 0; i < inside.length; i++)
      out[first + (inside[i] ?? 0)] = divisor === 0 ? 0 : (values[i] ?? 0) / divisor;
  }
  return { shape, data: out };
};
