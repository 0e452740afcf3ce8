import assert from "node:assert/strict";
import { problemOf } from "../support/problemOf.ts";
import { get } from "../support/twilio/dialling.ts";
import { apiKey, startPhoneServer, type TestServer } from "../support/servers/phoneServer.ts";

const path = "/api/outbound/batches";
const callee = "+14155550120";

async function previewTable(
  server: TestServer,
  table: string,
  options: Readonly<Record<string, unknown>> = {},
) {
  const query = `options=${encodeURIComponent(JSON.stringify(options))}`;
  const answer = await server.request(`${path}/preview?${query}`, {
    method: "POST",
    headers: { "X-API-Key": apiKey, "Content-Type": "text/csv" },
    body: table,
  });
  return { status: answer.status, body: await answer.json() };
}

Deno.test("numbers that are too short are refused for what they are, whatever country they are of", async () => {
  await using server = await startPhoneServer();
  for (const country of ["US", "DE", undefined]) {
    const { body } = await previewTable(server, "phone\n911\n12\n112\n0110\n+12\n", {
      ...(country !== undefined && { country }),
    });
    const reasons = body.calls.map(({ reason }: { reason: string }) => reason);
    assert.deepEqual(
      reasons.slice(0, 3),
      country === undefined
        ? ["emergency_number", "no_country", "emergency_number"]
        : ["emergency_number", "short_number", "emergency_number"],
      country,
    );
    assert.equal(reasons[4], "short_number");
  }
});

Deno.test("a file that is sent again calls nobody whom its first sending has called", async () => {
  await using server = await startPhoneServer();
  const table = `phone,name,id\n${callee},Ann,x1\n${callee},Ann again,x2\n`;
  const send = async () => {
    const answer = await server.request(
      `${path}?options=${encodeURIComponent('{"paused":true}')}`,
      {
        method: "POST",
        headers: { "X-API-Key": apiKey, "Content-Type": "text/csv" },
        body: table,
      },
    );
    const { accepted, refused } = await answer.json();
    return [accepted, ...refused.map(({ reason }: { readonly reason: string }) => reason)];
  };
  assert.deepEqual(await send(), [1, "duplicate_number"]);
  assert.deepEqual(await send(), [0, "already_in_batch", "duplicate_number"]);
});

Deno.test("a line that is refused names the column that is at fault", async () => {
  await using server = await startPhoneServer();
  const table = [
    "id,Handy,language,agent,consent at,name",
    `a,${callee},,,,Ann`,
    "b,+19005550123,,,,Bob",
    "c,555,,,,Cy",
    "a,+14155550121,,,,Di",
    `d,${callee},,,,Ed`,
    "e,+14155550122,no language,,,Flo",
    "f,+14155550123,,nobody,,Gus",
    "g,+14155550124,,,yesterday,Hal",
  ].join("\n");
  const { body } = await previewTable(server, table);
  assert.deepEqual(
    body.calls.map(({ reason, column }: Record<string, unknown>) => [reason, column]),
    [
      [undefined, undefined],
      ["premium_rate", "Handy"],
      ["no_country", "Handy"],
      ["duplicate_id", "id"],
      ["duplicate_number", "Handy"],
      ["no_language", "language"],
      ["unknown_agent", "agent"],
      ["consent_incomplete", "consent at"],
    ],
  );
});

Deno.test("a refused call of a paused batch cannot be changed, and the answer says why", async () => {
  await using server = await startPhoneServer();
  const calls = [{ to: callee }, { to: "+19005550123" }];
  const { batchId } = await (await server.post(path, { calls, paused: true })).json();
  const answer = await server.request(`${path}/${batchId}/calls/1`, {
    method: "PATCH",
    headers: { "X-API-Key": apiKey, "Content-Type": "application/json" },
    body: JSON.stringify({ to: "+14155550121" }),
  });
  const { code, error } = await answer.json();
  assert.deepEqual([answer.status, code], [409, "item_refused"]);
  assert.match(error, /was refused when the batch was sent.*another batch/);
  const removal = await server.request(`${path}/${batchId}/calls/1`, {
    method: "DELETE",
    headers: { "X-API-Key": apiKey },
  });
  assert.deepEqual(await problemOf(removal), [409, "item_refused"]);
});

