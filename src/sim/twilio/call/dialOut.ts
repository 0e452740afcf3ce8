import { webhookParams } from "../api/callFacts.ts";
import type { Callee } from "../callee/callee.ts";
import type { CallState } from "./callState.ts";
import type { Detection, OutboundOptions } from "./callRequest.ts";
import type { NumberPlan } from "../networkContext.ts";
import { digitsMs } from "../twiml/verbSound.ts";

/**
 * Dials a placed call. Resolves once it is answered and its TwiML may run;
 * rejects when the call is over first.
 */
export async function dialOut(
  call: CallState,
  options: OutboundOptions,
  callee: Callee | undefined,
): Promise<void> {
  const { clock } = call.context;
  const { plan, queueMs, timeoutSeconds, sendDigits, detection } = options;
  await clock.wait(queueMs, call.signal);
  call.callbacks.reportStatus("initiated", call.facts);
  call.ring();
  const { answer, afterMs = defaultRingMs } = plan;
  // Twilio adds five seconds to the timeout that was asked for.
  const timeoutMs = (timeoutSeconds + 5) * 1_000;
  const answers = answer !== "no-answer" && afterMs <= timeoutMs;
  await clock.wait(answers ? afterMs : timeoutMs, call.signal);
  if (!answers) call.finish({ status: "no-answer", reason: "no answer in time" });
  if (answer === "busy") call.finish({ status: "busy", reason: "the number is busy" });
  if (answer === "failed") {
    call.finish({ status: "failed", reason: "the number cannot be reached" });
  }
  call.signal.throwIfAborted();
  call.answer();
  callee?.answer();
  if (sendDigits !== undefined) {
    call.emit({ type: "played", url: "", digits: sendDigits });
    await clock.wait(digitsMs(sendDigits), call.signal);
  } else if (detection !== undefined) await detect(call, plan, detection, callee);
}

const defaultRingMs = 1_000;
const defaultDetectMs = 3_000;

async function detect(
  call: CallState,
  plan: NumberPlan,
  detection: Detection,
  callee: Callee | undefined,
): Promise<void> {
  const { callback } = detection;
  const judged = judge(call, plan, detection, callee);
  if (callback === undefined) {
    const { answeredBy } = await Promise.race([judged, over(call.signal)]);
    call.setAnsweredBy(answeredBy);
    return;
  }
  // Runs beside the conversation; the result may come after the call's end.
  judged.then(({ answeredBy, ms }) => {
    call.setAnsweredBy(answeredBy);
    const { AccountSid = "", CallSid = "" } = webhookParams(call.facts);
    const params = {
      AccountSid,
      CallSid,
      AnsweredBy: answeredBy,
      MachineDetectionDuration: String(Math.round(ms)),
    };
    call.callbacks.send("amd", { ...callback, params });
  }, () => {});
}

/** What machine detection finds, and after how long. */
async function judge(
  { context: { clock }, signal }: CallState,
  plan: NumberPlan,
  detection: Detection,
  callee: Callee | undefined,
): Promise<{ readonly answeredBy: string; readonly ms: number }> {
  const { answeredBy, detectMs = defaultDetectMs } = plan;
  if (callee !== undefined && answeredBy === undefined) return await callee.detect(detection);
  await clock.wait(detectMs, signal);
  return { answeredBy: answeredBy ?? kindOf(plan, detection), ms: detectMs };
}

function over(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) =>
    signal.addEventListener("abort", () => reject(signal.reason), { once: true })
  );
}

function kindOf({ answer }: NumberPlan, { mode }: Detection): string {
  if (answer !== "machine") return answer;
  return mode === "Enable" ? "machine_start" : "machine_end_beep";
}
