import { BoundedMap } from "../../utils/boundedMap.ts";

/** A message from one process to all others. */
export interface BusMessage {
  readonly from: string;
  readonly topic: string;
  readonly body: unknown;
}

/** Postgres takes no payload of 8000 bytes or more. */
const MAX_PART = 7800;
const MAX_MESSAGE = 2_000_000;

/**
 * Splits a message into payloads that Postgres takes. All of it is ASCII, so that a character is a byte
 * and may be cut anywhere. `number` distinguishes the messages of a process.
 */
export function splitMessage({ from, topic, body }: BusMessage, number: number): readonly string[] {
  const text = JSON.stringify([topic, body]).replace(/[^\x20-\x7e]/g, escaped);
  if (text.length > MAX_MESSAGE) {
    throw new Error("Cannot publish to other processes: the message is too long");
  }
  const header = `${from} ${number} `;
  const partLength = MAX_PART - header.length - 20;
  const count = Math.ceil(text.length / partLength);
  return Array.from(
    { length: count },
    (_, at) => `${header}${at}/${count} ${text.slice(at * partLength, (at + 1) * partLength)}`,
  );
}

/** The process that a payload comes from. */
export function senderOf(payload: string): string {
  return payload.slice(0, Math.max(0, payload.indexOf(" ")));
}

/** Creates the function that joins payloads again; it returns the message with the last of its parts. */
export function createAssembler(): (payload: string) => BusMessage | undefined {
  const begun = new BoundedMap<string, { readonly number: string; readonly parts: string[] }>(
    MAX_SENDERS,
  );

  return function assemble(payload) {
    const [header = "", from = "", number = "", at, count] =
      /^(\S+) (\d+) (\d+)\/(\d+) /.exec(payload) ?? [];
    if (header === "") return undefined;
    const part = payload.slice(header.length);
    if (count === "1") return readMessage(from, part);
    // The parts of two messages of one process never interleave.
    const known = begun.get(from);
    const { parts } = known?.number === number ? known : { parts: [] };
    parts[Number(at)] = part;
    // `Object.keys` leaves out holes, which `length` counts.
    if (Object.keys(parts).length === Number(count)) {
      begun.delete(from);
      return readMessage(from, parts.join(""));
    }
    begun.set(from, { number, parts });
    return undefined;
  };
}

const MAX_SENDERS = 100;

function readMessage(from: string, text: string): BusMessage | undefined {
  try {
    const message: unknown = JSON.parse(text);
    if (!Array.isArray(message)) return undefined;
    const [topic, body]: readonly unknown[] = message;
    return typeof topic === "string" ? { from, topic, body } : undefined;
  } catch {
    return undefined;
  }
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
