import assert from "node:assert/strict";
import { runPhone } from "../../src/cli/phone.ts";
import { readPhoneOptions } from "../../src/cli/phoneOptions.ts";
import { readWav } from "../../src/sim/twilio/media/wav.ts";
import { account, publicUrl, startTestApp, twiml } from "../support/twilio/phoneTestApp.ts";

const nothingSet = () => undefined;
const never = new Promise<void>(() => {});

function runWith(
  args: readonly string[],
  print: (line: string) => void,
  interrupted = never,
): Promise<number> {
  const settings = ["--auth-token", account.authToken];
  return runPhone(
    readPhoneOptions([...settings, ...args], nothingSet, nothingSet),
    print,
    interrupted,
  );
}

async function outputOf(args: readonly string[]) {
  const lines: string[] = [];
  const code = await runWith(args, (line) => lines.push(line));
  return { code, printed: lines.join("\n") };
}

/** A stand-in that answers calls to its number by what is at `url`. */
async function serveStandIn(url: string) {
  const stop = Promise.withResolvers<void>();
  const ready = Promise.withResolvers<string>();
  const print = (line: string) => {
    const port = /simulated at \S+:(\d+)/.exec(line)?.[1];
    if (port !== undefined) ready.resolve(port);
  };
  const args = ["--url", url, "--serve", "--port", "0", "--public-url", publicUrl];
  const running = runWith(args, print, stop.promise);
  return {
    port: await ready.promise,
    async [Symbol.asyncDispose]() {
      stop.resolve();
      assert.equal(await running, 0);
    },
  };
}

Deno.test("runPhone() calls the number through a stand-in for Twilio that runs already", async () => {
  const out = await Deno.makeTempFile({ suffix: ".wav" });
  const app = startTestApp();
  try {
    app.answers["/twilio/voice"] = () => twiml("<Say>Hello.</Say>");
    await using standIn = await serveStandIn(app.url);
    const { port } = standIn;
    const { code, printed } = await outputOf(["--port", port, "--out", out]);
    assert.equal(code, 0, printed);
    assert.match(printed, /through the stand-in[^]*call in to[^]*Hello\.[^]*ended/);
    assert.ok(printed.includes(`is in ${out}`), printed);
    assert.ok(readWav(await Deno.readFile(out)).length > 0);
    const asked = app.posts.filter(({ path }) => path.startsWith("/twilio"));
    assert.deepEqual(asked.map(({ path, signed }) => [path, signed]), [["/twilio/voice", true]]);
    const wrong = await outputOf(["--port", port, "--auth-token", "other"]);
    assert.doesNotMatch(wrong.printed, /through the stand-in/);
    app.answers["/twilio/voice"] = () => new Response("Forbidden", { status: 403 });
    const failed = await outputOf(["--port", port]);
    assert.equal(failed.code, 1, failed.printed);
    assert.match(failed.printed, /refuses the signature/);
    assert.ok(!failed.printed.includes("\0"));
    const nowhere = await outputOf(["--port", port, "--url", "http://127.0.0.1:1"]);
    assert.match(nowhere.printed, /Nothing answers at http:\/\/127\.0\.0\.1:1\./);
  } finally {
    await app.close();
    await Deno.remove(out);
  }
});

Deno.test("runPhone() tells another program on the port no token, and prints nothing of what it says", async () => {
  const seen: string[] = [];
  const other = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      seen.push(JSON.stringify([...request.headers]) + await request.text());
      const proof = request.headers.get("x-simulator-proof") ?? "";
      return new Response("planted\n", { headers: { "x-simulator-proof": proof } });
    },
  );
  const app = startTestApp();
  try {
    // Where the server listens follows from PORT, or a call would not go through a stand-in.
    const environment = (name: string) => name === "PORT" ? new URL(app.url).port : undefined;
    const args = ["--auth-token", account.authToken, "--port", String(other.addr.port)];
    const lines: string[] = [];
    const options = readPhoneOptions(args, environment, nothingSet);
    assert.equal(await runPhone(options, (line) => lines.push(line), never), 1);
    assert.match(lines.join("\n"), /is in use by/);
    assert.doesNotMatch(lines.join("\n"), /planted|through the stand-in/);
    assert.match(seen[0] ?? "", /x-simulator-proof/);
    for (const secret of [account.authToken, btoa(`${options.accountSid}:${account.authToken}`)]) {
      assert.ok(!seen.join("\n").includes(secret));
    }
  } finally {
    await app.close();
    await other.shutdown();
  }
});