Deno.test("a rule of retries that is wrong is told of with the words that are allowed", async () => {
  await using server = await startPhoneServer();
  const rules = [
    { on: "bsy", afterMinutes: 5, times: 1 },
    [{ on: ["busy", "bsy"], afterMinutes: 5, times: 1 }],
  ];
  for (const retry of rules) {
    const answer = await server.post(path, { calls: [{ to: callee }], retry });
    const { code, details: [detail] } = await answer.json();
    assert.deepEqual([answer.status, code], [422, "invalid_request"]);
    assert.match(detail.path, /^retry\.(0\.)?on$/);
    assert.match(detail.message, /^must be one or more of busy, no_answer, machine, voicemail, /);
    const { status, body } = await previewTable(server, `phone\n${callee}\n`, { retry });
    assert.equal(status, 422);
    assert.deepEqual(body.details, [{ ...detail, path: `options.${detail.path}` }]);
  }
});

Deno.test("a batch that would end in the past, or is for no country, is refused whole", async () => {
  await using server = await startPhoneServer();
  const cases = [
    [{ endsAt: "2020-01-01T00:00:00Z" }, "ends_in_past", "endsAt"],
    [{ country: "XX" }, "unknown_country", "country"],
    [{ country: "zz" }, "unknown_country", "country"],
  ] as const;
  for (const [options, code, at] of cases) {
    for (const to of [path, `${path}/preview`]) {
      const answer = await server.post(to, { calls: [{ to: callee }], ...options });
      const told = await answer.json();
      assert.deepEqual([answer.status, told.code, told.details[0].path], [422, code, at]);
    }
    const { status, body } = await previewTable(server, `phone\n${callee}\n`, options);
    assert.deepEqual([status, body.code], [422, code]);
  }
  assert.deepEqual((await get(server, path)).batches, []);
});

Deno.test("a file may say in its first line how its cells are separated", async () => {
  await using server = await startPhoneServer();
  for (const mark of [",", ";", "\t"]) {
    const lines = [`sep=${mark}`, `phone${mark}name`, `${callee}${mark}Ann`];
    const { body } = await previewTable(server, lines.join("\r\n"));
    assert.deepEqual([body.accepted, body.calls[0].index, body.calls[0].line], [1, 0, 3], mark);
  }
});

Deno.test("texts that spreadsheets run as formulas are none in the results", async () => {
  await using server = await startPhoneServer();
  const texts = ["=1+1", "@SUM(A1)", "-2+3", "+1-2", " =1", "\n=1", "\uff1d1"];
  const calls = [{
    to: callee,
    variables: Object.fromEntries(texts.map((text, at) => [`v${at}`, text])),
  }];
  const { batchId } = await (await server.post(path, { calls, paused: true })).json();
  const csv = await server.request(`${path}/${batchId}/results.csv`, {
    headers: { "X-API-Key": apiKey },
  });
  const table = await csv.text();
  for (const text of texts) assert.ok(table.includes(`'${text}`), JSON.stringify(text));
  // A number is one.
  assert.match(table, new RegExp(`,\\${callee},`));
});

Deno.test("a file may be sent by a form, with its options", async () => {
  await using server = await startPhoneServer();
  const send = async (fields: Readonly<Record<string, string | Blob>>) => {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    const answer = await server.request(`${path}/preview`, {
      method: "POST",
      headers: { "X-API-Key": apiKey },
      body: form,
    });
    return { status: answer.status, body: await answer.json() };
  };
  const file = new File(["phone;name\r\n(415) 555-0120;Ann\r\n"], "people.csv");
  const { status, body } = await send({ file, options: '{"country":"US"}' });
  assert.deepEqual([status, body.accepted, body.calls[0].to], [200, 1, callee]);
  const wrong = await send({ table: file });
  assert.deepEqual([wrong.status, wrong.body.code, wrong.body.details[0].path], [
    ...[422, "invalid_request", "file"],
  ]);
  const large = await send({ file: new File(["x".repeat(4 * 1024 * 1024 + 1)], "large.csv") });
  assert.deepEqual([large.status, large.body.code], [413, "body_too_large"]);
});

