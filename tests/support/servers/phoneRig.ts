import type { AppOverrides } from "../../../src/app.ts";
import type { CallEvent } from "../../../src/call/callEvent.ts";
import type { PublishedEvent } from "../../../src/services/events/eventHub.ts";
import type {
  InboundOptions,
  PhoneNetworkOptions,
  SimulatedCall,
} from "../../../src/sim/twilio/phoneNetwork.ts";
import type { ConversationEntry } from "../../../src/sim/openai/conversation.ts";
import {
  type RealtimeServer,
  type RealtimeServerOptions,
  type RealtimeSession,
  startRealtimeServer,
} from "../../../src/sim/openai/realtimeServer.ts";
import type { Script } from "../../../src/sim/openai/scripts.ts";
import { toneSamples } from "../../../src/sim/voice/toneVoice.ts";
import { encodeG711, MU_LAW } from "../../../src/utils/audio/g711.ts";
import { createResampler } from "../../../src/utils/audio/resampler.ts";
import { goodbyesAnswered } from "../../../src/utils/webSocket/webSocketClient.ts";
import { get, onlyAgent } from "../twilio/dialling.ts";
import { Inbox } from "../inbox.ts";
import { until } from "../until.ts";
import { apiKey, startPhoneServer, type TestServer } from "./phoneServer.ts";

export const modelKey = "sk-integration-0123456789";

/** The whole server between a simulated Twilio and a simulated model. */
export interface PhoneRig extends AsyncDisposable {
  readonly server: TestServer;
  readonly realtime: RealtimeServer;
  /** Everything that was published of every call. */
  readonly events: Inbox<PublishedEvent>;
  /** A caller calls in, and has the greeting or silence. */
  ring(options?: InboundOptions): Promise<Talk>;
  /** The server places a call that is answered; `request` is what is asked for besides the number. */
  dial(request?: Readonly<Record<string, unknown>>): Promise<Talk>;
}

/** One call that is under way, from both of its ends. */
export interface Talk {
  readonly callId: string;
  readonly phone: SimulatedCall;
  readonly model: RealtimeSession;
}

export interface PhoneRigOptions {
  /** Front matter of the only agent. */
  readonly agent?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly model?: RealtimeServerOptions;
  readonly network?: Partial<PhoneNetworkOptions>;
  readonly overrides?: AppOverrides;
}

export async function startPhoneRig(
  { agent = "", env = {}, model = {}, network = {}, overrides = {} }: PhoneRigOptions = {},
): Promise<PhoneRig> {
  const realtime = startRealtimeServer({ speed: 8, script: parrot, ...model });
  const server = await startPhoneServer({
    env: {
      OPENAI_API_KEY: modelKey,
      OPENAI_REALTIME_URL: realtime.url,
      API_KEYS: `ops:${apiKey};scopes=admin`,
      ...env,
    },
    overrides: { agentFiles: onlyAgent(agent), ...overrides },
    network: { ...network, line: { sayMsPerCharacter: 1, ...network.line } },
  });
  const events = new Inbox<PublishedEvent>();
  const watching = server.app.events.subscribe(() => true, (event) => events.add(event), {
    maxQueued: 100_000,
  });

  async function talkOn(phone: SimulatedCall): Promise<Talk> {
    const model = await realtime.nextSession();
    await phone.next("streamStarted");
    const session = server.app.registry.byCallSid(phone.sid);
    if (session === undefined) throw new Error("Cannot talk: the call has no session");
    await events.find(({ callId, event }) => callId === session.id && event.type === "connected");
    return { callId: session.id, phone, model };
  }

  return {
    server,
    realtime,
    events,
    ring: (options) => talkOn(server.network.call(options)),
    async dial(request = {}) {
      const placed = await server.post("/api/outbound/initiate", {
        to: "+14155550123",
        ...request,
      });
      if (!placed.ok) throw new Error(`Cannot call: ${await placed.text()}`);
      await placed.body?.cancel();
      return await talkOn(await server.network.nextCall());
    },
    async [Symbol.asyncDispose]() {
      watching.close();
      await server[Symbol.asyncDispose]();
      await realtime.close();
      // The process learns of that later, where it is busy.
      await goodbyesAnswered();
    },
  };
}

/** Greets when asked to, says a requested text, and answers speech with a short sentence. */
export const parrot: Script = ({ request, cause }) => {
  const exact = request === undefined ? undefined : /: "([\s\S]+)"$/.exec(request)?.[1];
  if (exact !== undefined) return { say: exact };
  if (request !== undefined) return { say: "As you wish." };
  return { say: cause.type === "text" ? `You wrote ${cause.text}.` : "I heard you." };
};

/** What the model was told to be, as soon as it was. */
export function instructionsOf(model: RealtimeSession): Promise<string> {
  return until(() => model.config.instructions ?? "", (text) => text !== "");
}

/** What a voice sounds like on the phone: mu-law, followed by nothing but the line's own silence. */
export function voiceOf(ms: number): Uint8Array {
  return encodeG711(MU_LAW, createResampler(16_000, 8_000).process(toneSamples(ms)));
}

type EventOf<T extends CallEvent["type"]> = Extract<CallEvent, { readonly type: T }>;

/** The first event of a call of that kind which fits, come already or yet to come. */
export async function published<T extends CallEvent["type"]>(
  { events }: PhoneRig,
  call: string,
  type: T,
  fits: (event: EventOf<T>) => boolean = () => true,
): Promise<EventOf<T>> {
  const isWanted = (event: CallEvent): event is EventOf<T> => event.type === type;
  const found = await events.find(({ callId, event }) =>
    callId === call && isWanted(event) && fits(event)
  );
  if (!isWanted(found.event)) throw new Error(`Cannot find ${type}`);
  return found.event;
}

/** Waits until the caller has heard the agent say this, whole. */
export async function heardSaying(rig: PhoneRig, callId: string, text: RegExp): Promise<void> {
  await published(
    rig,
    callId,
    "turn",
    ({ turn }) => turn.role === "agent" && turn.final && !turn.interrupted && text.test(turn.text),
  );
}

/** The items of the model's that hold its own speech. */
export function spokenItems({ conversation }: RealtimeSession): readonly ConversationEntry[] {
  return conversation.filter(({ item }) => item.type === "message" && item.role === "assistant");
}

/** A call as the API shows it, as soon as its record is closed. */
export async function recordOf(rig: PhoneRig, callId: string): Promise<CallDetail> {
  await published(rig, callId, "ended");
  return await until<CallDetail>(
    () => get(rig.server, `/api/calls/${callId}`),
    ({ status }) => status === "ended",
  );
}

export interface CallDetail {
  readonly status: string;
  readonly end?: { readonly reason: string; readonly detail?: string };
  readonly turns: readonly {
    readonly role: string;
    readonly text: string;
    readonly interrupted: boolean;
  }[];
  readonly transfers: readonly {
    readonly step: string;
    readonly connectedAt: string | null;
    readonly agentAbsentAt: string | null;
  }[];
  readonly phoneMenu: {
    readonly steps: readonly { readonly heard: string; readonly keys: string | null }[];
    readonly holdMs: number;
    readonly withheldMs: number;
  } | null;
  readonly savings: { readonly inputAudio: number; readonly usd: number | null } | null;
}
