import { stripTypeScriptTypes } from "node:module";
import { modulesOf } from "../routes/entryModule.ts";

const USAGE = `Write the SDK as a package for npm and JSR.

  deno task sdk FOLDER NAME VERSION
  deno task sdk data/sdk @acme/voice 1.0.0

Then, in the folder: npm publish --access public, or deno publish. Pages that use the package name the
address of the server (docs/embed.md); the worklets of its sound come from there, so that server and
package should be of the same version of the source.`;

const ENTRY = "sdk/sdk.ts";
const WEB = new URL("../web/", import.meta.url);

/** Writes the package; returns the exit code: 2 where the arguments cannot be used. */
export async function writeSdkPackage(
  [folder, name = "", version = ""]: readonly string[],
  print: (line: string) => void,
): Promise<number> {
  if (
    folder === undefined || !/^@[a-z0-9-]+\/[a-z0-9-]+$/.test(name) ||
    !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)
  ) {
    print(USAGE);
    return 2;
  }
  const sources = new Map<string, string>();
  const read = async (path: string) => {
    const text = stripTypeScriptTypes(await Deno.readTextFile(new URL(path, WEB)));
    sources.set(path, text);
    return text;
  };
  await modulesOf(ENTRY, read);
  const files = new Map([...sources].map(([path, text]) => [nameInPackage(path), scriptOf(text)]));
  const entry = nameInPackage(ENTRY);
  files.set(entry, `/* @ts-self-types="./sdk.d.ts" */\n${files.get(entry)}`);
  files.set("sdk/sdk.d.ts", await Deno.readTextFile(new URL("sdk/sdk.d.ts", WEB)));
  files.set("LICENSE", await Deno.readTextFile(new URL("../../LICENSE", import.meta.url)));
  files.set("README.md", readme(name));
  files.set("package.json", json(npmManifest(name, version)));
  files.set("jsr.json", json({ name, version, license: "MIT", exports: `./${entry}` }));
  for (const [path, text] of files) {
    await Deno.mkdir(`${folder}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.writeTextFile(`${folder}/${path}`, text);
  }
  print(`${files.size} files written to ${folder}`);
  return 0;
}

function nameInPackage(path: string): string {
  return path.replace(/\.ts$/, ".js");
}

/** Of a module without types, which leave blanks where they stood. */
function scriptOf(text: string): string {
  return text.replace(
    /^(\s*(?:import|export|\})[^"'()]*["']\.{1,2}\/[^"']+)\.ts(["'])/gm,
    "$1.js$2",
  )
    .replace(/^\/\/\/ <reference .*\n/, "")
    .replace(/[ \t]+$/gm, "").replace(/\n{3,}/g, "\n\n");
}

function npmManifest(name: string, version: string) {
  return {
    name,
    version,
    description: "Talks with a Parley voice agent from any web page",
    license: "MIT",
    type: "module",
    sideEffects: false,
    exports: { ".": { types: "./sdk/sdk.d.ts", default: "./sdk/sdk.js" } },
  };
}

function readme(name: string): string {
  return `# ${name}

Talks with a Parley voice agent from any web page.

\`\`\`js
import { connect } from "${name}";

const call = await connect({ server: "https://voice.example.com", key: "pk_…" });
\`\`\`

Call it within a click. The types have a sentence for each member.
`;
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

if (import.meta.main) Deno.exit(await writeSdkPackage(Deno.args, console.log));
