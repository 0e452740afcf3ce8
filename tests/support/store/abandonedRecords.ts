import { openAbandonedCalls } from "../../../src/services/records/abandonedCalls.ts";
import type { CallRecord } from "../../../src/services/store.ts";
import { openStore } from "../../../src/services/store/store.ts";
import type { TwilioCall } from "../../../src/services/twilioOutbound/twilioCall.ts";
import { Inbox } from "../inbox.ts";

type Store = Awaited<ReturnType<typeof openStore>>;

type PullBack = (
  alone: { readonly store: Store },
  call: CallRecord,
) => ReturnType<NonNullable<Parameters<typeof openAbandonedCalls>[0]["pullBack"]>>;

/** A pull-back that succeeds each time. */
export function claiming(onAsked: () => void): PullBack {
  return async ({ store }, { id, instanceId }) => {
    onAsked();
    await store.instances.claimCall(id, { from: instanceId, to: "here" });
    return "opened";
  };
}

/** The only process of a database that has these calls. */
export async function openAlone(
  writes: Parameters<Store["calls"]["write"]>[0],
  { here = [], unwritten = [], asks = false, pullBack, twilio, beforeEnd }: {
    /** What Twilio says of every call. */
    readonly twilio?: TwilioCall;
    /** Whether other processes can be asked; none answers. */
    readonly asks?: boolean;
    /** Calls that have a session. */
    readonly here?: readonly string[];
    /** Calls that have ended here, which is not in their records yet. */
    readonly unwritten?: readonly string[];
    readonly pullBack?: PullBack;
    /** Runs before the end of a call that is to be ended is written. */
    readonly beforeEnd?: () => Promise<void>;
  },
) {
  const store = await openStore({ kind: "sqlite", path: ":memory:" }, { now: Date.now });
  await store.calls.write(writes);
  const looks = new Inbox<() => void>();
  const ended = new Inbox<string>();
  let passedMs = 0;
  async function content(callId: string) {
    await beforeEnd?.();
    return await store.calls.content(callId);
  }
  const abandonedCalls = openAbandonedCalls({
    store: { ...store, calls: { ...store.calls, content } },
    prices: { asOf: "", models: {}, text: {}, transcription: {} },
    completion: { enqueue: (id) => ended.add(id) },
    twilio: twilio && { fetch: () => Promise.resolve(twilio) },
    ...(pullBack !== undefined && { pullBack: (call) => pullBack({ store }, call) }),
    recorder: { holds: (callId) => unwritten.includes(callId) },
    settings: { limits: { callMs: 60 * 60_000 } },
    registry: {
      get: (callId) => here.includes(callId) ? {} : undefined,
      list: () => here.map((id) => ({ id })),
      byCallSid: () => undefined,
      endOf: () => undefined,
    },
    cluster: {
      instanceId: "here",
      rpc: { isSingle: !asks, request: () => Promise.reject(new Error("Alone")), handle() {} },
      living: (instanceIds) => Promise.resolve(instanceIds),
    },
    now: () => store.clock.now() + passedMs,
    setTimer(wake) {
      looks.add(wake);
      return () => {};
    },
    log: { info() {}, warn() {} },
  });
  return {
    store,
    ended,
    get announced(): readonly string[] {
      return ended.all;
    },
    /** Settles when it has looked for abandoned calls once more. */
    async look(): Promise<void> {
      const { length } = looks.all;
      if (length === 1) abandonedCalls.begin();
      else looks.all.at(-1)?.();
      await looks.when((all) => all.length > length);
    },
    streamEnded: abandonedCalls.streamEnded,
    endUnheld: abandonedCalls.endUnheld,
    unlessEnding: abandonedCalls.unlessEnding,
    pass: (ms: number): void => void (passedMs += ms),
    async [Symbol.asyncDispose]() {
      await abandonedCalls.close();
      await store.close();
    },
  };
}
