/** One source file. */
export interface SourceFile {
  /** Relative to the folder that was read, such as `call/callMachine.ts`. */
  readonly path: string;
  readonly text: string;
}

/** Where a file breaks a rule. */
export interface Violation {
  readonly path: string;
  readonly problem: string;
}

/** Reads every TypeScript and JavaScript file below a folder. */
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

/** The files that a file imports, names in a `new URL`, or loads later; types count as well. */
export function importsOf({ path, text }: SourceFile): readonly string[] {
  const specifiers = withoutComments(text).matchAll(
    /(?:\bfrom\s*|\bimport\s*\(?\s*|new URL\(\s*)["'](\.[^"']+\.[jt]s)["']/g,
  );
  return [...specifiers].map(([, specifier]) =>
    new URL(specifier!, `file:///${path}`).pathname.slice(1)
  );
}

export function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|[^:])\/\/.*$/gm, "$1");
}
