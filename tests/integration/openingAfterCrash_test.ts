import assert from "node:assert/strict";
import { EventReader } from "../support/eventReader.ts";
import { parrot } from "../support/servers/phoneRig.ts";
import { detail, type ProcessRig, startProcessRig } from "../support/servers/processRig.ts";
import { hangUp } from "../support/twilio/hangUp.ts";
import { until } from "../support/until.ts";

const DISCLOSURE = "This is a computer that calls for Acme. It may call you again this week.";
const GREETING = "Good day, have you a minute?";
const options = {
  agent: `greeting: "${GREETING}"\noutbound: { hours: off, disclosure: "${DISCLOSURE}" }`,
  model: {
    script: (turn: Parameters<typeof parrot>[0]) => ({ ...parrot(turn), audioMs: 4000 }),
  },
};

interface EventOfCall {
  readonly type: string;
  readonly heard?: boolean;
  readonly turn?: {
    readonly text: string;
    readonly final: boolean;
    readonly heardCharacters?: number;
  };
}

/**
 * A placed call whose server dies when an event of it fits, and which another goes on with; `isKept` where the
 * store must have the proof first, which takes a part of a second.
 */
async function diesAt(
  rig: ProcessRig,
  fits: (event: EventOfCall) => boolean,
  { isKept = false } = {},
) {
  const placed = await rig.server.post("/api/outbound/initiate", { to: "+14155550123" });
  const { callId: id } = await placed.json();
  const phone = await rig.network.nextCall();
  await phone.next("streamStarted");
  const reader = new EventReader(await rig.server.get(`/api/calls/${id}/events`));
  await until(
    () => reader.next(),
    (event) => event !== undefined && fits(JSON.parse(event.data).event ?? {}),
  );
  await reader.close();
  if (isKept) {
    await until(() => detail(rig.server, id), ({ mustHear }) => mustHear[0]?.heard === true);
  }
  rig.server.signal("SIGKILL");
  await rig.server.ended();
  await rig.start({ sameAddress: true });
  await phone.next("streamStarted");
  return { phone, id };
}

Deno.test("after kill -9 in the middle of a disclosure it is said again, and then the greeting", async () => {
  await using rig = await startProcessRig(options);
  const { phone, id } = await diesAt(
    rig,
    ({ type, turn }) =>
      type === "turn" && turn?.text === DISCLOSURE && !turn.final &&
      (turn.heardCharacters ?? 0) > 30,
  );
  const { mustHear, turns } = await until(
    () => detail(rig.server, id),
    ({ turns }) => turns.at(-1)?.text === GREETING,
  );
  await hangUp(phone);
  assert.equal(mustHear[0].heard, true);
  assert.deepEqual(turns.slice(-2).map(({ text }: { readonly text: string }) => text), [
    DISCLOSURE,
    GREETING,
  ]);
});

Deno.test("after kill -9 in the middle of the greeting a disclosure that was heard is not said again", async () => {
  await using rig = await startProcessRig(options);
  const { phone, id } = await diesAt(
    rig,
    ({ type, heard }) => type === "mustHear" && heard === true,
    { isKept: true },
  );
  const { mustHear, turns } = await until(
    () => detail(rig.server, id),
    ({ turns }) => turns.at(-1)?.text === GREETING && turns.at(-1)?.final,
  );
  await hangUp(phone);
  assert.equal(mustHear[0].times, 1);
  const said = turns.filter(({ text }: { readonly text: string }) => text.startsWith("This is"));
  assert.equal(said.length, 1);
});
