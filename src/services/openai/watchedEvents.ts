import type { ServerEvent } from "./wire/serverEventTypes.ts";
import { codeOf, type ModelFaults } from "./modelFaults.ts";

/** Tells of what an event says to have failed or worked. */
export function watchEvent(event: ServerEvent, model: string, faults: ModelFaults): void {
  switch (event.type) {
    case "response.done":
      if (event.status === "completed") return faults.worked("response", model);
      if (event.status !== "failed") return;
      return faults.report(
        { ...event.error, source: "response", code: event.reason ?? "unknown" },
        model,
      );
    case "conversation.item.input_audio_transcription.completed":
      return faults.worked("transcription", model);
    case "conversation.item.input_audio_transcription.failed": {
      const { error } = event;
      return faults.report({ ...error, source: "transcription", code: codeOf(error) }, model);
    }
  }
}
