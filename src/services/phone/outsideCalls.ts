import type { CallEnd, CallRequest } from "../../call/types.ts";
import type { Clock } from "../../utils/clock.ts";
import { deadline } from "../../utils/deadline.ts";
import type { Log } from "../../utils/logger.ts";
import { present } from "../../utils/present.ts";
import type { CompletionDispatcher, MessageBox, Recorder } from "../records.ts";
import type { OutsideAction, RoutedCall } from "../routing.ts";
import type { TransferPolicy } from "../spending.ts";
import type { MessageStore } from "../store.ts";
import {
  closedMessageOf,
  type PhoneAnswer,
  recordedMessageOf,
  spokenMessage,
} from "../twilioOutbound.ts";
import { type AgentVoices, type AnswerEnded, voiceOf } from "./endedCallAnswer.ts";
import type { SharedPhoneCalls } from "./sharedPhoneCalls.ts";

/** `now` is in milliseconds since 1970. */
export interface OutsideCallsDeps extends Pick<Clock, "setTimer"> {
  readonly agents: AgentVoices;
  readonly recorder: Pick<Recorder, "openCall" | "updateCall" | "endCall" | "flush">;
  readonly completion: Pick<CompletionDispatcher, "enqueue">;
  readonly messages: Pick<MessageStore, "countFrom">;
  readonly messageBox: Pick<MessageBox, "take">;
  readonly transfers: Pick<TransferPolicy, "decide" | "take">;
  readonly answerEnded: AnswerEnded;
  readonly sharedCalls: Pick<SharedPhoneCalls, "find">;
  readonly wallClock: () => number;
  readonly log: Pick<Log, "warn">;
}

/** A call that gets no conversation. */
export interface OutsideCall {
  readonly callId: string;
  readonly callSid: string;
  readonly request: CallRequest;
  /** Where it is over already. */
  readonly end?: CallEnd | undefined;
}

/** A recording as the carrier reports it. */
export interface Recording {
  readonly callSid: string;
  readonly sid: string;
  readonly url: string;
  readonly durationMs: number;
}

/** Of one number in a day: further calls hear that nobody is there. */
const MAX_VOICEMAILS = 20;
const DAY_MS = 24 * 60 * 60_000;
const PATIENCE_MS = 1000;

export type OutsideCalls = ReturnType<typeof createOutsideCalls>;

/** Phone calls that are answered without an agent: outside its hours, or as the operator's endpoint says. */
export function createOutsideCalls(deps: OutsideCallsDeps) {
  const { agents, recorder, messageBox, messages, transfers, sharedCalls, setTimer, log } = deps;
  const now = deps.wallClock;

  return {
    /** What Twilio is to do; undefined for a call that gets its agent. Never rejects. */
    answer(
      call: OutsideCall,
      { outside, refuse }: Pick<RoutedCall, "outside" | "refuse">,
    ): Promise<PhoneAnswer> | undefined {
      if (refuse !== undefined) return Promise.resolve(refused(call, refuse));
      return outside && atClosedHours(call, outside);
    },
    /** Keeps a recording as a message, once; says what follows. Never rejects. */
    async recorded(recording: Recording): Promise<PhoneAnswer> {
      const { callSid, sid, url, durationMs } = recording;
      try {
        const call = await sharedCalls.find(callSid);
        if (call === undefined) {
          log.warn("Voicemail of an unknown call not kept", { recordingSid: sid });
          return { do: "hangUp" };
        }
        const { id: callId, agent, from, briefing } = call;
        await messageBox.take({
          id: `msg_${sid.toLowerCase()}`,
          callId,
          agent,
          at: now(),
          kind: "voicemail",
          recording: { sid, url, durationMs },
          ...present({ from }),
        });
        const voice = voiceOf(agents, { agent, ...present({ language: briefing?.language }) });
        return { do: "hangUp", message: recordedMessageOf(voice) };
      } catch (error) {
        log.warn("Voicemail not kept", { error });
        return { do: "hangUp" };
      }
    },
  };

  function refused(call: OutsideCall, refuse: NonNullable<RoutedCall["refuse"]>): PhoneAnswer {
    record(call, { reason: "refused", detail: "call_url" }, refuse !== true);
    if (refuse === true) return { do: "refuseAsBusy" };
    const message = spokenMessage(voiceOf(agents, call.request), refuse.sentence);
    return { do: "hangUp", message };
  }

  async function atClosedHours(call: OutsideCall, outside: OutsideAction): Promise<PhoneAnswer> {
    const voice = voiceOf(agents, call.request);
    switch (outside.kind) {
      case "message":
        break;
      case "voicemail":
        if (!await mayRecord(call.request.caller)) break;
        record(call, { reason: "outside_hours", detail: "voicemail" }, true);
        return {
          do: "record",
          message: closedMessageOf(voice, outside.text),
          callId: call.callId,
        };
      case "transfer": {
        const answer = await transfer(call, outside.alias);
        if (answer !== undefined) return answer;
      }
    }
    record(call, { reason: "outside_hours", detail: "message" }, true);
    const text = outside.kind === "message" ? outside.text : undefined;
    return { do: "hangUp", message: closedMessageOf(voice, text) };
  }

  /** Undefined where the number may not be dialled now. */
  async function transfer(call: OutsideCall, alias: string): Promise<PhoneAnswer | undefined> {
    const { callId: id, callSid, request } = call;
    try {
      const decision = await transfers.decide(agents.get(request.agent), alias);
      if (!decision.ok) {
        log.warn("Transfer refused", { agent: request.agent, alias, code: decision.code });
        return undefined;
      }
    } catch (error) {
      log.warn("Transfer not decided", { callId: id, error });
      return undefined;
    }
    const end = { reason: "transferred", detail: alias } as const;
    record(call, end, true);
    // What is reserved for the transfer is reserved for a call that is known.
    await deadline(recorder.flush(), PATIENCE_MS, setTimer).catch(() => {});
    return await deps.answerEnded({ id, request, end }, callSid, { outsideTo: alias });
  }

  async function mayRecord(caller: string | undefined): Promise<boolean> {
    if (caller === undefined) return true;
    try {
      const count = messages.countFrom(caller, now() - DAY_MS);
      return await deadline(count, PATIENCE_MS, setTimer) < MAX_VOICEMAILS;
    } catch (error) {
      log.warn("Messages not counted", { error });
      return true;
    }
  }

  /** The record of a call ends as what is done in the place of a conversation begins. */
  function record(
    { callId, callSid, request, end }: OutsideCall,
    planned: CallEnd,
    answers: boolean,
  ) {
    recorder.openCall(callId, { request, callSid });
    if (answers && end === undefined) recorder.updateCall(callId, { answeredAt: now() });
    recorder.endCall(callId, end ?? planned);
    deps.completion.enqueue(callId);
  }
}
