import assert from "node:assert/strict";
import { MAX_AGENT_VERSIONS } from "../../../src/services/store/agentVersionStore.ts";
import type { StoreTest } from "./storeContract.ts";
import { ended, opened } from "./storedCalls.ts";

const DAY_MS = 24 * 60 * 60_000;

/** How every store keeps the versions of agents that calls have used. */
export function testAgentVersions(test: StoreTest): void {
  const use = (agent: string, version: string, at: number, uses = 1) => ({
    ...{ agent, version, text: `text of ${agent} ${version}`, uses },
    ...{ firstUsedAt: at, lastUsedAt: at },
  });

  test("versions of agents are counted, and the one used last comes first", async (store) => {
    const { agentVersions } = store;
    await agentVersions.record([use("desk", "aaa", 1000), use("desk", "bbb", 2000, 3)]);
    await agentVersions.record([use("desk", "aaa", 3000, 2), use("sales", "aaa", 1)]);
    assert.deepEqual(await agentVersions.list("desk"), [
      { agent: "desk", version: "aaa", firstUsedAt: 1000, lastUsedAt: 3000, uses: 3 },
      { agent: "desk", version: "bbb", firstUsedAt: 2000, lastUsedAt: 2000, uses: 3 },
    ]);
    assert.equal((await agentVersions.latest("desk"))?.text, "text of desk aaa");
    assert.equal(await agentVersions.text("desk", "bbb"), "text of desk bbb");
    assert.equal(await agentVersions.text("sales", "bbb"), undefined);
    assert.equal(await agentVersions.latest("nobody"), undefined);
    // A process with a clock behind, or one that writes late.
    await agentVersions.record([use("desk", "aaa", 500)]);
    assert.equal((await agentVersions.list("desk"))[0]?.lastUsedAt, 3000);
  });

  test("versions of agents are dropped where they are too many, or old", async (store) => {
    const { agentVersions, prune } = store;
    const many = Array.from(
      { length: MAX_AGENT_VERSIONS + 5 },
      (_, at) => use("desk", `v${at}`, at),
    );
    await agentVersions.record([...many, use("sales", "old", 0)]);
    const kept = await agentVersions.list("desk");
    assert.equal(kept.length, MAX_AGENT_VERSIONS);
    assert.equal(kept.at(-1)?.version, "v5");
    await agentVersions.record([use("desk", "new", 50 * DAY_MS)]);
    await prune(91 * DAY_MS);
    assert.deepEqual((await agentVersions.list("desk")).map(({ version }) => version), ["new"]);
    assert.deepEqual(await agentVersions.list("sales"), []);
  });

  test("calls are found by the version that they ran", async ({ calls }) => {
    await calls.write(["call_1", "call_2"].flatMap((id) => [
      opened({ id, startedAt: 1 }),
      {
        type: "changed" as const,
        callId: id,
        changes: { agentVersion: id === "call_1" ? "aaa" : "bbb" },
      },
      ended(id, {}),
    ]));
    const page = await calls.list({ agentVersion: "bbb" }, { limit: 10 });
    assert.deepEqual(page.calls.map(({ id, agentVersion }) => [id, agentVersion]), [
      ["call_2", "bbb"],
    ]);
  });
}
