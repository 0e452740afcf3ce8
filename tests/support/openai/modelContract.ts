import assert from "node:assert/strict";
import type { ModelSetup } from "../../../src/call/modelSetup.ts";
import type {
  ModelInput,
  ModelLoss,
  RealtimeClient,
  ResponsePurpose,
  SpeechRef,
} from "../../../src/call/realtimeClient.ts";
import { createOpenModel, type OpenModelOptions } from "../../../src/services/openai/openModel.ts";
import { Inbox } from "../inbox.ts";
import {
  type ScriptedRealtime,
  type ScriptedSession,
  startScriptedRealtime,
} from "./scriptedRealtime.ts";

export const SETUP: ModelSetup = {
  model: "gpt-test",
  instructions: "Be kind.",
  voice: "marin",
  speed: 1.1,
  format: "pcmu",
  turnDetection: { kind: "server", interrupts: true },
  noiseReduction: "near_field",
  transcription: { model: "gpt-transcribe", language: "en" },
  tools: [{ name: "end_call", description: "Ends.", parameters: { type: "object" } }],
  reasoningEffort: "low",
  safetyId: "pseudonym",
  history: [],
};
export const KEY = "sk-very-secret";

export type Fields = Readonly<Record<string, unknown>>;

type InputOf<T extends ModelInput["type"]> = Extract<ModelInput, { type: T }>;

/** Records what the client reports. */
export class Sink {
  readonly inputs = new Inbox<ModelInput>();
  readonly sounds = new Inbox<{ readonly ref: SpeechRef; readonly audio: string }>();

  onInput(input: ModelInput): void {
    this.inputs.add(input);
  }

  onSpeech(ref: SpeechRef, audio: string): void {
    this.sounds.add({ ref, audio });
  }

  inUse(): boolean {
    return true;
  }

  async first<T extends ModelInput["type"]>(type: T): Promise<InputOf<T>> {
    return await this.inputs.find((input): input is InputOf<T> => input.type === type);
  }

  async loss(): Promise<ModelLoss> {
    return (await this.first("modelLost")).loss;
  }
}

export class Log {
  readonly lines: string[] = [];
  warn(message: string, fields?: unknown): void {
    this.lines.push(`${message} ${JSON.stringify(fields)}`);
  }
  error(message: string): void {
    this.lines.push(message);
  }
}

interface Opened {
  readonly client: RealtimeClient;
  readonly sink: Sink;
}

export interface Stage {
  readonly server: ScriptedRealtime;
  readonly log: Log;
  open(options?: Partial<OpenModelOptions>, setup?: Partial<ModelSetup>, sink?: Sink): Opened;
  /** A confirmed session. */
  live(
    ...of: Parameters<Stage["open"]>
  ): Promise<Opened & { readonly session: ScriptedSession }>;
}

/** One test over each of the sockets, with a server of its own; no log line may hold the key. */
export function contract(
  name: string,
  body: (stage: Stage) => Promise<void>,
  serverOptions?: Parameters<typeof startScriptedRealtime>[0],
): void {
  for (const socket of ["native", "nodelay"] as const) {
    Deno.test(`createOpenModel(${socket}) ${name}`, async () => {
      await using server = startScriptedRealtime(serverOptions);
      const log = new Log();
      const clients: RealtimeClient[] = [];
      const open: Stage["open"] = (options, setup, sink = new Sink()) => {
        const connection = { url: server.url, apiKey: KEY, socket, log, ...options };
        const client = createOpenModel(connection)({ ...SETUP, ...setup }, sink);
        clients.push(client);
        return { client, sink };
      };
      const live: Stage["live"] = async (...of) => {
        const opened = open(...of);
        const session = await server.session(clients.length - 1);
        await session.confirm();
        await opened.sink.first("modelReady");
        return { ...opened, session };
      };
      try {
        await body({ server, log, open, live });
        assert.ok(!log.lines.some((line) => line.includes(KEY)), "a log line holds the key");
      } finally {
        for (const client of clients) client.close();
      }
    });
  }
}

export function respond(purpose: ResponsePurpose) {
  return { type: "respond", request: { purpose } } as const;
}

export function audioFrames(session: ScriptedSession): string[] {
  return session.frames.all.flatMap((frame) =>
    frame.type === "input_audio_buffer.append" ? [frame.audio] : []
  );
}