Deno.test("a file with the same heading twice is refused, also where letters differ in case alone", async () => {
  await using server = await startPhoneServer();
  for (const headings of ["name,name", "name,Name", "phone,x", "id,ID", "first name,First_Name"]) {
    const { status, body } = await previewTable(server, `phone,${headings}\n${callee},A,B\n`);
    assert.deepEqual([status, body.code, body.details.length], [422, "invalid_csv", 1], headings);
    assert.equal(body.details[0].reason, "duplicate_column");
  }
  // Columns without a heading are none of the table's.
  const { status } = await previewTable(server, `phone,name,,\n${callee},A,,\n`);
  assert.equal(status, 200);
});

Deno.test("an id has 200 characters at most, in a file as in JSON", async () => {
  await using server = await startPhoneServer();
  for (const [chars, state] of [[200, "accepted"], [201, "refused"]] as const) {
    const id = "x".repeat(chars);
    const file = await server.request("/api/outbound/batches/preview", {
      method: "POST",
      headers: { "X-API-Key": apiKey, "Content-Type": "text/csv" },
      body: `phone,id\n+14155550120,${id}\n`,
    });
    const { calls: [call] } = await file.json();
    assert.equal(call.state, state);
    if (state === "refused") assert.deepEqual([call.reason, call.column], ["cell_too_long", "id"]);
    const body = { calls: [{ to: "+14155550120", id }] };
    const json = await server.post("/api/outbound/batches/preview", body);
    assert.equal(json.status, state === "accepted" ? 200 : 422);
    await json.body?.cancel();
  }
});

Deno.test("each wrong call of a JSON batch is named by its place, beside what is wrong with its options", async () => {
  await using server = await startPhoneServer();
  const good = { to: callee, id: "a" };
  const pathsOf = async (body: unknown) => {
    const answer = await server.post(`${path}/preview`, body);
    const { details } = await answer.json();
    return [answer.status, ...(details ?? []).map(({ path }: { path: string }) => path)];
  };
  assert.deepEqual(await pathsOf({ calls: [good] }), [200]);
  const wrong = { calls: [good, { to: 5 }, good, { ...good, surplus: 1 }], perMinute: "many" };
  assert.deepEqual(await pathsOf(wrong), [422, "perMinute", "calls.1.to", "calls.3"]);
  assert.deepEqual(await pathsOf({ calls: [{ to: "" }] }), [422, "calls.0.to"]);
  assert.deepEqual(await pathsOf({ calls: [] }), [422, "calls"]);
  assert.deepEqual(await pathsOf({ calls: "all" }), [422, "calls"]);
  assert.deepEqual(await pathsOf({}), [422, "calls"]);
  assert.deepEqual(await pathsOf({ calls: Array(1001).fill(good) }), [422, "calls"]);
  assert.deepEqual(await pathsOf({ calls: [good], calles: [] }), [422, ""]);
  const send = (body: string) =>
    server.request(`${path}/preview`, {
      method: "POST",
      headers: { "X-API-Key": apiKey, "Content-Type": "application/json" },
      body,
    });
  for (const body of ['{"calls":[{"to":"+1"},]}', '{"calls":[{"to":"+1"}}', "", "[1]]"]) {
    const { status, code } = await send(body).then(async (answer) => ({
      status: answer.status,
      code: (await answer.json()).code,
    }));
    assert.deepEqual([status, code], [400, "malformed_json"], body);
  }
});

Deno.test("a line is as long as all its cells may be, and no file has a longer one", async () => {
  await using server = await startPhoneServer();
  const names = Array.from({ length: 59 }, (_, at) => `v${at}`);
  const lineOf = (quotes: number) =>
    [callee, ...names.map(() => `"${'""'.repeat(quotes)}"`)].join(",");
  const preview = (line: string) =>
    previewTable(server, [["phone", ...names].join(","), line].join("\n"));
  const longest = await preview(lineOf(1000));
  assert.deepEqual([longest.status, longest.body.accepted], [200, 1]);
  const { status, body } = await preview(lineOf(2000));
  assert.deepEqual([status, body.code, body.details[0].line], [422, "invalid_csv", 2]);
});
