import { isRecord } from "../../../utils/isRecord.ts";
import { present } from "../../../utils/present.ts";
import type { JsonSchema } from "./schemaRewrite.ts";
import type { CheckArguments, SchemaError } from "./schemaCompiler.ts";

/**
 * Checks arguments against a closed object schema whose properties are strings, numbers and booleans, as
 * most tools have it; undefined for any other schema. What it finds is what `compileSchema` finds, in
 * another order, without that one's library, which takes a tenth of a second and several megabytes.
 */
export function checkFlatSchema(schema: JsonSchema): CheckArguments | undefined {
  const { type, properties, required = [], additionalProperties } = schema;
  const names = Object.keys(schema);
  if (type !== "object" || additionalProperties !== false || !isRecord(properties)) {
    return undefined;
  }
  if (!names.every((name) => TOP_KEYWORDS.has(name)) || !hasTexts(schema)) return undefined;
  if (!isListOfTexts(required) || new Set(required).size < required.length) return undefined;
  const fields = new Map<string, Field>();
  for (const [name, property] of Object.entries(properties)) {
    const field = PLAIN_NAME.test(name) && isRecord(property) ? readField(property) : undefined;
    if (field === undefined) return undefined;
    fields.set(name, field);
  }
  return (args) => [
    ...required.filter((name) => !Object.hasOwn(args, name)).map(missing),
    ...Object.keys(args).filter((name) => !fields.has(name)).map(undeclared),
    ...[...fields].filter(([name]) => Object.hasOwn(args, name)).flatMap(([name, field]) =>
      check(args[name], field, `/${name}`)
    ),
  ];
}

const TOP_KEYWORDS: ReadonlySet<string> = new Set([
  ...["type", "properties", "required", "additionalProperties", "title", "description"],
]);

/** Has nothing that a JSON pointer escapes, and is not `__proto__`. */
const PLAIN_NAME = /^[a-z][\w-]*$/i;

type FieldType = "string" | "number" | "integer" | "boolean";

interface Field {
  readonly type: FieldType;
  readonly maxLength?: number;
  readonly minLength?: number;
  readonly pattern?: RegExp;
  readonly choices?: readonly unknown[];
}

function readField(property: JsonSchema): Field | undefined {
  const { type, title, description, maxLength, minLength, pattern, enum: choices, ...rest } =
    property;
  if (Object.keys(rest).length > 0 || !hasTexts({ title, description })) return undefined;
  if (!isFieldType(type)) return undefined;
  if (maxLength !== undefined && !isLength(maxLength)) return undefined;
  if (minLength !== undefined && !isLength(minLength)) return undefined;
  if (choices !== undefined && !isListOf(type, choices)) return undefined;
  const tested = readPattern(pattern);
  if (pattern !== undefined && tested === undefined) return undefined;
  return { type, ...present({ maxLength, minLength, pattern: tested, choices }) };
}

function check(
  value: unknown,
  { type, maxLength, minLength, pattern, choices }: Field,
  instancePath: string,
): readonly SchemaError[] {
  const errors: SchemaError[] = [];
  const add = (keyword: string, params: SchemaError["params"], message: string) =>
    errors.push({ instancePath, keyword, params, message });
  if (!isOfType(value, type)) add("type", { type }, `must be ${type}`);
  if (typeof value === "string") {
    if (maxLength !== undefined && [...value].length > maxLength) {
      add("maxLength", { limit: maxLength }, `must NOT have more than ${maxLength} characters`);
    }
    if (minLength !== undefined && [...value].length < minLength) {
      add("minLength", { limit: minLength }, `must NOT have fewer than ${minLength} characters`);
    }
    if (pattern?.test(value) === false) {
      const { source } = pattern;
      add("pattern", { pattern: source }, `must match pattern "${source}"`);
    }
  }
  if (choices?.includes(value) === false) {
    add("enum", { allowedValues: choices }, "must be equal to one of the allowed values");
  }
  return errors;
}

/**
 * Takes only the characters that a text may have and how many: any other pattern may need more than linear
 * time. RE2 reads a number with leading zeros as text.
 */
function readPattern(pattern: unknown): RegExp | undefined {
  const isPlain = typeof pattern === "string" &&
    /^\^\[[\w*#+.-]{1,40}\]\{(0|[1-9]\d{0,2}),(0|[1-9]\d{0,2})\}\$$/.test(pattern);
  try {
    return isPlain ? new RegExp(pattern, "u") : undefined;
  } catch {
    return undefined;
  }
}

function missing(name: string): SchemaError {
  return {
    instancePath: "",
    keyword: "required",
    params: { missingProperty: name },
    message: `must have required property '${name}'`,
  };
}

function undeclared(name: string): SchemaError {
  return {
    instancePath: "",
    keyword: "additionalProperties",
    params: { additionalProperty: name },
    message: "must NOT have additional properties",
  };
}

function isOfType(value: unknown, type: FieldType): boolean {
  switch (type) {
    case "number":
      return Number.isFinite(value);
    case "integer":
      return Number.isInteger(value);
    case "string":
      return typeof value === "string";
    case "boolean":
      return typeof value === "boolean";
  }
}

function hasTexts({ title, description }: JsonSchema): boolean {
  return [title, description].every((text) => text === undefined || typeof text === "string");
}

function isFieldType(type: unknown): type is FieldType {
  return type === "string" || type === "number" || type === "integer" || type === "boolean";
}

function isListOf(type: FieldType, choices: unknown): choices is readonly unknown[] {
  return Array.isArray(choices) && choices.length > 0 &&
    choices.every((choice) => isOfType(choice, type)) && new Set(choices).size === choices.length;
}

function isLength(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0;
}

function isListOfTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}
