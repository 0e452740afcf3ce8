import assert from "node:assert/strict";
import { runTool } from "../../src/cli/tool.ts";
import type { Script } from "../../src/sim/openai/scripts.ts";
import type { PublishedEvent } from "../../src/services/events/eventHub.ts";
import { changing, createAgentFolder } from "../support/agents/agentFolder.ts";
import {
  heardSaying,
  parrot,
  type PhoneRig,
  recordOf,
  startPhoneRig,
  type Talk,
  voiceOf,
} from "../support/servers/phoneRig.ts";
import { get } from "../support/twilio/dialling.ts";
import { hangUp } from "../support/twilio/hangUp.ts";
import { concurrentTests } from "../support/servers/concurrently.ts";

const test = concurrentTests("callers agree in their own words");

/** Calls the tool whenever the caller has said something, as a model does that believes in every yes. */
const eager = (name: string, args: object): Script => (turn) =>
  turn.request === undefined && turn.cause.type === "speech"
    ? { tools: [{ name, arguments: JSON.stringify(args) }] }
    : parrot(turn);

const agent = (fields: string) => `---\ntitle: Desk\n${fields}\n---\nHelp.\n`;

test("callers agree and refuse in a language that is not built in, in the words of the agent's file", async () => {
  const words = [
    "Beni listeye al.",
    "Evet ama yarın olsun.",
    "HAYIR!",
    "Listeye al.",
    "Èvet, lütfen.",
  ];
  await using rig = await startPhoneRig({
    agent: `language: tr
tools: [{ name: do_not_call, confirm: Listeye ekleyeyim mi? }]
confirm_words: { yes: [evet, olur], no: [hayır], unclear: [ama] }`,
    model: { script: eager("do_not_call", {}), transcribe: () => words.shift() ?? "" },
  });
  assert.deepEqual((await get(rig.server, "/api/agents")).agents[0].warnings, []);
  const talk = await rig.ring();
  const tools: string[] = [];
  for (const wanted of ["asked", "asked", "declined", "asked"]) {
    tools.push(await speaks(rig, talk, tools.length));
    assert.match(tools.at(-1) ?? "", new RegExp(wanted));
    if (wanted === "asked") await asked(rig, talk, tools.filter((it) => /asked/.test(it)).length);
  }
  assert.doesNotMatch(await speaks(rig, talk, 4), /confirm|error/);
  await hangUp(talk.phone);
});

test("a yes in a caller's own language runs the tool, and no other answer does", async () => {
  const words = ["Add me.", "Kyllä, mutta huomenna.", "Ja.", "Kyllä."];
  await using rig = await startPhoneRig({
    agent: `language: fi
tools: [{ name: do_not_call, confirm: Lisäänkö listalle? }]
confirm_words: { yes: [kyllä, joo], no: [ei] }`,
    model: { script: eager("do_not_call", {}), transcribe: () => words.shift() ?? "" },
  });
  const talk = await rig.ring();
  assert.match(await speaks(rig, talk, 0), /confirmation_asked/);
  await asked(rig, talk, 1);
  // No word is known here for what stands beside the yes.
  assert.match(await speaks(rig, talk, 1), /confirmation_asked/);
  await asked(rig, talk, 2);
  assert.match(await speaks(rig, talk, 2), /confirmation_asked/, "that is a yes in German alone");
  await asked(rig, talk, 3);
  assert.doesNotMatch(await speaks(rig, talk, 3), /confirm|error/);
  await hangUp(talk.phone);
});

test("a question that names no argument is said with all of them, and its file has a warning", async () => {
  const file = agent("tools:\n  - { name: take_message, confirm: Shall I pass it on? }");
  await using folder = await createAgentFolder({ "receptionist.md": file });
  const words = ["Tell them.", "Yes."];
  await using rig = await startPhoneRig({
    env: folder.env,
    overrides: folder.overrides,
    model: {
      script: eager("take_message", { message: "the boiler drips" }),
      transcribe: () => words.shift() ?? "",
    },
  });
  const { server } = rig;
  const [{ state, problems, warnings }] = (await get(server, "/api/agents")).agents;
  assert.deepEqual([state, problems], ["ok", []]);
  assert.match(
    warnings[0].text,
    /^receptionist\.md: line 4: tools\.0\.confirm: names no argument of take_message \(.*such as \{\{message\}\}/,
  );
  assert.match(server.logged.join("\n"), /Agent has warnings.*names no argument/);
  assert.deepEqual(await incidents(rig), [], "all is well with the server");
  const lines: string[] = [];
  const print = (line: string) => void lines.push(line);
  assert.equal(await runTool(["receptionist"], { environment: folder.env, print }), 0);
  assert.match(lines.join("\n"), /^\? receptionist\.md: line 4: .*names no argument/m);

  const talk = await rig.ring();
  await speaks(rig, talk, 0);
  await heardSaying(rig, talk.callId, /^message: the boiler drips\. Shall I pass it on\?$/);
  assert.doesNotMatch(await speaks(rig, talk, 1), /confirm/);
  await hangUp(talk.phone);
  await recordOf(rig, talk.callId);
  assert.equal((await get(server, "/api/messages")).messages[0].text, "the boiler drips");

  const stray = file.replace("on?", "on to {{mesage}}?").replace(
    /confirm: (.*) }/,
    'confirm: "$1" }',
  );
  await changing(server.app.agents, () => folder.save("receptionist.md", stray));
  assert.match(
    (await get(server, "/api/agents")).agents[0].warnings[0].text,
    /\{\{mesage\}\} is no argument of take_message; did you mean message\?/,
  );
  const mended = stray.replace("mesage", "message");
  await changing(server.app.agents, () => folder.save("receptionist.md", mended));
  assert.deepEqual((await get(server, "/api/agents")).agents[0].warnings, []);
});

