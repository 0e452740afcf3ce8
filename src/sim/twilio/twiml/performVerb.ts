import { present } from "../../../utils/present.ts";
import type { DialOutcome, SimulatedCallEnd } from "../call/callEvents.ts";
import type { TwimlCall, TwimlSource } from "./twimlCall.ts";
import { createSid } from "../random.ts";
import type { Verb, VerbOf } from "./twiml.ts";
import type { NextStep } from "./twimlElement.ts";

/** What comes after a verb: the next one, another document, or the end of the call. */
export type AfterVerb =
  | { readonly then: "next" }
  | { readonly then: "goto"; readonly step: TwimlSource }
  | { readonly then: "end"; readonly outcome: SimulatedCallEnd };

/** Carries out one verb; relative URLs are those of the document it stands in. */
export async function performVerb(
  call: TwimlCall,
  verb: Verb,
  baseUrl: string,
): Promise<AfterVerb> {
  // A <Pause> before any other verb leaves the phone ringing.
  if (verb.verb !== "reject" && verb.verb !== "pause") call.answer();
  switch (verb.verb) {
    case "connect":
      await call.stream(verb.stream);
      return after(call, verb, baseUrl, {});
    case "say":
      await say(call, verb);
      return next;
    case "play":
      call.emit({ type: "played", url: verb.url, digits: verb.digits ?? "" });
      await call.wait(verb.digits === undefined ? playMs : digitsMs(verb.digits));
      return next;
    case "pause":
      await call.wait(verb.seconds * (call.context.line.pauseMsPerSecond ?? 1_000));
      return next;
    case "dial":
      return after(call, verb, baseUrl, await dial(call, verb));
    case "gather":
      return await gather(call, verb, baseUrl);
    case "record":
      return await record(call, verb, baseUrl);
    case "redirect":
      call.emit({ type: "redirected", url: verb.url });
      return goto(call, verb.url, verb.method, baseUrl, {});
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

async function say(call: TwimlCall, verb: VerbOf<"say">): Promise<void> {
  const { sayMsPerCharacter = 60 } = call.context.line;
  const { verb: _, loop: __, ...said } = verb;
  call.emit({ type: "said", ...said });
  await call.wait(verb.text.length * sayMsPerCharacter * Math.max(1, verb.loop));
}

async function dial(
  call: TwimlCall,
  verb: VerbOf<"dial">,
): Promise<Readonly<Record<string, string>>> {
  const targets = verb.targets.map((target) => target.address);
  if (targets.length === 0) {
    call.report(13224, "<Dial> has no number to call");
    return { DialCallStatus: "failed" };
  }
  const { outcome, ringMs, talkMs } = farEnd(call, verb);
  await call.wait(ringMs);
  call.emit({ type: "dialed", targets, outcome });
  if (outcome !== "completed") return { DialCallStatus: outcome };
  await call.wait(talkMs);
  return {
    DialCallStatus: outcome,
    DialCallSid: createSid("CA"),
    DialCallDuration: String(Math.round(talkMs / 1_000)),
  };
}

/** All targets ring at once: the first that answers has the call, else the last outcome counts. */
function farEnd(
  call: TwimlCall,
  verb: VerbOf<"dial">,
): { readonly outcome: DialOutcome; readonly ringMs: number; readonly talkMs: number } {
  const timeoutMs = verb.timeoutSeconds * 1_000;
  const ends = verb.targets.map((target) => {
    const { answer, afterMs = 1_000, talkMs = defaultTalkMs } = call.context.plan(target.address);
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

async function gather(
  call: TwimlCall,
  verb: VerbOf<"gather">,
  baseUrl: string,
): Promise<AfterVerb> {
  for (const prompt of verb.prompts) await performVerb(call, prompt, baseUrl);
  let digits = "";
  while (verb.numDigits === undefined || digits.length < verb.numDigits) {
    const digit = await call.digit(verb.timeoutSeconds * 1_000);
    if (digit === undefined || digit === verb.finishOnKey) break;
    digits += digit;
  }
  call.emit({ type: "gathered", digits });
  if (digits === "") return next;
  const params = { Digits: digits };
  return goto(call, verb.action ?? baseUrl, verb.method, baseUrl, params);
}

/** A recording without a sound is none: the next verb follows. */
async function record(
  call: TwimlCall,
  verb: VerbOf<"record">,
  baseUrl: string,
): Promise<AfterVerb> {
  const { spokenMs, digits } = await call.record({
    maxMs: verb.maxLengthSeconds * 1_000,
    silenceMs: verb.silenceSeconds * 1_000,
    finishOnKey: verb.finishOnKey,
  });
  const seconds = Math.ceil(spokenMs / 1_000);
  call.emit({ type: "recorded", seconds });
  if (seconds === 0) return next;
  const sid = createSid("RE");
  const { accountSid } = call.context.account;
  const recording = {
    RecordingSid: sid,
    RecordingUrl: `https://api.twilio.com/2010-04-01/Accounts/${accountSid}/Recordings/${sid}`,
    RecordingDuration: String(seconds),
  };
  const params = { ...recording, ...present({ Digits: digits }) };
  if (verb.callback !== undefined) {
    call.tell("recording", verb.callback, { ...recording, RecordingStatus: "completed" });
  }
  // The action is requested for a caller who has hung up, too, and its answer is of no use.
  if (call.signal.aborted && verb.action !== undefined) call.tell("action", verb.action, params);
  call.signal.throwIfAborted();
  return after(call, verb, baseUrl, params);
}

function after(
  call: TwimlCall,
  { action, method }: NextStep,
  baseUrl: string,
  params: Readonly<Record<string, string>>,
): AfterVerb {
  return action === undefined ? next : goto(call, action, method, baseUrl, params);
}

function goto(
  call: TwimlCall,
  url: string,
  method: "GET" | "POST",
  baseUrl: string,
  params: Readonly<Record<string, string>>,
): AfterVerb {
  const absolute = URL.parse(url, baseUrl);
  if (absolute !== null) {
    return { then: "goto", step: { kind: "request", url: absolute.href, method, params } };
  }
  call.report(11100, `Invalid URL ${url}`);
  return { then: "end", outcome: { status: "completed", reason: "an invalid URL in the TwiML" } };
}
