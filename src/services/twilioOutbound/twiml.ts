import VoiceResponse from "twilio/lib/twiml/VoiceResponse.js";
import type { SpokenMessage } from "./fallbackMessage.ts";
import type { Hold } from "./holdMessage.ts";
import { present } from "../../utils/present.ts";

/** What Twilio is to do with a call next. */
export type PhoneAnswer =
  /** Open a media stream; `digits` are played first. `hold` is for when it breaks and no other follows. */
  | {
    readonly do: "connect";
    readonly token: string;
    readonly digits?: string;
    readonly hold: Hold;
  }
  /** Wait some 25 s for the server, which may take the call back at any time, then ask it how to go on. */
  | { readonly do: "hold"; readonly hold: Hold }
  /** Ask again in a moment, at this path; the phone rings on unless there is something to say first. */
  | { readonly do: "askAgain"; readonly path: string; readonly first?: SpokenMessage }
  | { readonly do: "refuseAsBusy" }
  | {
    readonly do: "dial";
    readonly number: string;
    readonly callerId?: string;
    readonly timeLimitSeconds?: number;
    /** Said before. */
    readonly message?: SpokenMessage;
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
      // The end of the stream is not that of the call. A server that lives ends it, or opens another
      // stream, by REST before anything is heard.
      response.pause({ length: QUIET_S });
      hold(response, answer.hold, publicUrl);
      break;
    }
    case "hold":
      hold(response, answer.hold, publicUrl);
      break;
    case "askAgain":
      if (answer.first !== undefined) say(response, answer.first);
      response.pause({ length: ASK_AGAIN_S });
      response.redirect({ method: "POST" }, `${publicUrl}${answer.path}${PERSISTENT}`);
      break;
    case "refuseAsBusy":
      response.reject({ reason: "busy" });
      break;
    case "dial":
      if (answer.message !== undefined) say(response, answer.message);
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

/** Longer than a server needs that takes the place of one which leaves. */
const ASK_AGAIN_S = 8;
/** Before the first sentence. */
const QUIET_S = 1;
/** A restarting server takes its calls back in this time; a failed redirect would end them. */
const HOLD_S = [10, 12] as const;
/**
 * Twilio's overrides for a request that must not fail: tried again, without a delay, where there is no
 * connection, no answer within 4 s, or a status of 500 and more.
 */
const PERSISTENT = "#rc=5&rp=ct,rt,5xx&ct=2000&rt=4000&tt=15000";

function hold(
  response: VoiceResponse,
  { first, further, agent }: Hold,
  publicUrl: string,
): void {
  say(response, first);
  response.pause({ length: HOLD_S[0] });
  say(response, further);
  response.pause({ length: HOLD_S[1] });
  const query = new URLSearchParams({ agent });
  response.redirect({ method: "POST" }, `${publicUrl}/twilio/resume?${query}${PERSISTENT}`);
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
