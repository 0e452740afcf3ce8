import type { Agent } from "../../../config/agents.ts";
import { fillTemplate } from "../../../config/template.ts";
import { isPhoneNumber } from "../../../utils/phoneNumber.ts";
import { type Tool, type ToolContext, ToolError } from "../tool.ts";

/** Sends a text message; undefined for one that is on its way, else the code of why it is not. */
export type SendText = (
  call: Pick<ToolContext, "callId" | "agent" | "direction" | "keyName" | "redact">,
  message: { readonly to: string; readonly text: string; readonly maxPerCall: number },
) => Promise<string | undefined>;

/** Lets the agent send a text message: to the caller, or to a recipient of the agent's file. */
export function createSendSms({ sms }: Pick<Agent, "sms">, send: SendText): Tool {
  const { texts, recipients, per_call: maxPerCall } = sms;
  const names = Object.keys(texts);
  const aliases = Object.keys(recipients);
  return {
    name: "send_sms",
    // By the same arguments another agent may send other words, or to somebody else.
    source: JSON.stringify([texts, recipients]),
    description: "Sends a text message to the caller's phone" +
      (aliases.length > 0 ? ", or to one of the other recipients." : ".") +
      " Ask before you send one to the caller, and tell them when it is on its way.",
    parameters: {
      type: "object",
      properties: {
        ...(names.length > 0
          ? { text: { type: "string", enum: names, description: "Which text is sent." } }
          : { text: { type: "string", minLength: 1, maxLength: 640, description: "Its words." } }),
        ...(aliases.length > 0 && {
          to: {
            type: "string",
            enum: [CALLER, ...aliases],
            description: "Who gets it; the caller, where it is left out.",
          },
        }),
      },
      required: ["text"],
      additionalProperties: false,
    },
    options: { once: true },
    async run({ text, to = CALLER }, call) {
      const number = to === CALLER ? call.caller : own(recipients, String(to));
      if (number === undefined || !isPhoneNumber(number)) {
        throw new ToolError("number_unknown", "The number of the caller is not known.");
      }
      const template = own(texts, String(text));
      const words = template === undefined ? String(text) : fillTemplate(template, {
        ...call.variables,
        caller: call.caller,
        called: call.called,
      });
      const refusal = await send(call, { to: number, text: words, maxPerCall });
      if (refusal === undefined) return { output: { status: "sent", text: words } };
      throw new ToolError(refusal, sentences[refusal] ?? "The message was not sent.", {
        mayHaveRun: refusal === "unknown_outcome",
      });
    },
  };
}

const CALLER = "caller";

const sentences: Readonly<Record<string, string>> = {
  no_phone: "This server cannot send text messages.",
  too_many_in_call: "No more messages can be sent in this call.",
  limit_reached: "No more messages can be sent today.",
  do_not_call: "This number does not want to be contacted.",
  number_not_allowed: "No messages can be sent to this number.",
  opted_out: "This number has opted out of text messages.",
  cannot_receive: "This number cannot receive text messages: it may be a landline.",
  unknown_outcome: "It is not known whether the message was sent: do not send it again.",
};

function own(texts: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(texts, name) ? texts[name] : undefined;
}
