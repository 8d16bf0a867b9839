/** Closes an exhaustive `switch`: a new case is a type error here. */
export const unreachable = (value: never): never => {
  throw new Error(`unreachable case: ${JSON.stringify(value)}`);
};
