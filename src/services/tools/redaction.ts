import { DOTS, withoutValues } from "../../utils/withoutValues.ts";
import { isRecord } from "../../utils/isRecord.ts";
import { pointerSteps } from "./schema/jsonPointer.ts";

/** What observers of a tool are shown in the place of what it is given and gives. */
export interface Redaction {
  /** The arguments with dots, and the values that the dots stand for. */
  hideArguments(json: string): { readonly shown: string; readonly hidden: readonly string[] };
  /** The output with dots, also where it repeats one of the hidden values. */
  hideOutput(output: string, hidden: readonly string[]): string;
}

export { DOTS, withoutValues };

const MAX_DEPTH = 64;

/** `fields` are names, which hide a field wherever it stands, or JSON pointers. */
export function createRedaction(fields: readonly string[]): Redaction {
  const names = new Set(fields.filter((field) => !field.startsWith("/")));
  const pointers = new Set(
    fields.filter((field) => field.startsWith("/")).map((field) => pathKey(pointerSteps(field))),
  );

  return {
    hideArguments(json) {
      const hidden: string[] = [];
      const shown = rewritten(json, (value) => void collect(value, hidden)) ?? DOTS;
      return { shown, hidden };
    },
    hideOutput(output, hidden) {
      const masked = rewritten(output, () => {}) ?? output;
      return withoutValues(masked, hidden);
    },
  };

  /** Undefined for what is no JSON. */
  function rewritten(json: string, onHidden: (value: unknown) => void): string | undefined {
    let value: unknown;
    try {
      value = JSON.parse(json);
    } catch {
      return json.trim() === "" ? json : undefined;
    }
    let changed = false;
    const walk = (each: unknown, path: readonly string[]): unknown => {
      const last = path.at(-1);
      if (last !== undefined && (names.has(last) || pointers.has(pathKey(path)))) {
        if (each === null) return null;
        onHidden(each);
        changed = true;
        return DOTS;
      }
      // What is too deep to be looked at is not shown.
      if (path.length >= MAX_DEPTH && typeof each === "object" && each !== null) {
        onHidden(each);
        changed = true;
        return DOTS;
      }
      if (Array.isArray(each)) return each.map((item, index) => walk(item, [...path, `${index}`]));
      if (!isRecord(each)) return each;
      return Object.fromEntries(
        Object.entries(each).map(([name, item]) => [name, walk(item, [...path, name])]),
      );
    };
    // Some models encode them twice.
    if (typeof value === "string" && value.trimStart().startsWith("{")) {
      return rewritten(value, onHidden) ?? DOTS;
    }
    const shown = walk(value, []);
    return changed ? JSON.stringify(shown) : json;
  }
}

function collect(value: unknown, into: string[]): void {
  if (typeof value === "string" || typeof value === "number") into.push(String(value));
  else if (typeof value === "object" && value !== null) {
    for (const item of Object.values(value)) collect(item, into);
  }
}

function pathKey(steps: readonly string[]): string {
  return JSON.stringify(steps);
}
