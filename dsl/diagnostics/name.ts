import { defineDiagnostics } from "../../compiler/diagnostics/index.ts";

/** Names that are not there, or there twice. */
export const nameFaults = defineDiagnostics("name", {
  layer: { severity: "error", what: "there is no layer `{name}`", why: "", fix: "{remedy}" },
  tensor: {
    severity: "error",
    what: "there is no tensor `{name}` above this line",
    why: "",
    fix: "{remedy}",
  },
  value: { severity: "error", what: "there is no value `{name}`", why: "", fix: "{remedy}" },
  stage: { severity: "error", what: "`{network}` has no stage `{name}`", why: "", fix: "{remedy}" },
  network: { severity: "error", what: "there is no network `{name}`", why: "", fix: "{remedy}" },
  data: { severity: "error", what: "there is no data `{name}`", why: "", fix: "{remedy}" },
  target: { severity: "error", what: "there is no target `{name}`", why: "", fix: "{remedy}" },
  metric: { severity: "error", what: "there is no metric `{name}`", why: "", fix: "{remedy}" },
  source: { severity: "error", what: "there is no data source `{name}`", why: "", fix: "{remedy}" },
  type: { severity: "error", what: "there is no option type `{name}`", why: "", fix: "{remedy}" },
  imported: { severity: "error", what: "{file} declares no `{name}`", why: "", fix: "{remedy}" },
  twice: { severity: "error", what: "`{name}` is defined twice", why: "", fix: "{remedy}" },
  reserved: {
    severity: "error",
    what: "`{name}` is the name of a layer",
    why: "",
    fix: "choose another name",
  },
  unused: {
    severity: "error",
    what: "nothing reads `{name}`",
    why: "",
    fix: "lead it to an output with `->`, or take the line out",
  },
  output: {
    severity: "error",
    what: "the output `{name}` is never given a value",
    why: "",
    fix: "add a line `{name} = ...`",
  },
  start: {
    severity: "error",
    what: "`{name}` is a layer and needs an input",
    why: "",
    fix: "write `{flow}`",
  },
});
