import { z } from "zod";
import { isRecord } from "../utils/isRecord.ts";

export const analysisFieldTypes = ["string", "number", "integer", "boolean", "date"] as const;

const name = z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,63}$/);

/** What is told by names that a query can have: `?analysis.name=`. */
function byName<Value extends z.ZodType>(value: Value) {
  return z.record(name, value, {
    error: ({ code }) =>
      code === "invalid_key" ? "must be letters, digits and _, beginning with a letter" : undefined,
  });
}

const choice = z.union([z.string().min(1).max(100), z.number(), z.boolean()], {
  error: "must be a text of 1 to 100 characters or a number",
});

const field = z.strictObject({
  type: z.enum(analysisFieldTypes).default("string"),
  description: z.string().trim().min(1).max(1000),
  enum: z.array(choice).min(1).max(50).optional(),
  /** Without a value the analysis has not passed. */
  required: z.boolean().default(false),
}).superRefine(({ type, enum: choices = [] }, { addIssue }) => {
  if (choices.length > 0 && (type === "boolean" || type === "date")) {
    addIssue({ code: "custom", path: ["enum"], message: `has no meaning for a ${type}` });
    return;
  }
  choices.forEach((each, at) => {
    if (fits(each, type)) return;
    const hint = type === "string" ? ": quote it" : "";
    const message = `is ${JSON.stringify(each)}, which is no ${type}${hint}`;
    addIssue({ code: "custom", path: ["enum", at], message });
  });
  if (new Set(choices).size < choices.length) {
    addIssue({ code: "custom", path: ["enum"], message: "has a value twice" });
  }
});

/** One thing that an analysis finds out. */
export type AnalysisField = Readonly<z.infer<typeof field>>;

const fields = byName(field).refine(
  (all) => Object.keys(all).length <= MAX_FIELDS,
  "must be 40 at most",
);

/** Fields by name, or the same as a JSON Schema of an object. */
const fieldsInEitherForm = z.record(z.string(), z.unknown()).transform((given, context) => {
  const { named, problems } = isJsonSchema(given)
    ? fieldsOf(given)
    : { named: given, problems: [] };
  for (const { path, message } of problems) {
    context.addIssue({ code: "custom", path: [...path], message });
  }
  const checked = fields.safeParse(named);
  if (checked.success) return problems.length > 0 ? z.NEVER : checked.data;
  const within = isJsonSchema(given) ? ["properties"] : [];
  for (const issue of checked.error.issues) {
    const path = [...within, ...issue.path];
    if (issue.code === "unrecognized_keys") {
      context.issues.push({ code: issue.code, keys: issue.keys, input: given, path });
    } else context.issues.push({ code: "custom", message: issue.message, input: given, path });
  }
  return z.NEVER;
});

/** `analysis` of an agent's file; `language` checks a code such as de-AT. */
export function analysisSchema<Language extends z.ZodType<string>>(language: Language) {
  return z.strictObject({
    summary: z.union([z.boolean(), z.string().trim().min(1).max(2000)], {
      error: "must be true, false or instructions of 1 to 2000 characters",
    }).default(true),
    language: language.optional(),
    fields: fieldsInEitherForm.default({}),
    success: byName(z.string().trim().min(1).max(500)).refine(
      (criteria) => Object.keys(criteria).length <= MAX_CRITERIA,
      "must be 20 at most",
    ).default({}),
    /** Turns of the caller. */
    min_turns: z.number().int().min(1).max(100).default(1),
  }).refine(
    ({ summary, fields, success }) =>
      summary !== false || Object.keys(fields).length + Object.keys(success).length > 0,
    "asks for nothing: give summary, fields or success",
  );
}

export type AgentAnalysis = Readonly<z.infer<ReturnType<typeof analysisSchema>>>;

const MAX_FIELDS = 40;
const MAX_CRITERIA = 20;

interface Problem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** A field called `type` would be described by a map. */
function isJsonSchema(given: Readonly<Record<string, unknown>>): boolean {
  return given["type"] === "object" || isRecord(given["properties"]) && !("type" in given);
}

/** The fields that the properties of a JSON Schema are; problems for what no field can be. */
function fieldsOf(schema: Readonly<Record<string, unknown>>): {
  readonly named: Readonly<Record<string, unknown>>;
  readonly problems: readonly Problem[];
} {
  const problems: Problem[] = [];
  const problem = (path: Problem["path"], message: string) => void problems.push({ path, message });
  for (const keyword of Object.keys(schema)) {
    if (!SCHEMA_KEYWORDS.has(keyword)) problem([keyword], "is not supported here");
  }
  const { properties, required = [] } = schema;
  if (!isRecord(properties)) {
    problem(["properties"], "must be a map of properties");
    return { named: {}, problems };
  }
  if (!Array.isArray(required)) problem(["required"], "must be a list of names");
  const names: readonly unknown[] = Array.isArray(required) ? required : [];
  for (const each of names) {
    if (typeof each === "string" && Object.hasOwn(properties, each)) continue;
    problem(["required"], `names ${String(each).slice(0, 80)}, which no property is called`);
  }
  const named = Object.entries(properties).map(([key, property]) => {
    if (!isRecord(property)) return [key, property] as const;
    const { title, type, format, ...rest } = property;
    const plain = [type].flat().filter((each) => each !== "null");
    const isDate = plain[0] === "string" && format === "date";
    if (format !== undefined && !isDate) problem(["properties", key, "format"], "must be date");
    return [key, {
      description: title,
      ...rest,
      ...(type !== undefined && { type: isDate ? "date" : plain[0] }),
      ...(names.includes(key) && { required: true }),
    }] as const;
  });
  return { named: Object.fromEntries(named), problems };
}

const SCHEMA_KEYWORDS: ReadonlySet<string> = new Set([
  ...["$schema", "$id", "type", "title", "description"],
  ...["properties", "required", "additionalProperties"],
]);

function fits(value: string | number | boolean, type: AnalysisField["type"]): boolean {
  switch (type) {
    case "string":
      return typeof value === "string";
    case "number":
      return typeof value === "number";
    case "integer":
      return Number.isInteger(value);
    default:
      return false;
  }
}
