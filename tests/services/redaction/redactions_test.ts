import assert from "node:assert/strict";
import type { CallEvent, TranscriptTurn } from "../../../src/call/callEvent.ts";
import { redactionSchema } from "../../../src/config/redactionSchema.ts";
import { createRedactions } from "../../../src/services/redaction.ts";
import { compileRules } from "../../../src/services/redaction/compileRules.ts";
import { findMarks } from "../../../src/services/redaction/findMarks.ts";
import { tokensOf } from "../../../src/services/redaction/tokens.ts";
import { RecordingSession } from "../../support/call/recordingSession.ts";
import {
  costlyPatterns as patterns,
  hostilePieces,
  hostileText,
} from "../../support/trials/hostileTexts.ts";

const CARD = "[card number]";

Deno.test("card numbers are found as they are written and as they are said, in every language of callers", () => {
  const cards = [
    "4111111111111111",
    "4111 1111 1111 1111",
    "4111-1111-1111-1111",
    "4111.1111.1111.1111",
    "4111, 1111, and then 1111, 1111",
    "4111, wait, let me see, 1111, followed by 1111, and finally 1111",
    "4,111,111,111,111,111",
    "4111 / 1111 / 1111 / 1111",
    "4111|1111|1111|1111",
    "4111\u20111111\u20111111\u20111111",
    "4111\u00a01111\u200b1111\u20601111",
    "3782 822463 10005",
    "٤١١١ ١١١١ ١١١١ ١١١١",
    "४१११ ११११ ११११ ११११",
    "４１１１１１１１１１１１１１１１",
    "four one one one one one one one one one one one one one one one",
    "four, triple one, um, double one double one, double one double one, double one double one",
    "forty-one eleven eleven eleven eleven eleven eleven eleven",
    "vier eins eins eins, eins eins eins eins, ähm, eins eins eins eins, eins eins eins eins",
    "einundvierzig elf elf elf elf elf elf elf",
    "fünfundfünfzig fünfundfünfzig fünfundfünfzig fünfundfünfzig fünfundfünfzig fünfundfünfzig vierundvierzig vierundvierzig",
    "quatre un un un un un un un un un un un un un un un",
    "quarante et un onze onze onze, onze onze onze onze",
    "cuatro uno uno uno uno uno uno uno uno uno uno uno uno uno uno uno",
    "quattro uno uno uno uno uno uno uno uno uno uno uno uno uno uno uno",
    "quarenta e um onze onze onze onze onze onze onze",
    "eenenveertig elf elf elf elf elf elf elf",
    "czterdzieści jeden jedenaście jedenaście jedenaście jedenaście jedenaście jedenaście jedenaście",
  ];
  for (const card of cards) {
    assert.equal(shown(`It is ${card}. Thanks!`), `It is ${CARD}. Thanks!`, card);
  }
});

Deno.test("numbers that people need stay as they are", () => {
  for (
    const text of [
      "My order number is 4111 1111 1111 1112, ordered in 2024.",
      "Call me at +49 170 1234567 or (415) 555-0123.",
      "Meet on 12.05.2026 at 14:30, or 2026-12-05 at 9 am, room 41.",
      "It costs $4,111.11 and then 1,111 euros for 16 pieces.",
      "Between 1990 and 2024 there were 5512 visitors, 4033 of them on 3 days.",
      "Der Termin ist am vierundzwanzigsten um vierzehn Uhr dreißig, Kosten: 45,90 Euro.",
      "One more thing: twenty one people, table for two at eight.",
      "Invoice 2026-000123, customer 104733, tracking 1Z 999 AA1 01 2345 6784.",
      "A tan bag for 250, the secret is patience, and the menu card has 12 pages.",
      "Thanks, the card ending in 1111 was charged 45.90 on 12/05.",
      "The PIN has 4 digits. Your password is not correct.",
    ]
  ) {
    assert.equal(shown(text), text);
  }
});