test("a caller who agrees in the words of the question has not refused", async () => {
  const confirm = 'confirm: "Shall I cancel {{message}}?"';
  await using folder = await createAgentFolder({
    "receptionist.md": agent(`tools:\n  - { name: take_message, ${confirm} }`),
  });
  const words = ["No more of it.", "Yes, please cancel it."];
  await using rig = await startPhoneRig({
    env: folder.env,
    overrides: folder.overrides,
    model: {
      script: eager("take_message", { message: "the order of today" }),
      transcribe: () => words.shift() ?? "",
    },
  });
  const talk = await rig.ring();
  await speaks(rig, talk, 0);
  await heardSaying(rig, talk.callId, /^Shall I cancel the order of today\?$/);
  assert.doesNotMatch(await speaks(rig, talk, 1), /confirm|error/);
  await hangUp(talk.phone);
  await recordOf(rig, talk.callId);
  const { messages } = await get(rig.server, "/api/messages");
  assert.equal(messages[0].text, "the order of today");
});

test("confirm in a language without words is a warning with line and remedy", async () => {
  const calendar =
    "calendar:\n  hours: { mon: '09:00-12:00' }\n  services: { cut: { title: Cut, minutes: 30 } }";
  await using folder = await createAgentFolder({
    "receptionist.md": agent("language: el\ntools:\n  - { name: end_call, confirm: true }"),
    "salon.md": agent(`languages: [en, sv]\n${calendar}`),
    "taken.md": agent("confirm_words: { yes: [ja, nej], no: [Nej], maybe: [x] }"),
    "off.md": agent(
      "language: el\ntranscription: 'off'\ntools: [{ name: end_call, confirm: 'Κλείνω;' }]",
    ),
  });
  await using rig = await startPhoneRig({ env: folder.env, overrides: folder.overrides });
  const { agents } = await get(rig.server, "/api/agents");
  const texts = Object.fromEntries(
    agents.map(({ name, problems, warnings }: Listed) => [
      name,
      [...problems, ...warnings].map(({ text }) => text),
    ]),
  );
  const languages =
    "only in en, de, es, fr, it, nl, pt, pl: add confirm_words: { yes: [...], no: [...], unclear: [...] }.";
  assert.deepEqual(texts.receptionist, [
    `receptionist.md: line 5: tools.0.confirm: cannot tell a yes from a no in el, ${languages}`,
    'receptionist.md: line 5: tools.0.confirm: asks callers in English for a yes to end_call: write confirm: "..." for it in el, with its arguments as {{name}}.',
  ]);
  assert.deepEqual(texts.salon, [
    `salon.md: line 4: calendar: cannot tell a yes from a no in sv, ${languages}`,
  ]);
  assert.deepEqual(texts.off, []);
  assert.match(texts.taken.join(" "), /line 3: confirm_words\.maybe: is not known/);
  const words = agent("confirm_words: { yes: [ja, nej], no: [Nej] }");
  await changing(rig.server.app.agents, () => folder.save("taken.md", words));
  const { agents: later } = await get(rig.server, "/api/agents");
  assert.equal(
    later.find(({ name }: Listed) => name === "taken").problems[0].text,
    "taken.md: line 3: confirm_words.yes.1: is also under no.",
  );
});

interface Listed {
  readonly name: string;
  readonly problems: readonly { readonly text: string }[];
  readonly warnings: readonly { readonly text: string }[];
}

/** The caller speaks; gives what the tool's call was answered with, the one after so many others. */
async function speaks(rig: PhoneRig, talk: Talk, before: number): Promise<string> {
  await talk.phone.speak(voiceOf(600));
  const all = await rig.events.when((events) => endsOf(events, talk.callId).length > before);
  return endsOf(all, talk.callId)[before] ?? "";
}

function endsOf(events: readonly PublishedEvent[], call: string): readonly string[] {
  return events.flatMap(({ callId, event }) =>
    callId === call && event.type === "toolEnded" ? [event.output] : []
  );
}

async function asked({ events }: PhoneRig, { callId }: Talk, times: number): Promise<void> {
  await events.when((all) =>
    all.filter(({ callId: id, event }) =>
      id === callId && event.type === "turn" && event.turn.role === "agent" && event.turn.final &&
      event.turn.text.endsWith("?")
    ).length >= times
  );
}

async function incidents({ server }: PhoneRig): Promise<readonly string[]> {
  const { incidents } = await (await server.request("/health")).json();
  return incidents.filter(({ code }: Incident) => code.startsWith("agent_"))
    .map(({ code, subject, message }: Incident) => `${code} ${subject} ${message}`);
}

interface Incident {
  readonly code: string;
  readonly subject: string;
  readonly message: string;
}
