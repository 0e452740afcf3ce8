import assert from "node:assert/strict";
import { readAgent } from "../../../src/config/agents.ts";
import { UsedVersions } from "../../../src/services/agents/usedVersions.ts";
import type { VersionUse } from "../../../src/services/store/agentVersionStore.ts";

const read = readAgent("desk", "---\ntitle: Desk\n---\nHelp.");
assert.ok(read.ok);
const { agent } = read;

/** A store that may be away, and timers that the test lets ring. */
function setUp() {
  const recorded: VersionUse[] = [];
  const timers = new Map<() => void, number>();
  let isAway = false;
  const used = new UsedVersions({
    store: {
      record(uses) {
        if (isAway) return Promise.reject(new Error("The store is away"));
        recorded.push(...uses);
        return Promise.resolve();
      },
    },
    now: () => 0,
    setTimer(wake, delayMs) {
      timers.set(wake, delayMs);
      return () => void timers.delete(wake);
    },
    log: { warn() {} },
  });
  return {
    recorded,
    used,
    /** How long the next write is still off. */
    next: () => [...timers.values()],
    setAway: (away: boolean) => void (isAway = away),
    async ring() {
      for (const wake of timers.keys()) {
        timers.delete(wake);
        wake();
      }
      await new Promise((resume) => setTimeout(resume, 0));
    },
  };
}

Deno.test("a version is kept soon after its first call, and counted later", async () => {
  const { used, recorded, next, ring } = setUp();
  used.add(agent, "text");
  used.add(agent, "text");
  assert.deepEqual(recorded, [], "nothing is written while a call begins");
  assert.deepEqual(next(), [200]);
  await ring();
  assert.deepEqual(recorded.map(({ version, uses }) => [version, uses]), [[agent.version, 2]]);
  used.add(agent, "text");
  assert.deepEqual(next(), [30_000]);
  await used.close();
  assert.deepEqual(recorded.map(({ uses }) => uses), [2, 1]);
  assert.deepEqual(next(), []);
});

Deno.test("what could not be written is written later, with what came in between", async () => {
  const { used, recorded, ring, setAway } = setUp();
  setAway(true);
  used.add(agent, "text");
  await ring();
  used.add(agent, "text");
  setAway(false);
  await ring();
  assert.deepEqual(recorded.map(({ uses }) => uses), [2]);
  await used.close();
});
