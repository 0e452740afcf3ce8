/// <reference lib="deno.worker" />
import flite from "./fliteModule.js";
import { FliteProgram } from "./fliteProgram.ts";

/** What a Flite worker is asked. */
export interface FliteRequest {
  readonly sentence: string;
  readonly speaker: string;
}

/** What a Flite worker answers, one answer per request and in their order. */
export type FliteAnswer =
  | { readonly samples: Int16Array<ArrayBuffer> }
  | { readonly error: string };

const program = new FliteProgram(flite);

self.addEventListener("message", ({ data }: MessageEvent<FliteRequest>) => {
  try {
    const samples = program.speak(data.sentence, data.speaker);
    answer({ samples }, [samples.buffer]);
  } catch (error) {
    answer({ error: String(error) }, []);
  }
});

function answer(message: FliteAnswer, transfer: ArrayBuffer[]): void {
  self.postMessage(message, { transfer });
}
