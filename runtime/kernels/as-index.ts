/**
 * Numbers that were computed from a file may be doubles inside the engine, and then every index of a loop is one;
 * as 32-bit integers the same loops are twice as fast. No array here has 2^31 elements.
 */
export const asIndex = (n: number): number => n | 0;
