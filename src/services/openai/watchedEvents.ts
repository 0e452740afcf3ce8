import type { ServerEvent } from "./wire/serverEventTypes.ts";
import { codeOf, type ModelFaults } from "./modelFaults.ts";

/** Reports what an event shows to have failed or worked. */
export function watchEvent(event: ServerEvent, model: string, faults: ModelFaults): void {
  switch (event.type) {
    case "responseDone":
      if (event.status === "completed") return faults.worked("response", model);
      if (event.status !== "failed") return;
      return faults.report(
        { ...event.error, source: "response", code: event.reason ?? "unknown" },
        model,
      );
    case "callerText":
      return event.final ? faults.worked("transcription", model) : undefined;
    case "callerTextFailed": {
      const { error } = event;
      return faults.report({ ...error, source: "transcription", code: codeOf(error) }, model);
    }
  }
}
