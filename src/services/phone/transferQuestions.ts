import { z } from "zod";
import { transferFailures, type TransferResult } from "../../call/transfer.ts";
import type { Log } from "../../utils/logger.ts";
import { present } from "../../utils/present.ts";
import type { ProcessHandover } from "../calls.ts";
import { type Cluster, InstanceTimeout } from "../cluster.ts";
import type { CallStore } from "../store.ts";
import { type PhoneAnswer, writeTwiml } from "../twilioOutbound.ts";
import type { PhoneCalls } from "./phoneCalls.ts";

export interface TransferQuestionsDeps {
  readonly calls: Pick<PhoneCalls, "transferred" | "has">;
  readonly callStore: Pick<CallStore, "bySid">;
  readonly cluster: Pick<Cluster, "instanceId" | "rpc">;
  readonly processHandover: Pick<ProcessHandover, "written">;
  readonly publicUrl: string;
  readonly log: Pick<Log, "warn">;
}

const KIND = "transferred";

const question = z.object({
  callSid: z.string(),
  number: z.number(),
  result: z.union([
    z.object({ kind: z.literal("failed"), why: z.enum(transferFailures) }),
    z.object({ kind: z.literal("talked"), spokeMs: z.number().optional() }),
  ]),
});

/** Absent where the session is not, or not any more, in the process that was asked. */
const reply = z.object({ twiml: z.string().max(20_000).optional() });

/**
 * Creates the function that answers Twilio's question how to go on after a transfer, in whichever process the
 * session waits. Also handles the requests of other processes from now on.
 */
export function createTransferQuestions(
  deps: TransferQuestionsDeps,
) {
  const { calls, callStore, cluster: { instanceId, rpc }, processHandover, publicUrl, log } = deps;
  rpc.handle(KIND, async (body) => {
    const { data } = question.safeParse(body);
    if (data === undefined || !calls.has(data.callSid)) return {};
    const answer = await calls.transferred(data.callSid, { ...data, result: resultOf(data) });
    // The caller's stream may come to any process, which goes on from what is stored.
    await processHandover.written();
    return { twiml: writeTwiml(answer, publicUrl) };
  });

  return async function transferred(
    callSid: string,
    outcome: { readonly number: number; readonly result: TransferResult },
  ): Promise<PhoneAnswer> {
    const twiml = rpc.isSingle || calls.has(callSid)
      ? undefined
      : await askOwner(callSid, outcome).catch((error) => {
        if (!(error instanceof InstanceTimeout)) {
          log.warn("End of a transfer not passed on", { error });
        }
        return undefined;
      });
    if (twiml !== undefined) return { do: "asWritten", twiml };
    return await calls.transferred(callSid, outcome);
  };

  /** Undefined where no other process has the session. */
  async function askOwner(callSid: string, outcome: object): Promise<string | undefined> {
    const call = await callStore.bySid(callSid);
    if (call === undefined || call.status === "ended" || call.instanceId === instanceId) {
      return undefined;
    }
    return reply.parse(await rpc.request(KIND, { callSid, ...outcome }, call.instanceId)).twiml;
  }
}

function resultOf({ result }: z.infer<typeof question>): TransferResult {
  if (result.kind === "failed") return result;
  return { kind: "talked", ...present({ spokeMs: result.spokeMs }) };
}
