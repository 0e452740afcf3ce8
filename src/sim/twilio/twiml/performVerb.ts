import type { DialOutcome } from "../call/callEvents.ts";
import type { Line, Outcome, Step } from "./twimlCall.ts";
import { createSid } from "../random.ts";
import type { DialVerb, GatherVerb, NextStep, RecordVerb, SayVerb, Verb } from "./verbs.ts";

/** What comes after a verb: the next one, another document, or the end of the call. */
export type AfterVerb =
  | { readonly then: "next" }
  | { readonly then: "goto"; readonly step: Step }
  | { readonly then: "end"; readonly outcome: Outcome };

/** Carries out one verb; relative URLs are those of the document it stands in. */
export async function performVerb(line: Line, verb: Verb, baseUrl: string): Promise<AfterVerb> {
  if (verb.verb !== "reject") line.answer();
  switch (verb.verb) {
    case "connect":
      await line.stream(verb.stream);
      return after(line, verb, baseUrl, {});
    case "say":
      await say(line, verb);
      return next;
    case "play":
      line.emit({ type: "played", url: verb.url, digits: verb.digits ?? "" });
      await line.wait(verb.digits === undefined ? playMs : digitsMs(verb.digits));
      return next;
    case "pause":
      await line.wait(verb.seconds * 1_000);
      return next;
    case "dial":
      return after(line, verb, baseUrl, await dial(line, verb));
    case "gather":
      return await gather(line, verb, baseUrl);
    case "record":
      return after(line, verb, baseUrl, await record(line, verb));
    case "redirect":
      line.emit({ type: "redirected", url: verb.url });
      return goto(line, verb.url, verb.method, baseUrl, {});
    case "hangup":
      return { then: "end", outcome: { status: "completed", reason: "<Hangup>" } };
    case "reject": {
      const status = verb.reason === "busy" ? "busy" : "no-answer";
      return { then: "end", outcome: { status, reason: `<Reject reason="${verb.reason}">` } };
    }
    default:
      return verb satisfies never;
  }
}

/** How long a run of digits takes to play: half a second a digit, as for each w; W is a second. */
export function digitsMs(digits: string): number {
  return [...digits].reduce((ms, digit) => ms + (digit === "W" ? 1_000 : 500), 0);
}

const next: AfterVerb = { then: "next" };
/** How long a <Play> of a URL is taken to last; nothing is fetched. */
const playMs = 2_000;
const defaultTalkMs = 2_000;

async function say(line: Line, verb: SayVerb): Promise<void> {
  const { sayMsPerCharacter = 60 } = line.exchange.line;
  const { verb: _, loop: __, ...said } = verb;
  line.emit({ type: "said", ...said });
  await line.wait(verb.text.length * sayMsPerCharacter * Math.max(1, verb.loop));
}

async function dial(line: Line, verb: DialVerb): Promise<Readonly<Record<string, string>>> {
  const targets = verb.targets.map((target) => target.address);
  if (targets.length === 0) {
    line.report(13224, "<Dial> names nobody to call");
    return { DialCallStatus: "failed" };
  }
  const { outcome, ringMs, talkMs } = farEnd(line, verb);
  await line.wait(ringMs);
  line.emit({ type: "dialed", targets, outcome });
  if (outcome !== "completed") return { DialCallStatus: outcome };
  await line.wait(talkMs);
  return {
    DialCallStatus: outcome,
    DialCallSid: createSid("CA"),
    DialCallDuration: String(Math.round(talkMs / 1_000)),
  };
}

/** All targets ring at once: the first that answers has the call, else the last outcome counts. */
function farEnd(
  line: Line,
  verb: DialVerb,
): { readonly outcome: DialOutcome; readonly ringMs: number; readonly talkMs: number } {
  const timeoutMs = verb.timeoutSeconds * 1_000;
  const ends = verb.targets.map((target) => {
    const { answer, afterMs = 1_000, talkMs = defaultTalkMs } = line.exchange.plan(target.address);
    if (answer === "busy" || answer === "failed") {
      return { outcome: answer, ringMs: Math.min(afterMs, timeoutMs), talkMs: 0 };
    }
    const late = answer === "no-answer" || afterMs > timeoutMs;
    if (late) return { outcome: "no-answer" as const, ringMs: timeoutMs, talkMs: 0 };
    const limitMs = (verb.timeLimitSeconds ?? Infinity) * 1_000;
    return { outcome: "completed" as const, ringMs: afterMs, talkMs: Math.min(talkMs, limitMs) };
  });
  const answered = ends.filter((end) => end.outcome === "completed");
  answered.sort((a, b) => a.ringMs - b.ringMs);
  const end = answered[0] ?? ends.sort((a, b) => a.ringMs - b.ringMs).at(-1);
  return end ?? { outcome: "failed", ringMs: 0, talkMs: 0 };
}

async function gather(line: Line, verb: GatherVerb, baseUrl: string): Promise<AfterVerb> {
  for (const prompt of verb.prompts) await performVerb(line, prompt, baseUrl);
  let digits = "";
  while (verb.numDigits === undefined || digits.length < verb.numDigits) {
    const digit = await line.digit(verb.timeoutSeconds * 1_000);
    if (digit === undefined || digit === verb.finishOnKey) break;
    digits += digit;
  }
  line.emit({ type: "gathered", digits });
  if (digits === "") return next;
  const params = { Digits: digits };
  return goto(line, verb.action ?? baseUrl, verb.method, baseUrl, params);
}

async function record(line: Line, verb: RecordVerb): Promise<Readonly<Record<string, string>>> {
  const startedAt = line.exchange.clock.now();
  const key = await line.digit(verb.maxLengthSeconds * 1_000);
  const seconds = Math.round((line.exchange.clock.now() - startedAt) / 1_000);
  line.emit({ type: "recorded", seconds });
  const sid = createSid("RE");
  const { accountSid } = line.exchange.account;
  return {
    RecordingSid: sid,
    RecordingUrl: `https://api.twilio.com/2010-04-01/Accounts/${accountSid}/Recordings/${sid}`,
    RecordingDuration: String(seconds),
    ...(key === undefined ? {} : { Digits: key }),
  };
}

function after(
  line: Line,
  { action, method }: NextStep,
  baseUrl: string,
  params: Readonly<Record<string, string>>,
): AfterVerb {
  return action === undefined ? next : goto(line, action, method, baseUrl, params);
}

function goto(
  line: Line,
  url: string,
  method: "GET" | "POST",
  baseUrl: string,
  params: Readonly<Record<string, string>>,
): AfterVerb {
  const absolute = URL.parse(url, baseUrl);
  if (absolute !== null) {
    return { then: "goto", step: { kind: "request", url: absolute.href, method, params } };
  }
  line.report(11100, `Invalid URL ${url}`);
  return { then: "end", outcome: { status: "completed", reason: "an invalid URL in the TwiML" } };
}
