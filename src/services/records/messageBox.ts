import type { Message, MessageStore } from "../store.ts";
import type { Log } from "../../utils/logger.ts";

export interface MessageBoxDeps {
  readonly messages: Pick<MessageStore, "add">;
  readonly log: Pick<Log, "warn">;
}

/** Where what callers leave is put: voicemails, and notes that an agent takes down. */
export type MessageBox = ReturnType<typeof createMessageBox>;

/** Creates the box; those who announce messages register with `onTaken`. */
export function createMessageBox({ messages, log }: MessageBoxDeps) {
  const listeners: ((message: Message) => Promise<void>)[] = [];
  return {
    /**
     * Keeps a message, durable when the promise settles. False for one that is there already, or whose
     * call is erased. Rejects where the store fails; one that cannot be announced is kept all the same.
     */
    async take(message: Message): Promise<boolean> {
      if (!await messages.add(message)) return false;
      for (const listener of listeners) {
        await listener(message).catch((error) =>
          log.warn("Message not announced", { callId: message.callId, error })
        );
      }
      return true;
    },
    onTaken: (listener: (message: Message) => Promise<void>): void => void listeners.push(listener),
  };
}

/** A message as the API and webhooks show it: all members are present, null where unknown. */
export function viewMessage({ id, callId, agent, from, at, kind, text, ...rest }: Message) {
  const { recording, doneAt } = rest;
  return {
    id,
    callId,
    agent,
    from: from ?? null,
    at: new Date(at).toISOString(),
    kind,
    text: text ?? null,
    recording: recording === undefined ? null : { ...recording },
    doneAt: doneAt === undefined ? null : new Date(doneAt).toISOString(),
  };
}
