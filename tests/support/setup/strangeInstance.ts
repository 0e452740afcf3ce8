import { createInstanceRpc } from "../../../src/services/cluster/rpc.ts";
import { openPostgresBus } from "../../../src/services/cluster/postgresBus.ts";
import { setTimer } from "../../../src/utils/clock.ts";
import { newId } from "../../../src/utils/ids.ts";
import type { TestDatabase } from "../store/postgres.ts";

/** A process as others see it through a Postgres: its heartbeat, and what it answers to each kind of question. */
export async function startStrangeInstance(
  { ask, url }: Pick<TestDatabase, "ask" | "url">,
  { place, answers, ageMs = 0 }: {
    readonly place: string;
    /** Without any, it is deaf. */
    readonly answers: Readonly<Record<string, () => unknown>>;
    readonly ageMs?: number;
  },
): Promise<AsyncDisposable> {
  const instanceId = newId("inst");
  const log = { warn: () => {} };
  const stack = new AsyncDisposableStack();
  if (Object.keys(answers).length > 0) {
    const bus = await openPostgresBus(url, { instanceId, log });
    stack.defer(bus.close);
    const rpc = createInstanceRpc({ bus, setTimer, log });
    stack.defer(rpc.close);
    for (const [kind, answer] of Object.entries(answers)) rpc.handle(kind, answer);
  }
  await ask(
    `INSERT INTO instances (id, beat_at, slot) VALUES ('${instanceId}',
      CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT) - ${ageMs}, '${place}')`,
  );
  stack.defer(() => ask(`DELETE FROM instances WHERE id = '${instanceId}'`).then(() => {}));
  return { [Symbol.asyncDispose]: () => stack.disposeAsync() };
}
