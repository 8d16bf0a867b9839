import type { TensorNode } from "../../../../ir/tensor/index.ts";
import type { ElementName } from "../../decode/index.ts";
import { settledAs, whole } from "../forms.ts";
import type { Site } from "../site.ts";
import type { Computed, Value } from "../value.ts";

/** An op that keeps the shape, on a value; the batch of one stays left out. */
export const mapped = (
  site: Site,
  value: Value,
  op: (node: TensorNode) => TensorNode,
  element: ElementName = value.element,
): Computed => {
  if (value.kind === "computed") return { kind: "computed", node: op(value.node), lead: value.lead, element };
  return settledAs(site, op(whole(site, value)), false, element);
};
