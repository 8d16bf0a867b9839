import { verifyFolder } from "../verify/verify.ts";
import type { VerifyDocument } from "./documents.ts";
import { exitCodes } from "./exit.ts";
import { refuseSeveral } from "./sections.ts";
import { bad, bold, good, terminal } from "./terminal.ts";

/** `spikefold verify DIR`: runs the independent checker; exit 1 when it rejects. */
export const verifyCommand = async (folder: string, flags: { readonly json?: boolean }): Promise<number> => {
  const out = terminal(flags.json === true);
  refuseSeveral(folder);
  const verdict = verifyFolder(folder);
  const document: VerifyDocument = {
    schema: "spikefold/verify@1",
    accepted: verdict.accepted,
    obligations: verdict.obligations.map((o) => ({ ...o })),
    firstFailure: verdict.firstFailure,
  };
  out.document(document);
  for (const { status, id, layer, evidence } of verdict.obligations)
    out.line(`${status.padEnd(8)} ${id}${layer === null ? "" : ` (${layer})`}: ${evidence}`);
  out.line(
    verdict.accepted
      ? `${good("accepted")} ${bold(folder)}`
      : `${bad("rejected")} ${bold(folder)}: ${verdict.firstFailure ?? ""}`,
  );
  return verdict.accepted ? exitCodes.done : exitCodes.failed;
};
