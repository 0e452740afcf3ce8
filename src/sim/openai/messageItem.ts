import { type SpokenWord, StoredItem } from "./conversation.ts";
import {
  announceItem,
  concludeItem,
  type OutputItem,
  type OutputItemStatus,
  type OutputSink,
} from "./outputItem.ts";
import { newId } from "./wire.ts";

/** A spoken or written message being produced; its transcript runs a little ahead of its audio. */
export class MessageItem implements OutputItem {
  readonly entry: StoredItem;
  readonly #sink: OutputSink;
  readonly #outputIndex: number;
  readonly #modality: "audio" | "text";
  readonly #expected: SpokenWord[] = [];
  #expectedMs = 0;
  #producedMs = 0;
  #text = "";
  #lastDelta = "";

  constructor(sink: OutputSink, outputIndex: number, modality: "audio" | "text") {
    this.#sink = sink;
    this.#outputIndex = outputIndex;
    this.#modality = modality;
    const id = newId("item");
    this.entry = new StoredItem(id, this.#item(id, "in_progress"));
    announceItem(sink, outputIndex, this.entry);
    this.#sink.emit({
      type: "response.content_part.added",
      ...this.#part(),
      part: this.#content(),
    });
  }

  /** Audio sent so far. */
  get producedMs(): number {
    return this.#producedMs;
  }

  get text(): string {
    return this.#text;
  }

  /** Says which words the audio of the next sentence stands for. */
  expect(text: string, durationMs: number): void {
    const before = this.#expected.length > 0 || this.#text !== "" ? " " : "";
    const msPerCharacter = durationMs / Math.max(1, text.length);
    let endMs = this.#expectedMs;
    for (const word of `${before}${text}`.split(/(?=\s)/)) {
      endMs += word.length * msPerCharacter;
      this.#expected.push({ text: word, endMs });
    }
    this.#expectedMs += durationMs;
  }

  sendAudio(bytes: Uint8Array, durationMs: number): void {
    this.#sendWords(this.#producedMs + durationMs + transcriptLeadMs);
    this.#producedMs += durationMs;
    this.entry.addAudio(durationMs);
    this.#lastDelta = bytes.toBase64();
    this.repeatDelta();
  }

  /** Sends the last delta once more. */
  repeatDelta(): void {
    if (this.#lastDelta === "") return;
    const delta = this.#lastDelta;
    this.#sink.emit({ type: "response.output_audio.delta", ...this.#part(), delta });
  }

  /** Sends what is expected as text alone. */
  sendText(): void {
    this.#sendWords(Infinity);
  }

  close(status: OutputItemStatus): void {
    if (status === "completed") this.#sendWords(Infinity);
    const text = this.#text;
    if (this.#modality === "audio") {
      this.#sink.emit({ type: "response.output_audio.done", ...this.#part() });
      this.#sink.emit({
        type: "response.output_audio_transcript.done",
        ...this.#part(),
        transcript: text,
      });
    } else {
      this.#sink.emit({ type: "response.output_text.done", ...this.#part(), text });
    }
    this.#sink.emit({ type: "response.content_part.done", ...this.#part(), part: this.#content() });
    this.entry.item = this.#item(this.entry.id, status);
    concludeItem(this.#sink, this.#outputIndex, this.entry);
  }

  #sendWords(untilMs: number): void {
    while (true) {
      const word = this.#expected[0];
      if (!word || word.endMs > untilMs) return;
      this.#expected.shift();
      this.#text += word.text;
      this.entry.addWord(word);
      const type = this.#modality === "audio"
        ? "response.output_audio_transcript.delta"
        : "response.output_text.delta";
      this.#sink.emit({ type, ...this.#part(), delta: word.text });
    }
  }

  #part() {
    return {
      response_id: this.#sink.responseId,
      item_id: this.entry.id,
      output_index: this.#outputIndex,
      content_index: 0,
    };
  }

  #content() {
    return this.#modality === "audio"
      ? { type: "audio" as const, transcript: this.#text }
      : { type: "text" as const, text: this.#text };
  }

  #item(id: string, status: OutputItemStatus | "in_progress") {
    // Of an item truncated in the meantime only what was heard remains.
    const text = status !== "in_progress" && this.entry.audioEndMs !== undefined
      ? this.entry.text
      : this.#text;
    const content = this.#modality === "audio"
      ? { type: "output_audio" as const, transcript: text }
      : { type: "output_text" as const, text };
    return {
      id,
      object: "realtime.item" as const,
      type: "message" as const,
      status,
      role: "assistant" as const,
      content: status === "in_progress" ? [] : [content],
    };
  }
}

const transcriptLeadMs = 150;