Deno.test("of random numbers of other forms few are taken for cards, and every card is found", () => {
  const random = randomOf(7);
  const digits = (count: number) => Array.from({ length: count }, () => random(10)).join("");
  let taken = 0;
  const kinds = [
    () => `order ${digits(10)}`,
    () => `phone 0${digits(3)} ${digits(7)}`,
    () => `call +1${digits(10)} at ${random(24)}:${10 + random(50)}`,
    () => `on ${1 + random(28)}.${1 + random(12)}.${1950 + random(90)} at ${random(24)}:30`,
    () => `it is ${digits(3)}.${digits(2)} euros or ${digits(4)} dollars`,
    () => `in ${1900 + random(150)} or ${1900 + random(150)}, flat ${digits(2)}`,
    () => `customer ${digits(8)}, invoice ${digits(6)}`,
  ];
  for (let round = 0; round < 700; round++) {
    const text = kinds[round % kinds.length]?.() ?? "";
    if (shown(text) !== text) taken++;
  }
  assert.equal(taken, 0);
  for (let round = 0; round < 300; round++) {
    const number = cardOf("4" + digits(14));
    const groups = number.replace(/(.{4})(?=.)/g, `$1${[" ", "-", ", ", ""][round % 4]}`);
    assert.equal(shown(`pay with ${groups} please`), `pay with ${CARD} please`);
    const words = [...number].map((digit) => WORDS[Number(digit)]).join(" ");
    assert.equal(shown(`pay with ${words} please`), `pay with ${CARD} please`, words);
  }
});

Deno.test("what stands beside a card, and secrets behind their names, are blacked out", () => {
  const cases: readonly (readonly [string, string])[] = [
    [
      "Card 4111111111111111, expires 12/27, CVV 123.",
      "Card [card number], expires [expiry date], CVV [security code].",
    ],
    [
      "Meine Kreditkarte läuft ab 12/27, Prüfziffer eins zwei drei.",
      "Meine Kreditkarte läuft ab [expiry date], Prüfziffer [security code].",
    ],
    ["Card 4111111111111111, 12/27, 123, thanks.", "Card [card number], [card details], thanks."],
    ["My card expires in December twenty-seven.", "My card expires in [expiry date]."],
    ["My PIN is four seven one one.", "My PIN is [code]."],
    ["Die TAN lautet 123 456, danke.", "Die TAN lautet [code], danke."],
    ["My password is Tr0ub4dor&3.", "My password is [password]."],
    [
      "mein Passwort ist Sommerregen und ich wohne in Köln",
      "mein Passwort ist [password] und ich wohne in Köln",
    ],
    ["my password is sunflower-gate.", "my password is [password]."],
    ["The API key is sk-abcdefghijklmnop1234.", "The API key is [key]."],
    ["IBAN DE89 3704 0044 0532 0130 00 bitte", "IBAN [IBAN] bitte"],
    ["D E acht neun 3704 0044 0532 0130 00", "[IBAN]"],
    ["GB82 WEST 1234 5698 7654 32", "[IBAN]"],
  ];
  for (const [said, expected] of cases) assert.equal(shown(said), expected);
});

Deno.test("addresses, phone numbers and dates of birth are blacked out where the agent asks for it", () => {
  const all = { emails: true, phones: true, birth_dates: true };
  const cases: readonly (readonly [string, string])[] = [
    ["Write to jo.doe@example.com.", "Write to [e-mail]."],
    ["It is jo dot doe at example dot com", "It is [e-mail]"],
    ["Call 0170 123 45 67, please", "Call [phone number], please"],
    ["I was born on May 12th, 1980.", "I was born on [date of birth]."],
    ["geboren am 12.05.1980 in Bonn", "geboren am [date of birth] in Bonn"],
  ];
  for (const [said, expected] of cases) {
    assert.equal(shown(said, all), expected);
    assert.equal(shown(said), said);
  }
});

