export { type Channels, channelForms, type Form } from "./channel-forms.ts";
export { type IndexSpace, indexSpaces, type SpaceMember } from "./index-spaces.ts";
export type { Holder, Role } from "./slots.ts";
export { type Clustering, type Points, ward } from "./ward.ts";
