import { type TransferEvent, transferFailures, transferModes } from "../../../call/transfer.ts";
import { present } from "../../../utils/present.ts";
import { integerOrNull, toInteger, toStorable } from "../columns.ts";
import type { Row, Statement } from "../database.ts";
import { choiceOf, maybeChoice, maybeNumber, maybeText, numberOf, textOf } from "../row.ts";
import { type TransferRecord, transferStepNames } from "./transferRecord.ts";
import { insertOfCall } from "./callStatements.ts";

/** A step of a transfer, to be written. */
export type TransferWrite = TransferEvent & { readonly at: number; readonly agent?: string };

/** Reads a row of `transfers`. */
export function transferOf(row: Row): TransferRecord {
  return {
    number: numberOf(row, "number"),
    alias: textOf(row, "alias"),
    mode: choiceOf(row, "mode", transferModes),
    by: choiceOf(row, "asked_by", ["agent", "operator"]),
    step: choiceOf(row, "step", transferStepNames),
    requestedAt: numberOf(row, "requested_at"),
    ...present({
      agent: maybeText(row, "agent"),
      target: maybeNumber(row, "target"),
      ringingAt: maybeNumber(row, "ringing_at"),
      answeredAt: maybeNumber(row, "answered_at"),
      acceptedAt: maybeNumber(row, "accepted_at"),
      connectedAt: maybeNumber(row, "connected_at"),
      agentAbsentAt: maybeNumber(row, "agent_absent_at"),
      overAt: maybeNumber(row, "over_at"),
      why: maybeChoice(row, "why", transferFailures),
      spokeMs: maybeNumber(row, "spoke_ms"),
    }),
  };
}

/** Writes a step; one that comes twice, or after the end of the transfer, changes nothing. */
export function transferStatements(
  callId: string,
  { number, alias, mode, agent, at, ...step }: TransferWrite,
): readonly Statement[] {
  if (step.step === "requested") {
    return [insertOfCall("transfers", callId, {
      number,
      alias,
      mode,
      agent: agent ?? null,
      asked_by: step.by,
      step: step.step,
      requested_at: toInteger(at),
    }, "(call_id, number) DO NOTHING")];
  }
  const isOver = step.step === "failed" || step.step === "ended";
  const column = isOver ? "over_at" : `${step.step}_at`;
  const values = [
    callId,
    number,
    // Caller and person go on.
    step.step === "agent_absent" ? "connected" : step.step,
    toInteger(at),
    "target" in step ? toInteger(step.target) : null,
    step.step === "failed" ? step.why : null,
    step.step === "ended" ? integerOrNull(step.spokeMs) : null,
  ];
  return [{
    sql: `UPDATE transfers SET step = $3, ${column} = COALESCE(${column}, $4),
      target = COALESCE($5, target), why = $6, spoke_ms = $7
      WHERE call_id = $1 AND number = $2 AND over_at IS NULL`,
    values: values.map(toStorable),
  }];
}
