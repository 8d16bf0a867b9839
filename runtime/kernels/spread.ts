/** Fills `data` with `values` in order, each repeated so that they cover it: one for all, one per channel, one each. */
export const spreadOver = (data: Float64Array, values: Float64Array): void => {
  const repeat = data.length / values.length;
  for (let i = 0; i < values.length; i++) data.fill(values[i] ?? 0, i * repeat, (i + 1) * repeat);
};
