import { z } from "zod";
import { present } from "../../../utils/present.ts";
import type { BatchItem } from "../../store.ts";
import { type CallRefusal, type CheckedCall, normalConsent } from "./callChecks.ts";

/** A line of a request of which no call is made. */
export interface RefusedLine {
  /** Its place in the request, from 0. */
  readonly index: number;
  /** In the table that it comes from, from 1. */
  readonly line?: number | undefined;
  readonly refusal: CallRefusal;
}

const refusal = z.object({
  kind: z.enum(["duplicate", "number", "destination", "item", "line"]),
  code: z.string(),
  sentence: z.string(),
  column: z.string().optional(),
  destination: z.object({ kind: z.enum(["invalid", "forbidden"]), code: z.string() }).optional(),
});

const lineDetails = z.object({
  refused: refusal.optional(),
  line: z.number().int().optional(),
});

/** What the store keeps of a line beside number and variables; undefined where there is nothing. */
export function detailsOf(checked: CheckedCall): unknown {
  const { call: { agent, language, consent, line } } = checked;
  // The erasure of a number knows refusals by their first name: they say nothing of a person.
  const details = checked.ok
    ? present({ agent, language, consent: consent && normalConsent(consent), line })
    : present({ refused: keptRefusal(checked.refusal), line });
  return Object.keys(details).length === 0 ? undefined : details;
}

function keptRefusal({ kind, code, sentence, column, destination }: CallRefusal): CallRefusal {
  return {
    ...{ kind, code, sentence, ...present({ column }) },
    ...(destination !== undefined && {
      destination: { kind: destination.kind, code: destination.code },
    }),
  };
}

/** The line of its table that an item comes from, and why it was refused when its batch was sent. */
export function readDetails({ details }: Pick<BatchItem, "details">): {
  readonly line?: number | undefined;
  readonly refused?: CallRefusal | undefined;
} {
  return lineDetails.safeParse(details).data ?? {};
}

/** Undefined for an item that was accepted, whatever became of it. */
export function refusedLineOf(item: BatchItem): RefusedLine | undefined {
  const { line, refused } = readDetails(item);
  return refused && { index: item.item, ...present({ line }), refusal: refused };
}
