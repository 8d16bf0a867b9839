const integer = (digits: string): string => digits.replace(/^0+(?=\d)/, "");

/** `0.50` is 0.5, `007` is 7, `1.0E+03` is 1e3: one spelling a value, as far as it is written with the same exponent. */
export const spellNumber = (text: string): string => {
  const [mantissa = "", exponent = ""] = text.toLowerCase().split("e");
  const [whole = "", fraction = ""] = mantissa.split(".");
  const kept = fraction.replace(/0+$/, "");
  const sign = exponent.startsWith("-") ? "-" : "";
  const power = integer(exponent.replace(/^[+-]/, ""));
  const scaled = power === "" || power === "0" ? "" : `e${sign}${power}`;
  return `${integer(whole)}${kept === "" ? "" : `.${kept}`}${scaled}`;
};

/** `03x3` is 3x3, `2:04` is 2:4. */
export const spellExtents = (text: string): string => text.replace(/\d+/g, integer);
