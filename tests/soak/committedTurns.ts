import { z } from "zod";
import { EventReader } from "../support/eventReader.ts";
import { detail, type ProcessRig } from "../support/servers/processRig.ts";
import type { ServerProcess } from "../support/servers/serverProcess.ts";
import { until } from "../support/until.ts";

/** A turn about which nothing will change any more. */
export interface CommittedTurn {
  readonly callId: string;
  readonly turn: { readonly id: string; readonly text: string };
}

const finalTurn = z.object({
  callId: z.string(),
  event: z.object({
    type: z.literal("turn"),
    turn: z.object({ id: z.string(), text: z.string(), final: z.literal(true) }),
  }),
});

/** Follows what is said in all calls of a server, until it dies. */
export async function watchTurns(server: ServerProcess) {
  const reader = new EventReader(await server.get("/api/events"));
  const heard: (CommittedTurn & { readonly at: number })[] = [];
  const reading = read();

  async function read(): Promise<void> {
    for (;;) {
      // The stream breaks with its server.
      const event = await reader.next().catch(() => undefined);
      if (event === undefined) return;
      if (event.name !== "turn") continue;
      const { data } = finalTurn.safeParse(JSON.parse(event.data));
      if (data === undefined) continue;
      heard.push({ callId: data.callId, turn: data.event.turn, at: performance.now() });
    }
  }

  return {
    /** What was known to have been said at that time of `performance.now()`. */
    committedBy: (at: number): readonly CommittedTurn[] => heard.filter((turn) => turn.at <= at),
    async [Symbol.asyncDispose]() {
      await reader.close().catch(() => {});
      await reading;
    },
  };
}

/** How many of these turns the record does not hold as they were said. */
export async function countLost(rig: ProcessRig, said: readonly CommittedTurn[]): Promise<number> {
  let lost = 0;
  for (const callId of new Set(said.map((turn) => turn.callId))) {
    const { turns } = await until<{ readonly turns: readonly CommittedTurn["turn"][] }>(
      () => detail(rig.server, callId),
      ({ turns }) => turns !== undefined,
    );
    const kept = new Map(turns.map((turn) => [turn.id, turn.text]));
    lost += said.filter((each) =>
      each.callId === callId && kept.get(each.turn.id) !== each.turn.text
    )
      .length;
  }
  return lost;
}
