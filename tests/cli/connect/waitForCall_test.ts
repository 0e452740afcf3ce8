import assert from "node:assert/strict";
import { startConnectRig } from "../../support/twilio/connecting.ts";
import { account, serveApp } from "../../support/servers/phoneServer.ts";

const caller = "+12025550123";
const nobody = ["--yes", "--wait", "1"];

/** The settings by which the command finds a server at this origin. */
const at = (origin: string) => ({ PORT: new URL(origin).port });

Deno.test("connect waits for the first call, and says what arrived", async () => {
  await using rig = await startConnectRig({}, { speed: 1 });
  await using served = await serveApp(rig.api.url, {
    DATABASE_URL: "sqlite::memory:",
    API_KEYS: rig.env["API_KEYS"],
  });
  rig.network.connectTo(served.origin);
  const onPrint = (line: string) => {
    if (line.startsWith("Call ")) rig.api.callIn({ from: caller });
  };
  const { code, printed } = await rig.run(["--yes", "--wait", "60"], [], at(served.origin), {
    onPrint,
  });
  assert.equal(code, 0);
  assert.match(printed, /A call from \+12025550123 has arrived; receptionist answers it \(call_/);
});

Deno.test("connect says why a call that Twilio has did not arrive", async () => {
  await using rig = await startConnectRig();
  rig.network.connectTo("http://127.0.0.1:9");
  const end = new AbortController();
  const { code, printed } = await rig.run(["--yes", "--wait", "60"], [], { PORT: "9" }, {
    untilInterrupted: () => end.signal,
    onPrint(line) {
      if (line.startsWith("Call ")) rig.api.callIn({ from: caller });
      if (line.includes("error")) end.abort();
    },
  });
  assert.equal(code, 0);
  assert.match(printed, /does not run here yet/);
  assert.match(printed, /Twilio has a call from \+12025550123 \(failed\), which did not get here/);
  assert.match(printed, /Twilio's error 11205: Twilio could not connect: the server or its tunnel/);
  assert.match(rig.api.numberOf(account.number)!.voiceUrl, /twilio\/voice/, "it stays connected");
});

Deno.test("connect says that somebody has changed the number meanwhile", async () => {
  await using rig = await startConnectRig();
  const end = new AbortController();
  const { printed } = await rig.run(["--yes", "--wait", "60"], [], { PORT: "9" }, {
    untilInterrupted: () => end.signal,
    onPrint(line) {
      if (line.startsWith("Call ")) rig.api.setNumber({ VoiceUrl: "https://new.example/voice" });
      if (line.includes("meanwhile")) end.abort();
    },
  });
  assert.match(printed, /Somebody has changed \+14155550100 meanwhile:\n.*new\.example/);
});

Deno.test("connect says that no call came, and lists the errors of these minutes", async () => {
  await using rig = await startConnectRig({
    alerts: [
      { code: 12300, text: "Invalid Content-Type", url: "https://x.example/a?secret=1", agoMs: 0 },
      { code: 11200, text: "of yesterday", agoMs: 86_400_000 },
    ],
  });
  const { printed } = await rig.run(nobody, [], { PORT: "9" });
  assert.match(printed, /No call has arrived in 1 seconds/);
  assert.match(printed, /error 12300 at https:\/\/x\.example\/a: The answer was no XML/);
  assert.ok(!printed.includes("11200"));
});

Deno.test("a server whose keys are written as digests cannot be asked, which is said", async () => {
  await using rig = await startConnectRig();
  await using served = await serveApp(rig.api.url, { DATABASE_URL: "sqlite::memory:" });
  const digests = `ops:sha256:${"a".repeat(64)};scopes=admin`;
  const { printed } = await rig.run(nobody, [], { ...at(served.origin), API_KEYS: digests });
  assert.match(printed, /does not tell of its calls/);
});
