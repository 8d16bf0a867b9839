import { defineDiagnostics, inFile, Rejected } from "../../diagnostics/index.ts";

/** Messages about HDF5 files, whatever they hold. */
export const h5Diagnostics = defineDiagnostics("h5", {
  format: {
    severity: "error",
    what: "this is not an HDF5 file",
    why: "it starts with the bytes {start}, an HDF5 file with 89 48 44 46 0d 0a 1a 0a",
    fix: "give the file that the exporter wrote; if it came from a repository, fetch the large files too",
  },
  version: {
    severity: "error",
    what: "the file uses a newer HDF5 layout than is read here",
    why: "{what} has version {found}, read are versions up to {known}",
    fix: "write it with the default library version, or convert it: h5repack --low=0 --high=0 in.h5 out.h5",
  },
  feature: {
    severity: "error",
    what: "{path} uses a part of HDF5 that is not read here",
    why: "{what}",
    fix: "save it as a plain array, uncompressed or with gzip",
  },
  truncated: {
    severity: "error",
    what: "the file is cut short, or an address in it is wrong",
    why: "{what} needs bytes {from} to {to}, the file has {size}",
    fix: "copy or export the file again",
  },
  malformed: {
    severity: "error",
    what: "the file is not valid HDF5",
    why: "at byte {offset}: {fault}",
    fix: "export the file again",
  },
  link: {
    severity: "error",
    what: "{path} is a {kind} link",
    why: "only objects that are stored in the file itself are read; a link may lead anywhere",
    fix: "store the data in the file: h5copy, or export again without links",
  },
  "external-storage": {
    severity: "error",
    what: "{path} keeps its data in another file",
    why: "only data that are stored in the file itself are read",
    fix: "store the data in the file: h5repack makes them contiguous",
  },
  cycle: {
    severity: "error",
    what: "{path} contains itself",
    why: "a group is reached again from inside itself, at byte {offset}",
    fix: "remove the link that leads back",
  },
  filter: {
    severity: "error",
    what: "{path} is compressed with filter {filter}",
    why: "read are gzip (1) and shuffle (2)",
    fix: "save it uncompressed or with gzip",
  },
  limit: {
    severity: "error",
    what: "{path} is larger than what is read",
    why: "it has {count} {what}, at most {limit} are read",
    fix: "split the network, or remove what is not part of it",
  },
});

export const malformed = (file: string, offset: number, fault: string): Rejected =>
  new Rejected([h5Diagnostics.report("malformed", inFile(file), { offset, fault })]);
