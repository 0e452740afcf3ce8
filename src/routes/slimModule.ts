/**
 * A module of the page without comments, indentation and what the removal of types has left: about a quarter less to
 * load. Modules with texts over several lines stay as they are.
 */
export function slimModule(javaScript: string): string {
  const lines = javaScript.split("\n");
  if (lines.some((line) => line.split("`").length % 2 === 0)) return javaScript;
  const kept: string[] = [];
  let isComment = false;
  for (const line of lines.map((line) => line.trim())) {
    isComment ||= line.startsWith("/*");
    if (!isComment && line !== "" && !line.startsWith("//")) kept.push(line);
    if (isComment && line.endsWith("*/")) isComment = false;
  }
  return `${kept.join("\n")}\n`;
}