Deno.test("the operator's words and patterns are found, also in number words", () => {
  const rules = {
    patterns: [
      { name: "policy_number", pattern: "[A-Z]{2}-?\\d{6}" },
      { name: "customer", pattern: "7\\d{5}" },
      { name: "project", words: ["Blue Heron"] },
    ],
  };
  assert.equal(shown("It is ab-123456, ok", rules), "It is [policy number], ok");
  assert.equal(shown("no xab-1234567", rules), "no xab-1234567");
  assert.equal(shown("seven double one two three four", rules), "[customer]");
  assert.equal(shown("about blue heron then", rules), "about [project] then");
});

Deno.test("true stands for cards, account numbers and secrets, and false for nothing", () => {
  assert.deepEqual(redactionSchema.parse(true), redactionSchema.parse({}));
  assert.equal(redactionSchema.parse(false), undefined);
  assert.match(redactionSchema.safeParse("yes").error?.message ?? "", /must be true, false/);
});

Deno.test("patterns that are no regular expressions, or could take long, are refused with the reason", () => {
  for (
    const [pattern, reason] of [
      ["(a+", /without its \)/],
      ["(?=a)b", /only \(\?: \) is possible/],
      ["(a)\\1", /not possible/],
      ["a**", /two repeats/],
      ["a(b?){64}", /cost/],
      ["((a{60}){60}){60}", /too long/],
      ["a*", /matches the empty text, and with it every text/],
      [".*", /matches the empty text/],
    ] as const
  ) {
    const result = redactionSchema.safeParse({ patterns: [{ name: "x", pattern }] });
    assert.match(JSON.stringify(result.error?.issues), reason, pattern);
  }
});

Deno.test("a number that is still being said is held back, and shown when it is none", () => {
  const call = startCall();
  assert.deepEqual(call.say("a", "My card number is 41", false), { a: "My card number is 41" });
  assert.deepEqual(call.say("a", "My card number is 4111", false), { a: "My card number is […]" });
  assert.deepEqual(call.say("a", "My card number is 4111 1111 1111 1111", false), {
    a: `My card number is ${CARD}`,
  });
  const other = startCall();
  assert.deepEqual(other.say("b", "It is 4111 111", false), { b: "It is […]" });
  assert.deepEqual(other.say("b", "It is 4111 111 for order 7.", true), {
    b: "It is 4111 111 for order 7.",
  });
});

Deno.test("a number over several turns is blacked out in all of them, also where the agent repeats each", () => {
  const call = startCall();
  call.say("a1", "May I have the number?", true, "agent");
  assert.deepEqual(call.say("c1", "It's 4111 1111.", true), { c1: "It's […]." });
  assert.deepEqual(call.say("a2", "4111 1111, go on.", true, "agent"), { a2: "[…], go on." });
  assert.deepEqual(call.say("c2", "And then eleven eleven, one one one one.", true), {
    c1: `It's ${CARD}.`,
    a2: `${CARD}, go on.`,
    c2: `And then ${CARD}.`,
  });
  assert.deepEqual(call.say("a3", "So 4111 1111 1111 1111, ending in 1111?", true, "agent"), {
    a3: `So ${CARD}, ending in 1111?`,
  });
});

Deno.test("a number that is corrected halfway is blacked out in all its pieces where a card was asked for", () => {
  const call = startCall();
  call.say("a1", "May I have your card number?", true, "agent");
  const { c1 } = call.say("c1", "5555 3412 44, sorry, 44 44 11 15 I mean. So that is it.", true);
  assert.equal(c1, `${CARD}, sorry, ${CARD} I mean. So that is it.`);
  const other = startCall();
  other.say("a1", "May I have your order number?", true, "agent");
  const { c1: order } = other.say(
    "c1",
    "5555 3412 44, sorry, 44 44 11 15 I mean. So that is it.",
    true,
  );
  assert.equal(order, "5555 3412 44, sorry, 44 44 11 15 I mean. So that is it.");
});

