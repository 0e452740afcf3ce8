import type { ModelSetup } from "../../../src/call/modelSetup.ts";
import type {
  ModelInput,
  ModelRequest,
  ModelSink,
  RealtimeClient,
  SpeechRef,
} from "../../../src/call/realtimeClient.ts";

/** A model connection whose lines are spoken by the test. */
export class ScriptedModel implements RealtimeClient {
  readonly audio: string[] = [];
  readonly requests: ModelRequest[] = [];
  /** Given after the opening. */
  readonly histories: ModelSetup["history"][] = [];
  /** After the first. */
  readonly setups: Omit<ModelSetup, "history">[] = [];
  commits = 0;
  clears = 0;
  closes = 0;

  constructor(readonly setup: ModelSetup, readonly sink: ModelSink) {}

  says(input: ModelInput): void {
    this.sink.onInput(input);
  }

  speaks(itemId: string, ms: number, responseId = "resp_1"): void {
    const ref: SpeechRef = { responseId, itemId, contentIndex: 0 };
    this.sink.onSpeech(ref, "f".repeat(Math.ceil((ms * 8) / 3) * 4));
  }

  sendAudio(audio: string): void {
    this.audio.push(audio);
  }

  commitAudio(): void {
    this.commits++;
  }

  clearInputBuffer(): void {
    this.clears++;
  }

  send(request: ModelRequest): void {
    this.requests.push(request);
  }

  changeSetup(setup: Omit<ModelSetup, "history">): void {
    this.setups.push(setup);
  }

  giveHistory(history: ModelSetup["history"]): void {
    this.histories.push(history);
  }

  close(): void {
    this.closes++;
  }
}
