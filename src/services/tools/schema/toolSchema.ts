import { unescapeStep } from "./jsonPointer.ts";
import { type JsonSchema, rewriteSchema, SchemaFault } from "./schemaRewrite.ts";
import { isRecord } from "../../../utils/isRecord.ts";

/** A tool's parameters in the form that every model accepts. */
export interface ToolSchema {
  readonly schema: JsonSchema;
  /** Whether `additionalProperties` at the top is the server's own addition. */
  readonly closedByDefault: boolean;
}

/**
 * Brings a tool's parameters, as written by hand or pasted from a generator, into the one form that
 * models accept: an object schema of JSON Schema 2020-12 without references to the outside. Throws a
 * `SchemaFault` with the path for what has no such form.
 */
export function readToolSchema(parameters: unknown): ToolSchema {
  boundNesting(parameters, MAX_NESTING);
  if (!isRecord(parameters)) throw new SchemaFault([], "must be a JSON Schema object");
  const rewritten = rewriteSchema(inlined(parameters, rootIdOf(parameters)), {
    rootId: rootIdOf(parameters),
  });
  for (const keyword of NOT_AT_THE_TOP) {
    if (keyword in rewritten) {
      throw new SchemaFault([keyword], "may not stand at the top: models refuse the tool");
    }
  }
  const { type, ...rest } = rewritten;
  if (!isObjectType(type)) throw new SchemaFault(["type"], "must be object at the top");
  const closedByDefault = !("additionalProperties" in rest) &&
    !("unevaluatedProperties" in rest);
  const schema = {
    type: "object",
    ...rest,
    properties: rest["properties"] ?? {},
    ...(closedByDefault && { additionalProperties: false }),
  };
  const bytes = new TextEncoder().encode(JSON.stringify(schema)).length;
  if (bytes > MAX_BYTES) {
    throw new SchemaFault([], `is ${bytes} bytes long, and may be ${MAX_BYTES}`);
  }
  return { schema, closedByDefault };
}

const MAX_BYTES = 32 * 1024;
/** Limit of nested brackets: each level of `properties` counts twice. */
const MAX_NESTING = 64;
const NOT_AT_THE_TOP = ["anyOf", "oneOf", "allOf", "not", "enum", "const"];

/** An absent type counts as object; OpenAI refuses the whole session for one tool without it. */
function isObjectType(type: unknown): boolean {
  if (type === undefined || type === "object") return true;
  if (!Array.isArray(type)) return false;
  return type.includes("object") && type.every((each) => each === "object" || each === "null");
}

/** Generators often write a reference to a definition in the place of the whole. */
function inlined(schema: JsonSchema, rootId: string | undefined): JsonSchema {
  const { $ref, ...rest } = schema;
  if (typeof $ref !== "string") return schema;
  const pointer = rootId !== undefined && $ref.startsWith(`${rootId}#`)
    ? $ref.slice(rootId.length)
    : $ref;
  const [, group = "", name = ""] = /^#\/(\$defs|definitions)\/([^/]+)$/.exec(pointer) ?? [];
  const definitions = rest[group];
  const target = isRecord(definitions) ? definitions[decoded(name)] : undefined;
  if (!isRecord(target)) throw new SchemaFault(["$ref"], "must name an object under $defs");
  if ("$ref" in target) throw new SchemaFault(["$ref"], "must not lead to another $ref");
  return { ...rest, ...target };
}

function decoded(token: string): string {
  try {
    return unescapeStep(decodeURIComponent(token));
  } catch {
    return token;
  }
}

function rootIdOf({ $id, id }: JsonSchema): string | undefined {
  const root = typeof $id === "string" ? $id : typeof id === "string" ? id : undefined;
  return root?.replace(/#$/, "");
}

/** Runs before anything else recurses into the value. */
function boundNesting(value: unknown, levelsLeft: number): void {
  if (typeof value !== "object" || value === null) return;
  if (levelsLeft === 0) throw new SchemaFault([], `is nested deeper than ${MAX_NESTING} levels`);
  for (const item of Object.values(value)) boundNesting(item, levelsLeft - 1);
}