Deno.test("digits that turn out to be none of a card come back in an event of the same turn", () => {
  const call = startCall();
  assert.deepEqual(call.say("c1", "My order is 4111 1111.", true), { c1: "My order is […]." });
  assert.deepEqual(call.say("c2", "Where is it?", true), {
    c1: "My order is 4111 1111.",
    c2: "Where is it?",
  });
});

Deno.test("what a question asks for is blacked out in its answer, and wherever it is said again", () => {
  const call = startCall();
  call.say("a1", "What is your PIN?", true, "agent");
  assert.deepEqual(call.say("c1", "Sure, 4 7 1 1.", true), { c1: "Sure, [code]." });
  assert.deepEqual(call.say("a2", "You said 4711, right? That was in 2024.", true, "agent"), {
    a2: "You said [code], right? That was in 2024.",
  });
  assert.equal(
    call.one({ type: "toolStarted", toolCallId: "t", name: "x", arguments: '{"given":4711,"n":3}' })
      .arguments,
    '{"given":"[code]","n":3}',
  );
});

Deno.test("tools, hand-offs and keys are blacked out like words, and their JSON stays JSON", () => {
  const call = startCall();
  const started = call.one({
    type: "toolStarted",
    toolCallId: "t",
    name: "pay",
    arguments:
      '{"card":4111111111111111,"cvv":"123","amount":19.9,"note":["PIN: 9876"],"parts":["4111","1111","1111",1111]}',
  });
  assert.deepEqual(JSON.parse(started.arguments), {
    card: CARD,
    cvv: "[security code]",
    amount: 19.9,
    note: ["PIN: [code]"],
    parts: [CARD],
  });
  const filed = call.one({
    ...{ type: "toolEnded", toolCallId: "t", name: "x", ok: true, durationMs: 1 } as const,
    output: '{"paid":{"4111111111111111":19.9,"2026-01-05":3}}',
  });
  assert.equal(filed.output, `{"paid":{"${CARD}":19.9,"2026-01-05":3}}`);
  const digits = call.one({ type: "digits", digits: "4111111111111111", sensitive: false });
  assert.deepEqual(digits, { type: "digits", digits: "•".repeat(16), sensitive: true });
  assert.deepEqual(call.one({ type: "digits", digits: "2", sensitive: false }).digits, "2");
  const handoff = call.one({
    type: "handoff",
    from: "a",
    to: "b",
    title: "B",
    reason: "pays with 4111 1111 1111 1111",
    facts: '{"pin":"4711"}',
  });
  assert.equal(handoff.reason, `pays with ${CARD}`);
  const step = {
    number: 1,
    atMs: 0,
    heard: "Your PIN 4711 please",
    times: 1,
    keys: "4111111111111111",
  };
  assert.deepEqual(call.one({ type: "menu", step }).step, {
    ...step,
    heard: "Your PIN [code] please",
    keys: CARD,
  });
  const optOut = call.one({ type: "optedOut", by: "word", words: "stop, my PIN is 8899" });
  assert.equal(optOut.words, "stop, my PIN is [code]");
  assert.equal(handoff.facts, '{"pin":"[code]"}');
});

Deno.test("how much was heard of a turn counts in what is shown of it", () => {
  const call = startCall();
  const text = "It is 4111 1111 1111 1111. Is that right? Good.";
  const turn = { ...turnOf("a", text, false, "agent"), heardCharacters: 42 };
  const [event] = call.events({ type: "turn", turn });
  assert.ok(event?.type === "turn");
  const heard = event.turn.text.slice(0, event.turn.heardCharacters);
  assert.equal(heard, `It is ${CARD}. Is that right? `);
  const cut = { ...turnOf("b", "It is 4111 1111", true, "agent"), unheard: "1111 1111, thanks." };
  const [last] = call.events({ type: "turn", turn: cut });
  assert.ok(last?.type === "turn");
  assert.deepEqual([last.turn.text, last.turn.unheard], [`It is ${CARD}`, `${CARD}, thanks.`]);
});

