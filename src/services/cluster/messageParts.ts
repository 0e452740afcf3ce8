import { BoundedMap } from "../../utils/boundedMap.ts";

/** What one process tells the others. */
export interface BusMessage {
  readonly from: string;
  readonly topic: string;
  readonly body: unknown;
}

/** Postgres takes no payload of 8000 bytes or more. */
const MAX_PART = 7800;
const MAX_MESSAGE = 2_000_000;

/**
 * Writes a message as payloads that each fit. All of it is ASCII, so that a character is a byte and
 * may be cut anywhere. `number` tells the messages of a process apart.
 */
export function splitMessage({ from, topic, body }: BusMessage, number: number): readonly string[] {
  const text = JSON.stringify([topic, body]).replace(/[^\x20-\x7e]/g, escaped);
  if (text.length > MAX_MESSAGE) throw new Error("Cannot tell other processes: it is too long");
  const header = `${from} ${number} `;
  const room = MAX_PART - header.length - 20;
  const count = Math.ceil(text.length / room);
  return Array.from(
    { length: count },
    (_, at) => `${header}${at}/${count} ${text.slice(at * room, (at + 1) * room)}`,
  );
}

/** Who a payload comes from. */
export function senderOf(payload: string): string {
  return payload.slice(0, Math.max(0, payload.indexOf(" ")));
}

/** Creates the function that joins payloads again: the message, with the last of its parts. */
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
    // Of one process, the parts of two messages never come mixed.
    const known = begun.get(from);
    const { parts } = known?.number === number ? known : { parts: [] };
    parts[Number(at)] = part;
    // Counted this way, holes do not count.
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
