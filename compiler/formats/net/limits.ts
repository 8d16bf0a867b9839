/** What the integers of the chip can hold (lava-nc/lava: src/lava/proc/lif/models.py), and bounds on a file. */
export const limits = {
  /** Parts of a decay. */
  decay: 4096,
  /** Signed weights of 9 bits, the widest that NetX passes on. */
  weight: { least: -256, most: 255 },
  /** Bias times 64 in 24 bits. */
  bias: 2 ** 17 - 1,
  /** NetX writes 2^18 - 1 for neurons that never fire. */
  threshold: 2 ** 18,
  /** Steps; NetX clamps to it. */
  delay: 62,
  layers: 1024,
  /** Neurons of one layer: a chip of Loihi 2 has as many (128 cores of 8192). */
  neurons: 2 ** 20,
  /** Weights that the kernel of a pool becomes, with a copy for every channel. */
  copies: 2 ** 20,
} as const;
