import { pointerSteps } from "../schema/jsonPointer.ts";
import { ToolError } from "../tool.ts";

/** Where in a JSON answer the result is; a map of names to places makes an object of several. */
export type ResultPointers = string | Readonly<Record<string, string>>;

/** Picks the result out of an answer. Throws a `ToolError` where there is no JSON, or nothing at the place. */
export function mapAnswer(text: string, pointers: ResultPointers): unknown {
  const answer = parsed(text);
  if (typeof pointers === "string") {
    const found = at(answer, pointers);
    if (found === undefined) throw absent(pointers);
    return found;
  }
  const entries = Object.entries(pointers).map(([name, pointer]) => [name, at(answer, pointer)]);
  if (entries.every(([, value]) => value === undefined)) {
    throw absent(Object.values(pointers).join(", "));
  }
  return Object.fromEntries(entries.map(([name, value]) => [name, value ?? null]));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ToolError(
      "not_json",
      "The service answered with something that is not JSON, as it should be.",
      { isFault: true },
    );
  }
}

function at(answer: unknown, pointer: string): unknown {
  let value = answer;
  for (const step of pointerSteps(pointer)) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) {
      return undefined;
    }
    value = Reflect.get(value, step);
  }
  return value;
}

function absent(pointers: string): ToolError {
  return new ToolError(
    "unexpected_answer",
    `The service answered without the part that is asked for (${
      pointers.slice(0, 200)
    }): there may be no such thing.`,
  );
}
