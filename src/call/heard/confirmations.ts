import type { CallInput } from "../callInput.ts";
import type { MachineParts } from "../machine/machineParts.ts";
import * as prompts from "../model/prompts.ts";
import { tellForGood } from "../model/tellForGood.ts";
import type { ToolCall } from "../realtimeClient.ts";
import type { ConfirmPolicy } from "../toolPolicy.ts";
import type { Milliseconds } from "../types.ts";
import { canonicalJson } from "../../utils/canonicalJson.ts";
import { isRecord } from "../../utils/isRecord.ts";
import { answerToQuestion, type HeardQuestion } from "./answerToQuestion.ts";
import { askedFor, type ConfirmQuestion, confirmQuestion } from "./confirmQuestion.ts";
import { ExactSpeech, type Spoken } from "./exactSpeech.ts";
import * as notes from "./gateNotes.ts";
import { isAbout } from "./isAbout.ts";
import { spokenArguments } from "./spokenArguments.ts";
import { TurnBeginnings } from "./turnBeginnings.ts";

/** Whether a tool may run now; `wait` where that is known in a moment. */
export type Admission =
  | { readonly kind: "run" }
  | { readonly kind: "wait" }
  /** It does not run; with `speaks`, the model is to say something about it at once. */
  | { readonly kind: "refuse"; readonly output: string; readonly speaks: boolean };

interface Asked {
  readonly tool: string;
  readonly key: string;
  readonly question: ConfirmQuestion;
  /** How often the model has been asked to say it. */
  tries: number;
  state: "asking" | "unheard" | "unaskable" | HeardQuestion;
}

/** Questions per tool without a yes. */
const MAX_QUESTIONS = 3;
/** How often one question is said because the model said something else, or nothing. */
const MAX_TRIES = 2;

/**
 * Lets a tool run once for each time that the caller has agreed to it, with just these arguments, after
 * having heard the whole question. The model only repeats its call: whether there was a yes is decided here.
 */
export class Confirmations {
  readonly #call: MachineParts;
  readonly #speech: ExactSpeech;
  readonly #beginnings: TurnBeginnings;
  /** The latest question about each tool. */
  readonly #asked = new Map<string, Asked>();
  readonly #questions = new Map<string, number>();

  constructor(call: MachineParts) {
    this.#call = call;
    this.#speech = new ExactSpeech(call);
    this.#beginnings = new TurnBeginnings(call);
  }

  follow(input: CallInput, now: Milliseconds): void {
    this.#beginnings.follow(input, now);
    this.#speech.follow(input);
  }

  /** `isLast`: words that have not come by now are not waited for. */
  admit(call: ToolCall, confirm: ConfirmPolicy, isLast: boolean, now: Milliseconds): Admission {
    const args = argumentsOf(call.arguments, confirm.declared);
    if (args === undefined) return refusal(notes.NOT_JSON);
    const asked = this.#asked.get(call.name);
    const ask = () => this.#ask(call.name, args, confirm, now);
    if (asked?.key !== keyOf(args, confirm)) return ask();
    const { state } = asked;
    if (state === "asking") return { kind: "refuse", output: notes.ASKED, speaks: false };
    if (state === "unheard") return ask();
    if (state === "unaskable") {
      this.#asked.delete(call.name);
      return refusal(notes.UNASKABLE);
    }
    const answer = answerToQuestion(this.#call, this.#beginnings, state, {
      words: confirm.words,
      asked: askedFor(call.name, confirm),
    });
    switch (answer) {
      case "open":
        return isLast ? ask() : { kind: "wait" };
      case "none":
        return { kind: "refuse", output: notes.NO_ANSWER, speaks: false };
      case "unclear":
        return ask();
      case "no":
        this.#asked.delete(call.name);
        return refusal(notes.DECLINED);
      case "yes":
        this.#asked.delete(call.name);
        this.#questions.delete(call.name);
        return { kind: "run" };
    }
  }

  /** `closing`: no question is put any more. */
  tick(now: Milliseconds, closing: boolean): void {
    for (const spoken of this.#speech.tick(now)) {
      const asked = [...this.#asked.values()].find((one) => idOf(one) === spoken.id);
      if (asked?.state === "asking") this.#spoken(asked, spoken, closing, now);
    }
  }

  #ask(
    tool: string,
    args: Readonly<Record<string, unknown>>,
    confirm: ConfirmPolicy,
    now: Milliseconds,
  ): Admission {
    const count = this.#questions.get(tool) ?? 0;
    if (count >= MAX_QUESTIONS) return refusal(notes.NOT_CONFIRMED);
    const language = this.#call.policy.languages?.[0] ?? "en";
    const said = spokenArguments(args, this.#call.transcript.entries.values(), confirm.ids);
    const unknown = confirm.ids?.find((name) => said[name] === args[name]);
    if (unknown !== undefined) return refusal(notes.unknownId(unknown));
    const question = confirmQuestion(tool, said, confirm, language);
    if (question === undefined) return refusal(notes.TOO_LONG);
    this.#questions.set(tool, count + 1);
    const asked: Asked = { tool, key: keyOf(args, confirm), question, tries: 1, state: "asking" };
    this.#asked.set(tool, asked);
    this.#speech.say(idOf(asked), question.text, now);
    return { kind: "refuse", output: notes.ASKED, speaks: false };
  }

  #spoken(asked: Asked, spoken: Spoken, closing: boolean, now: Milliseconds): void {
    if (spoken.outcome === "cut") {
      asked.state = "unheard";
    } else if (spoken.outcome === "whole" && isAbout(asked.question, spoken.text)) {
      asked.state = { items: spoken.items, heardAt: spoken.at };
    } else if (asked.tries < MAX_TRIES && !closing) {
      asked.tries++;
      this.#speech.say(idOf(asked), asked.question.text, now);
    } else {
      asked.state = spoken.outcome === "whole" ? "unaskable" : "unheard";
      // Nobody else would say anything.
      if (spoken.outcome === "unsaid" && closing) return;
      tellForGood(this.#call, prompts.system(notes.unaskable(asked.tool)));
      this.#call.turns.ask({ purpose: "tool_result" }, now);
    }
  }
}

/** An agent that the call is handed to may have another tool of the same name, and asks for itself. */
function keyOf(
  args: Readonly<Record<string, unknown>>,
  { question, title }: ConfirmPolicy,
): string {
  return canonicalJson({ args, question, title });
}

function idOf({ tool, key }: Asked): string {
  return `confirm ${tool} ${key}`;
}

function refusal(output: string): Admission {
  return { kind: "refuse", output, speaks: true };
}

/** Those that the tool gets; undefined for what is no JSON object. An empty text stands for none. */
function argumentsOf(
  text: string,
  declared?: readonly string[],
): Readonly<Record<string, unknown>> | undefined {
  const args = text.trim() === "" ? {} : parsed(text);
  if (!isRecord(args) || declared === undefined) return isRecord(args) ? args : undefined;
  return Object.fromEntries(Object.entries(args).filter(([name]) => declared.includes(name)));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
