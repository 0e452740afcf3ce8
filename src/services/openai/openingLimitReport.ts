import type { EventHub, EventSubscription } from "../events.ts";
import type { ModelFaults } from "./modelFaults.ts";

/** Reports calls that may open no further model connection, which only a loop can bring about. */
export function reportOpenLimits(
  events: Pick<EventHub, "subscribe">,
  faults: Pick<ModelFaults, "report">,
  model: string,
): EventSubscription {
  return events.subscribe(
    ({ event }) => event.type === "modelLost" && event.code === "open_limit",
    () =>
      faults.report({
        source: "openings",
        code: "open_limit",
        reason:
          "More connections to the model were asked for than a call, or all of them, may open.",
      }, model),
  );
}
