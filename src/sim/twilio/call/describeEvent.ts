import type { PhoneEvent } from "./callEvents.ts";

/** Describes an event in one line; undefined for those that come too often to read. */
export function describeEvent(event: PhoneEvent): string | undefined {
  const what = describe(event);
  if (what === undefined) return undefined;
  return `${(event.atMs / 1_000).toFixed(3).padStart(8)} s  ${what}`;
}

function describe(event: PhoneEvent): string | undefined {
  switch (event.type) {
    case "ringing":
      return "ringing";
    case "answered":
      return "answered";
    case "requested": {
      const times = event.attempts > 1 ? ` (${event.attempts} attempts)` : "";
      return `webhook   ${event.url} -> ${event.status === 0 ? "no answer" : event.status}${times}`;
    }
    case "updated":
      return `REST      other TwiML (${event.how})`;
    case "twiml":
      return `TwiML     ${event.verbs.length === 0 ? "(nothing to do)" : event.verbs.join(", ")}`;
    case "streamStarted":
      return `stream    open: ${event.url}`;
    case "speaking":
      return "agent     speaks";
    case "quiet":
      return "agent     is quiet";
    case "clear": {
      const { playedMs, droppedMs } = event.report;
      return `clear     interrupted: ${seconds(playedMs)} were heard, ` +
        `${seconds(droppedMs)} never will be`;
    }
    case "streamClosed":
      return `stream    closed by ${event.end.by === "app" ? "the server" : "Twilio"}`;
    case "said":
      return `<Say>     "${event.text}"`;
    case "played":
      return event.digits === "" ? `<Play>    ${event.url}` : `digits    ${event.digits}`;
    case "dialed":
      return `<Dial>    ${event.targets.join(", ")}: ${event.outcome}`;
    case "redirected":
      return `<Redirect> ${event.url}`;
    case "gathered":
      return `<Gather>  ${event.speech ?? (event.digits === "" ? "no digits" : event.digits)}`;
    case "joined":
      return `<Conference> joins ${event.conference}`;
    case "left":
      return `<Conference> leaves ${event.conference}: ${event.reason}`;
    case "referred":
      return `<Refer>   ${event.target}: ${event.taken ? "taken" : "refused"}`;
    case "recorded":
      return `<Record>  ${event.seconds} s`;
    case "callee":
      return `far end   ${event.does}`;
    case "callback":
      return `callback  ${event.kind} -> ${event.status === 0 ? "no answer" : event.status}`;
    case "error":
      return `ERROR     ${event.error.code}: ${event.error.message}`;
    case "ended":
      return `ended     ${event.end.status}: ${event.end.reason}`;
    case "media":
    case "mark":
    case "echo":
      return undefined;
    default:
      return event satisfies never;
  }
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`;
}
