/**
 * sums += value * weight along synapses first <= i < end. Places of a row differ from each other, so four of them may be
 * read before the first is written: that hides the latency of memory.
 */
export const addRow = (
  place: Int32Array,
  weight: Float64Array,
  first: number,
  end: number,
  sums: Float64Array,
  value: number,
): void => {
  let i = first;
  for (; i + 3 < end; i += 4) {
    const p0 = place[i] ?? 0;
    const p1 = place[i + 1] ?? 0;
    const p2 = place[i + 2] ?? 0;
    const p3 = place[i + 3] ?? 0;
    const s0 = (sums[p0] ?? 0) + value * (weight[i] ?? 0);
    const s1 = (sums[p1] ?? 0) + value * (weight[i + 1] ?? 0);
    const s2 = (sums[p2] ?? 0) + value * (weight[i + 2] ?? 0);
    const s3 = (sums[p3] ?? 0) + value * (weight[i + 3] ?? 0);
    sums[p0] = s0;
    sums[p1] = s1;
    sums[p2] = s2;
    sums[p3] = s3;
  }
  for (; i < end; i++) {
    const p = place[i] ?? 0;
    sums[p] = (sums[p] ?? 0) + value * (weight[i] ?? 0);
  }
};
