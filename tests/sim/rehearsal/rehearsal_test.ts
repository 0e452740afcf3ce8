import assert from "node:assert/strict";
import { rehearsal } from "../../../src/sim/rehearsal/rehearsal.ts";
import type { ScriptTurn } from "../../../src/sim/openai/scripts.ts";
import { withRealtime } from "../../support/openai/realtimeWire.ts";

const asked: ScriptTurn = {
  cause: { type: "asked" },
  index: 0,
  instructions: "You are Robin, the receptionist of a small hotel. Say goodbye politely.",
  tools: [],
  outOfBand: false,
  history: [],
};

Deno.test("rehearsal() greets in the agent's name and says that it is a rehearsal", () => {
  const { say } = rehearsal(asked);
  assert.match(say ?? "", /^Hello, this is Robin\. /);
  assert.match(say ?? "", /rehearsal engine.*do not understand speech/);
  assert.match(rehearsal({ ...asked, instructions: "You are a helper." }).say ?? "", /^Hello\. /);
});

Deno.test("rehearsal() says how long a spoken turn was, in varied words", () => {
  const says = [0, 1, 2, 3].map((index) =>
    rehearsal({ ...asked, index, cause: { type: "speech", spokenMs: 2_100 } }).say ?? ""
  );
  assert.equal(new Set(says).size, 4);
  for (const say of says) assert.match(say, /about two seconds/);
});

const requests: readonly (readonly [request: string, said: RegExp])[] = [
  ['Say exactly: "We close at nine, not "ten"."', /^We close at nine, not "ten"\.$/],
  ["Greet the caller warmly, then say goodbye when they are done.", /this is Robin/],
  ["The caller has been silent. Ask whether they are still there.", /still there\?/],
  ["Say a short goodbye, then stop.", /Goodbye/],
  ["Tell the caller that the time limit of this call is near.", /one minute left/],
  ["A tool is taking longer than expected: say one short filler.", /One moment/],
  ["Apologise briefly for the interruption in the connection.", /sorry/],
  ["Leave a message on the voicemail.", /call us back/],
];

for (const [request, said] of requests) {
  Deno.test(`rehearsal() answers the request "${request.slice(0, 40)}"`, () => {
    assert.match(rehearsal({ ...asked, request }).say ?? "", said);
  });
}

const transfer = {
  name: "transfer_call",
  parameters: {
    type: "object",
    properties: { alias: { type: "string", enum: ["front_desk", "kitchen"] }, note: {} },
    required: ["alias"],
  },
};

const texts: readonly (readonly [text: string, name: string, args: string])[] = [
  ["What time is it?", "get_current_time", "{}"],
  ["Goodbye!", "end_call", "{}"],
  ["Please hang up", "end_call", "{}"],
  ["Transfer me to the front desk.", "transfer_call", '{"alias":"front_desk"}'],
  ['Call the tool look_up {"room":{"number":12}}', "look_up", '{"room":{"number":12}}'],
];

for (const [text, name, args] of texts) {
  Deno.test(`rehearsal() calls ${name} for "${text}"`, () => {
    const none = { type: "object", properties: {} };
    const tools = [
      { name: "get_current_time", parameters: none },
      { name: "end_call", parameters: none },
      transfer,
    ];
    const reply = rehearsal({ ...asked, tools, cause: { type: "text", text } });
    assert.deepEqual(reply.tools, [{ name, arguments: args }]);
  });
}

const order = {
  name: "find_order",
  parameters: {
    type: "object",
    properties: { number: { type: "string" }, gift: { type: "boolean" } },
    required: ["number"],
  },
};
const text = { type: "string" };
const handoff = {
  name: "handoff",
  parameters: {
    type: "object",
    properties: { to: { enum: ["billing", "front_desk"] }, reason: text, summary: text },
    required: ["to"],
  },
};
const ticket = { name: "open_ticket", parameters: { properties: { a: text, b: text } } };

