import { type Numbers, type Shape, sameShape, showShape } from "../compiler/ir/core/index.ts";

/** The value given for an input. Throws when it is missing or has another shape: callers check user data before. */
export const givenFor = (inputs: ReadonlyMap<string, Numbers>, name: string, shape: Shape): Numbers => {
  const given = inputs.get(name);
  if (given === undefined) throw new Error(`input ${name} is not given`);
  if (!sameShape(given.shape, shape))
    throw new Error(`input ${name} has shape ${showShape(given.shape)}, ${showShape(shape)} is needed`);
  return given;
};
