import type { SpeechRef } from "../../../call/realtimeClient.ts";
import { type Base64, isBase64 } from "../../../utils/audio/audioFormat.ts";
import { detached } from "../../../utils/detached.ts";

/** A piece of speech. Pieces of the same content part in a row have the same object as `ref`. */
export interface AudioDelta {
  readonly type: "speech";
  readonly ref: SpeechRef;
  readonly audio: Base64;
}

/**
 * Reads audio deltas as OpenAI writes them, without parsing JSON: they are nine in ten of all events.
 * Undefined for all other texts, which are read in full; what is read here comes out the same there.
 */
export class AudioDeltas {
  #ref: SpeechRef | undefined;
  /** How the part of a delta that is about `#ref` was written last. */
  #refText = "";

  read(text: string): AudioDelta | undefined {
    HEAD.lastIndex = 0;
    if (!HEAD.test(text)) return undefined;
    const ref = this.#refAt(text, HEAD.lastIndex);
    if (ref === undefined) return undefined;
    const from = HEAD.lastIndex + this.#refText.length;
    if (!text.endsWith('"}')) return undefined;
    const audio = text.slice(from, -2);
    // The text of no other field is base64: it would have to hold a quotation mark.
    return audio.length <= MAX_AUDIO && isBase64(audio)
      ? { type: "speech", ref, audio }
      : undefined;
  }

  #refAt(text: string, at: number): SpeechRef | undefined {
    if (this.#ref !== undefined && text.startsWith(this.#refText, at)) return this.#ref;
    REF.lastIndex = at;
    const [refText, responseId, itemId, contentIndex] = REF.exec(text) ?? [];
    if (refText === undefined || responseId === undefined || itemId === undefined) return undefined;
    this.#refText = refText;
    this.#ref = {
      responseId: detached(responseId),
      itemId: detached(itemId),
      contentIndex: Number(contentIndex),
    };
    return this.#ref;
  }
}

const MAX_AUDIO = 2 ** 24;
/** Type and event id, in either order. */
const HEAD =
  /\{(?:"type":"response\.output_audio\.delta",(?:"event_id":"[\w-]{1,200}",)?|"event_id":"[\w-]{1,200}","type":"response\.output_audio\.delta",)/y;
const REF =
  /"response_id":"([\w-]{1,200})","item_id":"([\w-]{1,200})","output_index":(?:0|[1-9]\d{0,2}),"content_index":(0|[1-9]\d{0,2}),"delta":"/y;
