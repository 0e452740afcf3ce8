import { isRecord } from "../../../utils/isRecord.ts";

/** A JSON Schema that is an object; the boolean ones stand inside of others only. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** What is wrong with a tool's parameters, and where. */
export class SchemaFault extends Error {
  override readonly name = "SchemaFault";
  constructor(path: readonly PropertyKey[], reason: string) {
    super(`${["parameters", ...path].map(String).join(".")}: ${reason}`);
  }
}

interface Place {
  /** The schema's own `$id`: references to it point into the schema itself. */
  readonly rootId?: string | undefined;
  readonly path?: readonly string[];
  readonly depth?: number;
}

const MAX_DEPTH = 20;

/**
 * Rewrites a schema and all schemas in it: draft-07's and OpenAPI's own spellings become those of
 * 2020-12, and what only its author needs is dropped. Throws a `SchemaFault`.
 */
export function rewriteSchema(schema: JsonSchema, place: Place = {}): JsonSchema {
  const { rootId, path = [], depth = 0 } = place;
  if (depth > MAX_DEPTH) throw new SchemaFault(path, `is nested deeper than ${MAX_DEPTH} levels`);
  const into = (...steps: readonly string[]): Place => ({
    rootId,
    path: [...path, ...steps],
    depth: depth + 1,
  });
  const result: Record<string, unknown> = {};
  for (const [keyword, value] of Object.entries(modern(schema))) {
    if (DROPPED.has(keyword)) continue;
    if (keyword === "$ref" || keyword === "$dynamicRef") {
      result[keyword] = localReference(value, rootId, [...path, keyword]);
    } else if (SCHEMA_IN.has(keyword)) {
      result[keyword] = rewritten(value, into(keyword));
    } else if (SCHEMAS_IN.has(keyword) && Array.isArray(value)) {
      result[keyword] = value.map((each, i) => rewritten(each, into(keyword, String(i))));
    } else if (SCHEMA_MAP_IN.has(keyword) && isRecord(value)) {
      const entries = Object.entries(value).map(([name, each]) => {
        checkName(name, [...path, keyword]);
        return [name, rewritten(each, into(keyword, name))] as const;
      });
      result[keyword] = Object.fromEntries(entries);
    } else if (keyword === "properties" && value === null) {
      result[keyword] = {};
    } else result[keyword] = value;
  }
  checkRequired(result, path);
  checkChoices(result, path);
  return result;
}

/** What a schema declares under `properties`. */
export function propertiesOf({ properties }: JsonSchema): JsonSchema {
  return isRecord(properties) ? properties : {};
}

const DROPPED = new Set(["$schema", "$id", "id", "$comment", "$vocabulary"]);
const SCHEMA_IN = new Set([
  ...["items", "additionalProperties", "unevaluatedItems", "unevaluatedProperties", "contains"],
  ...["propertyNames", "not", "if", "then", "else", "contentSchema"],
]);
const SCHEMAS_IN = new Set(["allOf", "anyOf", "oneOf", "prefixItems"]);
const SCHEMA_MAP_IN = new Set([
  ...["properties", "patternProperties", "$defs", "definitions"],
  ...["dependentSchemas", "dependencies"],
]);

function rewritten(value: unknown, place: Place): unknown {
  return isRecord(value) ? rewriteSchema(value, place) : value;
}

/** Rewrites a schema with the keywords of 2020-12. */
function modern(schema: JsonSchema): JsonSchema {
  const { nullable, additionalItems, ...rest } = schema;
  const { items, type } = rest;
  return {
    ...rest,
    ...(nullable === true && orNull(rest)),
    ...(Array.isArray(items) && {
      prefixItems: items,
      items: additionalItems ?? {},
    }),
    // OpenAI refuses an array without `items`.
    ...(items === undefined && includesType(type, "array") && { items: {} }),
  };
}

function orNull({ type, enum: choices }: JsonSchema): JsonSchema {
  if (type === undefined || includesType(type, "null")) return {};
  return {
    type: [type, "null"].flat(),
    ...(Array.isArray(choices) && !choices.includes(null) && { enum: [...choices, null] }),
  };
}

function includesType(type: unknown, name: string): boolean {
  return type === name || (Array.isArray(type) && type.includes(name));
}

function localReference(
  reference: unknown,
  rootId: string | undefined,
  path: readonly string[],
): string {
  if (typeof reference === "string") {
    if (reference.startsWith("#")) return reference;
    if (rootId !== undefined && reference.startsWith(`${rootId}#`)) {
      return reference.slice(rootId.length);
    }
  }
  throw new SchemaFault(path, "must point into the schema itself, such as #/$defs/address");
}

function checkName(name: string, path: readonly string[]): void {
  // deno-lint-ignore no-control-regex -- this matches forbidden characters.
  if (name !== "" && name.length <= 100 && !/[\0-\x1f\x7f]/.test(name) && name !== "__proto__") {
    return;
  }
  throw new SchemaFault(path, "has a name that is empty, too long or not plain text");
}

/** A required property that is not declared can never be given: every call would be refused. */
function checkRequired(schema: JsonSchema, path: readonly string[]): void {
  const { required } = schema;
  if (!Array.isArray(required)) return;
  const elsewhere = ["allOf", "anyOf", "oneOf", "$ref", "if", "patternProperties"];
  if (elsewhere.some((keyword) => keyword in schema)) return;
  // An open object, or one branch of a choice, may require what is declared elsewhere.
  const isOpen = schema["additionalProperties"] === true ||
    isRecord(schema["additionalProperties"]);
  if (path.length > 0 && (isOpen || !("properties" in schema))) return;
  const properties = propertiesOf(schema);
  const missing = required.find((name) => !Object.hasOwn(properties, String(name)));
  if (missing !== undefined && !isOpen) {
    throw new SchemaFault([...path, "required"], `names ${missing}, which no property is called`);
  }
}

/** A choice of another type can never be made; YAML reads an unquoted 1 as a number. */
function checkChoices({ type, enum: choices }: JsonSchema, path: readonly string[]): void {
  if (type === undefined || !Array.isArray(choices)) return;
  if (choices.length === 0) throw new SchemaFault([...path, "enum"], "must offer something");
  const stray = choices.find((choice) => !typesOf(choice).some((name) => includesType(type, name)));
  if (stray === undefined) return;
  const hint = includesType(type, "string") ? ": quote it" : "";
  const shown = JSON.stringify(stray).slice(0, 80);
  throw new SchemaFault([...path, "enum"], `offers ${shown}, which is no ${type}${hint}`);
}

function typesOf(value: unknown): readonly string[] {
  if (value === null) return ["null"];
  if (Array.isArray(value)) return ["array"];
  if (typeof value === "number") {
    return Number.isInteger(value) ? ["integer", "number"] : ["number"];
  }
  return [typeof value];
}
