import { parseEnvLines } from "../../services/setup.ts";

/** Writes another name into the line of a setting; all else stays. Throws where the name is not there. */
export function renameSetting(text: string, name: string, meant: string): string {
  if (!/^[A-Z][A-Z0-9_]*$/.test(meant)) throw new Error("that is no name of a setting");
  const own = parseEnvLines(text).lines.find((line) => line.name === name);
  if (own === undefined) throw new Error(`${name} is not there any more`);
  return editLine(text, own.line, (line) => {
    const before = /^\s*(?:export\s+)?/.exec(line)?.[0] ?? "";
    return `${before}${meant}${line.slice(before.length + name.length)}`;
  });
}

/**
 * Gives a setting a value: in its own line where that is empty, after the line that mentions it in a comment, or at
 * the end. Throws where it has a value.
 */
export function addSetting(text: string, name: string, value: string): string {
  const { lines } = parseEnvLines(text);
  const own = lines.find((line) => line.name === name);
  if (own !== undefined) {
    if (!own.isEmpty) throw new Error(`${name} has a value already`);
    return editLine(text, own.line, (line) => {
      const [before = "", ...rest] = line.split("=");
      return `${before.trimEnd()}=${value}${/\s+#.*$/.exec(rest.join("="))?.[0] ?? ""}`;
    });
  }
  const setting = `${name}=${value}`;
  const comment = text.split("\n").findIndex((line, at) =>
    new RegExp(`^#[ \\t]*${name}=`).test(line) &&
    !lines.some(({ line, lastLine }) => line < at + 1 && at + 1 <= lastLine)
  );
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  if (comment !== -1) {
    return editLine(text, comment + 1, (line) => `${line}${newline}${setting}`);
  }
  return `${text}${text === "" || text.endsWith("\n") ? "" : newline}${setting}${newline}`;
}

/** Changes one line, counted from 1, and keeps its end. */
function editLine(text: string, number: number, edit: (line: string) => string): string {
  const lines = text.split("\n");
  const line = lines[number - 1] ?? "";
  const end = line.endsWith("\r") ? "\r" : "";
  lines[number - 1] = edit(line.slice(0, line.length - end.length)) + end;
  return lines.join("\n");
}
