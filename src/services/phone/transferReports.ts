import { z } from "zod";
import type { Log } from "../../utils/logger.ts";
import { type Cluster, InstanceTimeout } from "../cluster.ts";
import type { CallStore } from "../store.ts";
import type { TransferReport, Transfers } from "./transfers.ts";

export interface TransferReportsDeps {
  readonly report: Transfers["report"];
  readonly callStore: Pick<CallStore, "get">;
  readonly cluster: Pick<Cluster, "instanceId" | "rpc">;
  readonly log: Pick<Log, "warn">;
}

const KIND = "transfer";

const reportSchema = z.object({
  callId: z.string(),
  number: z.number(),
  target: z.number(),
  legSid: z.string(),
  what: z.enum(["ringing", "answered", "machine", "person"]),
});

/**
 * Creates the function that applies what Twilio reports of transfers, in whichever process the session is.
 * Also handles the requests of other processes from now on.
 */
export function createTransferReports(
  { report, callStore, cluster: { instanceId, rpc }, log }: TransferReportsDeps,
) {
  rpc.handle(KIND, (body) => {
    const { data } = reportSchema.safeParse(body);
    return Promise.resolve({ ok: data !== undefined && report(data) });
  });

  return function onTransfer(reported: TransferReport): void {
    if (report(reported) || rpc.isSingle) return;
    forward(reported).catch((error) => {
      if (error instanceof InstanceTimeout) return;
      log.warn("Report of a transfer not passed on", { callId: reported.callId, error });
    });
  };

  async function forward(reported: TransferReport): Promise<void> {
    const call = await callStore.get(reported.callId);
    if (call === undefined || call.status === "ended" || call.instanceId === instanceId) return;
    await rpc.request(KIND, reported, call.instanceId);
  }
}
