/**
 * The text of a module that stands for one of `/assets/` and all that this imports: named at once, they
 * are loaded beside each other, and not one level after another. `read` gives a module's JavaScript.
 */
export async function entryModule(
  entry: string,
  read: (path: string) => Promise<string | undefined>,
): Promise<string> {
  const found = new Set([entry]);
  for (const path of found) {
    const text = await read(path) ?? "";
    for (const [, imported = ""] of text.matchAll(IMPORT)) {
      found.add(new URL(imported, `file:///${path}`).pathname.slice(1));
    }
  }
  const [, ...imported] = found;
  return [
    ...imported.map((path) => `import "./assets/${path}";`),
    `export * from "./assets/${entry}";`,
    "",
  ].join("\n");
}

/** Static imports of files. */
const IMPORT = /^\s*(?:import|export|\})[^"'()]*["'](\.{1,2}\/[^"']+)["']/gm;
