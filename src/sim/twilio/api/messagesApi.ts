import { Mailbox } from "../../mailbox.ts";
import type { NetworkContext } from "../networkContext.ts";
import { createSid } from "../random.ts";
import { sendWebhook } from "./webhook.ts";

/** A text message as a phone gets it. */
export interface SimulatedText {
  readonly sid: string;
  readonly from: string;
  readonly to: string;
  readonly body: string;
}

/** Why a number gets no message: refused at once, or reported as undelivered later. */
export type TextFault =
  | { readonly kind: "refused"; readonly code: number; readonly message: string }
  | { readonly kind: "undelivered"; readonly code: number };

const MAX_TEXTS = 1000;

/** Creates the part of the API that answers requests for `Messages.json`. */
export function createMessagesApi(context: NetworkContext) {
  const texts = new Mailbox<SimulatedText>(MAX_TEXTS);
  const faults = new Map<string, TextFault>();
  const reports = new Set<Promise<unknown>>();
  return {
    /** The next message that a phone gets; none is missed. */
    nextText: (): Promise<SimulatedText> => texts.next("Cannot await a text: the API is closed"),
    /** What happens to messages to a number from now on. */
    failTo: (number: string, fault: TextFault): void => void faults.set(number, fault),
    create(form: URLSearchParams): { readonly status: number; readonly body: unknown } {
      const [to = "", body = ""] = [form.get("To"), form.get("Body")].map((it) => it ?? "");
      const from = form.get("From") ?? form.get("MessagingServiceSid") ?? "";
      if (!/^\+[1-9]\d{6,14}$/.test(to)) return refused(21211, "Invalid 'To' Phone Number");
      if (from !== context.account.number && !from.startsWith("MG")) {
        return refused(21659, `${from} is not a Twilio phone number`);
      }
      if (body === "") return refused(21602, "Message body is required");
      if (body.length > 1600) return refused(21617, "The message is too long");
      const fault = faults.get(to);
      if (fault?.kind === "refused") return refused(fault.code, fault.message);
      const text = { sid: createSid("SM"), from, to, body };
      if (fault === undefined) texts.put(text);
      const callback = form.get("StatusCallback");
      if (callback !== null) report(callback, text, fault?.code);
      return { status: 201, body: { sid: text.sid, status: "queued", to, from, body } };
    },
    async close(): Promise<void> {
      texts.close();
      await Promise.allSettled(reports);
    },
  };

  function report(url: string, { sid, to, from }: SimulatedText, code: number | undefined): void {
    const steps = ["sent", code === undefined ? "delivered" : "undelivered"];
    const work = (async () => {
      for (const status of steps) {
        const error = code === undefined || status === "sent" ? {} : { ErrorCode: String(code) };
        const params = { MessageSid: sid, MessageStatus: status, To: to, From: from, ...error };
        await sendWebhook(context, { url, method: "POST", params }, context.signal);
      }
    })().catch((error) => {
      if (!context.signal.aborted) throw error;
    }).finally(() => reports.delete(work));
    reports.add(work);
  }
}

function refused(code: number, message: string) {
  const more_info = `https://www.twilio.com/docs/errors/${code}`;
  return { status: 400, body: { code, message, more_info, status: 400 } };
}
