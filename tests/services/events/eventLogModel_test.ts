import assert from "node:assert/strict";
import fc from "fast-check";
import type { CallEvent } from "../../../src/call/callEvent.ts";
import { createEventLog } from "../../../src/services/events/eventLog.ts";
import type { EventSink } from "../../../src/services/events/eventHub.ts";
import { noPositions, readPositions } from "../../../src/services/events/eventPositions.ts";
import { charactersOf, FRAME_CHARACTERS } from "../../../src/services/events/eventSize.ts";
import { EagerLog, textOf } from "../../support/events/eagerLog.ts";

const AT = "1970-01-01T00:00:00.000Z";
const CALLS = ["call_a", "call_b", "call_c"];

const callId = fc.constantFrom(...CALLS);
const turn = fc.record({
  id: fc.constantFrom("item_1", "item_2"),
  text: fc.integer({ min: 0, max: 600 }).map((length) => "w".repeat(length)),
  final: fc.boolean(),
});
const notice: CallEvent = { type: "notice", code: "filler" };
const event = fc.oneof(
  { weight: 4, arbitrary: turn.map(toTurnEvent) },
  fc.constant<CallEvent>(notice),
  fc.constant<CallEvent>({ type: "started", direction: "web", agent: "desk" }),
  fc.constant<CallEvent>({ type: "ended", end: { reason: "idle" }, durationMs: 1 }),
  fc.string({ maxLength: 900, unit: "binary" }).map((text): CallEvent => ({
    ...{ type: "toolStarted", toolCallId: "tool_1", name: "look_up", arguments: text },
  })),
);
/** Mostly two other processes; sometimes more than are remembered. */
const origin = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom("there", "that") },
  { weight: 1, arbitrary: fc.nat(25).map((at) => `inst_${at}`) },
);
const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ does: fc.constant("happens"), callId, event }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant("skips") }) },
  {
    weight: 6,
    arbitrary: fc.record({
      does: fc.constant("hears"),
      origin,
      further: fc.integer({ min: -1, max: 3 }),
      callId: callId.map((id) => `${id}_there`),
      turn: fc.option(turn, { nil: undefined }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ does: fc.constant("advances"), origin, further: fc.nat(2) }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant("erases"), callId }) },
  {
    weight: 3,
    arbitrary: fc.record({
      does: fc.constant("reads"),
      back: fc.nat(20),
      wanted: fc.option(callId, { nil: undefined }),
      maxEvents: fc.constantFrom(1, 3, 500),
      maxCharacters: fc.constantFrom(1, 1000, 64_000),
      after: fc.nat(100),
    }),
  },
);

Deno.test("ids, texts and bounds are those of a log that makes every text as the event comes", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 30 }),
      fc.constantFrom(500, 3000, 1e6),
      fc.array(step, { maxLength: 80, size: "max" }),
      (maxEvents, maxCharacters, steps) => {
        let publish: EventSink = () => {};
        const hub = {
          subscribe(_: unknown, sink: EventSink) {
            publish = sink;
            return { queued: 0, missed: 0, close() {} };
          },
        };
        const log = createEventLog(hub, {
          origin: "here",
          keyOf: (callId) => callId === "call_a" ? "alice" : undefined,
          write: ({ data }, id) => textOf(id, data),
          maxEvents,
          maxCharacters,
        });
        const model = new EagerLog({ maxEvents, maxCharacters });
        const owners = new Set<string>();
        const ids = ["here-0"];
        let last = 0;

        function happens(callId: string, event: CallEvent): void {
          if (event.type === "started" && callId === "call_a") owners.add(callId);
          const keyName = owners.has(callId) ? { keyName: "alice" } : {};
          if (event.type === "ended") owners.delete(callId);
          publish({ id: ++last, callId, atMs: 0, event });
          const head = { origin: "here", sequence: last, callId, type: event.type, ...keyName };
          const data = JSON.stringify({ callId, at: AT, event });
          model.append(
            head,
            data,
            charactersOf(event),
            event.type === "turn" ? event.turn : undefined,
          );
        }

        for (const step of steps) {
          if ("event" in step) happens(step.callId, step.event);
          else if (step.does === "skips") last++;
          else if ("turn" in step) {
            const { origin, callId, further } = step;
            const sequence = Math.max(1, (model.reached(origin) ?? 4) + further);
            const event = step.turn === undefined ? notice : toTurnEvent(step.turn);
            const head = { origin, sequence, callId, type: event.type };
            const data = JSON.stringify({ callId, at: AT, event });
            log.appendRemote({ ...head, data });
            model.append(head, data, FRAME_CHARACTERS + data.length, step.turn);
          } else if ("origin" in step) {
            const sequence = (model.reached(step.origin) ?? 4) + step.further;
            log.advance(step.origin, sequence);
            model.advance(step.origin, sequence);
          } else if ("back" in step) {
            const { wanted, maxEvents, maxCharacters } = step;
            const after = readPositions(ids[step.after % ids.length]!) ?? noPositions;
            const options = {
              wanted: ({ callId }: { readonly callId: string }) => callId === (wanted ?? callId),
              after: step.after > 50 ? noPositions : after,
              maxEvents,
              maxCharacters,
            };
            const position = Math.max(0, log.end - step.back);
            assert.deepEqual(log.read(position, options), model.read(position, options));
          } else if ("callId" in step) {
            log.erase([step.callId]);
            model.erase([step.callId]);
          }
          assert.deepEqual([log.start, log.end], [model.start, model.places.length]);
          assert.equal(log.endId, model.endId);
          ids.push(model.endId);
        }
        for (const id of ids) {
          const { missed } = log.resume(id);
          assert.equal(missed, model.whyMissed(readPositions(id) ?? noPositions));
        }
        const all = { wanted: () => true, after: noPositions, maxEvents: 500, maxCharacters: 1e9 };
        assert.deepEqual(log.read(0, all), model.read(0, all));
        log.close();
      },
    ),
    { numRuns: 300 },
  );
});

function toTurnEvent(
  { id, text, final }: { readonly id: string; readonly text: string; readonly final: boolean },
): CallEvent {
  const rest = { role: "agent", position: 1, interrupted: false, by: "voice" } as const;
  return { type: "turn", turn: { id, text, final, ...rest, startedMs: 0 } };
}
