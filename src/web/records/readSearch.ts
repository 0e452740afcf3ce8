/** What a person looks for, by the parameter of `/api/calls` that finds it. */
interface Sought {
  readonly by: "number" | "words";
  readonly text: string;
}

/** Four digits or more are a number; in quotes they were said. Undefined for nothing. */
export function readSearch(typed: string): Sought | undefined {
  const text = typed.trim();
  if (text === "") return undefined;
  const isNumber = /^\+?[\d\s().\/\u2010-\u2015-]+$/.test(text) &&
    text.replaceAll(/\D/g, "").length >= 4;
  return { by: isNumber ? "number" : "words", text };
}
