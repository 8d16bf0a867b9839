/** What a file that is not ONNX seems to be, for the message. */
interface Lookalike {
  readonly looks: string;
  readonly evidence: string;
  readonly remedy: string;
}

interface Mark extends Lookalike {
  readonly offset: number;
  readonly bytes: string;
}

const convert = (tool: string): string => `convert it to ONNX with ${tool}, then give the .onnx file`;

/** First bytes of the files that people name .onnx by mistake, as Latin-1. */
const marks: readonly Mark[] = [
  {
    looks: "a Git LFS pointer",
    offset: 0,
    bytes: "version https://git-lfs",
    evidence: "it is a short text that says where the real file is",
    remedy: "fetch the real file with: git lfs pull",
  },
  {
    looks: "a TensorFlow Lite model",
    offset: 4,
    bytes: "TFL3",
    evidence: 'bytes 4 to 7 are "TFL3"',
    remedy: convert("tf2onnx --tflite"),
  },
  {
    looks: "a zip archive (PyTorch saves its models as zip)",
    offset: 0,
    bytes: "PK\u0003\u0004",
    evidence: 'it starts with "PK"',
    remedy: convert("torch.onnx.export"),
  },
  {
    looks: "an HDF5 file (Keras, NIR or Lava)",
    offset: 0,
    bytes: "\u0089HDF\r\n",
    evidence: 'it starts with "\\x89HDF"',
    remedy: convert("tf2onnx --keras, when it is a Keras model"),
  },
  {
    looks: "a NumPy array",
    offset: 0,
    bytes: "\u0093NUMPY",
    evidence: 'it starts with "\\x93NUMPY"',
    remedy: "give the model here, and the array with --calibrate or --data",
  },
  {
    looks: "a gzip file",
    offset: 0,
    bytes: "\u001f\u008b",
    evidence: "it starts with the bytes 1f 8b",
    remedy: "unpack it with gunzip first",
  },
  {
    looks: "an ONNX model in text form",
    offset: 0,
    bytes: "ir_version",
    evidence: 'it starts with "ir_version"',
    remedy: "save it in binary form: onnx.save(model, path)",
  },
];

const startsWith = (bytes: Uint8Array, offset: number, mark: string): boolean =>
  bytes.length >= offset + mark.length &&
  [...mark].every((char, i) => bytes[offset + i] === char.charCodeAt(0));

const empty: Lookalike = {
  looks: "an empty file",
  evidence: "it has 0 bytes",
  remedy: "copy or export the model again",
};

const html: Lookalike = {
  looks: "an HTML page",
  evidence: "its text starts with a tag",
  remedy: "download the raw file, not the page that shows it",
};

const json: Lookalike = {
  looks: "a JSON file",
  evidence: "its text starts with a brace",
  remedy: "save the model in binary form: onnx.save(model, path)",
};

const spk: Lookalike = {
  looks: "a network in the language of this program",
  evidence: "its text starts as a .spk file does",
  remedy: "name it with the ending .spk",
};

const pickle: Lookalike = {
  looks: "a Python pickle",
  evidence: "it starts with a pickle protocol number",
  remedy: convert("torch.onnx.export"),
};

/** Words that a .spk file can start with; a comment there starts with # and is followed by one of them. */
const spkStart = /^(#[^\n]*\n\s*)*(import|data|network|block|compile)\s/;

/** True when the bytes are text that starts as a .spk file does. */
const isSpk = (bytes: Uint8Array): boolean => {
  const text = new TextDecoder().decode(bytes.subarray(0, 4096));
  return !text.includes("\0") && spkStart.test(text.trimStart());
};

/** The look of bytes that did not decode as ONNX, or null when nothing is known. */
export const looksLike = (bytes: Uint8Array): Lookalike | null => {
  if (bytes.length === 0) return empty;
  const mark = marks.find(({ offset, bytes: start }) => startsWith(bytes, offset, start));
  if (mark !== undefined) return mark;
  const text = new TextDecoder().decode(bytes.subarray(0, 256)).trimStart();
  if (/^<(!doctype|html|head|\?xml)/i.test(text)) return html;
  if (/^\{\s*"/.test(text)) return json;
  if (isSpk(bytes)) return spk;
  const protocol = bytes[1] ?? 0;
  return bytes[0] === 0x80 && protocol >= 2 && protocol <= 5 ? pickle : null;
};
