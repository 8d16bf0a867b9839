// The layer table of docs/architecture.md: what a folder may import. Everything else is an error.
const layers = {
  "compiler/diagnostics": [],
  "compiler/ir/core": ["compiler/diagnostics"],
  "compiler/ir/linear": ["compiler/ir/core", "compiler/diagnostics"],
  "compiler/ir/tensor": ["compiler/ir/(core|linear)", "compiler/diagnostics"],
  "compiler/ir/integer": ["compiler/ir/(core|linear)", "compiler/diagnostics"],
  "compiler/ir/spiking": ["compiler/ir/(core|linear|integer)", "compiler/diagnostics"],
  "compiler/ir/machine": ["compiler/ir/(core|linear|integer|spiking)", "compiler/diagnostics"],
  "compiler/ir/index.ts": ["compiler/ir/"],
  "compiler/target": ["compiler/(ir|diagnostics|native)"],
  "compiler/pass": ["compiler/(ir|diagnostics|target)"],
  "compiler/analysis": ["compiler/(ir|diagnostics|target|pass)"],
  "compiler/passes": ["compiler/(ir|diagnostics|target|pass|analysis|quantize)"],
  "compiler/quantize": ["compiler/(ir|diagnostics|target|pass|analysis)"],
  "compiler/convert": ["compiler/(ir|diagnostics|target|pass|analysis)"],
  "compiler/realize": ["compiler/(ir|diagnostics|target|pass|analysis|convert|passes)"],
  "compiler/map": ["compiler/(ir|diagnostics|target|pass|analysis|convert|realize)"],
  "compiler/native": ["compiler/(ir|diagnostics)"],
  "compiler/formats": ["compiler/(ir|diagnostics|target|native)", "runtime/(tensor|files|kernels)"],
  "compiler/check": ["compiler/(ir|diagnostics|target|pass|analysis)"],
  "compiler/pipeline": ["compiler/(?!pipeline|feasibility|testing|cli|index)", "runtime/files"],
  "compiler/feasibility": ["compiler/(?!feasibility|testing|cli|index)"],
  // The independent checker shares nothing with the compiler.
  "compiler/verify": [],
  "compiler/testing": ["compiler/(?!testing|cli)", "runtime"],
  dsl: ["compiler/(ir|diagnostics|native)"],
  runtime: [
    "compiler/(ir/(core|linear|integer/level-function|integer/index|spiking|machine|tensor)|diagnostics)",
  ],
  backends: ["compiler/(ir|diagnostics|target|formats|map|native)", "runtime/files"],
};

const escaped = (path) => path.replace(/\//g, "\\/");

const rule = ([folder, allowed]) => ({
  name: `layer-${folder.replace(/\//g, "-")}`,
  comment: `${folder} may import ${allowed.join(", ") || "nothing"} and itself`,
  severity: "error",
  from: { path: `^${escaped(folder)}(\\/|$)` },
  to: {
    path: "^(compiler|dsl|backends|runtime|test)/",
    pathNot: [`^${escaped(folder)}(\\/|$)`, ...allowed.map((a) => `^${a}`)],
  },
});

module.exports = {
  forbidden: [
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    { name: "no-unresolved", severity: "error", from: {}, to: { couldNotResolve: true } },
    {
      name: "no-dev-dependency",
      severity: "error",
      from: { path: "^(compiler|dsl|backends|runtime)/" },
      to: { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"] },
    },
    ...Object.entries(layers).map(rule),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    parser: "swc",
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "types"],
      extensions: [".ts", ".js"],
    },
  },
};