Deno.test("a process that goes on with a call hides the rest of a number whose beginning it does not know", () => {
  const call = startCall([turnOf("c1", "It's […].", true)]);
  assert.deepEqual(call.say("c2", "1111 1111 and thanks", true), { c2: `${CARD} and thanks` });
});

Deno.test("where redaction itself fails, no words are shown, and the log tells of it once", () => {
  const told: string[] = [];
  const kinds = redactionSchema.parse({});
  assert.ok(kinds);
  const broken = { ...kinds, patterns: [{ name: "x", pattern: "(" }] };
  const redactions = createRedactions({
    agentOf: () => ({ redaction: broken }),
    log: { error: (message) => void told.push(message) },
  });
  const session = new RecordingSession() as never;
  for (let round = 0; round < 2; round++) {
    const [event] = redactions.events(session, { type: "turn", turn: turnOf("a", "Hi", true) });
    assert.ok(event?.type === "turn");
    assert.equal(event.turn.text, "[not shown]");
  }
  assert.deepEqual([redactions.isOn(session), redactions.text(session, "Hi")], [
    true,
    "[not shown]",
  ]);
  assert.deepEqual(told, ["Redaction failed"]);
});

Deno.test("an operator's pattern for digits finds those of other scripts, too", () => {
  const patterns = [{ name: "member", pattern: "\\d{6}" }];
  for (
    const number of ["123456", "١٢٣٤٥٦", "१२३४५६", "１２３ ４５６", "one two three four five six"]
  ) {
    assert.equal(shown(`It is ${number}.`, { patterns }), "It is [member].", number);
  }
});

Deno.test("of what is too long to be looked at nothing is shown, and none of a number at its edge", () => {
  const words = "this is fine ".repeat(300);
  const text = `${words}${"4111 1111 1111 1111 ".repeat(20)}my PIN is 4711`;
  const result = shown(text);
  assert.ok(result.endsWith("[too long to be shown]") || result.endsWith(CARD), result.slice(-80));
  assert.ok(result.startsWith("this is fine ".repeat(250)));
  assert.doesNotMatch(result, /\d/);
  const long = startCall().one({
    ...{ type: "toolEnded", toolCallId: "t", name: "x", ok: true, durationMs: 1 } as const,
    output: `${"so it is. ".repeat(1500)}4111 1111 1111 1111`,
  });
  assert.match(long.output, /^so it is\. [^[]*\[too long to be shown\]$/);
  const many = startCall().one({
    ...{ type: "toolEnded", toolCallId: "t", name: "x", ok: true, durationMs: 1 } as const,
    output: JSON.stringify(Array.from({ length: 500 }, (_, id) => ({ id, pin: 4711 }))),
  });
  const list: unknown = JSON.parse(many.output);
  assert.ok(Array.isArray(list));
  assert.deepEqual(list[0], { id: 0, pin: "[code]" });
  assert.deepEqual(list[499], { id: "[too long to be shown]", pin: "[too long to be shown]" });
});

Deno.test("fields that are filed by numbers are shown one by one, though their names are hidden", () => {
  const { output } = startCall().one({
    ...{ type: "toolEnded", toolCallId: "t", name: "x", ok: true, durationMs: 1 } as const,
    output: JSON.stringify({
      "[card number] 2": "named so",
      "4111 1111 1111 1111": "Ann",
      "5555 5555 5555 4444": "Bert",
      "4242 4242 4242 4242": "Carl",
      name: "cards",
    }),
  });
  assert.deepEqual(JSON.parse(output), {
    "[card number] 2": "named so",
    [CARD]: "Ann",
    [`${CARD} 3`]: "Bert",
    [`${CARD} 4`]: "Carl",
    name: "cards",
  });
});

Deno.test("the search reads each token of a text 40 times at most, whatever the text", () => {
  const rules = compileRules(
    redactionSchema.parse({ emails: true, phones: true, birth_dates: true, patterns }) ??
      assert.fail(),
  );
  const cards = Array.from({ length: 50 }, (_, at) => cardOf(`41${at + 10}12345678901`));
  const codes = cards.map((card) => card.slice(0, 6));
  for (const piece of hostilePieces) {
    const lines = ["caller", "agent", "caller"].map((role) => lineOf(role, piece));
    let reads = 0;
    const counted = lines.map((line) => ({
      ...line,
      tokens: new Proxy(line.tokens, {
        get(tokens, name) {
          reads++;
          return Reflect.get(tokens, name);
        },
      }),
    }));
    const known = { cards: new Set(cards), codes: new Set(codes), passwords: new Set<string>() };
    findMarks(counted, rules, { known, holds: () => true });
    const count = lines.reduce((sum, { tokens }) => sum + tokens.length, 0);
    assert.ok(reads <= 40 * count, `${piece}: ${reads} reads of ${count} tokens`);
  }
});

const WORDS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];

