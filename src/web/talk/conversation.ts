/// <reference lib="dom" />
import type { ServerMessage } from "../../protocol/web.ts";
import { find } from "../elements.ts";
import { t } from "../text.ts";
import { createTranscriptView } from "../transcriptView.ts";
import type { HeardSpeech } from "./callSound.ts";
import { createAnnouncer } from "./announcer.ts";
import { createLatencySummary } from "./latencySummary.ts";
import { faultOf, faultText } from "./faults.ts";
import { describeDevice } from "./talkTexts.ts";
import type { CallEvents } from "./webCall.ts";
import type { ToolContent } from "./toolContents.ts";

type Of<Type extends ServerMessage["type"]> = Extract<ServerMessage, { type: Type }>;

/** What the page shows of a conversation: lines as they are heard, tools as cards, and how fast answers come. */
export class Conversation {
  readonly #list = find("transcript", HTMLElement);
  readonly #titles = new Map<string, string>();
  readonly #view = createTranscriptView(this.#list, {
    caller: "You",
    titleOf: (agent) => this.#titles.get(agent) ?? agent,
    onToolOpened: () => this.#followTools(),
  });
  readonly #announcer = createAnnouncer();
  readonly #summary = createLatencySummary();
  /** Characters of the agent's lines that are not whole yet. */
  readonly #lengths = new Map<string, number>();
  readonly #tools = new Map<string, Of<"tool">>();
  readonly #contents = new Map<string, ToolContent>();
  readonly #latencies = new Map<string, Of<"latency">>();
  readonly #earMs = new Map<string, number>();
  #insteadOfContent = FETCHED;
  #callId = "";
  #following: AbortController | undefined;

  get isEmpty(): boolean {
    return this.#list.childElementCount === 0;
  }

  clear(): void {
    this.#following?.abort();
    this.#following = undefined;
    this.#callId = "";
    this.#insteadOfContent = FETCHED;
    for (const known of [this.#lengths, this.#tools, this.#contents]) known.clear();
    for (const known of [this.#latencies, this.#earMs]) known.clear();
    this.#view.clear();
    this.#announcer.clear();
    this.#summary.clear();
  }

  /** What a call tells that is shown here, besides its messages. */
  get callEvents(): Pick<CallEvents, "onWire" | "onHeard" | "onEarLatency" | "onDevice"> {
    return {
      onWire: (_direction, message) => {
        if (message.type === "ready") this.#callId = message.callId;
      },
      onHeard: (heard) => this.#heard(heard),
      onEarLatency: (itemId, ms) => this.#timed(itemId, ms),
      onDevice: (change, name) => this.note(describeDevice(change, name)),
    };
  }

  note(text: string): void {
    this.#view.note(text);
    this.#announcer.tell(text);
  }

  /** What a message shows; those that concern the call as a whole show nothing here. */
  show(message: ServerMessage): void {
    switch (message.type) {
      case "transcript":
        return this.#line(message);
      case "tool":
        return this.#tool(message);
      case "latency":
        this.#latencies.set(message.id, message);
        return this.#showLatency(message);
      case "handoff":
        this.#titles.set(message.agent, message.title);
        return this.note(t("The call goes on with {title}.", { title: message.title }));
      case "error":
        return this.note(
          faultOf(message.code) === undefined ? message.error : faultText(message.code),
        );
    }
  }

  #line(line: Of<"transcript">): void {
    this.#view.show(line);
    const { id, role, text, final } = line;
    if (role === "agent" && !final) this.#lengths.set(id, text.length);
    else this.#lengths.delete(id);
    if (!final) return;
    const agent = line.agent === undefined ? t("Agent") : this.#titles.get(line.agent);
    const who = role === "caller" ? t("You") : agent ?? t("Agent");
    if (text.trim() !== "") this.#announcer.tell(`${who}: ${text}`, id);
  }

  /** So much of an agent's line has come out of the loudspeaker. */
  #heard({ itemId, ms, receivedMs }: HeardSpeech): void {
    const characters = this.#lengths.get(itemId);
    if (characters === undefined) return;
    // Text comes ahead of its sound.
    const totalMs = Math.max(receivedMs, characters * FASTEST_MS_PER_CHARACTER);
    this.#view.showHeard(itemId, Math.round(characters * ms / Math.max(1, totalMs)));
  }

  #tool(tool: Of<"tool">): void {
    this.#tools.set(tool.id, tool);
    this.#showTool(tool);
  }

  /** Not before somebody looks: callers are shown the names alone. */
  async #followTools(): Promise<void> {
    if (this.#following !== undefined || this.#callId === "") return;
    this.#following = new AbortController();
    const { followToolContents } = await import("./toolContents.ts");
    const isTold = await followToolContents(this.#callId, (id, content) => {
      this.#contents.set(id, content);
      const shown = this.#tools.get(id);
      if (shown !== undefined) this.#showTool(shown);
    }, this.#following.signal);
    // The events of a call that is over are kept for a while only; its record has them.
    this.#insteadOfContent = isTold
      ? t("Arguments and result stand in the record of the call.")
      : t("Arguments and result are shown to keys with the scope calls:read.");
    for (const tool of this.#tools.values()) this.#showTool(tool);
  }

  /** As the ear got it. */
  #timed(itemId: string, ms: number): void {
    this.#earMs.set(itemId, ms);
    const latency = this.#latencies.get(itemId);
    if (latency !== undefined) this.#showLatency(latency);
  }

  /** After the list was out of sight. */
  scrollToEnd(): void {
    this.#list.scrollTop = this.#list.scrollHeight;
  }

  #showTool(tool: Of<"tool">): void {
    const content = this.#contents.get(tool.id);
    const shown = content === undefined ? tool : { ...tool, content };
    this.#view.showTool(shown, this.#insteadOfContent);
  }

  #showLatency(latency: Of<"latency">): void {
    const earMs = this.#earMs.get(latency.id);
    this.#view.showLatency({ ...latency, earMs });
    this.#summary.add(latency.id, earMs ?? latency.totalMs);
  }
}

const FETCHED = t("Arguments and result are being fetched.");
/** Faster than speech is. */
const FASTEST_MS_PER_CHARACTER = 45;
