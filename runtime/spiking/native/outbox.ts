/** Messages of one population in one step: amounts[i], or 1, from elements[i], for i below `count`. */
export interface Outbox {
  readonly elements: Int32Array;
  readonly amounts: Float64Array | null;
  readonly count: number;
}

export const nothing: Outbox = { elements: new Int32Array(0), amounts: null, count: 0 };

/** Lists that are filled again and again. */
export interface Lists {
  readonly elements: Int32Array;
  readonly amounts: Float64Array;
}

export const openLists = (size: number): Lists => ({
  elements: new Int32Array(size),
  amounts: new Float64Array(size),
});

/** The numbers other than zero of a step, by element. */
export const collect = ({ elements, amounts }: Lists, values: Float64Array): Outbox => {
  let count = 0;
  for (let e = 0; e < values.length; e++) {
    const value = values[e] ?? 0;
    if (value === 0) continue;
    elements[count] = e;
    amounts[count++] = value;
  }
  return { elements, amounts, count };
};
