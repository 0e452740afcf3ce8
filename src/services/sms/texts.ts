import type { CallDirection } from "../../call/types.ts";
import type { Settings } from "../../config/settings.ts";
import type { Clock } from "../../utils/clock.ts";
import { newId } from "../../utils/ids.ts";
import type { Incidents } from "../../utils/incidents.ts";
import type { Log } from "../../utils/logger.ts";
import { present } from "../../utils/present.ts";
import type { DialPolicy, Spending } from "../spending.ts";
import type { TextMessage, TextMessageStore, TextStatus } from "../store.ts";
import { createTwilioFaults, createTwilioMessages, TwilioProblem } from "../twilioOutbound.ts";

/** `now` is in milliseconds since 1970. */
export interface TextsDeps extends Pick<Clock, "now"> {
  readonly settings: Pick<Settings, "phone" | "sms">;
  readonly store: { readonly textMessages: TextMessageStore };
  readonly policy: () => Promise<Pick<DialPolicy, "check">>;
  readonly textSpending: Spending["textSpending"];
  readonly incidents: Incidents;
  /** Limit of each request to Twilio. */
  readonly twilioTimeoutMs?: number;
  readonly log: Log;
}

/** A message that an agent asks for in a call. */
export interface AskedText {
  readonly callId: string;
  readonly agent: string;
  readonly direction: CallDirection;
  readonly keyName?: string | undefined;
  readonly to: string;
  readonly text: string;
  /** What is kept of the text, where that is not all. */
  redact?(text: string): string;
  /** In one call, of all recipients. */
  readonly maxPerCall: number;
}

/** Why a message was not sent. */
export type TextRefusal =
  | "too_many_in_call"
  | "limit_reached"
  | "do_not_call"
  | "number_not_allowed"
  | "opted_out"
  | "cannot_receive"
  | "not_sent"
  | "unknown_outcome";

/** Sends text messages by the rules for calls, and follows what becomes of them. */
export type Texts = NonNullable<ReturnType<typeof openTexts>>;

/** Undefined where the settings have no phone. */
export function openTexts(deps: TextsDeps) {
  const { settings: { phone, sms }, policy, textSpending, twilioTimeoutMs, now, log } = deps;
  if (phone === undefined) return undefined;
  const { store: { textMessages } } = deps;
  const { publicUrl } = phone;
  const from = sms.from ?? phone.number;
  const faults = createTwilioFaults(deps);
  const twilio = createTwilioMessages(phone, {
    faults,
    ...present({ timeoutMs: twilioTimeoutMs }),
  });
  const listeners: ((message: TextMessage) => Promise<void>)[] = [];
  return {
    /** Undefined for one that Twilio has taken. Rejects where the store fails. */
    async send(asked: AskedText): Promise<TextRefusal | undefined> {
      const { callId, agent, to, text } = asked;
      if (await textMessages.countOf(callId) >= asked.maxPerCall) return "too_many_in_call";
      const decision = await (await policy()).check(to, now());
      if (!decision.ok) {
        if (decision.code === "do_not_call") return "do_not_call";
        // Hours are for calls that wake people; this one is under way.
        if (decision.code !== "outside_hours") return "number_not_allowed";
      }
      const id = newId("sms");
      const reservation = await textSpending.reserve({ ...asked, id });
      if (reservation === undefined) return "limit_reached";
      const kept = asked.redact?.(text) ?? text;
      const message = { id, callId, agent, to, text: kept, status: "unknown" as const };
      const at = now();
      // Before it is sent: a process that dies meanwhile leaves it as unknown.
      const added = await textMessages.add(
        { ...message, sentAt: at, changedAt: at },
        asked.maxPerCall,
      );
      if (added !== "added") {
        await reservation.settle({ isTaken: false });
        // Several may have been asked for at once.
        return added === "too_many" ? "too_many_in_call" : "not_sent";
      }
      try {
        const statusCallback = `${publicUrl}/twilio/sms?message=${id}`;
        const taken = await twilio.send({ to, from, text, statusCallback });
        await reservation.settle({ isTaken: true });
        // It is on its way, recorded or not: an error would have it sent again.
        await changed(id, taken).catch((error) =>
          log.warn("Text message not recorded", { callId, error })
        );
        log.info("Text message sent", { callId });
        return undefined;
      } catch (error) {
        if (!(error instanceof TwilioProblem)) throw error;
        const isUnknown = error.code === "outcome_unknown";
        await reservation.settle({ isTaken: isUnknown });
        const { twilioCode: errorCode } = error;
        log.warn("Text message not sent", { callId, code: error.code, ...present({ errorCode }) });
        if (isUnknown) return "unknown_outcome";
        await changed(id, { status: "failed", errorCode });
        return refusals[errorCode ?? 0] ?? "not_sent";
      }
    },
    /** What Twilio reports of a message, in any order and more than once. */
    async onStatus(
      id: string,
      step: { readonly status: TextStatus; readonly sid?: string; readonly errorCode?: number },
    ): Promise<void> {
      await changed(id, step);
    },
    /** Called with each message that has come a step further. */
    onChanged: (listener: (message: TextMessage) => Promise<void>): void =>
      void listeners.push(listener),
  };

  async function changed(
    id: string,
    step: Parameters<TextMessageStore["change"]>[1],
  ): Promise<void> {
    const message = await textMessages.change(id, step, now());
    if (message === undefined) return;
    for (const listener of listeners) {
      await listener(message).catch((error) =>
        log.warn("Text message not announced", { callId: message.callId, error })
      );
    }
  }
}

/** By Twilio's error codes. */
const refusals: Readonly<Record<number, TextRefusal>> = {
  21610: "opted_out",
  21211: "cannot_receive",
  21217: "cannot_receive",
  21612: "cannot_receive",
  21614: "cannot_receive",
  21408: "number_not_allowed",
  21608: "number_not_allowed",
};
