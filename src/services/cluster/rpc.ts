import { z } from "zod";
import type { InstanceBus } from "./bus.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";
import { present } from "../../utils/present.ts";

/** No other process has answered: what was asked for may be done, or not. */
export class InstanceSilent extends Error {
  override readonly name = "InstanceSilent";
  constructor(options?: ErrorOptions) {
    super(
      "Cannot tell whether it is done: the process that holds the call does not answer",
      options,
    );
  }
}

/** Asks other processes for what only they can do. */
export interface InstanceQuestions {
  /** Nobody else can be asked. */
  readonly isAlone: boolean;
  /** Gives the first answer of any process, or of the one named. Rejects with `InstanceSilent` soon. */
  ask(kind: string, body: unknown, of?: string): Promise<unknown>;
  /** Answers what others ask; who gives `undefined`, or rejects, leaves the answer to another process. */
  answer(kind: string, respond: (body: unknown) => unknown): void;
  close(): void;
}

export interface InstanceQuestionsDeps {
  readonly bus: Pick<InstanceBus, "instanceId" | "isShared" | "publish" | "subscribe">;
  readonly newId: () => string;
  readonly setTimer: Clock["setTimer"];
  readonly log: Pick<Log, "warn">;
  readonly answerWithinMs?: number;
}

const question = z.object({
  id: z.string(),
  kind: z.string(),
  of: z.string().optional(),
  body: z.unknown(),
});
type Question = z.infer<typeof question>;
const reply = z.object({ id: z.string(), of: z.string(), body: z.unknown() });

export function createInstanceQuestions(
  { bus, newId, setTimer, log, answerWithinMs = 3000 }: InstanceQuestionsDeps,
): InstanceQuestions {
  const { instanceId } = bus;
  const responders = new Map<string, (body: unknown) => unknown>();
  const asked = new Map<string, PromiseWithResolvers<unknown>>();

  const stopAnswering = bus.subscribe("question", (text, from) => {
    const { data } = question.safeParse(text);
    if (data === undefined || (data.of ?? instanceId) !== instanceId) return;
    answer(data, from).catch((error) => log.warn("Other instance not answered", { error }));
  });
  async function answer({ id, kind, body }: Question, of: string): Promise<void> {
    const answer = await responders.get(kind)?.(body);
    if (answer !== undefined) await bus.publish("answer", { id, of, body: answer });
  }
  const stopHearing = bus.subscribe("answer", (text) => {
    const { data } = reply.safeParse(text);
    if (data?.of === instanceId) asked.get(data.id)?.resolve(data.body);
  });

  return {
    isAlone: !bus.isShared,
    async ask(kind, body, of) {
      const id = newId();
      const answer = Promise.withResolvers<unknown>();
      asked.set(id, answer);
      const cancel = setTimer(() => answer.reject(new InstanceSilent()), answerWithinMs);
      bus.publish("question", { id, kind, body, ...present({ of }) })
        .catch((cause) => answer.reject(new InstanceSilent({ cause })));
      try {
        return await answer.promise;
      } finally {
        cancel();
        asked.delete(id);
      }
    },
    answer: (kind, respond) => void responders.set(kind, respond),
    close() {
      stopAnswering();
      stopHearing();
      for (const answer of asked.values()) answer.reject(new InstanceSilent());
    },
  };
}
