import { strict as assert } from "node:assert";
import { applyFix } from "../../../src/cli/doctor/fixes.ts";

/** The system's user of nobody. */
const NOBODY = 65_534;

Deno.test({
  name: "a file that root changes or makes still belongs to the server's user",
  ignore: Deno.uid() !== 0,
  async fn() {
    const folder = await Deno.makeTempDir({ prefix: "fixes-" });
    try {
      const place = {
        ...{ envPath: `${folder}/.env`, denoPath: `${folder}/deno.json`, dataFolder: folder },
      };
      const owner = async () => {
        const { uid, gid, mode } = await Deno.stat(place.envPath);
        return { uid, gid, mode: (mode ?? 0) & 0o777 };
      };
      const wanted = { uid: NOBODY, gid: NOBODY, mode: 0o600 };
      const fix = { code: "add_recording_key", text: "Add a key." } as const;

      await Deno.writeTextFile(place.envPath, "PORT=8000\n", { mode: 0o600 });
      await Deno.chown(place.envPath, NOBODY, NOBODY);
      await applyFix(fix, place, {});
      assert.deepEqual(await owner(), wanted);

      await Deno.remove(place.envPath);
      await Deno.chown(folder, NOBODY, NOBODY);
      await applyFix(fix, place, {});
      assert.deepEqual(await owner(), wanted);

      await Deno.remove(place.envPath);
      await Deno.writeTextFile(`${place.envPath}.example`, "PORT=8000\n");
      await applyFix({ code: "create_env_file", text: "Make it." }, place, {});
      assert.deepEqual(await owner(), wanted);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
