import assert from "node:assert/strict";

const root = new URL("../../", import.meta.url);

/** Runs the command of `deno task phone` in a folder, where nothing listens, and returns what it prints. */
async function runTask(cwd: string, args: readonly string[], env: Record<string, string> = {}) {
  const { tasks } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  const [, ...flags] = String(tasks.phone.command).replaceAll("'", "").split(" ");
  const script = flags.pop() ?? "";
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...flags,
      ...["--config", new URL("deno.json", root).pathname, new URL(script, root).pathname],
      ...["--port", "0", ...args],
    ],
    cwd,
    env,
  }).output();
  return new TextDecoder().decode(stdout);
}

Deno.test("deno task phone takes the file of --env-file in place of .env", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/.env`, "PORT=9\n");
    await Deno.writeTextFile(`${folder}/other.env`, "PORT=10\n");
    const told = (port: number) => new RegExp(`Nothing answers at http://127.0.0.1:${port}\\b`);
    assert.match(await runTask(folder, []), told(9));
    const args = ["--env-file", "other.env"];
    assert.match(await runTask(folder, args), told(10));
    assert.match(await runTask(folder, args, { PORT: "11" }), told(11));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
