export { type IndexSpace, indexSpaces, type SpaceMember } from "./index-spaces.ts";
export type { Holder, Role } from "./slots.ts";
