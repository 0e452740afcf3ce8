import assert from "node:assert/strict";
import { createTwilioCalls } from "../../../src/services/twilioOutbound/twilioCalls.ts";
import { TwilioProblem } from "../../../src/services/twilioOutbound/twilioProblem.ts";

const accountSid = `AC${"0".repeat(32)}`;
const sid = `CA${"0".repeat(32)}`;

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | null;
  readonly form: readonly (readonly [string, string])[];
}

/** Answers every request alike, and keeps what was asked. */
function startTwilio(answer: () => Response | Promise<Response>) {
  const asked: Asked[] = [];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      asked.push({
        method: request.method,
        path: new URL(request.url).pathname,
        authorization: request.headers.get("authorization"),
        form: [...new URLSearchParams(await request.text())],
      });
      return await answer();
    },
  );
  const account = { accountSid, authToken: "t", apiUrl: `http://127.0.0.1:${server.addr.port}` };
  return { asked, account, [Symbol.asyncDispose]: () => server.shutdown() };
}

const created = () => Response.json({ sid, status: "queued" }, { status: 201 });

Deno.test("create() writes Twilio's names, each value of a list by itself", async () => {
  await using twilio = startTwilio(created);
  const call = await createTwilioCalls(twilio.account).create({
    to: "+14155550123",
    from: "+14155550100",
    url: "https://x.example/twilio/voice?call=1",
    statusCallbackEvent: ["initiated", "completed"],
    timeLimit: 60,
    asyncAmd: "true",
  });
  assert.deepEqual(call, { sid, status: "queued" });
  assert.deepEqual(twilio.asked, [{
    method: "POST",
    path: `/2010-04-01/Accounts/${accountSid}/Calls.json`,
    authorization: `Basic ${btoa(`${accountSid}:t`)}`,
    form: [
      ["To", "+14155550123"],
      ["From", "+14155550100"],
      ["Url", "https://x.example/twilio/voice?call=1"],
      ["StatusCallbackEvent", "initiated"],
      ["StatusCallbackEvent", "completed"],
      ["TimeLimit", "60"],
      ["AsyncAmd", "true"],
    ],
  }]);
});

Deno.test("update() and fetch() name the call, with the API key where there is one", async () => {
  await using twilio = startTwilio(() => Response.json({ sid, status: "completed" }));
  const calls = createTwilioCalls({ ...twilio.account, apiKey: { sid: "SK1", secret: "s" } });
  assert.equal((await calls.update(sid, { status: "completed" })).status, "completed");
  await calls.fetch(sid);
  const path = `/2010-04-01/Accounts/${accountSid}/Calls/${sid}.json`;
  const authorization = `Basic ${btoa("SK1:s")}`;
  assert.deepEqual(twilio.asked, [
    { method: "POST", path, authorization, form: [["Status", "completed"]] },
    { method: "GET", path, authorization, form: [] },
  ]);
});

const refused = (code: number, status: number) =>
  Response.json({ code, message: "No.", status }, { status });

Deno.test("the fallback URL goes with every call, and with TwiML that takes another's place", async () => {
  await using twilio = startTwilio(created);
  const fallbackUrl = "https://bin.example/twiml";
  const calls = createTwilioCalls({ ...twilio.account, fallbackUrl });
  await calls.create({ to: "+14155550123", from: "+14155550100", url: "https://x.example/v" });
  await calls.update(sid, { twiml: "<Response/>" });
  await calls.update(sid, { status: "completed" });
  const given = twilio.asked.map(({ form }) => Object.fromEntries(form)["FallbackUrl"]);
  assert.deepEqual(given, [fallbackUrl, fallbackUrl, undefined]);
});

Deno.test("end() cancels a call that rings, and completes one that was answered since", async () => {
  const answers = [refused(21220, 400), Response.json({ sid, status: "completed" })];
  await using twilio = startTwilio(() => answers.shift()!);
  await createTwilioCalls(twilio.account).end(sid, { unanswered: true });
  assert.deepEqual(twilio.asked.map(({ form }) => form), [
    [["Status", "canceled"]],
    [["Status", "completed"]],
  ]);
});

Deno.test("end() resolves for a call that is over, and rejects for any other refusal", async () => {
  let answer = () => refused(21220, 400);
  await using twilio = startTwilio(() => answer());
  const calls = createTwilioCalls(twilio.account);
  await calls.end(sid, { unanswered: false });
  answer = () => refused(20404, 404);
  await calls.end(sid, { unanswered: true });
  assert.equal(twilio.asked.length, 2);
  answer = () => refused(20003, 401);
  assert.equal(
    (await problemOf(calls.end(sid, { unanswered: true }))).code,
    "provider_credentials",
  );
});

