import VoiceResponse from "twilio/lib/twiml/VoiceResponse.js";
import type { SpokenMessage } from "./fallbackMessage.ts";
import { present } from "../../utils/present.ts";

/** What Twilio is to do with a call next. */
export type PhoneAnswer =
  /** Open a media stream; `digits` are played first. */
  | { readonly do: "connect"; readonly token: string; readonly digits?: string }
  | { readonly do: "refuseAsBusy" }
  | {
    readonly do: "dial";
    readonly number: string;
    readonly callerId?: string;
    readonly timeLimitSeconds?: number;
  }
  /** Says the message first, where there is one. */
  | { readonly do: "hangUp"; readonly message?: SpokenMessage };

/** Writes an answer as TwiML; `publicUrl` is the origin that Twilio reaches. */
export function writeTwiml(answer: PhoneAnswer, publicUrl: string): string {
  const response = new VoiceResponse();
  switch (answer.do) {
    case "connect": {
      if (answer.digits !== undefined) response.play({ digits: answer.digits });
      const stream = response.connect().stream({
        url: `${publicUrl.replace(/^http/, "ws")}/media`,
        statusCallback: `${publicUrl}/twilio/stream`,
      });
      stream.parameter({ name: "token", value: answer.token });
      // The end of the stream is not that of the call: how the conversation ended decides what follows.
      response.redirect({ method: "POST" }, `${publicUrl}/twilio/resume`);
      break;
    }
    case "refuseAsBusy":
      response.reject({ reason: "busy" });
      break;
    case "dial":
      response.dial(
        {
          answerOnBridge: true,
          // Twilio asks here how the dial ended: a busy line must not end the call in silence.
          action: `${publicUrl}/twilio/resume`,
          ...present({ callerId: answer.callerId, timeLimit: answer.timeLimitSeconds }),
        },
        answer.number,
      );
      break;
    case "hangUp":
      return writeHangUp(answer.message);
    default:
      answer satisfies never;
  }
  return response.toString();
}

/** TwiML that ends a call, after a message where there is one. */
export function writeHangUp(message: SpokenMessage | undefined): string {
  const response = new VoiceResponse();
  if (message !== undefined) say(response, message);
  response.hangup();
  return response.toString();
}

/** By hand, because the library's types know only the voices of its release. */
function say(response: VoiceResponse, { text, language, voice }: SpokenMessage): void {
  response.addChild("Say", { language, ...present({ voice }) }).addText(text);
}
