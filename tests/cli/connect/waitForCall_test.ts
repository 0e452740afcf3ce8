import assert from "node:assert/strict";
import { startConnectRig } from "../../support/twilio/connecting.ts";
import { account, publicUrl, serveApp } from "../../support/servers/phoneServer.ts";

const caller = "+12025550123";
const other = "+14155550111";

/** Of a command at which nobody calls. */
const briefly = { waitMs: 300 };

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
  await using rig = await startConnectRig({ alertDelayMs: 700 });
  await using served = await serveApp(rig.api.url, {
    DATABASE_URL: "sqlite::memory:",
    API_KEYS: rig.env["API_KEYS"],
  });
  rig.network.connectTo("http://127.0.0.1:9");
  const end = new AbortController();
  const { code, printed } = await rig.run(["--yes", "--wait", "60"], [], at(served.origin), {
    untilInterrupted: () => end.signal,
    onPrint(line) {
      if (line.startsWith("Call ")) rig.api.callIn({ from: caller });
      if (line.includes("error")) end.abort();
    },
  });
  assert.equal(code, 0);
  assert.match(printed, /Twilio has a call from \+12025550123 \(failed\), which did not get here/);
  assert.match(printed, /Twilio's error 11205: Twilio could not connect: the server or its tunnel/);
  assert.match(rig.api.numberOf(account.number)!.voiceUrl, /twilio\/voice/, "it stays connected");
});

Deno.test("where no server tells of its calls, connect does not say that one did not arrive", async () => {
  await using rig = await startConnectRig();
  rig.network.connectTo("http://127.0.0.1:9");
  const end = new AbortController();
  const { printed } = await rig.run(["--yes", "--wait", "60"], [], { PORT: "9" }, {
    untilInterrupted: () => end.signal,
    onPrint(line) {
      if (line.startsWith("Call ")) rig.api.callIn({ from: caller });
      if (line.startsWith("Twilio has")) end.abort();
    },
  });
  assert.match(printed, /No server answers at http:\/\/127\.0\.0\.1:9: start it/);
  assert.match(printed, /\(failed\); whether the server got it cannot be told/);
  assert.ok(!printed.includes("did not get here"), printed);
});

Deno.test("calls of before are neither missed nor keep connect from saying that there was none", async () => {
  await using rig = await startConnectRig();
  rig.network.connectTo("http://127.0.0.1:9");
  await rig.api.callIn({ from: caller }).ended;
  // Twilio tells times in whole seconds.
  const { printed } = await rig.run(["--yes"], [], { PORT: "9" }, {
    ...briefly,
    now: () => Date.now() + 5000,
  });
  assert.ok(!printed.includes("Twilio has a call"), printed);
  assert.match(printed, /Twilio has no call to the number either/);
});

Deno.test("connect waits on while a call comes in at another number", async () => {
  await using rig = await startConnectRig(
    { numbers: [{ number: other, voiceUrl: `${publicUrl}/twilio/voice` }] },
    { speed: 1 },
  );
  await using served = await serveApp(rig.api.url, {
    DATABASE_URL: "sqlite::memory:",
    API_KEYS: rig.env["API_KEYS"],
  });
  rig.network.connectTo(served.origin);
  const { printed } = await rig.run(["--yes", "--wait", "60"], [], at(served.origin), {
    onPrint(line) {
      if (!line.startsWith("Call ")) return;
      rig.api.callIn({ from: "+12025550124", to: other }).next("twiml").then(() =>
        rig.api.callIn({ from: caller })
      );
    },
  });
  assert.match(printed, /A call from \+12025550123 has arrived/);
  assert.ok(!printed.includes("+12025550124"), printed);
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
      { code: 12300, text: "Invalid Content-Type", url: `${publicUrl}/a?secret=1`, agoMs: 0 },
      { code: 12100, text: "of another server", url: "https://x.example/a", agoMs: 0 },
      { code: 31921, text: "closed by the server", agoMs: 0 },
      { code: 11200, text: "of yesterday", agoMs: 86_400_000 },
    ],
  });
  const { printed } = await rig.run(["--yes"], [], { PORT: "9" }, briefly);
  assert.match(printed, /No call has arrived in/);
  assert.match(printed, /error 12300 at https:\/\/parley\.example\/a: The answer was no XML/);
  for (const code of ["11200", "12100", "31921"]) assert.ok(!printed.includes(code), printed);
});

Deno.test("a server whose keys are written as digests cannot be asked, which is said", async () => {
  await using rig = await startConnectRig();
  await using served = await serveApp(rig.api.url, { DATABASE_URL: "sqlite::memory:" });
  const digests = `ops:sha256:${"a".repeat(64)};scopes=admin`;
  const env = { ...at(served.origin), API_KEYS: digests };
  const { printed } = await rig.run(["--yes"], [], env, briefly);
  assert.match(printed, /does not tell of its calls/);
});