const table: readonly (readonly [code: number, http: number, status: number, ours: string])[] = [
  [20003, 401, 502, "provider_credentials"],
  [20404, 404, 404, "unknown_call"],
  [20429, 429, 503, "provider_busy"],
  [21201, 400, 500, "phone_misconfigured"],
  [21205, 400, 500, "phone_misconfigured"],
  [21213, 400, 500, "phone_misconfigured"],
  [21203, 400, 403, "destination_not_enabled"],
  [21210, 400, 422, "invalid_from"],
  [21212, 400, 422, "invalid_from"],
  [21211, 400, 422, "invalid_number"],
  [21217, 400, 422, "invalid_number"],
  [13224, 400, 422, "invalid_number"],
  [21214, 400, 422, "invalid_number"],
  [21215, 400, 403, "destination_not_enabled"],
  [21216, 400, 403, "destination_not_enabled"],
  [21219, 400, 403, "destination_not_verified"],
  [573005, 400, 403, "destination_not_verified"],
  [21220, 400, 409, "wrong_call_state"],
  [10004, 429, 429, "provider_concurrency"],
  [22005, 400, 503, "provider_busy"],
  [99999, 400, 502, "provider_failed"],
  [99999, 503, 502, "provider_failed"],
];

for (const [code, http, status, ours] of table) {
  Deno.test(`case 57: Twilio's ${code} with ${http} becomes ${status} ${ours}`, async () => {
    const body = { code, message: "Authenticate +14155550123", status: http };
    await using twilio = startTwilio(() => Response.json(body, { status: http }));
    const problem = await problemOf(createTwilioCalls(twilio.account).create(options));
    assert.deepEqual([problem.status, problem.code, problem.twilioCode], [status, ours, code]);
    assert.equal(problem.retryAfterSeconds, [503, 429].includes(status) ? 5 : undefined);
    assert.equal(problem.message.includes("4155550123"), false);
  });
}

Deno.test("a rate limit passes on how long to wait", async () => {
  const headers = { "Retry-After": "17" };
  await using twilio = startTwilio(() => new Response("slow down", { status: 429, headers }));
  const problem = await problemOf(createTwilioCalls(twilio.account).create(options));
  assert.deepEqual([problem.status, problem.retryAfterSeconds], [503, 17]);
});

Deno.test("case 57: a create that times out is unknown and not tried again", async () => {
  const release = Promise.withResolvers<void>();
  await using twilio = startTwilio(() => release.promise.then(created));
  const calls = createTwilioCalls(twilio.account, { timeoutMs: 50 });
  const problem = await problemOf(calls.create(options));
  assert.deepEqual([problem.status, problem.code], [504, "outcome_unknown"]);
  assert.equal((await problemOf(calls.fetch(sid))).code, "provider_unreachable");
  assert.deepEqual(twilio.asked.map(({ method }) => method), ["POST", "GET"]);
  release.resolve();
});

Deno.test("without a connection no call was placed, and that is known", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  listener.close();
  const account = { accountSid, authToken: "t", apiUrl: `http://127.0.0.1:${listener.addr.port}` };
  const problem = await problemOf(createTwilioCalls(account).create(options));
  assert.deepEqual([problem.status, problem.code], [502, "provider_unreachable"]);
});

Deno.test("an answer that makes no sense leaves a create unknown", async () => {
  await using twilio = startTwilio(() => new Response("<html>", { status: 201 }));
  const problem = await problemOf(createTwilioCalls(twilio.account).create(options));
  assert.equal(problem.code, "outcome_unknown");
});

Deno.test("credentials do not follow a redirect", async () => {
  await using elsewhere = startTwilio(created);
  const { apiUrl } = elsewhere.account;
  await using twilio = startTwilio(() => Response.redirect(`${apiUrl}/steal`, 307));
  await problemOf(createTwilioCalls(twilio.account).create(options));
  assert.deepEqual(elsewhere.asked, []);
});

Deno.test("a call sid that is none never becomes part of an address", async () => {
  await using twilio = startTwilio(created);
  const problem = await problemOf(createTwilioCalls(twilio.account).fetch("../../Accounts"));
  assert.equal(problem.code, "unknown_call");
  assert.deepEqual(twilio.asked, []);
});

const options = { to: "+14155550123", from: "+14155550100" };

async function problemOf(promise: Promise<unknown>): Promise<TwilioProblem> {
  const error = await promise.then(() => undefined, (error: unknown) => error);
  assert.ok(error instanceof TwilioProblem);
  return error;
}

Deno.test("list() asks for the calls between two numbers, and reads their times", async () => {
  await using twilio = startTwilio(() =>
    Response.json({
      calls: [
        {
          sid,
          status: "completed",
          duration: "61",
          date_created: "Sun, 22 Nov 2026 20:00:00 +0000",
          end_time: "Sun, 22 Nov 2026 20:01:05 +0000",
        },
        { sid: "nonsense" },
        null,
      ],
    })
  );
  const calls = await createTwilioCalls(twilio.account).list({
    to: "+14155550123",
    from: "+14155550100",
  });
  assert.deepEqual(calls, [{
    sid,
    status: "completed",
    durationSeconds: 61,
    createdAt: Date.UTC(2026, 10, 22, 20),
    endedAt: Date.UTC(2026, 10, 22, 20, 1, 5),
  }]);
  assert.equal(twilio.asked[0]?.method, "GET");
});
