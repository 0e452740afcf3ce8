import { Buffer } from "node:buffer";

/** One field of a form, or a file of it. */
export interface FormPart {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const MAX_PARTS = 100;
const MAX_HEAD_BYTES = 8192;

/**
 * The parts of a body of the type `multipart/form-data` (RFC 7578), in their order; undefined where it is
 * none, or is cut short. Bodies of megabytes are read without a pause: their bytes are searched, not decoded.
 */
export function formParts(
  body: Uint8Array<ArrayBuffer>,
  contentType: string,
): readonly FormPart[] | undefined {
  const boundary = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType);
  if (boundary === null) return undefined;
  const mark = `--${boundary[1] ?? boundary[2]}`;
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const parts: FormPart[] = [];
  let at = bytes.indexOf(mark);
  while (at !== -1 && parts.length <= MAX_PARTS) {
    const begun = at + mark.length;
    const after = bytes.subarray(begun, begun + 2).toString("latin1");
    if (after === "--") return parts;
    if (after !== "\r\n") return undefined;
    const headEnd = bytes.indexOf("\r\n\r\n", begun);
    const end = headEnd === -1 ? -1 : bytes.indexOf(`\r\n${mark}`, headEnd + 2);
    if (end === -1 || headEnd - begun > MAX_HEAD_BYTES) return undefined;
    const head = bytes.subarray(begun, headEnd).toString("utf8");
    const name = /^content-disposition:\s*form-data;(?:.*?;)?\s*name="([^"]*)"/im.exec(head)?.[1];
    if (name === undefined) return undefined;
    const from = headEnd + 4;
    parts.push({ name, bytes: body.subarray(Math.min(from, end), end) });
    at = end + 2;
  }
  return undefined;
}
