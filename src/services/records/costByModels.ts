import { costOf, type Prices } from "../spending.ts";
import { type CallCost, type CallUsage, type HandoffRecord, noUsage } from "../store.ts";

type BillableCall = Parameters<typeof costOf>[0];

/** What a call costs whose agents may have had different models: each is charged for what it has used. */
export function costByModels(
  { usage, model, transcriptionModel, phone, handoffs }: BillableCall & {
    readonly handoffs: readonly HandoffRecord[];
  },
  prices: Prices,
): CallCost {
  const spans: BillableCall[] = [];
  let span: Pick<BillableCall, "model" | "transcriptionModel"> = { model, transcriptionModel };
  let before = noUsage;
  for (const handoff of handoffs) {
    spans.push({ ...span, usage: difference(handoff.usageBefore, before) });
    before = handoff.usageBefore;
    span = { model: handoff.model, transcriptionModel: handoff.transcriptionModel };
  }
  const last = { ...span, usage: difference(usage, before), ...(phone && { phone }) };
  return spans.map((each) => costOf(each, prices)).reduceRight(sum, costOf(last, prices));
}

function sum(one: CallCost, other: CallCost): CallCost {
  const add = (a: number | null, b: number | null) =>
    a === null || b === null ? null : Math.round((a + b) * 1e6) / 1e6;
  return {
    ...one,
    usd: add(one.usd, other.usd),
    parts: {
      text: add(one.parts.text, other.parts.text),
      audio: add(one.parts.audio, other.parts.audio),
      transcription: add(one.parts.transcription, other.parts.transcription),
      telephony: one.parts.telephony,
    },
  };
}

/** What a response reports after the handoff that it was begun before may be charged by the next model. */
function difference(after: CallUsage, before: CallUsage): CallUsage {
  const usage = { ...noUsage };
  for (const member of Object.keys(usage) as (keyof CallUsage)[]) {
    usage[member] = Math.max(0, after[member] - before[member]);
  }
  return usage;
}
