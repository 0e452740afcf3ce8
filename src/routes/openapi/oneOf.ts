import { z } from "@hono/zod-openapi";

/** One of the words that are the names of a record. */
export function oneOf<T extends string>(words: Readonly<Record<T, unknown>>) {
  return z.enum(namesOf(words));
}

function namesOf<T extends string>(words: Readonly<Record<T, unknown>>): [T, ...T[]] {
  const names: T[] = [];
  for (const name in words) names.push(name);
  const [first, ...others] = names;
  if (first === undefined) throw new RangeError("Cannot make a choice: there are no words");
  return [first, ...others];
}