/** What is shown of one complete turn that something else follows. */
Deno.test("a recording is silent from the caller's quiet before a number on, by how late that may be known", () => {
  for (
    const [beforeEndedMs, fromMs] of [[undefined, 5000], [2000, 5000], [6500, 6500], [7900, 7400]]
  ) {
    const { events } = startCall();
    const before = { ...turnOf("a", "Hello.", true), startedMs: 1000 };
    if (beforeEndedMs !== undefined) {
      events({ type: "turn", turn: { ...before, endedMs: beforeEndedMs } });
    }
    const turn = {
      ...turnOf("b", "My card is 4111 1111 1111 1111.", true),
      ...{ position: 1, startedMs: 8000, endedMs: 9000 },
    };
    const spans = events({ type: "turn", turn }).filter(({ type }) => type === "redacted");
    assert.deepEqual(spans, [{ type: "redacted", side: "caller", fromMs, toMs: 9600 }]);
  }
});

function shown(text: string, more: object = {}): string {
  const call = startCall([], more);
  const { a } = call.say("a", text, true);
  return call.say("b", "Fine by me.", true)["a"] ?? a ?? "";
}

function startCall(turns: readonly TranscriptTurn[] = [], more: object = {}) {
  const redaction = redactionSchema.parse({ ...more });
  const redactions = createRedactions({ agentOf: () => ({ redaction }), log: { error() {} } });
  const session = Object.assign(new RecordingSession(), { resumed: { turns } });
  let position = 100;
  const positions = new Map<string, number>();
  const events = (event: CallEvent) => redactions.events(session as never, event);
  return {
    events,
    /** The texts of all turns that the event shows. */
    say(id: string, text: string, final: boolean, role: "caller" | "agent" = "caller") {
      const at = positions.get(id) ?? position++;
      positions.set(id, at);
      const turn = { ...turnOf(id, text, final, role), position: at };
      const all = events({ type: "turn", turn });
      return Object.fromEntries(
        all.flatMap((each) => each.type === "turn" ? [[each.turn.id, each.turn.text]] : []),
      );
    },
    one<Event extends CallEvent>(event: Event): Event {
      const [only, ...others] = events(event);
      assert.deepEqual(others, []);
      return only as Event;
    },
  };
}

function lineOf(role: string, piece: string) {
  const text = hostileText(piece, 4000);
  const side = role === "agent" ? "agent" : "caller";
  return { role: side, text, restLength: 0, tokens: tokensOf(text), open: false } as const;
}

function turnOf(
  id: string,
  text: string,
  final: boolean,
  role: "caller" | "agent" = "caller",
): TranscriptTurn {
  return { id, role, position: 0, text, final, interrupted: false, by: "voice", startedMs: 0 };
}

/** The digits with the check digit of cards. */
function cardOf(digits: string): string {
  const sum = [...digits].reverse().reduce((total, digit, at) => {
    const value = Number(digit) * (at % 2 === 0 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return `${digits}${(10 - sum % 10) % 10}`;
}

/** A generator of whole numbers below a limit. */
function randomOf(seed: number) {
  let state = seed;
  return (limit: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor(state / 65536) % limit;
  };
}
