import { z } from "zod";
import { nameAmong } from "../../../config/template.ts";
import { present } from "../../../utils/present.ts";
import type { BatchHead, BatchItem } from "../../store.ts";
import { type OutboundJob, outboundJob, retryCallId } from "../outboundJob.ts";

/** What all calls of a batch have in common. */
const batchRequest = outboundJob.pick({
  agent: true,
  from: true,
  context: true,
  variables: true,
  machineDetection: true,
  language: true,
  consent: true,
});

export type BatchRequest = Readonly<z.infer<typeof batchRequest>>;

const itemVariables = z.record(z.string(), z.string());

/** What differs from the batch's request; a line of a table is no matter of its call. */
const itemDetails = outboundJob.pick({ agent: true, language: true, consent: true }).partial();

/** The job of an item, undefined where it is malformed; its call ids are the same in every process, so that each is queued once. */
export function batchJob(
  { id, keyName, request }: BatchHead,
  { item, number, variables, details, attempts = 0 }: BatchItem,
  now: number,
): OutboundJob | undefined {
  const common = batchRequest.safeParse(request).data;
  const own = variables === undefined ? {} : itemVariables.safeParse(variables).data;
  const differing = details === undefined ? {} : itemDetails.safeParse(details).data;
  if (common === undefined || own === undefined || differing === undefined || number === "") {
    return undefined;
  }
  const callId = `call_${id.replace(/^batch_/, "")}n${item}`;
  return {
    ...common,
    ...present(differing),
    agent: differing.agent ?? common.agent,
    callId: attempts === 0 ? callId : retryCallId({ callId, attempt: attempts }),
    ...(attempts > 0 && { retryOf: callId }),
    to: number,
    keyName: keyName ?? "",
    variables: mergedVariables(common.variables, own),
    attempt: attempts + 1,
    batch: { id, item },
    requestedAt: now,
  };
}

/** Those of a call count before those of its batch, also where only the case of letters differs. */
function mergedVariables(
  common: Readonly<Record<string, string>> = {},
  own: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const names = Object.keys(own);
  const others = Object.entries(common).filter(([name]) => nameAmong(names, name) === undefined);
  return { ...Object.fromEntries(others), ...own };
}
