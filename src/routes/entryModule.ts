/** Gives the JavaScript of a module of `src/web`; undefined where there is none. */
export type ReadModule = (path: string) => Promise<string | undefined>;

/** The paths of a module and of all that it imports, itself first. */
export async function modulesOf(entry: string, read: ReadModule): Promise<readonly string[]> {
  const found = new Set([entry]);
  for (const path of found) {
    const text = await read(path) ?? "";
    for (const [, imported = ""] of text.matchAll(IMPORT)) {
      found.add(new URL(imported, `file:///${path}`).pathname.slice(1));
    }
  }
  return [...found];
}

/**
 * The text of a module that stands for one of `/assets/` and all that this imports: named at once, they
 * are loaded beside each other, and not one level after another.
 */
export async function entryModule(entry: string, read: ReadModule): Promise<string> {
  const [, ...imported] = await modulesOf(entry, read);
  return [
    ...imported.map((path) => `import "./assets/${path}";`),
    `export * from "./assets/${entry}";`,
    "",
  ].join("\n");
}

/** Static imports of files. */
const IMPORT = /^\s*(?:import|export|\})[^"'()]*["'](\.{1,2}\/[^"']+)["']/gm;