const commands: readonly (readonly [text: string, name: string, args: object])[] = [
  ['/find_order {"number": 17}', "find_order", { number: 17 }],
  ["/find_order what time is it", "find_order", { number: "what time is it" }],
  ["use find_order 17", "find_order", { number: "17" }],
  ["Use the tool find_order number=17 gift=true", "find_order", { number: "17", gift: true }],
  ["/open_ticket", "open_ticket", {}],
  ['/open_ticket a="of glass" b=1', "open_ticket", { a: "of glass", b: "1" }],
  ["/handoff front desk a key", "handoff", {
    reason: "a key",
    summary: "Nothing has been said yet.",
    to: "front_desk",
  }],
];

for (const [text, name, args] of commands) {
  Deno.test(`rehearsal() calls ${name} with its arguments for "${text}"`, () => {
    const tools = [order, handoff, ticket];
    const reply = rehearsal({ ...asked, tools, cause: { type: "text", text } });
    assert.deepEqual(reply.tools?.map((call) => [call.name, JSON.parse(call.arguments)]), [
      [name, args],
    ]);
  });
}

const refused: readonly (readonly [text: string, said: RegExp])[] = [
  ["/find_ordr 17", /^There is no tool find_ordr\. There are: find_order, handoff\.$/],
  ["/find_order", /^The tool find_order needs number\. Type \/find_order \{"number":"…"\}\.$/],
  ["/find_order {number: 17}", /^These arguments are no JSON object\./],
];

for (const [text, said] of refused) {
  Deno.test(`rehearsal() says what is wrong with "${text}"`, () => {
    const reply = rehearsal({ ...asked, tools: [order, handoff], cause: { type: "text", text } });
    assert.match(reply.say ?? "", said);
    assert.equal(reply.tools, undefined);
  });
}

Deno.test('rehearsal() takes "Use the first one" for no command', () => {
  const cause = { type: "text" as const, text: "Use the first one." };
  const reply = rehearsal({ ...asked, tools: [order, handoff], cause });
  assert.doesNotMatch(reply.say ?? "", /no tool/);
});

Deno.test("rehearsal() calls several tools at once where it is asked to", () => {
  const text = 'call the tools one {"a":1} and two and three {}';
  const { tools } = rehearsal({ ...asked, cause: { type: "text", text } });
  assert.deepEqual(tools?.map(({ name }) => name), ["one", "two", "three"]);
});

Deno.test("rehearsal() says which tool it lacks", () => {
  const { say, tools } = rehearsal({ ...asked, cause: { type: "text", text: "what time is it" } });
  assert.match(say ?? "", /get current time/);
  assert.equal(tools, undefined);
});

Deno.test("rehearsal() reads a tool's output out, and its errors", () => {
  const answer = (name: string, output: string) =>
    rehearsal({
      ...asked,
      cause: { type: "toolOutputs", outputs: [{ name, callId: "c", output }] },
    });
  assert.match(answer("get_current_time", '{"time":"10:30"}').say ?? "", /10:30/);
  assert.match(answer("look_up", '{"error":"no such room"}').say ?? "", /problem: no such room/);
  assert.deepEqual(answer("end_call", '{"ok":true}'), {});
});

