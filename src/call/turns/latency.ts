import type { CommandBuffer } from "../machine/commandBuffer.ts";
import type { Milliseconds } from "../types.ts";

interface Reply {
  readonly stoppedAt: Milliseconds;
  readonly startedAt?: Milliseconds;
  readonly audioAt?: Milliseconds;
  readonly itemId?: string;
}

/** Times each reply from the caller's last sound to the agent's first. */
export class Latency {
  readonly #commands: CommandBuffer;
  #reply: Reply | undefined;

  constructor(commands: CommandBuffer) {
    this.#commands = commands;
  }

  callerStopped(now: Milliseconds): void {
    this.#reply = { stoppedAt: now };
  }

  /** The caller goes on, or was interrupted by something else: there is no reply to time. */
  abandon(): void {
    this.#reply = undefined;
  }

  responseStarted(now: Milliseconds): void {
    if (this.#reply === undefined || this.#reply.startedAt !== undefined) return;
    this.#reply = { ...this.#reply, startedAt: now };
  }

  /** The first audio; it leaves for the leg in the same moment. */
  audio(itemId: string, now: Milliseconds): void {
    const reply = this.#reply;
    if (reply?.startedAt === undefined || reply.audioAt !== undefined) return;
    this.#reply = { ...reply, audioAt: now, itemId };
  }

  /** The leg has reported for the first time that some of the item was played. */
  heard(itemId: string, now: Milliseconds): void {
    const { stoppedAt, startedAt, audioAt, itemId: timed } = this.#reply ?? {};
    if (stoppedAt === undefined || startedAt === undefined || audioAt === undefined) return;
    if (timed !== itemId) return;
    this.#reply = undefined;
    this.#commands.publish({
      type: "latency",
      itemId,
      latency: {
        responseMs: Math.round(startedAt - stoppedAt),
        firstAudioMs: Math.round(audioAt - startedAt),
        firstHeardMs: Math.round(now - audioAt),
        totalMs: Math.round(now - stoppedAt),
      },
    });
  }
}
