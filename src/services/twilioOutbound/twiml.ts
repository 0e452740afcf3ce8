import type { SpokenMessage } from "./fallbackMessage.ts";
import { PERSISTENT } from "./connectionOverrides.ts";
import type { Hold } from "./holdMessage.ts";
import { type ConsultAnswer, consultVerbs } from "./consultTwiml.ts";
import { type DialAnswer, dialVerb, type ReferAnswer, referVerb } from "./dialTwiml.ts";
import { writeXml, type XmlElement } from "../../utils/xml.ts";

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
  /** As another process has written it. */
  | { readonly do: "asWritten"; readonly twiml: string }
  /** Says the message, records what follows the tone, and asks how to go on. */
  | { readonly do: "record"; readonly message: SpokenMessage; readonly callId: string }
  | DialAnswer
  | ReferAnswer
  | ConsultAnswer
  /** Says the message first, where there is one. */
  | { readonly do: "hangUp"; readonly message?: SpokenMessage };

/** Writes an answer as TwiML; `publicUrl` is the origin that Twilio reaches. */
export function writeTwiml(answer: PhoneAnswer, publicUrl: string): string {
  if (answer.do === "asWritten") return answer.twiml;
  return answer.do === "hangUp" ? writeHangUp(answer.message) : write(verbsOf(answer, publicUrl));
}

/** TwiML that ends a call, after a message where there is one. */
export function writeHangUp(message: SpokenMessage | undefined): string {
  return write([...spoken(message), { name: "Hangup" }]);
}

function verbsOf(
  answer: Exclude<PhoneAnswer, { readonly do: "hangUp" | "asWritten" }>,
  publicUrl: string,
): readonly XmlElement[] {
  switch (answer.do) {
    case "connect": {
      const { digits, token } = answer;
      const stream = {
        name: "Stream",
        attributes: {
          url: `${publicUrl.replace(/^http/, "ws")}/media`,
          statusCallback: `${publicUrl}/twilio/stream`,
        },
        content: [{ name: "Parameter", attributes: { name: "token", value: token } }],
      };
      return [
        ...(digits === undefined ? [] : [{ name: "Play", attributes: { digits } }]),
        { name: "Connect", content: [stream] },
        // The end of the stream is not that of the call. A server that lives ends it, or opens another
        // stream, by REST before anything is heard.
        pause(QUIET_S),
        ...hold(answer.hold, publicUrl),
      ];
    }
    case "hold":
      return hold(answer.hold, publicUrl);
    case "askAgain":
      return [
        ...spoken(answer.first),
        pause(ASK_AGAIN_S),
        redirect(`${publicUrl}${answer.path}${PERSISTENT}`),
      ];
    case "refuseAsBusy":
      return [{ name: "Reject", attributes: { reason: "busy" } }];
    case "record":
      // Twilio goes on with the next verb where nothing was said.
      return [
        ...spoken(answer.message),
        recording(`${publicUrl}/twilio/recorded`, answer.callId),
        { name: "Hangup" },
      ];
    case "dial":
      return [...spoken(answer.message), dialVerb(answer, publicUrl)];
    case "refer":
      return [referVerb(answer, publicUrl)];
    case "joinRoom":
    case "consult":
    case "takeCaller":
    case "enterRoom":
      return consultVerbs(answer, publicUrl);
  }
}

/** Longer than a server needs that takes the place of one which leaves. */
const ASK_AGAIN_S = 8;
/** Before the first sentence. */
const QUIET_S = 1;
/** A restarting server takes its calls back in this time; a failed redirect would end them. */
const HOLD_S = [10, 12] as const;
function hold({ first, further, agent }: Hold, publicUrl: string): readonly XmlElement[] {
  const query = new URLSearchParams({ agent });
  return [
    ...spoken(first),
    pause(HOLD_S[0]),
    ...spoken(further),
    pause(HOLD_S[1]),
    redirect(`${publicUrl}/twilio/resume?${query}${PERSISTENT}`),
  ];
}

function spoken(message: SpokenMessage | undefined): readonly XmlElement[] {
  if (message === undefined) return [];
  const { text, language, voice } = message;
  return [{ name: "Say", attributes: { language, voice }, content: text }];
}

function recording(url: string, callId: string): XmlElement {
  const attributes = {
    action: `${url}?call=${callId}`,
    // Comes also where the request of the action is lost.
    recordingStatusCallback: `${url}?call=${callId}&kept=1`,
    maxLength: RECORD_S,
    timeout: SILENCE_S,
    finishOnKey: "#",
    playBeep: true,
    trim: "trim-silence",
  };
  return { name: "Record", attributes };
}

/** The longest message, and the silence that ends it. */
const RECORD_S = 120;
const SILENCE_S = 5;

function pause(seconds: number): XmlElement {
  return { name: "Pause", attributes: { length: seconds } };
}

function redirect(url: string): XmlElement {
  return { name: "Redirect", attributes: { method: "POST" }, content: url };
}

function write(verbs: readonly XmlElement[]): string {
  return writeXml({ name: "Response", content: verbs });
}
