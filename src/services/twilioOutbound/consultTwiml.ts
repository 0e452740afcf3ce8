import type { XmlElement } from "../../utils/xml.ts";
import type { SpokenMessage } from "./fallbackMessage.ts";
import { PERSISTENT } from "./connectionOverrides.ts";

/** A transfer, and which of its targets is called. */
export interface ConsultRef {
  readonly callId: string;
  readonly number: number;
  readonly target: number;
}

/** What Twilio is to do in a transfer that asks the person first. */
export type ConsultAnswer =
  /** Tells a person of a caller, and asks; a key breaks in on the first part, words only on the question. */
  | {
    readonly do: "consult";
    readonly ref: ConsultRef;
    readonly brief: SpokenMessage | undefined;
    readonly question: SpokenMessage;
    /** Words that a recognizer is to expect. */
    readonly hints: readonly string[];
    readonly attempt: number;
  }
  /** The person waits in a room, of which this server is told. */
  | {
    readonly do: "takeCaller";
    readonly ref: ConsultRef;
    readonly room: string;
    /** Said one after another; no key breaks in. */
    readonly messages: readonly SpokenMessage[];
    /** The room is over when the person leaves. */
    readonly endsRoom: boolean;
    readonly timeLimitSeconds: number;
  }
  /** The agent's own call into a room opens a stream, and is over with it. */
  | { readonly do: "joinRoom"; readonly token: string }
  /** The caller comes into the person's room. */
  | {
    readonly do: "enterRoom";
    readonly ref: ConsultRef;
    readonly room: string;
    readonly timeLimitSeconds: number;
  };

/** How long a person may take to answer. */
const ANSWER_S = 7;
/** Somebody who picks up says a word first. */
const FIRST_WORD_S = 1;

export function consultVerbs(answer: ConsultAnswer, publicUrl: string): readonly XmlElement[] {
  if (answer.do === "joinRoom") {
    const parameter = { name: "Parameter", attributes: { name: "token", value: answer.token } };
    const url = `${publicUrl.replace(/^http/, "ws")}/media`;
    const stream = { name: "Stream", attributes: { url }, content: [parameter] };
    return [{ name: "Connect", content: [stream] }, { name: "Hangup" }];
  }
  const query = queryOf(answer.ref);
  switch (answer.do) {
    case "consult": {
      const action = `${publicUrl}/twilio/consult/answer?${query}&attempt=${answer.attempt}`;
      const { language } = answer.question;
      const brief: readonly XmlElement[] = answer.brief === undefined ? [] : [
        { name: "Pause", attributes: { length: FIRST_WORD_S } },
        {
          name: "Gather",
          attributes: { input: "dtmf", numDigits: 1, timeout: 1, action: action + PERSISTENT },
          content: [say(answer.brief)],
        },
      ];
      return [...brief, {
        name: "Gather",
        attributes: {
          input: "dtmf speech",
          numDigits: 1,
          timeout: ANSWER_S,
          speechTimeout: 1,
          language,
          hints: answer.hints.join(", "),
          actionOnEmptyResult: true,
          action: action + PERSISTENT,
        },
        content: [say(answer.question)],
      }, { name: "Hangup" }];
    }
    case "takeCaller":
      return [...answer.messages.map(say), {
        name: "Dial",
        attributes: {
          action: `${publicUrl}/twilio/consult/left?${query}`,
          timeLimit: answer.timeLimitSeconds,
        },
        content: [room(answer, publicUrl, answer.endsRoom)],
      }];
    case "enterRoom": {
      const { callId, number } = answer.ref;
      const transfer = new URLSearchParams({ call: callId, transfer: `${number}` });
      return [{
        name: "Dial",
        attributes: {
          action: `${publicUrl}/twilio/transferred?${transfer}${PERSISTENT}`,
          timeLimit: answer.timeLimitSeconds,
        },
        content: [room(answer, publicUrl, true)],
      }];
    }
  }
}

/** Where Twilio asks what a person is to hear who has picked up, and where it tells of the call. */
export function consultAddresses(
  ref: ConsultRef,
  publicUrl: string,
): { readonly ask: string; readonly status: string } {
  const query = queryOf(ref);
  return {
    ask: `${publicUrl}/twilio/consult?${query}${PERSISTENT}`,
    status: `${publicUrl}/twilio/consult/status?${query}`,
  };
}

/** Finds answering machines beside the words about the caller: a company's name and a person's are no machine. */
export const CONSULT_DETECTION = {
  machineDetection: "Enable",
  asyncAmd: "true",
  machineDetectionSpeechThreshold: 3500,
} as const;

/** What tells a consultation in the address of a request. */
function queryOf({ callId, number, target }: ConsultRef): string {
  return new URLSearchParams({ call: callId, transfer: `${number}`, target: `${target}` })
    .toString();
}

/** Without music and beeps: who is alone in it waits for a moment only. */
function room(
  { ref, room: content }: { readonly ref: ConsultRef; readonly room: string },
  publicUrl: string,
  endConferenceOnExit: boolean,
): XmlElement {
  return {
    name: "Conference",
    attributes: {
      beep: false,
      startConferenceOnEnter: true,
      endConferenceOnExit,
      waitUrl: "",
      jitterBufferSize: "small",
      statusCallback: `${publicUrl}/twilio/consult/room?${queryOf(ref)}`,
      statusCallbackEvent: "join leave end",
    },
    content,
  };
}

function say({ text, language, voice }: SpokenMessage): XmlElement {
  return { name: "Say", attributes: { language, voice }, content: text };
}
