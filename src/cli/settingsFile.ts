import { parseEnv } from "node:util";
import { parseEnvLines, REFERENCE } from "../services/setup.ts";

/**
 * The settings in the text of a `.env` file as Deno reads them for the server: the first of two lines of one name
 * counts, and `$NAME` outside single quotes stands for a variable; `variable` knows those that are not in the file.
 */
export function parseSettings(
  text: string,
  variable: (name: string) => string | undefined = () => undefined,
): Readonly<Record<string, string | undefined>> {
  const seen = new Set<string>();
  const lines = text.split("\n").filter((line) => {
    const name = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=/.exec(line)?.[1];
    if (name === undefined) return true;
    const isFirst = !seen.has(name);
    seen.add(name);
    return isFirst;
  });
  const settings: Record<string, string | undefined> = { ...parseEnv(lines.join("\n")) };
  const earlier = new Set<string>();
  for (const { name, references } of parseEnvLines(lines.join("\n")).lines) {
    if (references !== undefined) {
      settings[name] = settings[name]?.replace(REFERENCE, (whole, braced, bare) => {
        const other: string | undefined = braced ?? bare;
        // A backslash and what it stands before.
        if (other === undefined) return whole === "\\$" ? "$" : whole;
        return variable(other) ?? (earlier.has(other) ? settings[other] : undefined) ?? "";
      });
    }
    earlier.add(name);
  }
  return settings;
}
