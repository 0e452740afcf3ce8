/** Writes another name into the line of a setting; all else stays. Throws where the name is not there. */
export function renameSetting(text: string, name: string, meant: string): string {
  if (!/^[A-Z][A-Z0-9_]*$/.test(meant)) throw new Error("that is no name of a setting");
  const pattern = new RegExp(`^(\\s*(?:export\\s+)?)${name.replace(/\W/g, "\\$&")}(?=\\s*=)`, "m");
  if (!pattern.test(text)) throw new Error(`${name} is not there any more`);
  return text.replace(pattern, (_, before) => `${before}${meant}`);
}

/**
 * Gives a setting a value: in its own line where that is empty, after the line that mentions it in a comment, or at
 * the end. Throws where it has a value.
 */
export function addSetting(text: string, name: string, value: string): string {
  const line = `${name}=${value}`;
  const own = new RegExp(`^[ \\t]*(?:export[ \\t]+)?${name}[ \\t]*=(.*)$`, "m").exec(text);
  if (own !== null) {
    if (own[1]?.trim() !== "") throw new Error(`${name} has a value already`);
    return text.slice(0, own.index) + line + text.slice(own.index + own[0].length);
  }
  const comment = new RegExp(`^#[ \\t]*${name}=.*$`, "m").exec(text);
  if (comment !== null) {
    const end = comment.index + comment[0].length;
    return `${text.slice(0, end)}\n${line}${text.slice(end)}`;
  }
  return `${text}${text === "" || text.endsWith("\n") ? "" : "\n"}${line}\n`;
}
