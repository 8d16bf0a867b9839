import { quoteName } from "../../compiler/diagnostics/index.ts";
import { fileFaults } from "../diagnostics/file.ts";
import type { Name } from "../syntax.ts";
import { type Context, placeOf, report } from "./context.ts";

// Letters of any script may stand in a file name; what a shell, a drive or another system would read otherwise may not.
const unsafe = /[\\:*?<>|\p{Cc}\p{Cf}]/u;

const inside = (name: string): boolean =>
  name.length > 0 &&
  name.length <= 1000 &&
  !unsafe.test(name) &&
  name.split("/").every((part) => part !== "" && part !== "." && part !== "..");

/** The path of a file that a `.spk` file names: below the folder of that file. Null (reported) when it leaves the folder. */
export const resolveFile = (context: Context, name: Name): string | null => {
  const { file } = name.span;
  const slash = file.lastIndexOf("/");
  if (inside(name.text)) return `${file.slice(0, slash + 1)}${name.text}`;
  return report(
    context,
    fileFaults.report("outside", placeOf(context, name.span), { name: quoteName(name.text), file }),
  );
};

export const extensionOf = (name: string): string => {
  const dot = name.lastIndexOf(".");
  return dot < 0 ? "" : name.slice(dot + 1).toLowerCase();
};
