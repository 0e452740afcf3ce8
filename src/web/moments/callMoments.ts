import type { AgentTitles, CallDetail } from "../apiTypes.ts";
import { beganAt } from "./beganAt.ts";
import { handoffMoment, holdMoment, menuMoment } from "./courseMoments.ts";
import { listeningMoment } from "./listeningMoment.ts";
import type { Moment } from "./moment.ts";
import { optOutMoment } from "./optOutMoment.ts";
import { pickupMoment } from "./pickupMoment.ts";
import { recordingMoments } from "./recordingMoments.ts";
import { transferMoments } from "./transferMoments.ts";

/** What has happened in a call besides its lines and tools, by its record, in order. */
export function callMoments(call: CallDetail, titles: AgentTitles): readonly Moment[] {
  const { pickups, optOut, recording, transfers, handoffs, phoneMenu, turns, listeners } = call;
  const began = beganAt(call);
  const since = (time: string) => Math.max(0, Date.parse(time) - began);
  const spokeAfter = (atMs: number) =>
    turns.some(({ role, startedMs }) => role === "agent" && startedMs >= atMs);
  return [
    ...pickups.map(pickupMoment),
    ...(recording === null ? [] : recordingMoments(recording)),
    ...handoffs.map(({ to, atMs }) => handoffMoment(titles.get(to) ?? to, atMs)),
    ...(phoneMenu?.steps ?? []).flatMap(({ keys, atMs }, at) =>
      keys === null ? [] : [menuMoment(at + 1, keys, atMs)]
    ),
    ...(phoneMenu?.holds ?? []).flatMap(({ fromMs, toMs }) => [
      holdMoment(true, fromMs),
      ...(toMs === null ? [] : [holdMoment(false, toMs)]),
    ]),
    ...transfers.flatMap((transfer) => transferMoments(transfer, since, spokeAfter)),
    ...listeners.flatMap(({ id, key, fromMs, toMs }) => [
      listeningMoment({ id, key, isOn: true, atMs: fromMs }),
      ...(toMs === null ? [] : [listeningMoment({ id, key, isOn: false, atMs: toMs })]),
    ]),
    ...(optOut === null ? [] : [optOutMoment(optOut, optOut.atMs)]),
  ].sort((a, b) => a.atMs - b.atMs);
}