Deno.test("rehearsal() looks up, offers, and books what is chosen, after a yes", async () => {
  const find = {
    type: "object",
    properties: { service: { type: "string", enum: ["haircut", "colour"] }, when: {} },
    required: ["service"],
  };
  const book = { type: "object", properties: { slot: {}, name: {} }, required: ["slot", "name"] };
  await withRealtime({}, async (wire) => {
    const tools = [["find_slots", find], ["book_slot", book]] as const;
    wire.configure({
      tools: tools.map(([name, parameters]) => ({ type: "function", name, parameters })),
    });
    let done = 0;
    const reply = async () => (await wire.nth("response.done", done++)).response.output;
    const answer = (call_id: string, output: object) => {
      const item = { type: "function_call_output", call_id, output: JSON.stringify(output) };
      wire.send({ type: "conversation.item.create", item });
    };
    const ask = async (text: string) => {
      wire.type(text);
      return (await reply()).at(-1);
    };
    const found = await ask("I would like to book a haircut tomorrow morning.");
    assert.deepEqual(JSON.parse(found.arguments), { service: "haircut", when: "tomorrow morning" });
    const slots = ["ten", "eleven"].map((at) => ({ slot: `s_${at}`, spoken: `tomorrow at ${at}` }));
    answer(found.call_id, { service: "Haircut", slots });
    wire.send({ type: "response.create" });
    const [offer] = await reply();
    assert.match(offer.content[0].transcript, /first, tomorrow at ten; second, tomorrow at eleven/);
    const name = await ask("The second one, please.");
    assert.match(name.content[0].transcript, /^tomorrow at eleven\. And what is your name\?$/);
    const booked = await ask("My name is Ada Lovelace.");
    assert.equal(booked.name, "book_slot");
    assert.deepEqual(JSON.parse(booked.arguments), { slot: "s_eleven", name: "Ada Lovelace" });
    answer(booked.call_id, { status: "confirmation_asked" });
    const again = await ask("Yes");
    assert.deepEqual([again.name, again.arguments], [booked.name, booked.arguments]);
    answer(again.call_id, { status: "booked", spoken: "tomorrow at eleven" });
    wire.send({ type: "response.create" });
    const [last] = await reply();
    assert.match(last.content[0].transcript, /^Done\. It is booked: tomorrow at eleven\.$/);
  });
});

Deno.test("rehearsal() echoes what it does not know", () => {
  const text = "The weather is fine";
  assert.match(rehearsal({ ...asked, cause: { type: "text", text } }).say ?? "", /weather is fine/);
});

Deno.test("a typed question runs through a tool to a spoken answer", async () => {
  await withRealtime({}, async (wire) => {
    wire.configure({ tools: [{ type: "function", name: "get_current_time", parameters: {} }] });
    wire.type("what time is it");
    const { response } = await wire.nth("response.done");
    const [{ call_id }] = response.output;
    const item = { type: "function_call_output", call_id, output: '{"time":"10:30"}' };
    wire.send({ type: "conversation.item.create", item });
    wire.send({ type: "response.create" });
    const answer = await wire.nth("response.done", 1);
    assert.match(answer.response.output[0].content[0].transcript, /10:30/);
  });
});

Deno.test("a long story lasts about twenty seconds", async () => {
  await withRealtime({}, async (wire, _, session) => {
    wire.type("Tell me a long story");
    await wire.nth("response.done");
    const { audioMs } = session.conversation.at(-1)!;
    assert.ok(audioMs > 18_000 && audioMs < 30_000, String(audioMs));
  });
});

Deno.test("rehearsal() presses the keys that the goal of a call names, then talks", () => {
  const tools = ["send_dtmf", "wait_silently"].map((name) => ({ name, parameters: {} }));
  const instructions = "Help.\nWhere you want to get to: Press 2, then press 1, for a person.";
  const cause = { type: "speech", spokenMs: 2000 } as const;
  const history: ScriptTurn["history"][number][] = [];
  const pressed: unknown[] = [];
  for (let menu = 0; menu < 3; menu++) {
    const { tools: calls = [], say } = rehearsal({ ...asked, cause, instructions, tools, history });
    pressed.push(calls[0]?.arguments ?? say);
    history.push(
      {
        id: `call_${menu}`,
        text: "",
        audioMs: 0,
        item: {
          id: `call_${menu}`,
          type: "function_call",
          name: "send_dtmf",
          call_id: `call_${menu}`,
          arguments: calls[0]?.arguments ?? "{}",
        },
      } as unknown as ScriptTurn["history"][number],
    );
  }
  assert.deepEqual(pressed.slice(0, 2), ['{"digits":"2"}', '{"digits":"1"}']);
  assert.match(String(pressed[2]), /two seconds/);
  const other = rehearsal({ ...asked, cause, instructions, tools: [] });
  assert.match(other.say ?? "", /two seconds/);
});
