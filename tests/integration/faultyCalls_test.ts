import assert from "node:assert/strict";
import { Busy, FAULTY, type Life, USUAL } from "../soak/leaks/lives.ts";
import { startWorld, type World } from "../soak/leaks/world.ts";
import { until } from "../support/until.ts";

/** Places in the program whose timers belong to one call; the engine has one for all of them. */
const OF_A_CALL = /^(handlers|call|services\/openai)\/(?!openEngine)/;

Deno.test("calls to which something happens leave no session, timer or socket behind, each kind once", async () => {
  await using world = await startWorld();
  await until(() => health(world), ({ status }) => status === "ok");
  await Promise.all([...USUAL, ...FAULTY].map((life, index) => lead(world, life, index)));

  const { calls } = await until(() => health(world), ({ calls }) => calls.live === 0);
  assert.equal(calls.live, 0);
  await until(() => world.model.sessions, ({ length }) => length === 0);
  const { timers } = await until(
    () => world.server.memory(),
    ({ timers }) => !Object.keys(timers).some((place) => OF_A_CALL.test(place)),
  );
  assert.deepEqual(Object.keys(timers).filter((place) => OF_A_CALL.test(place)), []);
  await until(() => world.modelProxy.open, ({ length }) => length === 0);
});

/** A machine that is busy refuses calls: they are made again. */
async function lead(world: World, life: Life, index: number): Promise<void> {
  const random = () => (index * 0.37) % 1;
  for (;;) {
    try {
      return await life(world, random);
    } catch (error) {
      if (!(error instanceof Busy)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}

async function health({ server }: World) {
  return await (await fetch(`${server.origin}/health`)).json();
}
