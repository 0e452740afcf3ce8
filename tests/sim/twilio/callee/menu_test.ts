import assert from "node:assert/strict";
import { holdSteps } from "../../../../src/sim/twilio/callee/holdSteps.ts";
import type { CalleePlan } from "../../../../src/sim/twilio/phoneNetwork.ts";
import { readNumberPlans } from "../../../../src/sim/twilio/callee/readNumberPlans.ts";
import { dtmfTones } from "../../../../src/utils/audio/dtmf.ts";
import { encodeG711, MU_LAW } from "../../../../src/utils/audio/g711.ts";
import { type CalleeRig, doing, startCalleeRig } from "../../../support/twilio/calleeRig.ts";
import { loud, twiml } from "../../../support/twilio/phoneTestApp.ts";

const MENUS: CalleePlan = {
  kind: "menu",
  menus: {
    main: {
      prompt: ["For sales, press one.", { silenceMs: 500 }, "For support, press two."],
      keys: {
        "1": { steps: ["You have reached sales.", { stay: true }] },
        "2": { menu: "support" },
        "201": { steps: ["This is extension two oh one.", { stay: true }] },
      },
      timeoutMs: 20_000,
      interDigitMs: 20_000,
      reads: 2,
      otherwise: { steps: ["Goodbye.", { hangUp: true }] },
    },
    support: {
      prompt: ["Tell me what is wrong."],
      spoken: { steps: ["I see.", { stay: true }] },
      timeoutMs: 60_000,
    },
  },
};

Deno.test("a menu takes a key that the app sends as tones, and cuts its prompt off", async () => {
  await inMenu(async ({ call, stream }) => {
    await doing(call, /^says "For sales/);
    stream.play(encodeG711(MU_LAW, dtmfTones("1")), "key");
    await doing(call, /^gets the keys 1$/);
    await doing(call, /You have reached sales/);
  });
});

Deno.test("a menu takes a key that the network plays for the app", async () => {
  await inMenu(async ({ call, network }) => {
    await doing(call, /^says "For sales/);
    const text = await twiml(`<Play digits="1"/><Pause length="20"/>`).text();
    assert.ok(call.replace({ kind: "document", text, baseUrl: "https://parley.example/" }));
    await doing(call, /^gets the keys 1$/);
    assert.ok(network.calls.includes(call));
  });
});

Deno.test("a menu waits for the further keys of a longer option", async () => {
  await inMenu(async ({ call, stream }) => {
    await doing(call, /^says "For sales/);
    stream.play(encodeG711(MU_LAW, dtmfTones("201")), "keys");
    await doing(call, /extension two oh one/);
  });
});

Deno.test("a menu that takes words goes on with anything that is said", async () => {
  await inMenu(async ({ call, stream }) => {
    await doing(call, /^says "For sales/);
    stream.play(encodeG711(MU_LAW, dtmfTones("2")), "key");
    await doing(call, /^says "Tell me/);
    // Longer than the prompt, during which nobody listens.
    stream.play(loud(4000), "words");
    await doing(call, /^hears words$/);
    await doing(call, /I see/);
  });
});

Deno.test("a menu says what is no option, is read again, and then does what is left", async () => {
  await inMenu(async ({ call, stream }) => {
    await doing(call, /^says "For sales/);
    stream.play(encodeG711(MU_LAW, dtmfTones("9")), "key");
    await doing(call, /not a valid option/);
    await doing(call, /^says "For sales/);
    await doing(call, /Goodbye/);
    assert.equal((await call.ended).status, "completed");
  });
});

Deno.test("hold music is as long as it says, with announcements between, each in turn", () => {
  const hold = { ms: 50_000, everyMs: 20_000, announcements: ["One.", "Two."] };
  const steps = holdSteps({ hold });
  const told = steps.map((step) => typeof step === "string" ? step : Object.values(step)[0]);
  assert.deepEqual(told, [20_000, 300, "One.", 300, 20_000, 300, "Two.", 300, 10_000]);
});

Deno.test("menus are read from a plan of numbers, and told where they are wrong", () => {
  const { numbers } = readNumberPlans(
    { "+12025550155": { callee: MENUS } },
    () => new Uint8Array(),
  );
  assert.deepEqual(numbers["+12025550155"]?.callee, MENUS);
  assert.throws(
    () =>
      readNumberPlans({
        "+1": { callee: { kind: "menu", menus: { main: { prompt: ["Hi."], keys: { x: {} } } } } },
      }, () => new Uint8Array()),
    /keys/,
  );
});

async function inMenu(body: (rig: MenuRig) => Promise<void>): Promise<void> {
  await using rig = startCalleeRig({ callee: MENUS }, 10);
  await body({ ...await rig.place(), network: rig.network });
}

type MenuRig = Awaited<ReturnType<CalleeRig["place"]>> & Pick<CalleeRig, "network">;
