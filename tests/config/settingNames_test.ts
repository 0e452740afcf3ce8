import assert from "node:assert/strict";
import { settingNames } from "../../src/config/settingNames.ts";

Deno.test("deno.json lets the server read every setting there is", async () => {
  const text = await Deno.readTextFile(new URL("../../deno.json", import.meta.url));
  const { allow }: { allow: readonly string[] } = JSON.parse(text).permissions.server.env;
  const isAllowed = (name: string) =>
    allow.some((entry) =>
      entry.endsWith("*") ? name.startsWith(entry.slice(0, -1)) : entry === name
    );
  assert.deepEqual(settingNames.filter((name) => !isAllowed(name)), []);
});
