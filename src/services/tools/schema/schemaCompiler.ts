// Evaluated at their first use: most agents have no schema that needs them.
import defer * as ajvLibrary from "ajv/dist/2020.js";
import defer * as re2 from "re2js";
import type { ErrorObject } from "ajv";
import { BoundedMap } from "../../../utils/boundedMap.ts";
import { isRecord } from "../../../utils/isRecord.ts";
import { pointerSteps } from "./jsonPointer.ts";
import { patternSize } from "./patternSize.ts";
import { type JsonSchema, SchemaFault } from "./schemaRewrite.ts";

/** One thing wrong with arguments: the JSON pointer of the part, and the keyword of the schema that it breaks. */
export type SchemaError = Pick<ErrorObject, "instancePath" | "keyword" | "params" | "message">;

/** Returns all that is wrong with arguments; nothing where they fit. */
export type CheckArguments = (args: Readonly<Record<string, unknown>>) => readonly SchemaError[];

/**
 * Compiles a schema, which takes milliseconds; one that is known is not compiled again. Throws a
 * `SchemaFault` that names the place, where there is one.
 */
export function compileSchema(schema: JsonSchema): CheckArguments {
  const text = JSON.stringify(schema);
  const known = compiled.get(text);
  if (known !== undefined) return known;
  const check = newCheck(schema);
  compiled.set(text, check);
  return check;
}

/** Tools are made anew whenever their agent or their server changes, most with the schemas that they had. */
const compiled = new BoundedMap<string, CheckArguments>(1000);

function newCheck(schema: JsonSchema): CheckArguments {
  const ajv = compiler ??= createCompiler();
  try {
    if (ajv.validateSchema(schema) === true) {
      const counted = withCountedReferences(schema);
      const validate = ajv.compile(counted);
      ajv.removeSchema(counted);
      return (args) => withinReferences(() => validate(args) ? [] : validate.errors ?? []);
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : "is no JSON Schema";
    throw new SchemaFault([], reason.replace(/ from id #$/, "").slice(0, 200));
  }
  const [error] = ajv.errors ?? [];
  throw new SchemaFault(pointerSteps(error?.instancePath ?? ""), reasonOf(error));
}

function reasonOf(error: ErrorObject | undefined): string {
  const { keyword, message = "is not as JSON Schema has it", params = {} } = error ?? {};
  if (keyword === "enum") return `must be one of ${params["allowedValues"]}`;
  if (keyword === "type" && String(params["type"]) === "object,boolean") {
    return "must be a schema, such as { type: string }";
  }
  return message;
}

/**
 * References that lead to several others each, and so on, can stand for more work than ends: nine definitions of
 * ten references for a billion. So many are followed for one call; a few milliseconds.
 */
const MAX_REFERENCES = 20_000;
const COUNTED = "countsAsReference";

let referencesLeft = MAX_REFERENCES;

class TooManyReferences extends Error {}

function countReference(): boolean {
  if (referencesLeft-- === 0) throw new TooManyReferences();
  return true;
}

function withCountedReferences(schema: JsonSchema): JsonSchema {
  return JSON.parse(JSON.stringify(schema), (_key, value) => {
    const refers = isRecord(value) && REFERENCES.some((name) => typeof value[name] === "string");
    return refers ? { ...value, [COUNTED]: true } : value;
  });
}

const REFERENCES = ["$ref", "$dynamicRef", "$recursiveRef"];

function withinReferences(check: () => readonly SchemaError[]): readonly SchemaError[] {
  referencesLeft = MAX_REFERENCES;
  try {
    return check();
  } catch (error) {
    // The stack has an end, too: for one that refers to itself alone.
    if (!(error instanceof TooManyReferences || error instanceof RangeError)) throw error;
    const message = "cannot be checked: the schema of the tool refers to itself too often";
    return [{ instancePath: "", keyword: COUNTED, params: {}, message }];
  }
}

/** Linear time is still proportional to the product of both. */
const MAX_PATTERN_CHARS = 1000;
const MAX_TESTED_CHARS = 10_000;
/** A few milliseconds. */
const MAX_PATTERN_STEPS = 2000;

/**
 * Patterns are tested against strings of the model's choice, so they run in linear time. Lookaround and
 * back-references cannot, and counted repeats within each other may be more than there is memory for: such
 * patterns are shown to the model, and not tested.
 */
function linearPattern(
  pattern: string,
): { test(text: string): boolean; toString(): string } {
  new RegExp(pattern, "u");
  if (pattern.length > MAX_PATTERN_CHARS) {
    throw new RangeError(`a pattern is longer than ${MAX_PATTERN_CHARS} characters`);
  }
  // Ajv caches compiled patterns under this string.
  const toString = () => pattern;
  if (patternSize(pattern) > MAX_PATTERN_STEPS) return { test: () => true, toString };
  try {
    const compiled = re2.RE2JS.compile(re2.RE2JS.translateRegExp(pattern));
    return {
      test: (text) => text.length <= MAX_TESTED_CHARS && compiled.test(text),
      toString,
    };
  } catch {
    return { test: () => true, toString };
  }
}

let compiler: ajvLibrary.Ajv2020 | undefined;

function createCompiler(): ajvLibrary.Ajv2020 {
  const ajv = new ajvLibrary.Ajv2020({
    allErrors: true,
    // Strict mode would refuse the harmless extras that schemas written for other tools often have.
    strict: false,
    // 1e400 is read as infinity, which JSON has no word for.
    strictNumbers: true,
    // Otherwise `constructor` and whatever else every object inherits would count as given.
    ownProperties: true,
    validateFormats: false,
    logger: false,
    code: { regExp: Object.assign(linearPattern, { code: "linearPattern" }) },
  });
  ajv.addKeyword({ keyword: COUNTED, validate: countReference, errors: false });
  return ajv;
}
