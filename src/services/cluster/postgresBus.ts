import { deadline } from "../../utils/deadline.ts";
import { loadPostgres } from "../store.ts";
import type { InstanceBus, InstanceBusOptions } from "./bus.ts";
import { type BusMessage, createAssembler, senderOf, splitMessage } from "./messageParts.ts";

const CHANNEL = "parley";
const NOTIFY = "SELECT pg_notify($1, part) FROM json_array_elements_text($2::text::json) AS part";
const ANSWER_MS = 4000;
/** A process receives its own messages: if not after so long, its connection is taken for dead. */
const ECHO_MS = 5000;
const MAX_ECHO_MS = 60_000;
const CLOSE_GRACE_MS = 1000;

/**
 * Carries messages by LISTEN and NOTIFY over two connections of its own, so that a busy store does not
 * delay them. A broken connection is opened again; no call depends on it.
 */
export async function openPostgresBus(
  url: string,
  { instanceId, log }: InstanceBusOptions,
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
  let missedEchoes = 0;
  let echoTimer: ReturnType<typeof setTimeout> | undefined;
  const { createClientClass, Connections, DatabaseTimeout, listenTo } = await loadPostgres();
  const Client = createClientClass(url, { name: "parley-bus", statementLimitMs: ANSWER_MS });
  const sender = new Connections(Client, { most: 1, timeoutMs: ANSWER_MS });
  const listener = listenTo(CHANNEL, Client, { onMessage, onListening, onFailure });

  // A database that cannot be listened to does not keep the server from starting.
  await deadline(firstListening.promise, ANSWER_MS).catch(() => {});

  function onListening(): void {
    isListening = true;
    hasFailed = false;
    firstListening.resolve();
    if (hasListened) { for (const listener of gapListeners) attempt(listener); }
    hasListened = true;
  }

  function onFailure(error: unknown): void {
    isListening = false;
    stopAwaitingEcho();
    if (!hasFailed) log.warn("Bus not connected yet", { error });
    hasFailed = true;
  }

  function onMessage(payload: string): void {
    if (senderOf(payload) === instanceId) return onEcho();
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
      log.warn("Bus message not handled", { error });
    }
  }

  function awaitEcho(): void {
    if (closed || !isListening) return;
    echoTimer ??= setTimeout(reconnect, Math.min(MAX_ECHO_MS, ECHO_MS * 2 ** missedEchoes));
  }

  function onEcho(): void {
    missedEchoes = 0;
    stopAwaitingEcho();
  }

  function stopAwaitingEcho(): void {
    clearTimeout(echoTimer);
    echoTimer = undefined;
  }

  function reconnect(): void {
    echoTimer = undefined;
    missedEchoes++;
    log.warn("Bus echo missing", { silences: missedEchoes });
    listener.reconnect();
  }

  async function publish(message: BusMessage): Promise<void> {
    const parts = splitMessage(message, ++number);
    awaitEcho();
    try {
      await sender.use((client) => client.query(NOTIFY, [CHANNEL, JSON.stringify(parts)]));
    } catch (error) {
      // What the database refused has no echo.
      if (!(error instanceof DatabaseTimeout)) stopAwaitingEcho();
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
      await Promise.all([listener.close(), sender.close(CLOSE_GRACE_MS)]);
    },
  };
}
