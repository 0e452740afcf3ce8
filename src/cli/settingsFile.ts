import { parseEnv } from "node:util";

/** The settings in the text of a `.env` file; the first of two lines of one name counts, as for the server. */
export function parseSettings(text: string): Readonly<Record<string, string | undefined>> {
  const seen = new Set<string>();
  const lines = text.split("\n").filter((line) => {
    const name = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=/.exec(line)?.[1];
    if (name === undefined) return true;
    const isFirst = !seen.has(name);
    seen.add(name);
    return isFirst;
  });
  return parseEnv(lines.join("\n"));
}
