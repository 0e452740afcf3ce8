import type { SimulatedCall } from "../call/simulatedCall.ts";
import type { SimulatedCallRequest } from "../call/callRequest.ts";
import type { SimulatedCallEnd } from "../call/callEvents.ts";
import type { Conference } from "../conference/conference.ts";
import type { Conferences } from "../conference/conferences.ts";
import type { Member, MemberOptions } from "../conference/member.ts";
import type { NetworkContext } from "../networkContext.ts";
import { type ApiAnswer, found, refused } from "./apiAnswer.ts";
import type { Application } from "./applicationsApi.ts";
import { rfc2822 } from "./callFacts.ts";
import { isAddress, readDetection, refuse } from "./createForm.ts";
import { readCallbacks, readFlag, readMethod, readNumber } from "./formReader.ts";

/** What participants need of the network. */
export interface ParticipantsNetwork {
  readonly context: NetworkContext;
  readonly calls: readonly SimulatedCall[];
  readonly conferences: Conferences;
  place(request: SimulatedCallRequest): SimulatedCall;
  application(sid: string): Application | undefined;
}

/** Calls somebody into a conference, as `Participants.json` is asked to; refuses as Twilio does. */
export function createParticipant(
  network: ParticipantsNetwork,
  conferenceName: string,
  form: URLSearchParams,
): ApiAnswer {
  const { context } = network;
  const to = form.get("To") ?? "";
  const from = form.get("From") ?? "";
  if (to === "") return refused(refuse(21201, "No 'To' number is specified"));
  if (from === "") return refused(refuse(21213, "Caller phone number is required"));
  const known = network.conferences.find(conferenceName);
  if (known?.status === "completed" || (known === undefined && /^CF/.test(conferenceName))) {
    return refused(refuse(20404, `The conference ${conferenceName} was not found`));
  }
  const options = readOptions(form);
  if (options.label !== undefined && known?.member(options.label) !== undefined) {
    return refused(refuse(16025, `The label ${options.label} is taken in this conference`));
  }
  const app = to.startsWith("app:") ? readApplication(network, to) : undefined;
  if (to.startsWith("app:") && app === undefined) {
    return refused(refuse(21218, "ApplicationSid is not valid"));
  }
  if (app === undefined && !isAddress(to)) {
    return refused(refuse(21211, "The phone number you are attempting to call is not valid"));
  }
  if (app === undefined && from !== context.account.number) {
    return refused(refuse(21210, "The source phone number is not verified for this account"));
  }
  const plan = app === undefined ? context.plan(to) : { answer: "human", afterMs: 0 } as const;
  if (plan.errorCode !== undefined) {
    return refused(refuse(plan.errorCode, "The number refuses by plan"));
  }
  const detection = app === undefined ? readDetection(withAsyncDetection(form)) : undefined;
  if (detection !== undefined && "code" in detection) return refused(detection);
  const conference = network.conferences.open(conferenceName);
  const callbacks = readCallbacks(form, "Conference", ["start", "end"]);
  const call = network.place({
    from: form.get("CallerId") ?? from,
    to,
    first: app,
    joins: app === undefined
      ? async (leg): Promise<SimulatedCallEnd> => {
        const reason = await conference.join(leg, options, callbacks);
        return { status: "completed", reason: `left the conference: ${reason}` };
      }
      : undefined,
    callbacks: readCallbacks(form),
    timeLimitSeconds: readNumber(form, "TimeLimit"),
    outbound: {
      plan,
      queueMs: 0,
      timeoutSeconds: Math.min(600, readNumber(form, "Timeout") ?? 60),
      detection,
    },
  });
  if (app !== undefined) joinApplication(call, conference, options, callbacks);
  return found({ ...resource(context, conference, call, options), status: "queued" }, 201);
}

/** A participant as the API shows it. */
export function participantResource(
  { context, calls }: ParticipantsNetwork,
  conference: Conference,
  { sid, options }: Member,
): Readonly<Record<string, unknown>> {
  const call = calls.find((it) => it.sid === sid);
  return resource(context, conference, { sid, status: call?.status ?? "in-progress" }, options);
}

/** The application speaks into the conference, and hears it: its call is the other way round. */
function joinApplication(
  call: SimulatedCall,
  conference: Conference,
  options: MemberOptions,
  callbacks: ReturnType<typeof readCallbacks>,
): void {
  const { signal } = call;
  const stop = call.watch((event) => {
    if (event.type !== "answered") return;
    const leg = {
      sid: call.sid,
      signal,
      get isOver() {
        return signal.aborted;
      },
      audio: call.reversedAudio,
      emit: call.emit.bind(call),
      report: call.report.bind(call),
    };
    void conference.join(leg, options, callbacks).then((reason) =>
      call.finish({ status: "completed", reason: `left the conference: ${reason}` })
    );
  });
  call.ended.then(stop);
}

function readApplication(
  network: ParticipantsNetwork,
  to: string,
): SimulatedCallRequest["first"] {
  const [sid = "", query = ""] = to.slice("app:".length).split("?", 2);
  const application = network.application(sid);
  if (application === undefined || application.voiceUrl === "") return undefined;
  const { voiceUrl: url, voiceMethod: method, fallbackUrl } = application;
  const params = Object.fromEntries(new URLSearchParams(query));
  return { kind: "request", url, method, params, fallbackUrl };
}

/** Detection of a participant is always beside the conversation. */
function withAsyncDetection(form: URLSearchParams): URLSearchParams {
  const copy = new URLSearchParams(form);
  if (!copy.has("MachineDetection")) return copy;
  copy.set("AsyncAmd", "true");
  copy.set("AsyncAmdStatusCallback", form.get("AmdStatusCallback") ?? "");
  return copy;
}

function readOptions(form: URLSearchParams): MemberOptions {
  const beep = form.get("Beep") ?? "true";
  const isBeep = beep === "false" || beep === "onEnter" || beep === "onExit";
  const coach = form.get("CallSidToCoach") ?? undefined;
  return {
    muted: readFlag(form, "Muted") ?? false,
    hold: readFlag(form, "Hold") ?? false,
    beep: isBeep ? beep : "true",
    startOnEnter: readFlag(form, "StartConferenceOnEnter") ?? true,
    endOnExit: readFlag(form, "EndConferenceOnExit") ?? false,
    label: form.get("Label") ?? undefined,
    coach: readFlag(form, "Coaching") === false ? undefined : coach,
    waitUrl: form.get("WaitUrl") ?? undefined,
    waitMethod: readMethod(form, "WaitMethod"),
    maxParticipants: Math.min(250, readNumber(form, "MaxParticipants") ?? 250),
  };
}

function resource(
  { account: { accountSid } }: NetworkContext,
  conference: Conference,
  call: { readonly sid: string; readonly status: string },
  { muted, hold, coach, label, startOnEnter, endOnExit }: MemberOptions,
): Readonly<Record<string, unknown>> {
  const uri = `/2010-04-01/Accounts/${accountSid}/Conferences/${conference.sid}/Participants`;
  const now = rfc2822(new Date());
  return {
    account_sid: accountSid,
    api_version: "2010-04-01",
    call_sid: call.sid,
    call_sid_to_coach: coach ?? null,
    coaching: coach !== undefined,
    conference_sid: conference.sid,
    date_created: now,
    date_updated: now,
    end_conference_on_exit: endOnExit,
    hold,
    label: label ?? null,
    muted,
    queue_time: "0",
    start_conference_on_enter: startOnEnter,
    status: call.status === "in-progress" ? "connected" : call.status,
    uri: `${uri}/${call.sid}.json`,
  };
}
