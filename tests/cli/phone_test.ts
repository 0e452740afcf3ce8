import assert from "node:assert/strict";
import { runPhone } from "../../src/cli/phone.ts";
import { readPhoneOptions } from "../../src/cli/phoneOptions.ts";
import { phoneUsage, rehearsal } from "../../src/cli/phoneUsage.ts";
import { planWords } from "../../src/sim/twilio/callee/readNumberPlans.ts";
import { readWav } from "../../src/sim/twilio/media/wav.ts";
import {
  account,
  connect,
  loud,
  startTestApp,
  type TestApp,
  twiml,
} from "../support/twilio/phoneTestApp.ts";

const nothingSet = () => undefined;

interface Run {
  readonly code: number;
  readonly printed: string;
}

/** Runs the command against a small app until it ends by itself. */
async function run(prepare: (app: TestApp) => void, args: readonly string[] = []): Promise<Run> {
  const app = startTestApp();
  prepare(app);
  try {
    return await runAt(app.url, args);
  } finally {
    await app.close();
  }
}

async function runAt(url: string, args: readonly string[]): Promise<Run> {
  return await runWith(["--url", url, "--port", "0", ...args]);
}

async function runWith(args: readonly string[]): Promise<Run> {
  const settings = ["--auth-token", account.authToken];
  const options = readPhoneOptions([...settings, ...args], nothingSet, nothingSet);
  const lines: string[] = [];
  const code = await runPhone(options, (line) => lines.push(line), new Promise(() => {}));
  return { code, printed: lines.join("\n") };
}

Deno.test("runPhone() calls, prints the events and writes what was heard to a file", async () => {
  const out = await Deno.makeTempFile({ suffix: ".wav" });
  try {
    const { code, printed } = await run((app) => {
      app.answers["/twilio/voice"] = () => connect();
      app.stream().then(async (stream) => {
        await stream.next("start");
        stream.play(loud(200), "greeting");
        await stream.next("mark");
        stream.socket.close(1000);
      });
    }, ["--out", out]);
    assert.equal(code, 0, printed);
    assert.match(printed, /ringing[^]*TwiML +connect[^]*stream +open[^]*agent +speaks[^]*ended/);
    assert.ok(printed.includes(out));
    const heard = readWav(await Deno.readFile(out));
    assert.equal(heard.filter((byte) => byte === 0x10).length, 1_600);
  } finally {
    await Deno.remove(out);
  }
});

Deno.test("runPhone() says which settings a server without a phone needs", async () => {
  const { code, printed } = await run((app) => {
    app.answers["/twilio/voice"] = () =>
      Response.json({ error: "No phone.", code: "phone_not_configured" }, { status: 503 });
  });
  assert.equal(code, 1);
  for (const [name, value] of Object.entries(rehearsal)) {
    assert.ok(printed.includes(`  ${name}=${value}\n`) || printed.includes(`  ${name}=${value}`));
  }
});

Deno.test("runPhone() says which settings must match when the signature is refused", async () => {
  const { code, printed } = await run((app) => {
    app.answers["/twilio/voice"] = () => new Response("no", { status: 403 });
  });
  assert.equal(code, 1);
  assert.match(printed, /TWILIO_AUTH_TOKEN[^]*PUBLIC_URL[^]*--env-file/);
  assert.ok(!printed.includes(account.authToken));
});

Deno.test("runPhone() says that no server is running", async () => {
  const { code, printed } = await runAt("http://127.0.0.1:9", []);
  assert.equal(code, 1);
  assert.match(printed, /Nothing answers at http:\/\/127\.0\.0\.1:9[^]*deno task start/);
});

Deno.test("runPhone() ends where its port is in use, and says by what", async (t) => {
  const app = startTestApp();
  const stop = Promise.withResolvers<void>();
  const first = Promise.withResolvers<string>();
  const serve = ["--serve", "--url", app.url, "--port"];
  const running = runPhone(
    readPhoneOptions([...serve, "0"], nothingSet, nothingSet),
    (line) => {
      const port = /simulated at \S+:(\d+)/.exec(line)?.[1];
      if (port !== undefined) first.resolve(port);
    },
    stop.promise,
  );
  const port = await first.promise;
  for (const mode of [[], ["--serve"]]) {
    await t.step(["a second one", ...mode].join(" "), async () => {
      const { code, printed } = await runAt(app.url, [...mode, "--port", port]);
      assert.equal(code, 1);
      const told = `Port ${port} is in use by another "deno task phone". Stop it, or`;
      assert.ok(printed.startsWith(told), printed);
      assert.ok(!app.posts.some(({ path }) => path.startsWith("/twilio")));
    });
  }
  await t.step("another program", async () => {
    const { code, printed } = await runAt(app.url, ["--serve", "--port", new URL(app.url).port]);
    assert.equal(code, 1);
    assert.match(printed, /is in use by another program\. /);
  });
  stop.resolve();
  assert.equal(await running, 0);
  await app.close();
});

