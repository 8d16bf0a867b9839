/** Groups of operators, from feed-forward networks on; a test belongs to the first tier that has all its operators. */
export const tiers = {
  A: [
    ...["Add", "AveragePool", "BatchNormalization", "Clip", "Concat", "Constant", "Conv", "ConvTranspose"],
    ...[
      "DepthToSpace",
      "Div",
      "Dropout",
      "Flatten",
      "Gemm",
      "GlobalAveragePool",
      "GlobalMaxPool",
      "Identity",
    ],
    ...[
      "LeakyRelu",
      "MatMul",
      "MaxPool",
      "Mul",
      "PRelu",
      "Pad",
      "Relu",
      "Reshape",
      "Softmax",
      "SpaceToDepth",
    ],
    ...["Squeeze", "Sub", "Sum", "Transpose", "Unsqueeze"],
  ],
  B: [
    ...["Abs", "And", "ArgMax", "Cast", "CastLike", "Ceil", "ConstantOfShape", "Equal", "Exp", "Expand"],
    ...[
      "Floor",
      "Gather",
      "GatherElements",
      "GatherND",
      "Greater",
      "Less",
      "Log",
      "Max",
      "Mean",
      "Min",
      "Mod",
      "Neg",
    ],
    ...["Not", "Or", "Pow", "Range", "Reciprocal", "ReduceMax", "ReduceMean", "ReduceMin", "ReduceProd"],
    ...["ReduceSum", "Round", "ScatterND", "Shape", "Sign", "Size", "Slice", "Split", "Sqrt", "Tile", "TopK"],
    "Trilu",
    "Where",
  ],
  C: [
    ...["ConvInteger", "DequantizeLinear", "DynamicQuantizeLinear", "MatMulInteger", "QLinearConv"],
    ...["QLinearMatMul", "QuantizeLinear"],
  ],
  D: [
    ...[
      "Attention",
      "Celu",
      "Einsum",
      "Elu",
      "Erf",
      "Gelu",
      "GroupNormalization",
      "HardSigmoid",
      "HardSwish",
    ],
    ...["InstanceNormalization", "LRN", "LayerNormalization", "LogSoftmax", "LpNormalization", "Mish"],
    ...["RMSNormalization", "Resize", "RotaryEmbedding", "Selu", "Sigmoid", "Softplus", "Softsign", "Swish"],
    ...["Tanh", "ThresholdedRelu"],
  ],
  E: ["GRU", "If", "LSTM", "Loop", "RNN", "Scan"],
} as const;

export type Tier = keyof typeof tiers;

export const tierNames: readonly Tier[] = ["A", "B", "C", "D", "E"];

/** Null when an operator is in no tier. */
export const tierOf = (ops: readonly string[]): Tier | null => {
  const known = new Set<string>();
  for (const tier of tierNames) {
    for (const op of tiers[tier]) known.add(op);
    if (ops.every((op) => known.has(op))) return tier;
  }
  return null;
};
