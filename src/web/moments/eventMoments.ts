import type { CallEvent } from "../callEvents.ts";
import { handoffMoment, holdMoment, menuMoment } from "./courseMoments.ts";
import { listeningMoment } from "./listeningMoment.ts";
import type { Moment } from "./moment.ts";
import { optOutMoment } from "./optOutMoment.ts";
import { pickupMoment } from "./pickupMoment.ts";
import { recordingMoments } from "./recordingMoments.ts";
import { transferMoment } from "./transferMoments.ts";

/** What an event of a live call adds to its timeline; `atMs` counts from the beginning of the call. */
export function eventMoments(event: CallEvent, atMs: number): readonly Moment[] {
  switch (event.type) {
    case "pickup":
      return [pickupMoment(event)];
    case "recording":
      return recordingMoments(event);
    case "handoff":
      return [handoffMoment(event.title, atMs)];
    case "menu":
      return [menuMoment(event.step.number, event.step.keys, atMs)];
    case "hold":
      return [holdMoment(event.on, atMs)];
    case "transfer":
      return [transferMoment(event, event, atMs)];
    case "listeningStarted":
    case "listeningEnded": {
      const isOn = event.type === "listeningStarted";
      return [listeningMoment({ id: event.id, key: event.by ?? null, isOn, atMs })];
    }
    case "optedOut":
      return [optOutMoment(event, atMs)];
    default:
      return [];
  }
}
