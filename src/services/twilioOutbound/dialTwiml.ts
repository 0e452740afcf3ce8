import type { XmlElement } from "../../utils/xml.ts";
import type { SpokenMessage } from "./fallbackMessage.ts";
import { PERSISTENT } from "./connectionOverrides.ts";

/** Who is called; `index` is the place in the transfer's list. */
export type DialTarget =
  | { readonly kind: "number"; readonly number: string; readonly index: number }
  | { readonly kind: "sip"; readonly uri: string; readonly index: number };

/** Calls people, and connects the caller with the first who answers. */
export interface DialAnswer {
  readonly do: "dial";
  readonly targets: readonly DialTarget[];
  /** One after another, or all at once. */
  readonly inTurn: boolean;
  /** How long each rings. */
  readonly ringSeconds: number;
  readonly callerId?: string;
  readonly timeLimitSeconds?: number;
  /** Said before. */
  readonly message?: SpokenMessage;
  /** Of the session that waits for the outcome; without it no session does. */
  readonly transfer?: {
    readonly callId: string;
    readonly number: number;
    readonly detectsMachines: boolean;
    /** The caller comes back to the agent by pressing a star. */
    readonly endsOnStar: boolean;
  };
}

/** Has the caller's SIP endpoint call another address in the place of this server. */
export interface ReferAnswer {
  readonly do: "refer";
  readonly uri: string;
  readonly transfer: { readonly callId: string; readonly number: number };
}

/** Twilio lets it ring some five seconds longer than it is told. */
const EXTRA_RING_S = 5;
const LEAST_RING_S = 5;
/** In milliseconds: a person who answers with a company's name and their own is no machine. */
const MACHINE_SPEECH_MS = 3500;

export function dialVerb(answer: DialAnswer, publicUrl: string): XmlElement {
  const { transfer, targets, ringSeconds } = answer;
  const attributes = {
    answerOnBridge: true,
    // Twilio asks here how the dial ended: a busy line must not end the call in silence.
    action: transfer === undefined
      ? `${publicUrl}/twilio/resume`
      : `${publicUrl}/twilio/transferred?${queryOf(transfer)}${PERSISTENT}`,
    timeout: Math.max(LEAST_RING_S, ringSeconds - EXTRA_RING_S),
    sequential: answer.inTurn && targets.length > 1 ? true : undefined,
    hangupOnStar: transfer?.endsOnStar === true ? true : undefined,
    callerId: answer.callerId,
    timeLimit: answer.timeLimitSeconds,
  };
  return { name: "Dial", attributes, content: targets.map((target) => noun(target)) };

  function noun(target: DialTarget): XmlElement {
    const name = target.kind === "number" ? "Number" : "Sip";
    const content = target.kind === "number" ? target.number : target.uri;
    if (transfer === undefined) return { name, content };
    const query = queryOf(transfer, target.index);
    const isDetected = target.kind === "number" && transfer.detectsMachines;
    return {
      name,
      attributes: {
        statusCallback: `${publicUrl}/twilio/transfer?${query}`,
        statusCallbackEvent: "ringing answered completed",
        ...(isDetected && {
          machineDetection: "Enable",
          machineDetectionSpeechThreshold: MACHINE_SPEECH_MS,
          amdStatusCallback: `${publicUrl}/twilio/transfer?${query}`,
        }),
      },
      content,
    };
  }
}

export function referVerb({ uri, transfer }: ReferAnswer, publicUrl: string): XmlElement {
  const action = `${publicUrl}/twilio/transferred?${queryOf(transfer)}${PERSISTENT}`;
  return { name: "Refer", attributes: { action }, content: [{ name: "Sip", content: uri }] };
}

function queryOf(
  { callId, number }: { readonly callId: string; readonly number: number },
  target?: number,
): string {
  const query = new URLSearchParams({ call: callId, transfer: `${number}` });
  if (target !== undefined) query.set("target", `${target}`);
  return query.toString();
}
