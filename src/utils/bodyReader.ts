import { setTimer } from "./clock.ts";
import { deadline } from "./deadline.ts";
import { BodyError } from "./http/bodyError.ts";
import { parseBoundedJson } from "./http/boundedJson.ts";

/** How large a body may be, and how long reading it may take. */
interface BodyLimits {
  readonly maxBytes: number;
  readonly timeoutMs?: number;
}

/** A body's value together with its exact text, which signatures are made over. */
interface ParsedBody<Value> {
  readonly value: Value;
  readonly raw: string;
}

/** Reads a body whole; throws a `BodyError` for one that is too large, too slow or cut short. */
export async function readBody(
  request: Request,
  { maxBytes, timeoutMs = 10_000 }: BodyLimits,
): Promise<Uint8Array<ArrayBuffer>> {
  const encoding = request.headers.get("content-encoding") ?? "identity";
  if (encoding.toLowerCase() !== "identity") {
    throw new BodyError(415, "unsupported_encoding", "Send the body uncompressed.");
  }
  const announced = Number(request.headers.get("content-length") ?? 0);
  if (announced > maxBytes) throw tooLarge(maxBytes);
  if (request.body === null) return new Uint8Array();

  const reader = request.body.getReader();
  const tooSlow = new BodyError(408, "body_timeout", "The body took longer than {timeoutMs} ms.", {
    timeoutMs,
  });
  try {
    return await deadline(readAll(reader, maxBytes), timeoutMs, setTimer, tooSlow);
  } catch (error) {
    // Not awaited: a sender that stalls could delay the cancelling.
    reader.cancel().catch(() => {});
    if (error instanceof BodyError) throw error;
    throw new BodyError(400, "incomplete_body", "The body ended before it was complete.");
  }
}

/**
 * Reads a body of type `application/json` or `+json`; throws a `BodyError` for any other type, for
 * what is not JSON in UTF-8, and for JSON that `parseBoundedJson` refuses.
 */
export async function readJson(
  request: Request,
  limits: BodyLimits,
): Promise<ParsedBody<unknown>> {
  requireJson(request);
  return parseJson(await readBody(request, limits));
}

/** The text of a body of a type of JSON, which has not been parsed; throws as `readJson`. */
export async function readJsonText(request: Request, limits: BodyLimits): Promise<string> {
  requireJson(request);
  return decodeText(await readBody(request, limits));
}

/** As `readJson`, but resolves with undefined for an absent body, whatever its content type. */
export async function readOptionalJson(
  request: Request,
  limits: BodyLimits,
): Promise<ParsedBody<unknown> | undefined> {
  const bytes = await readBody(request, limits);
  if (bytes.length === 0) return undefined;
  requireJson(request);
  return parseJson(bytes);
}

/**
 * Reads a body of type `application/x-www-form-urlencoded`; throws a `BodyError` for any other type
 * and for more than `maxFields` fields.
 */
export async function readForm(
  request: Request,
  { maxFields, ...limits }: BodyLimits & { readonly maxFields: number },
): Promise<ParsedBody<URLSearchParams>> {
  if (contentTypeOf(request) !== "application/x-www-form-urlencoded") {
    throw new BodyError(
      415,
      "unsupported_media_type",
      "Send the body as application/x-www-form-urlencoded.",
    );
  }
  const raw = decodeText(await readBody(request, limits));
  const value = new URLSearchParams(raw);
  if (value.size > maxFields) {
    throw new BodyError(413, "too_many_fields", "The form has more than {maxFields} fields.", {
      maxFields,
    });
  }
  return { value, raw };
}

function requireJson(request: Request): void {
  const isJson = /^application\/(?:json|[\w.+-]+\+json)$/;
  if (isJson.test(contentTypeOf(request))) return;
  throw new BodyError(415, "unsupported_media_type", "Send the body as application/json.");
}

function parseJson(bytes: Uint8Array): ParsedBody<unknown> {
  const raw = decodeText(bytes);
  return { value: parseBoundedJson(raw), raw };
}

async function readAll(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  // One growing buffer: a list of single-byte chunks would take many times their size.
  let buffer = new Uint8Array(Math.min(maxBytes, 16_384));
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return buffer.subarray(0, length);
    if (length + value.length > maxBytes) throw tooLarge(maxBytes);
    if (length + value.length > buffer.length) {
      const grown = new Uint8Array(
        Math.min(maxBytes, Math.max(2 * buffer.length, length + value.length)),
      );
      grown.set(buffer.subarray(0, length));
      buffer = grown;
    }
    buffer.set(value, length);
    length += value.length;
  }
}

/** The media type alone, or an empty text where its charset is not UTF-8. */
function contentTypeOf(request: Request): string {
  const header = (request.headers.get("content-type") ?? "").toLowerCase();
  const charset = /;\s*charset\s*=\s*"?([^";\s]*)/.exec(header)?.[1] ?? "utf-8";
  return charset === "utf-8" || charset === "utf8" ? header.replace(/;.*$/, "").trim() : "";
}

function decodeText(bytes: Uint8Array): string {
  try {
    // The byte order mark is kept: the text must encode to the same bytes.
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new BodyError(400, "invalid_utf8", "The body is not valid UTF-8.");
  }
}

function tooLarge(maxBytes: number): BodyError {
  return new BodyError(413, "body_too_large", "The body is larger than {maxBytes} bytes.", {
    maxBytes,
  });
}
