import assert from "node:assert/strict";
import { createPhoneNetwork } from "../../../../src/sim/twilio/phoneNetwork.ts";
import { describeEvent } from "../../../../src/sim/twilio/call/describeEvent.ts";
import { type CallerScript, followScript } from "../../../../src/sim/twilio/call/callerScript.ts";
import {
  account,
  connect,
  loud,
  startTestApp,
  type TestStream,
} from "../../../support/twilio/phoneTestApp.ts";

interface Lived {
  readonly told: readonly string[];
  readonly lines: readonly string[];
  readonly reason: string;
}

/** Lives one call by a script against an app that acts on its stream. */
async function live(
  script: Omit<CallerScript, "onStep" | "maxMs"> & { readonly maxMs?: number },
  act: (stream: TestStream) => Promise<void>,
): Promise<Lived> {
  const app = startTestApp();
  app.answers["/twilio/voice"] = () => connect();
  const network = createPhoneNetwork({ account, baseUrl: app.url, speed: 20 });
  try {
    const call = network.call();
    const told: string[] = [];
    const lines: string[] = [];
    call.watch((event) => lines.push(describeEvent(event) ?? ""));
    const { clock } = network.context;
    const onStep = (what: string) => told.push(what);
    const lived = followScript(call, clock, { maxMs: 600_000, ...script, onStep });
    const stream = await app.stream();
    await stream.next("start");
    await act(stream);
    await lived;
    return { told, lines, reason: (await call.ended).reason };
  } finally {
    await network.close();
    await app.close();
  }
}

Deno.test("followScript() speaks when the agent has finished, then presses keys and hangs up", async () => {
  const { told, lines, reason } = await live(
    { lines: [loud(100)], digits: "1#" },
    async (stream) => {
      stream.play(loud(400), "greeting");
      await stream.next("mark");
      await stream.next("dtmf");
    },
  );
  assert.deepEqual(told, ["says what is in the file", "presses 1#", "hangs up"]);
  assert.equal(reason, "the person hung up");
  assert.match(
    lines.join("\n"),
    /ringing[^]*answered[^]*agent +speaks[^]*agent +is quiet[^]*ended/,
  );
});

Deno.test("followScript() breaks in on the agent when asked to", async () => {
  const { lines } = await live({ lines: [loud(100)], interruptAfterMs: 300 }, async (stream) => {
    stream.play(loud(60_000), "long");
    for (let heard = false; !heard;) {
      const { media } = await stream.next("media");
      assert.ok(typeof media === "object" && media !== null && "payload" in media);
      heard = Uint8Array.fromBase64(String(media.payload))[0] === 0x10;
    }
    stream.send({ event: "clear" });
  });
  assert.match(
    lines.join("\n"),
    /clear +interrupted: [\d.]+ s were heard, [1-5]\d\.\d+ s never will be/,
  );
});

Deno.test("followScript() ends when time is up though the agent still speaks", async () => {
  const { told, reason } = await live({ lines: ["never said"], maxMs: 2_000 }, (stream) => {
    stream.play(loud(60_000));
    return Promise.resolve();
  });
  assert.deepEqual([told, reason], [[], "the person hung up"]);
});

Deno.test("followScript() waits for an agent whose stream is away, and says the next line only then", async () => {
  const app = startTestApp();
  app.answers["/twilio/voice"] = () => connect(`<Pause length="20"/><Redirect>/again</Redirect>`);
  app.answers["/again"] = () => connect();
  const network = createPhoneNetwork({ account, baseUrl: app.url, speed: 20 });
  try {
    const call = network.call();
    const { clock } = network.context;
    const told: string[] = [];
    const script = {
      lines: [loud(100)],
      maxMs: 600_000,
      onStep: (what: string) => told.push(what),
    };
    const lived = followScript(call, clock, script);
    const first = await app.stream();
    await first.next("start");
    first.play(loud(10_000));
    await call.next("speaking");
    first.socket.close();
    const second = await app.stream();
    await second.next("start");
    assert.deepEqual(told, []);
    second.play(loud(400));
    await lived;
    assert.deepEqual(told, ["says what is in the file", "hangs up"]);
  } finally {
    await network.close();
    await app.close();
  }
});
