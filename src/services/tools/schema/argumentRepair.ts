import { pointerSteps } from "./jsonPointer.ts";
import type { SchemaError } from "./schemaCompiler.ts";

/**
 * Corrects, in place, what models get wrong without harm: null for what was to be left out, numbers
 * and booleans as text and the other way round, one value for a list of it, a list or object as JSON
 * text. With `dropUndeclared`, fields of the top that the schema does not know are dropped. Returns
 * whether anything has changed.
 */
export function repairArguments(
  args: Record<string, unknown>,
  errors: readonly SchemaError[],
  { dropUndeclared }: { readonly dropUndeclared: boolean },
): boolean {
  let changed = false;
  const mended = new Set<string>();
  for (const { keyword, params, instancePath } of errors) {
    if (keyword === "additionalProperties" || keyword === "unevaluatedProperties") {
      const holder = valueAt(args, pointerSteps(instancePath));
      const name: unknown = params["additionalProperty"] ?? params["unevaluatedProperty"];
      if (typeof name !== "string" || !isContainer(holder) || !Object.hasOwn(holder, name)) {
        continue;
      }
      if (Reflect.get(holder, name) !== null && !(dropUndeclared && instancePath === "")) continue;
      Reflect.deleteProperty(holder, name);
      changed = true;
      continue;
    }
    const steps = pointerSteps(instancePath);
    const last = steps.at(-1);
    const holder = valueAt(args, steps.slice(0, -1));
    // One value may fail several branches of a choice: the first that can be met decides.
    if (last === undefined || mended.has(instancePath) || !isContainer(holder)) continue;
    if (!Object.hasOwn(holder, last)) continue;
    const value: unknown = Reflect.get(holder, last);
    if (value === null && !Array.isArray(holder)) {
      Reflect.deleteProperty(holder, last);
    } else {
      const better = keyword === "type" ? coerced(value, [params["type"]].flat()) : undefined;
      if (better === undefined) continue;
      Reflect.set(holder, last, better);
    }
    mended.add(instancePath);
    changed = true;
  }
  return changed;
}

/**
 * Parses JSON without members called `__proto__`: such a one would become the prototype of whatever the
 * value is copied into.
 */
export function parseSafely(json: string): unknown {
  return JSON.parse(json, (key, value) => key === "__proto__" ? undefined : value);
}

/** The value in the first of the types that it can be given without losing anything. */
function coerced(value: unknown, types: readonly unknown[]): unknown {
  for (const type of types) {
    const better = coercedTo(value, type);
    if (better !== undefined) return better;
  }
  return undefined;
}

function coercedTo(value: unknown, type: unknown): unknown {
  switch (type) {
    case "integer":
    case "number":
      return typeof value === "string" ? numberIn(value, type) : undefined;
    case "boolean":
      return typeof value === "string" ? booleanIn(value) : undefined;
    case "string":
      return typeof value === "number" ? textOf(value) : undefined;
    case "array":
      if (Array.isArray(value) || value === null) return undefined;
      return containerIn(value, Array.isArray) ?? [value];
    case "object":
      return containerIn(value, (parsed) => !Array.isArray(parsed));
    default:
      return undefined;
  }
}

/** Leading zeros and more digits than a number keeps mean something that a number would lose. */
function numberIn(text: string, type: "integer" | "number"): number | undefined {
  if (text.length > 20 || !/^\s*-?(?:0|[1-9]\d*)(?:\.\d+)?\s*$/.test(text)) return undefined;
  const number = Number(text);
  if (Math.abs(number) > Number.MAX_SAFE_INTEGER) return undefined;
  return type === "number" || Number.isInteger(number) ? number : undefined;
}

function booleanIn(text: string): boolean | undefined {
  const word = text.trim().toLowerCase();
  return word === "true" ? true : word === "false" ? false : undefined;
}

function textOf(number: number): string | undefined {
  return Math.abs(number) <= Number.MAX_SAFE_INTEGER ? String(number) : undefined;
}

function containerIn(value: unknown, fits: (parsed: object) => boolean): object | undefined {
  if (typeof value !== "string" || !/^\s*[[{]/.test(value)) return undefined;
  try {
    const parsed = parseSafely(value);
    return typeof parsed === "object" && parsed !== null && fits(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function valueAt(root: unknown, steps: readonly string[]): unknown {
  let value = root;
  for (const step of steps) {
    if (!isContainer(value) || !Object.hasOwn(value, step)) return undefined;
    value = Reflect.get(value, step);
  }
  return value;
}

function isContainer(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
