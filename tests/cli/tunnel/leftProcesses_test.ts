import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

Deno.test({
  name: "a process is not taken to have ended where ps cannot tell",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const folder = await Deno.makeTempDir();
    try {
      await Deno.writeTextFile(
        `${folder}/ps`,
        "#!/bin/sh\necho 'ps: bad -o argument' >&2\nexit 1\n",
      );
      await Deno.chmod(`${folder}/ps`, 0o755);
      const at = (path: string) => import.meta.resolve(`../../../${path}`);
      await Deno.writeTextFile(
        `${folder}/end.ts`,
        `import { endLeftProcesses } from "${at("src/cli/tunnel/leftProcesses.ts")}";
const left = { name: "cloudflared", pid: 999_999, startedAt: 0, owner: { pid: 999_998, startedAt: 0 } };
let forgotten = 0;
const memory = { processes: [left], forgetProcess: () => void forgotten++ };
const isWhole = await endLeftProcesses(memory, console.log);
console.log(JSON.stringify({ isWhole, forgotten }));`,
      );
      const config = fileURLToPath(at("deno.json"));
      const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: [
          ...["run", "--quiet", "--no-check", "--allow-all", "--config", config],
          `${folder}/end.ts`,
        ],
        env: { PATH: `${folder}:${Deno.env.get("PATH") ?? ""}` },
      }).output();
      const printed = new TextDecoder().decode(stdout);
      assert.match(
        printed,
        /cloudflared \(process 999999\) may still be running.*: ps does not tell when it started/,
        new TextDecoder().decode(stderr),
      );
      assert.match(printed, /\{"isWhole":false,"forgotten":0\}/);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
