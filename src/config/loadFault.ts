/** Why a file of code could not be loaded: `tools/book.ts, line 4: ...`, without its place on the disk. */
export function describeLoadFault(file: string, error: unknown): string {
  if (!(error instanceof Error)) return `${file} cannot be used: it threw ${typeof error}`;
  const name = file.slice(file.lastIndexOf("/") + 1).replaceAll(".", "\\.");
  const text = plain(`${error.message}\n${error.stack ?? ""}`);
  const place = new RegExp(`/${name}(?:\\?v=[^\\s:]*)?:(\\d+):\\d+`).exec(text);
  const where = place === null ? file : `${file}, line ${place[1]}`;
  return `${where}: ${reasonOf(error)}`.slice(0, MAX_CHARS);
}

const MAX_CHARS = 390;

function reasonOf(error: Error): string {
  const [first = ""] = plain(error.message).split("\n");
  const message = first.replace(/(?:file:\/\/)?\/[^\s"'?]*\/([^\s"'/?]+)(?:\?v=[\w.-]*)?/g, "$1");
  if (error.name === "NotCapable" && /read access/.test(message)) {
    return `${
      message.replace(/, run again.*$/, "")
    }: add its folder to permissions.server.read in deno.json`;
  }
  const isPlain = error.name === "Error" || error.name === "TypeError" ||
    message.startsWith(error.name);
  return isPlain ? message : `${error.name}: ${message}`;
}

/** Without the colours of a terminal. */
function plain(text: string): string {
  // deno-lint-ignore no-control-regex -- colours begin with the escape character
  return text.replace(/\u001b\[[0-9;]*m/g, "");
}
