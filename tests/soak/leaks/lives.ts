import { TOKEN_PROTOCOL_PREFIX, WEB_PROTOCOL } from "../../../src/protocol/web.ts";
import type { SimulatedCall } from "../../../src/sim/twilio/phoneNetwork.ts";
import type { Random } from "../../../src/sim/twilio/random.ts";
import { toneSamples } from "../../../src/sim/voice/toneVoice.ts";
import { encodeG711, MU_LAW } from "../../../src/utils/audio/g711.ts";
import { createResampler } from "../../../src/utils/audio/resampler.ts";
import { hangUp } from "../../support/twilio/hangUp.ts";
import { KEYS, type World } from "./world.ts";
import { pause } from "../pause.ts";

/** A whole call, to its end. */
export type Life = (world: World, random: Random) => Promise<void>;

/** Calls as they usually are. */
export const USUAL: readonly Life[] = [
  hearsGreeting,
  speaks,
  talksInBrowser,
  agentHangsUp,
  usesTool,
  hearsGreeting,
  writesInBrowser,
  isTransferred,
];

/** Calls to which something happens. */
export const FAULTY: readonly Life[] = [
  losesModel,
  losesMedia,
  vanishesFromBrowser,
  breaksOffInBrowser,
  toolFails,
  apiFails,
  hangsUpAtRandom,
];

/** So many turns of the caller that no event is kept of what was before. */
const MANY_TURNS = 4000;

/** A call that fills every buffer of which there is one for all calls. */
export async function talksMuch(world: World): Promise<void> {
  const phone = await greeted(world);
  const session = world.model.sessions.at(-1);
  for (let turn = 0; turn < MANY_TURNS; turn++) {
    const item_id = `user_${turn}`;
    for (const type of ["speech_started", "speech_stopped", "committed"]) {
      session?.emit({ type: `input_audio_buffer.${type}`, item_id });
    }
    const type = "conversation.item.input_audio_transcription.completed";
    session?.emit({ type, item_id, transcript: `It is about ${turn}.` });
    if (turn % 50 === 0) await pause(20);
  }
  await hangUp(phone);
}

async function hearsGreeting(world: World): Promise<void> {
  await hangUp(await greeted(world));
}

async function speaks(world: World): Promise<void> {
  const phone = await greeted(world);
  await phone.next("quiet");
  await phone.speak(VOICE);
  await phone.next("speaking");
  await hangUp(phone);
}

async function agentHangsUp(world: World): Promise<void> {
  const phone = await greeted(world);
  await press(phone, KEYS.goodbye);
  await phone.ended;
  await phone.settled;
}

async function usesTool(world: World): Promise<void> {
  const phone = await greeted(world);
  await phone.next("quiet");
  await press(phone, KEYS.toolWorks);
  await phone.next("speaking");
  await hangUp(phone);
}

async function isTransferred(world: World): Promise<void> {
  const phone = await greeted(world);
  await press(phone, KEYS.transfer);
  await phone.next("dialed");
  await hangUp(phone);
}

async function talksInBrowser(world: World): Promise<void> {
  const socket = await openBrowser(world);
  const frame = new Uint8Array(960);
  for (let at = 0; at < 25; at++) {
    socket.send(frame);
    await pause(20);
  }
  await closed(socket);
}

async function writesInBrowser(world: World): Promise<void> {
  const socket = await openBrowser(world);
  socket.send(JSON.stringify({ type: "text", text: KEYS.toolWorks }));
  await said(socket, "I heard you.");
  await closed(socket);
}

async function losesModel(world: World, random: Random): Promise<void> {
  const phone = await greeted(world);
  const { open } = world.modelProxy;
  // Whose call that is does not matter: one loses its model, most likely in the middle of a sentence.
  open[Math.floor(random() * open.length)]?.cut();
  await pause(random() * 500);
  await hangUp(phone);
}

async function losesMedia(world: World, random: Random): Promise<void> {
  const phone = await greeted(world);
  await pause(random() * 300);
  phone.breakConnection();
  await phone.next("streamStarted");
  await hangUp(phone);
}

/** Its machine loses its network: nothing comes any more, not even an end. */
async function vanishesFromBrowser(world: World): Promise<void> {
  const line = await world.openLine();
  const socket = await openBrowser(world, line.port);
  line.set({ stalled: true });
  socket.close();
}

async function breaksOffInBrowser(world: World): Promise<void> {
  const line = await world.openLine();
  await openBrowser(world, line.port);
  line.cutAll();
}

async function toolFails(world: World, random: Random): Promise<void> {
  const phone = await greeted(world);
  await phone.next("quiet");
  await press(phone, KEYS.toolFails);
  await pause(random() * 1500);
  await hangUp(phone);
}

async function apiFails(world: World): Promise<void> {
  const phone = await greeted(world);
  await press(phone, KEYS.goodbye);
  await world.apiProxy.refuse();
  world.apiProxy.cutAll();
  await pause(300);
  await world.apiProxy.accept();
  // Without the API the socket's end is the call's: Twilio asks how to go on.
  await phone.ended;
  await phone.settled;
}

async function hangsUpAtRandom(world: World, random: Random): Promise<void> {
  const phone = world.network.call();
  const keys = Object.values(KEYS);
  const at = random() * 1500;
  const pressing = phone.sendDigits(`ww${keys[Math.floor(random() * keys.length)]}#`)
    .catch(() => {});
  await Promise.race([pause(at), phone.ended]);
  await hangUp(phone);
  await pressing;
}

/** The server takes no call at the moment: on a busy machine that is what it should do. */
export class Busy extends Error {}

async function greeted(world: World): Promise<SimulatedCall> {
  const phone = world.network.call();
  try {
    await phone.next("speaking");
  } catch (error) {
    throw phone.status === "busy" ? new Busy() : error;
  }
  return phone;
}

function press(phone: SimulatedCall, key: string): Promise<void> {
  return phone.sendDigits(`${key}#`);
}

async function openBrowser(
  world: World,
  port = Number(new URL(world.server.origin).port),
): Promise<WebSocket> {
  const origin = `http://127.0.0.1:${port}`;
  const response = await fetch(`${world.server.origin}/api/web/session`, {
    method: "POST",
    headers: { Authorization: `Bearer ${world.nextKey()}` },
  });
  if (!response.ok) {
    const text = await response.text();
    throw response.status === 503 ? new Busy() : new Error(`Cannot call: ${text}`);
  }
  const { token } = await response.json();
  const socket = new WebSocket(`${origin.replace("http", "ws")}/web`, {
    protocols: [WEB_PROTOCOL, TOKEN_PROTOCOL_PREFIX + token],
    headers: { origin },
  });
  socket.onerror = (event) => event.preventDefault();
  await said(socket, "Hi.");
  return socket;
}

/** Waits until the agent's words have come; rejects where the socket closes before. */
function said(socket: WebSocket, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.onmessage = ({ data }) => {
      if (typeof data === "string" && data.includes(text)) resolve();
    };
    socket.onclose = ({ code }) => reject(new Error(`The browser's call ended early: ${code}`));
  });
}

async function closed(socket: WebSocket): Promise<void> {
  const over = new Promise<void>((resolve) => socket.onclose = () => resolve());
  socket.close(1000);
  await over;
}

const VOICE = encodeG711(MU_LAW, createResampler(16_000, 8_000).process(toneSamples(300)));
