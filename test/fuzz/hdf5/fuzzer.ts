import { type H5Content, readHdf5, writeHdf5 } from "../../../compiler/formats/hdf5/index.ts";
import { type Random, randomFrom } from "../../../compiler/testing/index.ts";
import { mutatedBytes } from "../bytes.ts";
import { contentOf, donorOf, mutatedTree } from "./mutate.ts";

const treeOf = (bytes: Uint8Array): ReadonlyMap<string, H5Content> => {
  const content = contentOf(readHdf5(bytes, "seed"));
  if (content instanceof Map) return content;
  throw new Error("a seed is no group");
};

/** How many changes; few are the most common. */
const rounds = (random: Random): number => random.pick([1, 1, 1, 2, 2, 3, 5, 8, 20]);

/**
 * Changed copies of HDF5 files: their bytes (headers, addresses, lengths), or their fields, names, shapes and values,
 * written anew so that the change is all that is wrong. Seeds are kept for as long as the function.
 */
export const hdf5Mutants = (seeds: () => readonly Uint8Array[]): ((seed: number) => Uint8Array) => {
  const files = seeds();
  const trees = files.map(treeOf);
  const donor = donorOf(trees);
  return (seed) => {
    const random = randomFrom(seed);
    const which = random.between(0, files.length - 1);
    const file = files[which] ?? new Uint8Array();
    if (random.chance(35)) return mutatedBytes(file, random);
    let tree = trees[which] ?? new Map<string, H5Content>();
    for (let i = rounds(random); i > 0; i--) tree = mutatedTree(tree, donor, random);
    const written = writeHdf5(tree);
    return random.chance(10) ? mutatedBytes(written, random) : written;
  };
};
