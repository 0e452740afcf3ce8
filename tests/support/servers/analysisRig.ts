import {
  type ChatServer,
  type ChatServerOptions,
  startChatServer,
} from "../../../src/sim/chat/chatServer.ts";
import { Inbox } from "../inbox.ts";
import { hangUp } from "../twilio/hangUp.ts";
import { get } from "../twilio/dialling.ts";
import { until } from "../until.ts";
import { type PhoneRig, startPhoneRig } from "./phoneRig.ts";

// deno-lint-ignore no-explicit-any
type Json = any;

/** A webhook as it came in. */
export interface Told {
  readonly id: string | null;
  readonly type: string;
  readonly data: Json;
}

/** A server with a phone, a model, an endpoint for analyses and the operator's inbox. */
export interface AnalysisRig extends PhoneRig {
  readonly chat: ChatServer;
  readonly inbox: Inbox<Told>;
  /** A call in which the caller says these lines, one after another; resolves with its id when it is over. */
  talk(...lines: readonly string[]): Promise<string>;
  /** The webhook of one run. */
  analyzed(callId: string, run?: number): Promise<Told>;
  record(callId: string): Promise<Json>;
}

export interface AnalysisRigOptions {
  /** Lines of the agent's front matter. */
  readonly agent?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly chat?: ChatServerOptions;
}

export const TOPICS = `analysis:
  fields:
    topic: { type: string, enum: [booking, complaint], description: What it is about }
    guests: { type: integer, description: How many people }
    name: { description: The name of the caller, required: true }
  success:
    booked: The caller wanted a table booking`;

export async function startAnalysisRig(
  { agent = TOPICS, env = {}, chat: options = {} }: AnalysisRigOptions = {},
): Promise<AnalysisRig> {
  const chat = startChatServer(options);
  const receiver = startReceiver();
  const rig = await startPhoneRig({
    agent,
    env: {
      ANALYSIS_MODEL: "gpt-5-mini",
      ANALYSIS_URL: chat.url,
      WEBHOOK_URL: receiver.url,
      WEBHOOK_SECRET: `whsec_${new Uint8Array(32).toBase64()}`,
      ...env,
    },
    model: { speed: 50 },
  });
  const { server, events } = rig;
  return {
    ...rig,
    chat,
    inbox: receiver.inbox,
    async talk(...lines) {
      const { callId, phone } = await rig.ring();
      for (const text of lines) {
        const act = await server.post(`/api/calls/${callId}/actions`, { type: "text", text });
        if (act.status !== 202) throw new Error(`Cannot talk: ${await act.text()}`);
        await act.body?.cancel();
        await events.find((published) =>
          published.callId === callId && published.event.type === "turn" &&
          published.event.turn.role === "agent" && published.event.turn.text.includes(text) &&
          published.event.turn.final
        );
      }
      await hangUp(phone);
      await until(() => get(server, `/api/calls/${callId}`), ({ status }) => status === "ended");
      return callId;
    },
    analyzed: (callId, run = 1) =>
      receiver.inbox.find(({ type, data }) =>
        type === "call.analyzed" && data.id === callId && data.analysis.run === run
      ),
    record: (callId) => get(server, `/api/calls/${callId}`),
    async [Symbol.asyncDispose]() {
      await rig[Symbol.asyncDispose]();
      await receiver.stop();
      await chat.close();
    },
  };
}

/** The operator's endpoint for webhooks. */
export function startReceiver() {
  const inbox = new Inbox<Told>();
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    async (request) => {
      const { type, data } = await request.json();
      inbox.add({ id: request.headers.get("webhook-id"), type, data });
      return new Response();
    },
  );
  return {
    inbox,
    url: `http://127.0.0.1:${server.addr.port}/`,
    stop: () => server.shutdown(),
  };
}
