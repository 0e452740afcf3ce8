import { present } from "../../../utils/present.ts";
import type { SimulatedCallEnd } from "../call/callEvents.ts";
import type { TwimlCall } from "./twimlCall.ts";
import type { TwimlSource } from "./twimlSource.ts";
import { dialConference } from "../conference/dialConference.ts";
import { dialParties } from "../legs/dialParties.ts";
import { gatherAnswer } from "./gatherVerb.ts";
import { playVerb } from "./playVerb.ts";
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
  const waitsForCallee = verb.verb === "dial" && verb.answerOnBridge;
  if (verb.verb !== "reject" && verb.verb !== "pause" && !waitsForCallee) call.answer();
  switch (verb.verb) {
    case "connect":
      if (call.context.restrictions.has("streams")) {
        await playVerb(call, { verb: "say", text: OF_TRIALS, loop: 1 }, baseUrl);
        return next;
      }
      await call.stream(verb.stream);
      return after(call, verb, baseUrl, {});
    case "say":
    case "play":
      await playVerb(call, verb, baseUrl);
      return next;
    case "pause":
      await call.wait(verb.seconds * (call.context.line.pauseMsPerSecond ?? 1_000));
      return next;
    case "dial":
      return await dial(call, verb, baseUrl);
    case "refer":
      return await refer(call, verb, baseUrl);
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

const next: AfterVerb = { then: "next" };
/** What trial accounts of 2026 hear in the place of a stream. */
const OF_TRIALS = "This feature is not available on trial accounts. Please upgrade your account.";

async function dial(
  call: TwimlCall,
  verb: VerbOf<"dial">,
  baseUrl: string,
): Promise<AfterVerb> {
  if (call.isWhisper) {
    call.report(13201, "<Dial> cannot be used in what a callee hears before being connected");
    return { then: "end", outcome: { status: "completed", reason: "<Dial> inside a whisper" } };
  }
  try {
    const { conference, timeLimitSeconds } = verb;
    const params = conference === undefined
      ? await dialParties(call, verb, baseUrl)
      : await dialConference(call, conference, timeLimitSeconds, baseUrl);
    // 16025 and 16020: the call goes on with the next verb.
    const isRefused = conference !== undefined && params["DialCallStatus"] === "failed";
    return isRefused ? next : after(call, verb, baseUrl, params);
  } catch (error) {
    // The action is requested for a caller who has hung up, too, and its answer is of no use.
    if (call.isOver && verb.action !== undefined) {
      const url = URL.parse(verb.action, baseUrl)?.href ?? verb.action;
      call.tell("action", url, { DialCallStatus: "canceled" });
    }
    throw error;
  }
}

async function gather(
  call: TwimlCall,
  verb: VerbOf<"gather">,
  baseUrl: string,
): Promise<AfterVerb> {
  const { digits, speech } = await gatherAnswer(call, verb, baseUrl);
  call.emit({ type: "gathered", digits, ...present({ speech: speech || undefined }) });
  if (digits === "" && speech === "" && !verb.actionOnEmptyResult) return next;
  const params = speech === "" ? { Digits: digits } : { SpeechResult: speech, Confidence: "0.9" };
  return goto(call, verb.action ?? baseUrl, verb.method, baseUrl, params);
}

/** Hands the person's own phone system over to another address; Twilio is out of the call once that took it. */
async function refer(
  call: TwimlCall,
  verb: VerbOf<"refer">,
  baseUrl: string,
): Promise<AfterVerb> {
  const person = call.isInbound ? call.from : call.to;
  if (!person.startsWith("sip:")) {
    call.report(13801, "<Refer> is only for calls by SIP");
    return next;
  }
  const target = verb.target.replace(/\?.*$/s, "");
  const { answer, afterMs = 1_000 } = call.context.plan(target);
  await call.wait(answer === "failed" ? 0 : afterMs);
  const taken = answer !== "busy" && answer !== "no-answer" && answer !== "failed";
  call.emit({ type: "referred", target: verb.target, taken });
  const status = answer === "busy" ? "busy" : taken ? "in-progress" : "failed";
  const params = {
    ReferCallStatus: status,
    ReferSipResponseCode: answer === "failed" ? "405" : "202",
    ...(answer === "failed" ? {} : { NotifySipResponseCode: taken ? "200" : "486" }),
  };
  if (!taken) return after(call, verb, baseUrl, params);
  if (verb.action !== undefined) {
    call.tell("action", URL.parse(verb.action, baseUrl)?.href ?? verb.action, params);
  }
  return { then: "end", outcome: { status: "completed", reason: "<Refer>" } };
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
