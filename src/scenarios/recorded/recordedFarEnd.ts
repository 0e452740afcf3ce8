import type { RecordedCall, RecordedTurn } from "../callEvidence.ts";

/**
 * What is at the number of a call that the server placed, in the form of a scenario's file: the caller of the
 * scenario, a machine with the same greeting, or a line that says the same at the same time, whatever it is told.
 */
export function recordedFarEnd(call: RecordedCall): unknown {
  const { turns, answeredBy, answeredMs = 0 } = call;
  if (isWithPerson(call)) return "human";
  if (answeredBy === "fax") return "fax";
  const said = turns.filter(({ role, by = "voice", text }) =>
    role === "caller" && by === "voice" && isKnown(text)
  );
  const greeting = said.map(({ text }) => text.slice(0, 2000));
  if (answeredBy === "machine") {
    return greeting.length === 0 ? "machine" : { callee: { kind: "machine", greeting } };
  }
  return { callee: { kind: "steps", steps: [...timed(said, answeredMs), { stay: true }] } };
}

/** Whether words are known: the built-in engine says only how long somebody spoke. */
export function isKnown(text: string): boolean {
  return !/^\(\d+(\.\d+)? seconds of speech\)$/.test(text);
}

/** Whether it was a person with whom the agent talked. */
export function isWithPerson({ answeredBy = "unknown" }: RecordedCall): boolean {
  return answeredBy === "human" || answeredBy === "unknown";
}

function timed(said: readonly RecordedTurn[], fromMs: number): readonly unknown[] {
  let atMs = fromMs;
  return said.slice(0, 200).flatMap(({ text, startedMs, endedMs = startedMs }) => {
    const silenceMs = Math.max(0, Math.min(600_000, Math.round(startedMs - atMs)));
    atMs = endedMs;
    return [{ silenceMs }, text.slice(0, 2000)];
  });
}
