import { clientsOf, Connections, DatabaseSilent, listenTo } from "../store.ts";
import type { InstanceBus, InstanceBusOptions } from "./bus.ts";
import { type BusMessage, createAssembler, senderOf, splitMessage } from "./messageParts.ts";

const CHANNEL = "parley";
const NOTIFY = "SELECT pg_notify($1, part) FROM json_array_elements_text($2::text::json) AS part";
const ANSWER_MS = 4000;
/** Whoever tells others hears it too: if not after so long, the connection is taken for dead. */
const ECHO_MS = 5000;
const MAX_ECHO_MS = 60_000;
const CLOSE_GRACE_MS = 1000;

/**
 * Carries messages by LISTEN and NOTIFY, over two connections of its own, so that a busy store delays
 * nothing. One that breaks is made again; a call depends on none of it.
 */
export async function openPostgresBus(
  url: string,
  { instanceId, log, echoMs = ECHO_MS }: InstanceBusOptions & { readonly echoMs?: number },
): Promise<InstanceBus> {
  const topics = new Map<string, Set<(body: unknown, from: string) => void>>();
  const gapListeners = new Set<() => void>();
  const firstListening = Promise.withResolvers<void>();
  const assemble = createAssembler();
  let closed = false;
  let number = 0;
  let isListening = false;
  let hasListened = false;
  let hasFailed = false;
  let silences = 0;
  let echoTimer: ReturnType<typeof setTimeout> | undefined;
  const Client = clientsOf(url, { name: "parley-bus", statementLimitMs: ANSWER_MS });
  const teller = new Connections(Client, { most: 1, patienceMs: ANSWER_MS });
  const listener = listenTo(CHANNEL, Client, { heard: take, began: beginListening, failed: fail });

  // Without a database that can be listened to, the server starts all the same.
  const patience = setTimeout(firstListening.resolve, ANSWER_MS);
  await firstListening.promise;
  clearTimeout(patience);

  function beginListening(): void {
    isListening = true;
    hasFailed = false;
    firstListening.resolve();
    if (hasListened) { for (const tell of gapListeners) attempt(tell); }
    hasListened = true;
  }

  function fail(error: unknown): void {
    isListening = false;
    stopAwaitingEcho();
    if (!hasFailed) log.warn("Other instances not heard yet", { error });
    hasFailed = true;
  }

  function take(payload: string): void {
    if (senderOf(payload) === instanceId) return hearEcho();
    const message = assemble(payload);
    if (message === undefined) return;
    for (const listener of topics.get(message.topic) ?? []) {
      attempt(() => listener(message.body, message.from));
    }
  }

  function attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      log.warn("Message of another instance not taken in", { error });
    }
  }

  function awaitEcho(): void {
    if (closed || !isListening) return;
    echoTimer ??= setTimeout(reconnect, Math.min(MAX_ECHO_MS, echoMs * 2 ** silences));
  }

  function hearEcho(): void {
    silences = 0;
    stopAwaitingEcho();
  }

  function stopAwaitingEcho(): void {
    clearTimeout(echoTimer);
    echoTimer = undefined;
  }

  function reconnect(): void {
    echoTimer = undefined;
    silences++;
    log.warn("Instances do not hear each other", { silences });
    listener.renew();
  }

  async function publish(message: BusMessage): Promise<void> {
    const parts = splitMessage(message, ++number);
    awaitEcho();
    try {
      await teller.use((client) => client.query(NOTIFY, [CHANNEL, JSON.stringify(parts)]));
    } catch (error) {
      // What was refused is heard by nobody.
      if (!(error instanceof DatabaseSilent)) stopAwaitingEcho();
      throw error;
    }
  }

  return {
    instanceId,
    isShared: true,
    publish: (topic, body) => publish({ from: instanceId, topic, body }),
    subscribe(topic, listener) {
      const listeners = topics.get(topic) ?? new Set();
      topics.set(topic, listeners.add(listener));
      return () => void listeners.delete(listener);
    },
    onGap(listener) {
      gapListeners.add(listener);
      return () => void gapListeners.delete(listener);
    },
    async close() {
      if (closed) return;
      closed = true;
      stopAwaitingEcho();
      topics.clear();
      gapListeners.clear();
      await Promise.all([listener.close(), teller.close(CLOSE_GRACE_MS)]);
    },
  };
}
