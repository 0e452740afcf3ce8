import { type Tool, ToolError } from "../tool.ts";

/** Returns date and time, in the agent's time zone or another. */
export const getCurrentTime: Tool = {
  name: "get_current_time",
  description: "Tells the current date and time.",
  parameters: {
    type: "object",
    properties: {
      time_zone: {
        type: "string",
        maxLength: 64,
        description: "IANA time zone, such as Europe/Berlin. Leave it out for the usual one.",
      },
    },
    additionalProperties: false,
  },
  run({ time_zone }, { now, timeZone = "UTC" }) {
    return { output: describeTime(now(), typeof time_zone === "string" ? time_zone : timeZone) };
  },
};

function describeTime(time: Date, timeZone: string) {
  const parts = partsOf(time, timeZone);
  const { year, month, day, hour, minute, second, weekday } = parts;
  return {
    iso: `${year}-${month}-${day}T${hour}:${minute}:${second}${offsetOf(parts.timeZoneName)}`,
    weekday,
    time_zone: timeZone,
    spoken: new Intl.DateTimeFormat("en-US", { dateStyle: "full", timeStyle: "short", timeZone })
      .format(time),
  };
}

function partsOf(time: Date, timeZone: string): Readonly<Record<string, string>> {
  const parts = formatIn(timeZone).formatToParts(time);
  return Object.fromEntries(parts.map(({ type, value }) => [type, value]));
}

function formatIn(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat("en-US", {
      timeZone,
      weekday: "long",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      hourCycle: "h23",
      timeZoneName: "longOffset",
    });
  } catch (cause) {
    const message = `Unknown time zone "${timeZone}": use an IANA name such as Europe/Berlin.`;
    throw new ToolError("unknown_time_zone", message, { cause });
  }
}

// `GMT+02:00`, or bare `GMT` for no offset.
function offsetOf(timeZoneName = "GMT"): string {
  return timeZoneName.replace("GMT", "") || "Z";
}
