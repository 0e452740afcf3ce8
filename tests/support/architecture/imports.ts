/** One source file, and what it names from elsewhere. */
export interface SourceFile {
  /** Relative to `src/`, such as `call/machine.ts`. */
  readonly path: string;
  readonly text: string;
}

export interface Violation {
  readonly path: string;
  readonly problem: string;
}

/** Which folders a folder may import, beside itself; `*` is everything. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  utils: [],
  protocol: [],
  config: ["utils"],
  call: ["utils"],
  services: ["call", "protocol", "config", "utils"],
  handlers: ["call", "protocol", "utils"],
  routes: ["handlers", "services", "call", "config", "utils", "protocol"],
  sim: ["protocol", "utils"],
  web: ["protocol"],
  cli: ["*"],
  ".": ["*"],
};

/** Nobody but the composition root, the commands and tests may reach these. */
const REACHED_BY: Readonly<Record<string, readonly string[]>> = {
  sim: ["sim", ".", "cli"],
  ".": [".", "cli"],
};

/** What the deciding folders must not touch: it would tie a decision to a clock, a socket or a host. */
const IMPURE =
  /\b(Deno|WebSocket|fetch|setTimeout|setInterval|queueMicrotask|Date|performance|console|crypto|Math\.random)\b(?!["'`])/;
const PURE_FOLDERS = ["call", "protocol"];
/** The page and its route share the wire of the page; the other wires end in handlers and services. */
const ONLY_THE_WEB_WIRE = ["web", "routes"];
const WEB_WIRE = "protocol/web.ts";
const READS_ENVIRONMENT = /\bDeno\.env\b/;
const MAY_READ_ENVIRONMENT = ["config/env.ts"];

/** Holds the sources against the rules of the house. */
export function findViolations(files: readonly SourceFile[]): readonly Violation[] {
  return files.flatMap((file) => [
    ...importViolations(file),
    ...purityViolations(file),
    ...environmentViolations(file),
  ]);
}

function importViolations({ path, text }: SourceFile): Violation[] {
  const from = folderOf(path);
  const allowed = MAY_IMPORT[from];
  if (allowed === undefined) return [{ path, problem: `${from} is no room of this house` }];
  return importsOf(path, text).flatMap((target) => {
    const to = folderOf(target);
    const reached = REACHED_BY[to];
    const ok = to === from || allowed.includes("*") || allowed.includes(to);
    if (!ok || (reached !== undefined && !reached.includes(from))) {
      return [{ path, problem: `imports ${target}` }];
    }
    if (to === "protocol" && ONLY_THE_WEB_WIRE.includes(from) && target !== WEB_WIRE) {
      return [{ path, problem: `imports ${target}` }];
    }
    return [];
  });
}

function purityViolations({ path, text }: SourceFile): Violation[] {
  if (!PURE_FOLDERS.includes(folderOf(path))) return [];
  const found = IMPURE.exec(withoutComments(text));
  return found === null ? [] : [{ path, problem: `uses ${found[1]}` }];
}

function environmentViolations({ path, text }: SourceFile): Violation[] {
  if (folderOf(path) === "cli" || MAY_READ_ENVIRONMENT.includes(path)) return [];
  return READS_ENVIRONMENT.test(withoutComments(text))
    ? [{ path, problem: "reads the environment" }]
    : [];
}

function importsOf(path: string, text: string): string[] {
  const specifiers = withoutComments(text).matchAll(
    /(?:\bfrom\s*|\bimport\s*\(?\s*|new URL\(\s*)["'](\.[^"']+\.[jt]s)["']/g,
  );
  return [...specifiers].map(([, specifier]) =>
    new URL(specifier!, `file:///${path}`).pathname.slice(1)
  );
}

function folderOf(path: string): string {
  const slash = path.indexOf("/");
  return slash < 0 ? "." : path.slice(0, slash);
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|[^:])\/\/.*$/gm, "$1");
}

/** Every TypeScript file below `src/`. */
export async function readSources(root: URL): Promise<readonly SourceFile[]> {
  const files: SourceFile[] = [];
  async function read(folder: string): Promise<void> {
    for await (const entry of Deno.readDir(new URL(folder, root))) {
      const path = folder + entry.name;
      if (entry.isDirectory) await read(`${path}/`);
      else if (/\.(ts|js)$/.test(entry.name)) {
        files.push({ path, text: await Deno.readTextFile(new URL(path, root)) });
      }
    }
  }
  await read("");
  return files;
}
