import assert from "node:assert/strict";
import {
  createPhoneNetwork,
  type PhoneNetworkOptions,
  startTwilioApi,
} from "../../../src/sim/twilio/phoneNetwork.ts";
import { readOverrides } from "../../../src/sim/twilio/api/connectionOverrides.ts";
import { account, connect, startTestApp, twiml } from "../../support/twilio/phoneTestApp.ts";

function startLine(options: Partial<PhoneNetworkOptions> = {}) {
  const app = startTestApp();
  const network = createPhoneNetwork({ account, baseUrl: app.url, speed: 20, ...options });
  const api = startTwilioApi(network);
  return {
    app,
    network,
    api,
    async [Symbol.asyncDispose]() {
      await network.close();
      await api.close();
      await app.close();
    },
  };
}

const redirect = (path: string, overrides = "") =>
  `<Redirect>https://parley.example${path}${overrides.replaceAll("&", "&amp;")}</Redirect>`;

Deno.test("overrides in a URL's fragment say how often and for what it is asked again", async () => {
  await using line = startLine();
  const { app, network } = line;
  let asked = 0;
  app.answers["/twilio/voice"] = () =>
    twiml(`<Say>Hi</Say>${redirect("/busy", "#rc=3&rp=ct,5xx")}`);
  app.answers["/busy"] = () =>
    ++asked < 4 ? new Response("no", { status: 502 }) : twiml("<Say>Back</Say>");
  const call = network.call();
  await call.next("said");
  assert.equal((await call.next("said")).text, "Back");
  const posts = app.posts.filter(({ path }) => path === "/busy");
  assert.equal(posts.length, 4);
  // The fragment is neither sent nor signed, and all attempts are one request.
  assert.ok(posts.every(({ signed }) => signed));
  assert.equal(new Set(posts.map(({ token }) => token)).size, 1);
  assert.deepEqual(call.errors, []);
});

Deno.test("without overrides, or for another failure, a document is asked for once", async () => {
  await using line = startLine();
  for (const overrides of ["", "#rc=5&rp=ct,rt", "#rc=5&rp=4xx"]) {
    const before = line.app.posts.length;
    line.app.answers["/twilio/voice"] = () => twiml(`<Say>Hi</Say>${redirect("/busy", overrides)}`);
    line.app.answers["/busy"] = () => new Response("no", { status: 503 });
    assert.equal((await line.network.call().ended).status, "completed");
    assert.equal(line.app.posts.length - before, 2, overrides);
  }
});

Deno.test("a refused port, an error status, silence and a page are four failures, each fatal to an answered call", async () => {
  const silent = Promise.withResolvers<void>();
  const answers = {
    "11200": () => new Response("Bad gateway", { status: 502 }),
    "11203": () => new Response(ReadableStream.from(waiting(silent.promise))),
    "12100": () =>
      new Response("<!doctype html><html></html>", { headers: { "content-type": "text/html" } }),
    "11205": undefined,
  };
  for (const [code, answer] of Object.entries(answers)) {
    await using line = startLine();
    const { app, network } = line;
    const overrides = code === "11203" ? "#rt=100&rc=0" : "";
    app.answers["/twilio/voice"] = () =>
      twiml(`<Say>Hi</Say>${redirect("/next", overrides)}<Say>Never</Say>`);
    if (answer === undefined) {
      app.answers["/twilio/voice"] = () => {
        network.connectTo("http://127.0.0.1:1");
        return twiml(`<Say>Hi</Say>${redirect("/next")}`);
      };
    } else app.answers["/next"] = answer;
    const call = network.call();
    await call.next("said");
    assert.match((await call.next("said")).text, /application error has occurred/, code);
    assert.equal((await call.ended).status, "completed", code);
    assert.deepEqual(call.errors.map((error) => String(error.code)), [code]);
    if (code === "11203") silent.resolve();
  }
});

async function* waiting(until: Promise<void>): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  await until;
  yield new Uint8Array();
}

Deno.test("the fallback URL is asked with the error of any document, once", async () => {
  await using line = startLine({ fallbackPath: "/fallback" });
  const { app, network } = line;
  app.answers["/twilio/voice"] = () => twiml(`<Say>Hi</Say>${redirect("/gone")}`);
  app.answers["/gone"] = () => new Response("no", { status: 500 });
  app.answers["/fallback"] = ({ ErrorCode, ErrorUrl }) =>
    twiml(`<Say>${ErrorCode} ${ErrorUrl}</Say>${redirect("/gone")}`);
  const call = network.call();
  await call.next("said");
  assert.equal((await call.next("said")).text, "11200 https://parley.example/gone");
  assert.match((await call.next("said")).text, /application error/);
  await call.ended;
});

Deno.test("a pause before anything else leaves the phone ringing", async () => {
  await using line = startLine();
  line.app.answers["/twilio/voice"] = () => twiml(`<Pause length="1"/><Reject reason="busy"/>`);
  assert.equal((await line.network.call().ended).status, "busy");
});

Deno.test("an update by REST stops the stream, closes it, and goes on with its own TwiML", async () => {
  await using line = startLine();
  const { app, network, api } = line;
  app.answers["/twilio/voice"] = () => connect("<Say>Never</Say>");
  const call = network.call();
  const stream = await app.stream();
  await stream.next("start");
  const update = (form: Record<string, string>) =>
    fetch(`${api.url}/2010-04-01/Accounts/${account.accountSid}/Calls/${call.sid}.json`, {
      method: "POST",
      headers: { Authorization: `Basic ${btoa(`${account.accountSid}:${account.authToken}`)}` },
      body: new URLSearchParams(form),
    }).then(async (answer) => [answer.status, (await answer.json()).code]);
  api.failNextUpdate({ kind: "unavailable" });
  assert.deepEqual(await update({ Twiml: "<Response/>" }), [503, 20500]);
  assert.deepEqual(await update({ Twiml: "<Response><Say>Other</Say></Response>" }), [
    200,
    undefined,
  ]);
  await stream.next("stop");
  assert.equal(await stream.closed, 1000);
  assert.equal((await call.next("said")).text, "Other");
  await call.ended;
  assert.deepEqual(await update({ Twiml: "<Response/>" }), [400, 21220]);
  assert.deepEqual(await update({ Status: "completed" }), [404, 20404]);
  assert.equal(api.updates.length, 4);
});

Deno.test("an override without a valid value is a warning, and the default counts", () => {
  const { url, overrides, error } = readOverrides("https://a.example/x?y=1#rc=9&rt=50&rp=ct,6xx");
  assert.equal(url, "https://a.example/x?y=1");
  assert.deepEqual([overrides.retries, overrides.readMs], [1, 15_000]);
  assert.match(error ?? "", /rt, rc, rp/);
});
