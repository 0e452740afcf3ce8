import type { RecordedTransfer, TransferStep } from "../transferTypes.ts";
import type { Moment } from "./moment.ts";
import { transferText } from "./transferText.ts";
import { t } from "../text.ts";

type Ref = Pick<RecordedTransfer, "number" | "alias" | "mode">;

/** A step of a transfer. */
export function transferMoment(transfer: Ref, step: TransferStep, atMs: number): Moment {
  const target = step.step === "ringing" ? `:${step.target ?? 0}` : "";
  const id = `transfer:${transfer.number}:${step.step}${target}`;
  return { id, atMs, text: transferText(transfer, step) };
}

/** That the caller, who was away, talks with the agent again. */
export function backMoment({ number }: Pick<Ref, "number">, atMs: number): Moment {
  return { id: `transfer:${number}:back`, atMs, text: t("The caller is with the agent again.") };
}

/** Whether the agent had no caller in the transfer that is over. */
export function wasAway({ mode }: Pick<Ref, "mode">, step: TransferStep["step"]): boolean {
  return step === "ended" || step === "failed" && mode === "cold";
}

/** The steps of a recorded transfer; `since` has the time of the call, `wentOnAfter` whether the agent spoke. */
export function transferMoments(
  transfer: RecordedTransfer,
  since: (time: string) => number,
  wentOnAfter: (atMs: number) => boolean,
): readonly Moment[] {
  const moments: Moment[] = [];
  const add = (time: string | null, step: TransferStep) => {
    if (time !== null) moments.push(transferMoment(transfer, step, since(time)));
  };
  add(transfer.requestedAt, { step: "requested", by: transfer.by });
  add(transfer.ringingAt, { step: "ringing" });
  add(transfer.answeredAt, { step: "answered" });
  add(transfer.acceptedAt, { step: "accepted" });
  add(transfer.connectedAt, { step: "connected" });
  add(transfer.agentAbsentAt, { step: "agent_absent" });
  const { overAt, why, spokeMs } = transfer;
  if (overAt === null) return moments;
  add(overAt, why === null ? { step: "ended", spokeMs: spokeMs ?? 0 } : { step: "failed", why });
  const overMs = since(overAt);
  const step = why === null ? "ended" : "failed";
  if (wasAway(transfer, step) && wentOnAfter(overMs)) moments.push(backMoment(transfer, overMs));
  return moments;
}
