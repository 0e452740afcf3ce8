import { isSensitive, maskNumber, maskText, REDACTED } from "./redaction.ts";

/** A value for a log line: JSON-compatible, bounded and redacted. */
export type Loggable =
  | string
  | number
  | boolean
  | null
  | readonly Loggable[]
  | { readonly [name: string]: Loggable };

/** Converts one field for a log line; an error's stack is kept only with `stacks`. */
export function toLoggable(
  name: string,
  value: unknown,
  { stacks = false }: { readonly stacks?: boolean } = {},
): Loggable {
  return convert(name, value, { stacks, budget: MAX_VALUES, ancestors: [] });
}

/** Bounds of a line: a huge or circular record is cut. */
const MAX_VALUES = 200;
const MAX_DEPTH = 6;
const MAX_TEXT = 2_000;

/** Longer texts are cut before they are searched; a stack stays far below. */
const MAX_SEARCHED_TEXT = 8_000;

interface Conversion {
  readonly stacks: boolean;
  budget: number;
  readonly ancestors: object[];
}

function convert(name: string, value: unknown, conversion: Conversion): Loggable {
  if (value === null || value === undefined) return null;
  if (isSensitive(name, value)) return REDACTED;
  if (conversion.budget-- <= 0) return "[more]";
  switch (typeof value) {
    case "string":
      return bounded(value);
    case "number":
      if (mayBeDialled(value) && !QUANTITY.test(name)) return maskNumber(`+${value}`);
      return Number.isFinite(value) ? value : String(value);
    case "boolean":
      return value;
    case "bigint":
      return value >= 10n ** 9n && !QUANTITY.test(name) ? REDACTED : bounded(String(value));
    case "object":
      return convertObject(name, value, conversion);
    default:
      return `[${typeof value}]`;
  }
}

function convertObject(name: string, value: object, conversion: Conversion): Loggable {
  const { ancestors } = conversion;
  if (ancestors.includes(value)) return "[circular]";
  if (ancestors.length >= MAX_DEPTH) return "[deep]";
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "[no date]" : value.toJSON();
  if (value instanceof URL) return bounded(value.href);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  ancestors.push(value);
  try {
    if (Array.isArray(value)) return convertItems(name, value, conversion);
    return convertEntries(
      value instanceof Error ? errorEntries(value, conversion) : value,
      conversion,
    );
  } finally {
    ancestors.pop();
  }
}

function convertItems(name: string, items: readonly unknown[], conversion: Conversion): Loggable {
  const converted: Loggable[] = [];
  for (const item of items) {
    converted.push(convert(name, item, conversion));
    if (conversion.budget <= 0) break;
  }
  return converted;
}

function convertEntries(record: object, conversion: Conversion): Loggable {
  const converted: [string, Loggable][] = [];
  // Not `Object.entries`, which would read all values of a huge record to show two hundred.
  for (const name in record) {
    if (!Object.hasOwn(record, name)) continue;
    if (conversion.budget <= 0) break;
    const value: unknown = Reflect.get(record, name);
    if (value === undefined) conversion.budget--;
    else converted.push([bounded(name), convert(name, value, conversion)]);
  }
  return Object.fromEntries(converted);
}

/** Full phone numbers have 10 to 15 digits; so have timestamps, which `QUANTITY` exempts by name. */
function mayBeDialled(value: number): boolean {
  return Number.isInteger(value) && value >= 1e9 && value < 1e15;
}

/** The last word of names whose large numbers are not phone numbers. */
const QUANTITY =
  /(?:[mM]s|[bB]ytes|[tT]okens|[sS]econds|[sS]amples|[cC]ount|[tT]otal|[sS]ince|[uU]ntil|[tT]ime|At|_at)$/;

function errorEntries(error: Error, { stacks }: Conversion): object {
  return {
    name: error.name,
    message: error.message,
    code: "code" in error ? error.code : undefined,
    status: "status" in error ? error.status : undefined,
    cause: error.cause,
    errors: error instanceof AggregateError ? error.errors : undefined,
    stack: stacks ? error.stack : undefined,
  };
}

function bounded(text: string): string {
  const masked = maskText(
    text.length > MAX_SEARCHED_TEXT ? text.slice(0, MAX_SEARCHED_TEXT) : text,
  );
  return masked.length > MAX_TEXT ? `${masked.slice(0, MAX_TEXT)}…` : masked;
}
