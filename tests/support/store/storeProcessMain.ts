import type { DatabaseSettings } from "../../../src/config/settings.ts";
import { openStore, type Store } from "../../../src/services/store/store.ts";
import { opened, said } from "./storedCalls.ts";

/** The other side of `StoreProcess`. */
const [task, json = "", argument = ""] = Deno.args;
const settings: DatabaseSettings = JSON.parse(json);
const store = await openStore(settings, { now: () => 1 });
if (task === "writeTurns") await writeTurns(store, argument);
if (task === "reserve") await reserve(store, argument);
await store.close();

/** Reports each turn once the store has it, until the process is killed. */
async function writeTurns({ calls }: Store, callId: string): Promise<never> {
  await calls.write([opened({ id: callId })]);
  for (let at = 0;; at++) {
    const ids = [`${at}a`, `${at}b`, `${at}c`];
    await calls.write(ids.map((id) => said(callId, { id, text: "word ".repeat(50) })));
    report(ids.join("\n"));
  }
}

/** On a line of input, asks for 100 calls at once and reports the answers. */
async function reserve({ budget }: Store, prefix: string): Promise<void> {
  report("ready");
  await Deno.stdin.read(new Uint8Array(1));
  const decisions = await Promise.all(
    Array.from({ length: 100 }, (_, at) =>
      budget.reserve({
        callId: `${prefix}_${at}`,
        accounts: [{ scope: "outbound", subject: "ops", limits: { concurrent: 10 } }],
        minutes: 1,
        usd: 0,
        holdMs: 60_000,
      }, 1000)),
  );
  report(decisions.map(({ ok }) => ok ? "yes" : "no").join("\n"));
}

function report(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}
