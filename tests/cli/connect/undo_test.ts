import assert from "node:assert/strict";
import { createPhoneNetwork, startTwilioApi } from "../../../src/sim/twilio/phoneNetwork.ts";
import { account, publicUrl } from "../../support/servers/phoneServer.ts";
import { type ConnectRig, startConnectRig } from "../../support/twilio/connecting.ts";

const other = "+14155550111";

/** What stands between the command and the account, and answers some of its requests itself. */
function before(rig: ConnectRig, answer: (request: Request) => Response | undefined) {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const own = answer(request);
      if (own !== undefined) return own;
      const { pathname, search } = new URL(request.url);
      const { method, headers } = request;
      const body = method === "POST" ? await request.text() : null;
      return await fetch(`${rig.api.url}${pathname}${search}`, { method, headers, body });
    },
  );
  return {
    env: { TWILIO_API_URL: `http://127.0.0.1:${server.addr.port}` },
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

Deno.test("--undo leaves what was connected through another API, and still remembers it", async () => {
  await using rig = await startConnectRig();
  rig.api.setNumber({ VoiceUrl: "https://old.example/voice" });
  const network = createPhoneNetwork({ account, publicUrl });
  const standIn = startTwilioApi(network);
  await rig.run(["--yes"]);
  const elsewhere = await rig.run(["--undo", "--yes"], [], { TWILIO_API_URL: standIn.url });
  assert.equal(elsewhere.code, 1, elsewhere.printed);
  assert.ok(elsewhere.printed.includes(`connected through ${new URL(rig.api.url).host}`));
  const undone = await rig.run(["--undo"]);
  assert.equal(undone.code, 0, undone.printed);
  assert.equal(rig.api.numberOf(account.number)?.voiceUrl, "https://old.example/voice");
  await network.close();
  await standIn.close();
});

Deno.test("--undo asks before it forgets a number that the account no longer has", async () => {
  await using rig = await startConnectRig();
  let isGone = false;
  await using twilio = before(
    rig,
    ({ method, url }) =>
      isGone && method === "GET" && url.includes("/IncomingPhoneNumbers/")
        ? Response.json({ code: 20404, message: "Not found" }, { status: 404 })
        : undefined,
  );
  await rig.run(["--yes"], [], twilio.env);
  isGone = true;
  const kept = await rig.run(["--undo"], ["n"], twilio.env);
  assert.equal(kept.code, 1);
  assert.match(kept.printed, /no longer a number[^]*still remembered/);
  assert.match(kept.asked.join(), /Forget/);
  const forgotten = await rig.run(["--undo"], ["y"], twilio.env);
  assert.equal(forgotten.code, 0, forgotten.printed);
  assert.deepEqual([...Deno.readDirSync(rig.folder)], []);
});

Deno.test("--undo goes on with the next number where one cannot be undone wholly", async () => {
  await using rig = await startConnectRig({
    numbers: [{ number: other, voiceUrl: "https://other.example/voice" }],
  });
  let isBarred = true;
  await using twilio = before(
    rig,
    ({ method }) =>
      isBarred && method === "DELETE"
        ? Response.json({ code: 20003, message: "Permission denied" }, { status: 403 })
        : undefined,
  );
  const forwarding = ["--yes", "--forward-to", "+14155550199"];
  await rig.run([account.number, other, ...forwarding], [], twilio.env);
  const undone = await rig.run(["--undo"], [], twilio.env);
  assert.equal(undone.code, 1, undone.printed);
  assert.match(undone.printed, /could not be undone wholly:\n.*Permission denied/);
  assert.equal(rig.api.numberOf(other)?.voiceUrl, "https://other.example/voice");
  isBarred = false;
  assert.equal((await rig.run(["--undo"], [], twilio.env)).code, 0);
});

Deno.test("connect prints addresses without the passwords and tokens in them", async () => {
  await using rig = await startConnectRig({
    numbers: [{ number: other, voiceUrl: "https://shop:PASSWORD@b.example/v?token=SECRET" }],
  });
  const url = "https://user:PASSWORD@old.example/voice?token=SECRET";
  rig.api.setNumber({ VoiceUrl: url });
  const connected = await rig.run(["--yes"]);
  assert.match(connected.printed, /https:\/\/…@old\.example\/voice\?… ->/);
  const undone = await rig.run(["--undo"]);
  assert.doesNotMatch(connected.printed + undone.printed, /PASSWORD|SECRET/);
  assert.equal(rig.api.numberOf(account.number)?.voiceUrl, url);
});

for (const again of [false, true]) {
  const then = again ? "and the next connect goes through" : "and nothing is connected again";
  Deno.test(`--undo restores all where Twilio did not take a second address, ${then}`, async () => {
    await using rig = await startConnectRig();
    rig.api.setNumber({
      VoiceUrl: "https://old.example/voice",
      VoiceApplicationSid: `AP${"1".repeat(32)}`,
    });
    const resources = JSON.stringify(rig.api.resources);
    let isFailing = false;
    await using twilio = before(
      rig,
      ({ method }) =>
        isFailing && method === "POST" ? new Response(null, { status: 500 }) : undefined,
    );
    const at = (n: number) => ({ ...twilio.env, PUBLIC_URL: `https://t-${n}.example` });
    const first = await rig.run(["--yes"], [], at(1));
    assert.equal(first.code, 0, first.printed);
    isFailing = true;
    for (let n = 2; n < 14; n++) assert.equal((await rig.run(["--yes"], [], at(n))).code, 1);
    isFailing = false;
    if (again) {
      const third = await rig.run(["--yes"], [], at(14));
      assert.equal(third.code, 0, third.printed);
      assert.doesNotMatch(third.printed, /changed since/);
    }
    const undone = await rig.run(["--undo"], [], twilio.env);
    assert.equal(undone.code, 0, undone.printed);
    assert.equal(JSON.stringify(rig.api.resources), resources);
  });
}
