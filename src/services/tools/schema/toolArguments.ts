import { parseSafely, repairArguments } from "./argumentRepair.ts";
import { isRecord } from "../../../utils/isRecord.ts";
import { checkFlatSchema } from "./flatSchema.ts";
import { compileSchema, type SchemaError } from "./schemaCompiler.ts";
import { type ToolArguments, ToolError } from "../tool.ts";
import type { ToolSchema } from "./toolSchema.ts";

/** Reads the arguments of a call; throws a `ToolError` that names the field and what it should be. */
export type ReadArguments = (json: string) => ToolArguments;

/**
 * Compiles a tool's schema. What models are known to get wrong without harm is corrected before it
 * is refused: a refusal costs the caller a second of silence, and the model often repeats itself.
 */
export function createArgumentReader({ schema, closedByDefault }: ToolSchema): ReadArguments {
  const check = checkFlatSchema(schema) ?? compileSchema(schema);
  return function readArguments(json) {
    const args = parseArguments(json);
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const errors = check(args);
      if (errors.length === 0) return args;
      if (!repairArguments(args, errors, { dropUndeclared: closedByDefault })) {
        throw unfit(describeErrors(errors));
      }
      boundValues(args);
    }
    throw unfit("The arguments do not fit.");
  };
}

/** Each round corrects what the one before revealed, such as the inside of a parsed value. */
const MAX_ROUNDS = 6;
const MAX_ARGUMENTS_CHARS = 65_536;
const MAX_DEPTH = 32;
/** Comparing the items of a list with one another takes the square of their number. */
const MAX_VALUES = 2000;
const MAX_ERRORS_SHOWN = 5;
const MAX_ERROR_CHARS = 1000;

function parseArguments(json: string): Record<string, unknown> {
  if (json.length > MAX_ARGUMENTS_CHARS) throw unfit("The arguments are too long.");
  const given = json.trim() === "" ? {} : parseJson(json);
  // Some models encode them twice.
  const args = typeof given === "string" && given.trimStart().startsWith("{")
    ? parseJson(given)
    : given;
  if (!isRecord(args)) throw unfit("The arguments must be a JSON object.");
  boundValues(args);
  return args;
}

function parseJson(json: string): unknown {
  try {
    return parseSafely(json);
  } catch {
    throw unfit("The arguments are not valid JSON.");
  }
}

function boundValues(args: unknown): void {
  let values = 0;
  const count = (value: unknown, depth: number) => {
    if (++values > MAX_VALUES) throw unfit("The arguments hold too many values.");
    if (typeof value !== "object" || value === null) return;
    if (depth > MAX_DEPTH) throw unfit("The arguments are nested too deep.");
    for (const item of Object.values(value)) count(item, depth + 1);
  };
  count(args, 1);
}

function unfit(message: string): ToolError {
  return new ToolError("invalid_arguments", message);
}

function describeErrors(errors: readonly SchemaError[]): string {
  const sentences = [...new Set(errors.map(describeError))].slice(0, MAX_ERRORS_SHOWN);
  return `The arguments do not fit: ${sentences.join("; ").slice(0, MAX_ERROR_CHARS)}.`;
}

function describeError({ instancePath, message, keyword, params }: SchemaError): string {
  const path = instancePath.slice(1).replaceAll("/", ".");
  const subject = path === "" ? "the object" : `"${path}"`;
  switch (keyword) {
    case "enum":
      return `${subject} must be one of ${JSON.stringify(params.allowedValues)}`;
    case "const":
      return `${subject} must be ${JSON.stringify(params.allowedValue)}`;
    case "additionalProperties":
      return `${subject} must not have a field "${params.additionalProperty}"`;
    default:
      return `${subject} ${message ?? "is not valid"}`;
  }
}
