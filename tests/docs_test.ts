import assert from "node:assert/strict";
import { DEV_ARGS } from "../src/cli/tunnel/devServer.ts";
import { MODULES } from "./support/architecture/modules.ts";

const root = new URL("../", import.meta.url);

Deno.test("docs: every file and folder that is named exists", async () => {
  const documents = ["README.md", "AGENTS.md", ".env.example", "Containerfile"];
  for await (const { name } of Deno.readDir(new URL("docs/", root))) {
    if (name.endsWith(".md")) documents.push(`docs/${name}`);
  }
  const missing: string[] = [];
  for (const document of documents) {
    const text = await Deno.readTextFile(new URL(document, root));
    const paths = text.matchAll(/(?<![\w/])(?:src|tests|docs)\/[\w./-]*[\w/]/g);
    const links = text.matchAll(/\]\(((?!https?:|#)[^)#]+)/g);
    const named = [
      ...[...paths].map(([path]) => new URL(path, root)),
      ...[...links].map(([, link = ""]) => new URL(link, new URL(document, root))),
    ];
    for (const url of named) {
      if (!await exists(url)) missing.push(`${document}: ${url.href.slice(root.href.length)}`);
    }
  }
  assert.deepEqual(missing, []);
});

Deno.test("AGENTS.md shows the service modules and what each may import", async () => {
  const text = await Deno.readTextFile(new URL("AGENTS.md", root));
  const shown: Record<string, readonly string[]> = {};
  for (const [, name = "", imports = ""] of text.matchAll(/^\| `(\w+)` .*\| ([^|]*) \|$/gm)) {
    shown[name] = imports.trim() === "all above"
      ? Object.keys(shown)
      : [...imports.matchAll(/`(\w+)`/g)].map(([, module = ""]) => module);
  }
  const sorted = (table: typeof MODULES) =>
    Object.entries(table).map(([name, imports]) => [name, [...imports].sort()]).sort();
  assert.deepEqual(sorted(shown), sorted(MODULES));
});

Deno.test("every documented way to start the server gives V8 the same flags", async () => {
  const flags = "--v8-flags=--no-incremental-marking-task,--no-memory-reducer";
  const { tasks } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  const hosting = await Deno.readTextFile(new URL("docs/hosting.md", root));
  const container = await Deno.readTextFile(new URL("Containerfile", root));
  const commands = [tasks.start.command, DEV_ARGS.join(" "), hosting.match(/^ExecStart=.*$/m)?.[0]];
  for (const command of commands) assert.ok(command?.split(" ").includes(flags), command);
  const args: unknown = JSON.parse(container.match(/^CMD (.*)$/m)?.[1] ?? "[]");
  assert.ok(Array.isArray(args) && args.includes(flags), "Containerfile");
  assert.ok(hosting.includes(`\`${flags}\``), "docs/hosting.md");
  for (const bench of ["tests/bench/load/subject.ts", "tests/bench/startup.ts"]) {
    const source = await Deno.readTextFile(new URL(bench, root));
    assert.ok(source.includes(flags.replace("--v8-flags=", "")), bench);
  }
});

async function exists(url: URL): Promise<boolean> {
  try {
    await Deno.stat(url);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
