import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import { type ToolArguments, ToolError } from "./tool.ts";

/** Reads the arguments of a call; throws a `ToolError` that names the field and what it should be. */
export type ReadArguments = (json: string) => ToolArguments;

/** Compiles a JSON Schema. Throws where it is not one. */
export function createArgumentReader(schema: Readonly<Record<string, unknown>>): ReadArguments {
  // Strict mode would refuse the harmless extras that schemas written for other tools often have.
  const ajv = new Ajv({ allErrors: true, strict: false, validateFormats: false, logger: false });
  const validate = ajv.compile(schema);
  return function readArguments(json) {
    const args = parseArguments(json);
    if (validate(args)) return args;
    throw new ToolError("invalid_arguments", describeErrors(validate));
  };
}

const MAX_ARGUMENTS_CHARS = 65_536;
const MAX_ERRORS_TOLD = 5;

function parseArguments(json: string): ToolArguments {
  if (json.length > MAX_ARGUMENTS_CHARS) {
    throw new ToolError("invalid_arguments", "The arguments are too long.");
  }
  const args = json.trim() === "" ? {} : parseJson(json);
  if (!isObject(args)) {
    throw new ToolError("invalid_arguments", "The arguments must be a JSON object.");
  }
  return args;
}

function parseJson(json: string): unknown {
  try {
    // A key of this name would become the prototype of whatever the arguments are copied into.
    return JSON.parse(json, (key, value) => key === "__proto__" ? undefined : value);
  } catch {
    throw new ToolError("invalid_arguments", "The arguments are not valid JSON.");
  }
}

function isObject(value: unknown): value is ToolArguments {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function describeErrors({ errors }: ValidateFunction): string {
  const sentences = (errors ?? []).slice(0, MAX_ERRORS_TOLD).map(describeError);
  return `The arguments do not fit: ${[...new Set(sentences)].join("; ")}.`;
}

function describeError({ instancePath, message, keyword, params }: ErrorObject): string {
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
