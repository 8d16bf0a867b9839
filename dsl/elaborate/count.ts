/** `1,568`: groups of three digits, the same everywhere. */
export const showCount = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ",");
