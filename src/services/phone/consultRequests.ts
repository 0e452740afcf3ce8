import { z } from "zod";
import type { CallRegistry } from "../../call/registry.ts";
import type { Log } from "../../utils/logger.ts";
import type { Cluster } from "../cluster.ts";
import type { CallStore } from "../store.ts";
import { callStatuses, type PhoneAnswer, writeTwiml } from "../twilioOutbound.ts";
import type { Consults } from "./consults.ts";

export interface ConsultRequestsDeps {
  readonly consults: Consults;
  readonly registry: Pick<CallRegistry, "get">;
  readonly callStore: Pick<CallStore, "get">;
  readonly cluster: Pick<Cluster, "instanceId" | "rpc">;
  readonly publicUrl: string;
  readonly log: Pick<Log, "warn">;
}

const KIND = "consult";

const about = {
  callId: z.string(),
  /** Of the transfer, and of the target in its list. */
  number: z.number(),
  target: z.number(),
  /** Of the call to the person. */
  legSid: z.string(),
};

/** What Twilio asks, or tells, of a person who is asked to take a caller. */
const consultRequest = z.discriminatedUnion("what", [
  z.object({ ...about, what: z.literal("ask") }),
  z.object({
    ...about,
    what: z.literal("reply"),
    digits: z.string(),
    speech: z.string(),
    attempt: z.number(),
  }),
  z.object({ ...about, what: z.literal("left") }),
  z.object({ ...about, what: z.literal("status"), status: z.enum([...callStatuses, "machine"]) }),
  z.object({ ...about, what: z.literal("room"), step: z.string(), callSid: z.string() }),
]);

export type ConsultRequest = Readonly<z.infer<typeof consultRequest>>;

const reply = z.object({ twiml: z.string() });

/**
 * Creates the function that answers Twilio's requests about people who are asked to take a caller, in whichever process the
 * session is; with TwiML, empty where nothing was asked. Also handles the requests of other processes from now on.
 */
export function createConsultRequests(deps: ConsultRequestsDeps) {
  const { consults, registry, callStore, cluster: { instanceId, rpc }, publicUrl, log } = deps;
  rpc.handle(KIND, (body) => {
    const { data } = consultRequest.safeParse(body);
    return Promise.resolve(data === undefined ? undefined : { twiml: answerHere(data) });
  });

  return async function onConsult(request: ConsultRequest): Promise<string> {
    const { callId } = request;
    if (registry.get(callId) === undefined && !rpc.isSingle) {
      const other = await elsewhere(request).catch((error) => {
        log.warn("Request about a transfer not passed on", { callId, error });
      });
      if (other !== undefined) return other;
    }
    return answerHere(request);
  };

  async function elsewhere(request: ConsultRequest): Promise<string | undefined> {
    const call = await callStore.get(request.callId);
    if (call === undefined || call.status === "ended" || call.instanceId === instanceId) {
      return undefined;
    }
    const { data } = reply.safeParse(await rpc.request(KIND, request, call.instanceId));
    return data?.twiml;
  }

  function answerHere(request: ConsultRequest): string {
    const answer = phoneAnswer(request);
    return answer === undefined ? "" : writeTwiml(answer, publicUrl);
  }

  function phoneAnswer(request: ConsultRequest): PhoneAnswer | undefined {
    const session = registry.get(request.callId);
    const { callId, number, target, legSid } = request;
    const ref = { callId, number, target };
    switch (request.what) {
      case "ask":
        return consults.ask(ref, session, legSid);
      case "reply":
        return consults.reply(ref, session, legSid, request);
      case "left":
        return consults.left(session);
      case "status":
        return void consults.status(ref, session, legSid, request.status);
      case "room":
        return void consults.room(ref, session, request);
      default:
        return request satisfies never;
    }
  }
}
