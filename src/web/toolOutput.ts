import { t } from "./text.ts";

/** A tool's output for people: passages of documents as quotations with their source, all else as it is. */
export function readableOutput(output: string): string {
  const passages = passagesOf(output);
  if (passages === undefined) return output;
  if (passages.length === 0) return t("nothing found");
  return passages.map(({ source, text }) => `${source}:\n${text}`).join("\n\n");
}

interface Passage {
  readonly source: string;
  readonly text: string;
}

function passagesOf(output: string): readonly Passage[] | undefined {
  if (!output.startsWith("{") || !output.includes('"passages"')) return undefined;
  try {
    const { passages }: { readonly passages?: unknown } = JSON.parse(output);
    return Array.isArray(passages) && passages.every(isPassage) ? passages : undefined;
  } catch {
    return undefined;
  }
}

function isPassage(value: unknown): value is Passage {
  return typeof value === "object" && value !== null &&
    "source" in value && typeof value.source === "string" &&
    "text" in value && typeof value.text === "string";
}
