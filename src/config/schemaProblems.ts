import { z } from "zod";
import { nearestWord } from "../utils/nearestWord.ts";
import { type AgentProblem, quoting } from "./agentProblem.ts";

/** More are counted, and not looked at: what is near is found by comparing. */
const MAX_COMPARED = 20;

/**
 * What a schema refuses of a value, an entry for each field, with the field or value that was most likely
 * meant.
 */
export function schemaProblems(
  schema: z.ZodType,
  issues: readonly Issue[],
  value: unknown,
): readonly AgentProblem[] {
  let compared = 0;
  const near = (word: string, words: Iterable<string>) => {
    const nearest = compared++ < MAX_COMPARED ? nearestWord(word, words) : undefined;
    return nearest === undefined ? {} : { nearest };
  };
  return issues.flatMap((issue) => problemsOf(issue, []));

  function problemsOf(issue: Issue, above: Path): readonly AgentProblem[] {
    const path = [...above, ...issue.path];
    const place = path.length === 0 ? {} : { path: path.map(String).join(".") };
    const given = valueAt(value, path);
    switch (issue.code) {
      case "unrecognized_keys": {
        const known = keysAt(schema, path);
        return (issue.keys ?? []).map((key) => ({
          path: [...path, key].map(String).join("."),
          message: "is not known",
          ...near(key, known),
        }));
      }
      case "invalid_value":
        return [{ ...place, ...oneOf(issue.values ?? [], given) }];
      case "invalid_type":
        // A schema's own sentence says more.
        if (!/^(Invalid input|is missing|must be of type)/.test(issue.message)) {
          return [{ ...place, message: told(issue.message) }];
        }
        if (given === undefined) return [{ ...place, message: "is missing" }];
        return [{
          ...place,
          // The value itself may be a secret.
          ...quoting("must be {type}, not {given}", {
            type: TYPES[issue.expected ?? ""] ?? issue.expected ?? "",
            given: typeOf(given),
          }),
        }];
      case "invalid_union": {
        if (issue.options !== undefined) return [{ ...place, ...oneOf(issue.options, given) }];
        const meant = meantForm(issue.errors ?? []);
        if (meant !== undefined) return meant.flatMap((each) => problemsOf(each, path));
        return [{ ...place, message: told(issue.message), ...nearOf(issue.errors ?? [], given) }];
      }
      default: {
        const isOwn = !/^(Too |Invalid input)/.test(issue.message);
        const message = isOwn ? { message: told(issue.message) } : boundMessage(issue);
        const nearest = issue.params?.["nearest"];
        return [{ ...place, ...message, ...(typeof nearest === "string" && { nearest }) }];
      }
    }
  }

  /** Of the words that some form of a union is. */
  function nearOf(forms: readonly (readonly Issue[])[], given: unknown) {
    const words = forms.flat().flatMap(({ path, values = [] }) => path.length > 0 ? [] : values);
    return typeof given === "string" ? near(given, words.map(String)) : {};
  }

  function oneOf(values: readonly unknown[], given: unknown) {
    if (given === undefined) return { message: "is missing" };
    const words = values.map(String);
    const text = words.length === 1
      ? "must be {names}, not {given}"
      : "must be one of {names}, not {given}";
    return {
      ...quoting(text, { names: words.join(", "), given: shown(given) }),
      ...(typeof given === "string" && near(given, words)),
    };
  }
}

type Path = readonly PropertyKey[];

/** The part of zod's issues that is looked at. */
interface Issue {
  readonly code?: string;
  readonly path: Path;
  readonly message: string;
  readonly keys?: readonly string[];
  readonly values?: readonly unknown[];
  readonly expected?: string;
  /** What a schema's own check says beside its sentence. */
  readonly params?: Readonly<Record<string, unknown>> | undefined;
  readonly origin?: string;
  readonly maximum?: number | bigint;
  readonly minimum?: number | bigint;
  /** The values of a field by which forms are told apart. */
  readonly options?: readonly unknown[];
  /** One list for each form of a union. */
  readonly errors?: readonly (readonly Issue[])[];
}

const TYPES: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a map",
  record: "a map",
};

/** The only form of a union that the value resembles: one whose faults all lie inside. */
function meantForm(forms: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const [meant, ...others] = forms.filter((form) =>
    form.length > 0 &&
    form.every(({ path, code }) => path.length > 0 || code === "unrecognized_keys")
  );
  return others.length === 0 ? meant : undefined;
}

/** What a value may be at most, or must be at least: a number itself, of texts and lists their length. */
function boundMessage({ code, origin, maximum, minimum, message }: Issue) {
  const { most, least } = BOUNDS[origin ?? ""] ?? numbers;
  if (code === "too_big" && maximum !== undefined) {
    return quoting(most, { most: String(maximum) });
  }
  if (code !== "too_small" || minimum === undefined) return { message: told(message) };
  return origin === "string" && minimum === 1
    ? { message: "must not be empty" }
    : quoting(least, { least: String(minimum) });
}

const numbers = { most: "must be {most} at most", least: "must be {least} at least" };
const BOUNDS: Readonly<Record<string, typeof numbers>> = {
  string: {
    most: "must be {most} characters at most",
    least: "must be {least} characters at least",
  },
  array: { most: "must be {most} entries at most", least: "must be {least} entries at least" },
};

function told(message: string): string {
  return message.replace(/\.$/, "");
}

function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 40));
  return typeof value === "object" && value !== null ? typeOf(value) : String(value).slice(0, 40);
}

function typeOf(value: unknown): string {
  if (value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  switch (typeof value) {
    case "string":
      return "a text";
    case "boolean":
      return "true or false";
    case "number":
      return "a number";
    default:
      return "a map";
  }
}

function valueAt(value: unknown, path: Path): unknown {
  let at: unknown = value;
  for (const key of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, key)) return undefined;
    at = Reflect.get(at, key);
  }
  return at;
}

/** The names that a schema knows at a place. */
function keysAt(schema: unknown, path: Path): ReadonlySet<string> {
  let forms = formsOf(schema);
  for (const key of path) {
    forms = forms.flatMap((form) => {
      if (form instanceof z.ZodObject) return formsOf(form.shape[String(key)]);
      if (form instanceof z.ZodRecord) return formsOf(form.valueType);
      return form instanceof z.ZodArray ? formsOf(form.element) : [];
    });
  }
  return new Set(
    forms.flatMap((form) => form instanceof z.ZodObject ? Object.keys(form.shape) : []),
  );
}

/** The objects, records, lists and others that a schema stands for. */
function formsOf(schema: unknown): readonly unknown[] {
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(formsOf);
  if (
    schema instanceof z.ZodDefault || schema instanceof z.ZodOptional ||
    schema instanceof z.ZodExactOptional ||
    schema instanceof z.ZodNullable || schema instanceof z.ZodCatch ||
    schema instanceof z.ZodPrefault || schema instanceof z.ZodReadonly
  ) return formsOf(schema.unwrap());
  if (schema instanceof z.ZodPipe) return formsOf(schema.in);
  return schema === undefined ? [] : [schema];
}
