export { h5Diagnostics } from "./diagnostics.ts";
export { type FieldFaults, Fields, type H5Array } from "./fields.ts";
export { isHdf5, readHdf5 } from "./read.ts";
export type { H5Content, H5Dataset, H5Group, H5Leaf, H5Object, H5Values } from "./tree.ts";
export { writeHdf5 } from "./write.ts";
