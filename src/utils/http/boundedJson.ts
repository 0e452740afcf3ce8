import { BodyError } from "./bodyError.ts";

/**
 * Parses untrusted JSON.
 *
 * Throws a `BodyError` for malformed JSON, for nesting deeper than `maxDepth` and for more than
 * `MAX_VALUES` values (both checked before parsing; an object or array counts as ten, which is what it
 * costs), for a `__proto__` key, and for text with a lone surrogate, which UTF-8 cannot encode.
 */
export function parseBoundedJson(
  text: string,
  maxDepth = 32,
): unknown {
  const { depth, values } = measure(text);
  if (depth > maxDepth) {
    throw new BodyError(400, "json_too_deep", "The JSON is nested deeper than {maxDepth} levels.", {
      maxDepth,
    });
  }
  if (values > MAX_VALUES) {
    throw new BodyError(
      413,
      "json_too_many_values",
      "The JSON has more than {most} values.",
      { most: MAX_VALUES },
    );
  }
  const value = parse(text);
  refuseUnsafe(value);
  return value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new BodyError(400, "malformed_json", "The body is not valid JSON.");
  }
}

/** Counts depth and values outside of strings; in valid JSON never below the true ones. */
function measure(text: string): { readonly depth: number; readonly values: number } {
  let depth = 0;
  let values = 1;
  let deepest = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (inString) {
      if (code === BACKSLASH) i++;
      else if (code === QUOTE) inString = false;
    } else if (code === QUOTE) inString = true;
    else if (code === COMMA) values++;
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      values += CONTAINER_COST;
      deepest = Math.max(deepest, ++depth);
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth--;
  }
  return { depth: deepest, values };
}

/** Recursion is safe here: the depth has been bounded. */
function refuseUnsafe(value: unknown): void {
  if (typeof value === "string") return refuseBrokenText(value);
  if (typeof value !== "object" || value === null) return;
  if (Array.isArray(value)) {
    for (const item of value) refuseUnsafe(item);
    return;
  }
  for (const [key, item] of Object.entries(value)) {
    if (key === "__proto__") {
      throw new BodyError(400, "forbidden_key", "The JSON has a key that is not allowed.");
    }
    refuseBrokenText(key);
    refuseUnsafe(item);
  }
}

function refuseBrokenText(text: string): void {
  if (!text.isWellFormed()) {
    throw new BodyError(400, "invalid_unicode", "The JSON has text that is not valid Unicode.");
  }
}

const MAX_VALUES = 80_000;
const CONTAINER_COST = 10;

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