Deno.test("runPhone() hangs up after the last answer, or stays for as long as it is told to", async () => {
  const call = async (args: readonly string[]) =>
    await run((app) => {
      app.answers["/twilio/voice"] = () => connect();
      app.stream().then(async (stream) => {
        await stream.next("start");
        stream.play(loud(100), "greeting");
        await stream.next("mark");
        // The agent says nothing more: it is the person who ends the call.
      });
    }, ["--digits", "1", "--out", "/dev/null", ...args]);
  const [short, long] = await Promise.all([call([]), call(["--seconds", "12"])]);
  assert.match(short.printed, /person +presses 1[^]*person +hangs up[^]*ended/);
  assert.match(long.printed, /person +presses 1[^]* (?:1[2-9]|[2-9]\d)\.\d{3} s +ended/);
  assert.doesNotMatch(long.printed, /person +hangs up/);
});

Deno.test("the help of the simulated phone names all who may answer", () => {
  assert.deepEqual(planWords.filter((word) => !new RegExp(`[ ,]${word}\\b`).test(phoneUsage)), []);
});

Deno.test("runPhone() rings the simulated phone for calls placed over the served API", async () => {
  const app = startTestApp();
  app.answers["/answer"] = () => twiml("<Hangup/>");
  const stop = Promise.withResolvers<void>();
  const served = Promise.withResolvers<string>();
  const ended = Promise.withResolvers<void>();
  const args = ["--serve", "--port", "0", "--url", app.url, "--auth-token", account.authToken];
  const running = runPhone(
    readPhoneOptions(args, nothingSet, nothingSet),
    (line) => {
      const url = /simulated at (\S+)/.exec(line)?.[1];
      if (url !== undefined) served.resolve(url);
      if (line.includes("Nothing was heard") || line.includes("What was heard")) ended.resolve();
    },
    stop.promise,
  );
  const sid = rehearsal.TWILIO_ACCOUNT_SID;
  const response = await fetch(`${await served.promise}/2010-04-01/Accounts/${sid}/Calls.json`, {
    method: "POST",
    headers: { authorization: `Basic ${btoa(`${sid}:${account.authToken}`)}` },
    body: new URLSearchParams({
      To: "+12025550155",
      From: rehearsal.TWILIO_PHONE_NUMBER,
      Url: "https://parley.example/answer",
    }),
  });
  assert.equal(response.status, 201);
  await response.body?.cancel();
  assert.equal((await app.post("/answer")).form["Direction"], "outbound-api");
  await ended.promise;
  stop.resolve();
  assert.equal(await running, 0);
  await app.close();
});

Deno.test("readPhoneOptions() reads what each number does from a plan", () => {
  const plan = JSON.stringify({
    "+12025550155": "screener",
    "+12025550156": { callee: { kind: "machine", greeting: [{ wav: "g.wav" }], beep: null } },
    "*": { answer: "busy" },
  });
  const read = (text: string) =>
    readPhoneOptions(
      ["--plan", "plans/a.json"],
      nothingSet,
      (path) => path === "plans/a.json" ? text : undefined,
      (path) => new TextEncoder().encode(path.split("/").slice(-2).join("/")),
    ).plans;
  const { numbers, others } = read(plan);
  assert.equal(numbers["+12025550155"]?.callee?.kind, "screener");
  assert.deepEqual(numbers["+12025550156"]?.callee, {
    kind: "machine",
    greeting: [{ audio: new TextEncoder().encode("plans/g.wav") }],
    beep: null,
  });
  assert.deepEqual(others, { answer: "busy" });
  assert.throws(() => read("{"), /a\.json is not JSON/);
  assert.throws(() => read(`{"*": "nobody"}`), /"nobody" must be one of human/);
  assert.throws(() => read(`{"*": {"callee": {"kind": "person", "aloud": 1}}}`), /aloud/);
  const steps = JSON.stringify({ "*": { callee: { kind: "steps", steps: [{ sing: 1 }] } } });
  assert.throws(() => read(steps), /must be a text, or an object with wav[^]*steps\[0\]/);
});

Deno.test("readPhoneOptions() takes flags before the environment before the file", () => {
  const file = "TWILIO_AUTH_TOKEN=from-file\nPUBLIC_URL=https://file.example\nPORT=8123\n" +
    "TWILIO_API_URL=http://127.0.0.1:8124\n";
  const environment = (name: string) => name === "PUBLIC_URL" ? "https://env.example" : undefined;
  const options = readPhoneOptions(["--account-sid", "ACflag"], environment, () => file);
  assert.equal(options.accountSid, "ACflag");
  assert.equal(options.publicUrl, "https://env.example");
  assert.equal(options.authToken, "from-file");
  assert.equal(options.url, "http://127.0.0.1:8123");
  assert.equal(options.number, rehearsal.TWILIO_PHONE_NUMBER);
  assert.equal(options.port, 8124);
  const elsewhere = () => "TWILIO_API_URL=https://api.twilio.com:443\n";
  assert.equal(readPhoneOptions([], nothingSet, elsewhere).port, 8089);
});

for (
  const args of [
    ["--digits", "12x"],
    ["--seconds", "soon"],
    ["--interrupt-after", "-1"],
    ["--url", "nowhere"],
    ["--answer", "nobody"],
    ["--plan", "missing.json"],
    ["--env-file", "missing.env"],
    ["--unknown"],
  ]
) {
  Deno.test(`readPhoneOptions() refuses ${args.join(" ")}`, () => {
    assert.throws(() => readPhoneOptions(args, nothingSet, nothingSet), TypeError);
  });
}
