import assert from "node:assert/strict";
import type { CallEvent } from "../../../../src/call/callEvent.ts";
import { ConversationEvidence } from "../../../../src/services/outbound/amd/conversationEvidence.ts";
import { isScreening } from "../../../../src/services/outbound/amd/callScreening.ts";
import { turn } from "../../../support/store/storedCalls.ts";

type Said = "caller" | "agent" | "cut" | "filler" | "keys";

/** A telephone conversation, turn by turn. */
function evidenceOf(said: readonly Said[]): ConversationEvidence {
  const evidence = new ConversationEvidence();
  for (const [index, who] of said.entries()) {
    for (const event of eventsOf(who, index)) evidence.handleEvent(event);
  }
  return evidence;
}

function eventsOf(who: Said, index: number): readonly CallEvent[] {
  if (who === "keys") return [{ type: "digits", digits: "1", sensitive: false }];
  const role = who === "caller" ? "caller" : "agent";
  const said: CallEvent = {
    type: "turn",
    turn: turn({
      id: `turn_${index}`,
      role,
      position: index,
      text: "Words.",
      interrupted: who === "cut",
      ...(who === "filler" ? { aside: true } : {}),
      startedMs: index * 1000,
      endedMs: index * 1000 + 500,
    }),
  };
  return who === "caller"
    ? [{ type: "speaking", who, on: true }, { type: "speaking", who, on: false }, said]
    : [said];
}

Deno.test("case 122: a conversation is an answer that was heard out between two turns of the far end, or keys", () => {
  const conversations: readonly (readonly Said[])[] = [
    ["caller", "agent", "caller"],
    ["caller", "agent", "caller", "agent"],
    ["agent", "caller", "agent", "caller"],
    ["cut", "caller", "cut", "caller", "agent", "caller"],
    ["keys"],
  ];
  for (const said of conversations) assert.equal(evidenceOf(said).conversing, true, said.join());
  const machines: readonly (readonly Said[])[] = [
    [],
    ["agent"],
    ["caller"],
    ["agent", "caller"],
    ["agent", "caller", "agent"],
    ["cut", "caller", "caller", "caller"],
    ["agent", "caller", "cut", "caller", "cut", "caller", "agent"],
    ["caller", "cut", "caller"],
    ["caller", "filler", "caller"],
  ];
  for (const said of machines) assert.equal(evidenceOf(said).conversing, false, said.join());
});

Deno.test("case 122: words that come after the answer to them are no second turn", () => {
  const evidence = new ConversationEvidence();
  evidence.handleEvent({ type: "speaking", who: "caller", on: true });
  assert.equal(evidence.textPending, true);
  for (const event of eventsOf("agent", 3)) evidence.handleEvent(event);
  for (const event of eventsOf("caller", 1).slice(2)) evidence.handleEvent(event);
  assert.equal(evidence.conversing, false);
  assert.equal(evidence.textPending, false);
  assert.equal(evidence.text, "Words.");
});

Deno.test("case 123: call screenings are told from voicemail greetings and from people", () => {
  const screenings = [
    "Hi, if you record your name and reason for calling, I’ll see if this person is available.",
    "Hi, the person you're calling is using a screening service from Google, and will get a copy of this conversation.",
    "Please state your name and the reason for your call.",
    "Nennen Sie bitte Ihren Namen und den Grund Ihres Anrufs.",
    "Dites votre nom et la raison de votre appel, je vais voir si cette personne est disponible.",
    "Diga su nombre y el motivo de la llamada.",
    "Diga o seu nome e o motivo da chamada.",
    "Di' il tuo nome e il motivo della chiamata.",
    "Noem uw naam en de reden van uw telefoontje.",
    "お名前とご用件をお話しください。",
    "May I ask who is calling and what this is regarding?",
    "The person you are calling is screening their calls.",
    "Bitte sagen Sie Ihren Namen und warum Sie anrufen.",
    "Nennen Sie bitte Ihren Namen und den Anrufgrund.",
    "Diga su nombre y por qué llama.",
    "Dites votre nom et pourquoi vous appelez.",
  ];
  for (const text of screenings) assert.equal(isScreening(text), true, text);
  const others = [
    "",
    "Hello?",
    "You have reached Ann. Please leave your name and number after the tone.",
    "The person you are calling is not available. At the tone, please record your message.",
    "Hi, this is Bob, who's calling please?",
    "Sie haben die Mailbox von Anna erreicht. Bitte hinterlassen Sie eine Nachricht nach dem Ton.",
    "Laissez votre nom et votre numéro après le bip.",
    "Leave your name and the reason for your call and I'll get back to you.",
    "Bitte hinterlassen Sie Ihren Namen und den Grund Ihres Anrufs nach dem Signalton.",
    "Deje su nombre y el motivo de su llamada después del tono.",
    "Laissez votre nom et le motif de votre appel après le bip.",
    "Yes, this is Ann, what is the reason for your call?",
  ];
  for (const text of others) assert.equal(isScreening(text), false, text);
  isScreening(" ".repeat(1_000_000));
});
