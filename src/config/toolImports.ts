/** What keeps a file of code from being loaded, such as an import of what is not installed. */
export interface ForeignImport {
  readonly specifier: string;
  readonly remedy: string;
}

export interface ImportScan {
  /** Reads a file that is imported by a path; rejects where there is none. */
  readonly read: (url: URL) => Promise<string>;
  /** Where the server's own map of imports leads; throws for what it does not know. */
  readonly resolve?: (specifier: string) => string;
}

/** More than any tool is made of. */
const MAX_FILES = 100;

/**
 * Finds an import that would have to be fetched, in a file or in those that it imports by paths. It has to
 * be found before anything is loaded: nothing is to be fetched from elsewhere without the operator's
 * doing, and after one import of a package that the lock file does not have, Deno loads no module at all
 * any more.
 */
export async function findForeignImport(
  url: URL,
  text: string,
  { read, resolve = (specifier) => import.meta.resolve(specifier) }: ImportScan,
): Promise<ForeignImport | undefined> {
  const seen = new Set([url.href]);
  const open = [{ url, text }];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    for (const specifier of importsIn(file.text)) {
      if (!/^(?:\.{1,2}\/|\/|file:)/.test(specifier)) {
        const foreign = foreignOf(specifier, resolve);
        if (foreign !== undefined) return foreign;
        continue;
      }
      const target = new URL(specifier, file.url);
      if (seen.has(target.href) || seen.size >= MAX_FILES) continue;
      seen.add(target.href);
      // One that is not there is told when the file is loaded.
      const imported = await read(target).catch(() => undefined);
      if (imported !== undefined) open.push({ url: target, text: imported });
    }
  }
  return undefined;
}

/** What a file imports, by its text: good enough to find what was written in good faith. */
export function importsIn(text: string): readonly string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, " ").replace(/^[ \t]*\/\/.*$/gm, "");
  const found: string[] = [];
  // Bounded, as text with "import" in every line would be read once for each of them.
  const patterns = [
    /(?:^|[;}\s])(?:import|export)\b\s{0,99}(?:[\w$*{}\s,]{0,2000}?\bfrom\s*)?["']([^"'\n]+)["']/g,
    /\bimport\s*\(\s*["'`]([^"'`\n]+)["'`]/g,
  ];
  for (const pattern of patterns) {
    for (const [, specifier = ""] of code.matchAll(pattern)) found.push(specifier);
  }
  return [...new Set(found)];
}

function foreignOf(
  specifier: string,
  resolve: (specifier: string) => string,
): ForeignImport | undefined {
  if (specifier.startsWith("node:")) return undefined;
  if (/^https?:/.test(specifier)) {
    return {
      specifier,
      remedy: "nothing is fetched while the server runs: save the file beside it",
    };
  }
  try {
    if (/^(?:file|node):/.test(resolve(specifier))) return undefined;
  } catch {
    // It is not known.
  }
  const name = specifier.replace(/^(?:npm|jsr):\/?/, "");
  const added = /^(?:npm|jsr):/.test(specifier) ? specifier : `npm:${specifier}`;
  const own = name.replace(/(?<=.)@[^/]*$/, "");
  return {
    specifier,
    remedy:
      `it is not installed: run "deno add ${added}" in the server's folder, import it as "${own}", and start the server again`,
  };
}
