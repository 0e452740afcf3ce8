import { z } from "zod";
import type { Clock } from "../../utils/clock.ts";
import { newId } from "../../utils/ids.ts";
import type { Log } from "../../utils/logger.ts";
import { present } from "../../utils/present.ts";
import type { InstanceBus } from "./bus.ts";

/** No other process has answered: whether the request was carried out is not known. */
export class InstanceTimeout extends Error {
  override readonly name = "InstanceTimeout";
  constructor(options?: ErrorOptions) {
    super(
      "Cannot tell whether it is done: the process that holds the call does not answer",
      options,
    );
  }
}

export interface InstanceRpcDeps {
  readonly bus: Pick<InstanceBus, "instanceId" | "isShared" | "publish" | "subscribe">;
  readonly setTimer: Clock["setTimer"];
  readonly log: Pick<Log, "warn">;
}

/** `of` is the process that is to answer; in a reply, the one that asked. */
const requestMessage = z.object({
  id: z.string(),
  kind: z.string(),
  of: z.string().optional(),
  body: z.unknown(),
});
const replyMessage = z.object({ id: z.string(), of: z.string(), body: z.unknown() });

const TIMEOUT_MS = 3000;
const REQUEST_TOPIC = "question";
const REPLY_TOPIC = "answer";

/** Request and reply between the processes that share a database. */
export type InstanceRpc = ReturnType<typeof createInstanceRpc>;

/** Creates request and reply over the bus. */
export function createInstanceRpc({ bus, setTimer, log }: InstanceRpcDeps) {
  const { instanceId } = bus;
  const handlers = new Map<string, (body: unknown) => unknown>();
  const pending = new Map<string, PromiseWithResolvers<unknown>>();

  const unsubscribe = [
    bus.subscribe(REQUEST_TOPIC, (message, from) => {
      const { data } = requestMessage.safeParse(message);
      if (data === undefined || (data.of ?? instanceId) !== instanceId) return;
      reply(data, from).catch((error) => log.warn("Other instance not answered", { error }));
    }),
    bus.subscribe(REPLY_TOPIC, (message) => {
      const { data } = replyMessage.safeParse(message);
      if (data?.of === instanceId) pending.get(data.id)?.resolve(data.body);
    }),
  ];

  async function reply({ id, kind, body }: z.infer<typeof requestMessage>, of: string) {
    const result = await handlers.get(kind)?.(body);
    if (result !== undefined) await bus.publish(REPLY_TOPIC, { id, of, body: result });
  }

  return {
    /** No other process can be reached. */
    isSingle: !bus.isShared,
    /**
     * Resolves with the first reply of any process, or of the one named. Rejects with `InstanceTimeout`
     * after a few seconds.
     */
    async request(kind: string, body: unknown, of?: string): Promise<unknown> {
      const id = newId("ask");
      const result = Promise.withResolvers<unknown>();
      pending.set(id, result);
      const cancel = setTimer(() => result.reject(new InstanceTimeout()), TIMEOUT_MS);
      bus.publish(REQUEST_TOPIC, { id, kind, body, ...present({ of }) })
        .catch((cause) => result.reject(new InstanceTimeout({ cause })));
      try {
        return await result.promise;
      } finally {
        cancel();
        pending.delete(id);
      }
    },
    /** Registers what replies here; `undefined` or a rejection leaves the reply to another process. */
    handle: (kind: string, handler: (body: unknown) => unknown): void =>
      void handlers.set(kind, handler),
    close(): void {
      for (const stop of unsubscribe) stop();
      for (const result of pending.values()) result.reject(new InstanceTimeout());
    },
  };
}
