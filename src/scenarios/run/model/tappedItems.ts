import type { AudioFormat } from "../../../utils/audio/audioFormat.ts";
import { bytesOfBase64 } from "../../../utils/bytesOfBase64.ts";
import { isRecord } from "../../../utils/isRecord.ts";
import { joinBytes } from "../../../utils/joinBytes.ts";
import { jsonOrUndefined } from "../../../utils/jsonOrUndefined.ts";
import type { SpokenItem } from "../../ear/spokenItem.ts";

interface OpenItem {
  readonly id: string;
  readonly format: AudioFormat;
  readonly parts: Uint8Array[];
  bytes: number;
  readonly texts: { readonly text: string; readonly atByte: number }[];
  /** What of it has come to its end. */
  readonly ended: Set<string>;
  /** As it was when it was last asked for. */
  whole: SpokenItem | undefined;
}

/** What a model says in one session, read from the messages that it sends. */
export class TappedItems {
  readonly #items = new Map<string, OpenItem>();
  readonly #isInStep: boolean;
  #format: AudioFormat = "pcm24k";

  /** `isInStep`: see `SpokenItem`. */
  constructor(isInStep: boolean) {
    this.#isInStep = isInStep;
  }

  /** In the order of their beginning, as far as they have come. */
  get items(): readonly SpokenItem[] {
    return [...this.#items.values()].map((item) => item.whole ??= this.#wholeOf(item));
  }

  /** A message of the model's, as text. */
  follow(text: string): void {
    if (!OF_INTEREST.test(text.slice(0, 400))) return;
    const message = jsonOrUndefined(text);
    if (!isRecord(message)) return;
    const { type, item_id: id, delta } = message;
    if (type === "session.updated") return this.#configure(message);
    if (type === "response.done") return this.#endAll();
    if (typeof id !== "string") return;
    const ended = typeof type === "string" ? END.exec(type)?.[1] : undefined;
    if (ended !== undefined) return this.#end(this.#items.get(id), ended);
    if (typeof delta !== "string") return;
    const isText = type === "response.output_audio_transcript.delta";
    const part = type === "response.output_audio.delta" ? bytesOfBase64(delta) : undefined;
    if (!isText && part === undefined) return;
    const item = this.#itemOf(id);
    item.whole = undefined;
    if (part === undefined) item.texts.push({ text: delta, atByte: item.bytes });
    else {
      item.parts.push(part);
      item.bytes += part.length;
    }
  }

  #end(item: OpenItem | undefined, ...parts: readonly string[]): void {
    if (item === undefined) return;
    for (const part of parts) item.ended.add(part);
    item.whole = undefined;
  }

  /** Nothing more comes of a response that is over, whether or not it came to its end. */
  #endAll(): void {
    for (const item of this.#items.values()) {
      if (item.ended.size < PARTS.length) this.#end(item, ...PARTS);
    }
  }

  #configure({ session }: Record<string, unknown>): void {
    const audio = isRecord(session) ? session["audio"] : undefined;
    const output = isRecord(audio) ? audio["output"] : undefined;
    const format = isRecord(output) ? output["format"] : undefined;
    const type = isRecord(format) ? format["type"] : undefined;
    if (type === "audio/pcmu") this.#format = "pcmu";
    else if (type === "audio/pcma") this.#format = "pcma";
    else if (type === "audio/pcm") this.#format = "pcm24k";
  }

  #itemOf(id: string): OpenItem {
    let item = this.#items.get(id);
    if (item === undefined) {
      item = {
        id,
        format: this.#format,
        parts: [],
        bytes: 0,
        texts: [],
        ended: new Set(),
        whole: undefined,
      };
      this.#items.set(id, item);
    }
    return item;
  }

  #wholeOf({ id, format, parts, texts, ended }: OpenItem): SpokenItem {
    return {
      ...{ id, format, audio: joinBytes(parts), texts: [...texts], isInStep: this.#isInStep },
      isOpen: ended.size < PARTS.length,
    };
  }
}

const OF_INTEREST =
  /"(?:session\.updated|response\.done|response\.output_audio(?:_transcript)?\.(?:delta|done))"/;
const END = /^response\.(output_audio|output_audio_transcript)\.done$/;
const PARTS = ["output_audio", "output_audio_transcript"];
