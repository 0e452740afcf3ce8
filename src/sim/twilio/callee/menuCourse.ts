import type { CalleeStep, Menu, MenuPlan, MenuTarget, Sound } from "./calleePlan.ts";
import type { KeyEar } from "./keyEar.ts";

/** What a menu needs of the far end that it is. */
interface MenuHost {
  readonly keys: Pick<KeyEar, "next">;
  /** Aborts when the call is over. */
  readonly over: AbortSignal;
  /** Resolves when the sound has been played, or the signal aborts. */
  play(sound: Sound, signal: AbortSignal): Promise<void>;
  /** Forgets what is still to be played. */
  drop(): void;
  /** Whether the other side begins to speak in time. */
  speaks(withinMs: number): Promise<boolean>;
  /** Resolves when the other side has fallen silent. */
  quiet(): Promise<unknown>;
  tell(does: string): void;
}

/** Goes through the menus of a plan; resolves with what the far end does after them. */
export async function chooseInMenus(
  { menus, start }: MenuPlan,
  host: MenuHost,
): Promise<readonly CalleeStep[]> {
  let name = start ?? Object.keys(menus)[0] ?? "";
  for (let chosen = 0; chosen < MAX_MENUS && !host.over.aborted; chosen++) {
    const menu = Object.hasOwn(menus, name) ? menus[name] : undefined;
    if (menu === undefined) break;
    host.tell(`reads the menu ${name}`);
    const target = await offer(menu, host);
    if (target === undefined) break;
    if ("steps" in target) return target.steps;
    name = target.menu;
  }
  return host.over.aborted ? [] : [{ hangUp: true }];
}

/** A menu that leads to itself must not run for ever. */
const MAX_MENUS = 200;

async function offer(menu: Menu, host: MenuHost): Promise<MenuTarget | undefined> {
  const { prompt, reads = 3, invalid = [INVALID], otherwise } = menu;
  for (let read = 0; read < reads && !host.over.aborted; read++) {
    const choice = await listen(menu, prompt, host);
    if (choice === "nothing") continue;
    if (choice !== "invalid") return choice;
    for (const sound of invalid) await host.play(sound, host.over);
  }
  return otherwise;
}

const INVALID = "Sorry, that is not a valid option.";

/** Reads the prompt, which a key cuts off, and waits for a choice. */
async function listen(
  menu: Menu,
  prompt: readonly Sound[],
  host: MenuHost,
): Promise<MenuTarget | "invalid" | "nothing"> {
  const { timeoutMs = 4_000, spoken } = menu;
  const first = await keyDuring(prompt, host);
  const key = first ?? await keyOrSpeech(timeoutMs, spoken !== undefined, host);
  if (key === undefined || host.over.aborted) return "nothing";
  if (key === "speech") {
    await host.quiet();
    host.tell("hears words");
    return spoken ?? "nothing";
  }
  return await entry(menu, key, host);
}

async function keyDuring(
  prompt: readonly Sound[],
  { keys, over, play, drop }: MenuHost,
): Promise<string | undefined> {
  const read = new AbortController();
  const signal = AbortSignal.any([over, read.signal]);
  const playing = (async () => {
    for (const sound of prompt) if (!signal.aborted) await play(sound, signal);
  })();
  const key = keys.next(Infinity, signal);
  const pressed = await Promise.race([key, playing.then(() => undefined)]);
  read.abort();
  await playing;
  if (pressed !== undefined) drop();
  return pressed ?? await key;
}

async function keyOrSpeech(
  timeoutMs: number,
  takesSpeech: boolean,
  { keys, over, speaks }: MenuHost,
): Promise<string | undefined> {
  const waited = new AbortController();
  const key = keys.next(timeoutMs, AbortSignal.any([over, waited.signal]));
  if (!takesSpeech) return await key;
  const first = await Promise.race([
    key,
    speaks(timeoutMs).then((is) => is ? "speech" : undefined),
  ]);
  if (first !== "speech") return first ?? await key;
  waited.abort();
  // A key is loud, too.
  return await key ?? await keys.next(KEY_HEARD_MS, over) ?? "speech";
}

/** Keys are heard later than that something is loud. */
const KEY_HEARD_MS = 400;

/** The keys of one choice: more are waited for while they may make a longer one. */
async function entry(
  { keys: options = {}, interDigitMs = 1_500 }: Menu,
  first: string,
  { keys, over, tell }: MenuHost,
): Promise<MenuTarget | "invalid"> {
  let pressed = first;
  while (Object.keys(options).some((option) => option !== pressed && option.startsWith(pressed))) {
    const more = await keys.next(interDigitMs, over);
    if (more === undefined) break;
    pressed += more;
  }
  tell(`gets the keys ${pressed}`);
  return Object.hasOwn(options, pressed) ? options[pressed] ?? "invalid" : "invalid";
}
