/// <reference lib="dom" />
import { connect } from "../sdk/sdk.ts";
import type { Call, CallError, CallState, ClientTool, ConnectOptions } from "../sdk/sdk.d.ts";
import { createStyles } from "./embedStyles.ts";
import { languageOf, type Text, textsFor } from "./embedTexts.ts";
import { describeEnd, describeFault, describeNotice, remedyFor } from "./faultTexts.ts";
import { createPanel, type Panel } from "./panel.ts";

/** The server that this module comes from. */
const OWN = new URL("../../", import.meta.url);

/**
 * `<voice-agent key="pk_…" agent="receptionist">`: a button and a panel to talk with an agent. Tells of
 * its call by the events `call-state`, `call-transcript`, `call-tool`, `call-error` and `call-end`.
 */
export class VoiceAgentElement extends HTMLElement {
  /** Tools of the page, by the names of the agent's `client_tools`; to be set before a call. */
  clientTools: Readonly<Record<string, ClientTool>> = {};
  /** In the place of the attribute. */
  variables: Readonly<Record<string, string>> | undefined;
  context: string | undefined;
  /** In the place of a key: gets a token for a call from a server of the page's own. */
  token: ConnectOptions["token"];
  readonly #shadow = this.attachShadow({ mode: "open" });
  #panel: Panel | undefined;
  #t: Text = (english) => english;
  #call: Call | undefined;
  #starting: AbortController | undefined;
  #meter = 0;

  async connectedCallback(): Promise<void> {
    if (this.#panel !== undefined) return;
    const language = languageOf(this);
    this.#t = await textsFor(language, this.#server);
    if (!this.isConnected || this.#panel !== undefined) return;
    const t = this.#t;
    this.#shadow.adoptedStyleSheets = [createStyles()];
    const panel = createPanel(t, {
      label: this.getAttribute("label") ?? t("Talk to us"),
      heading: this.getAttribute("heading") ?? t("Talk to us"),
      intro: this.getAttribute("intro") ??
        t("An AI answers. Speak, or type if you like that better."),
    }, {
      onOpen: () => panel.setOpen(true),
      onClose: () => panel.setOpen(false),
      onStart: (microphone) => void this.start({ microphone }),
      onMute: () => this.#toggleMute(),
      onEnd: () => this.end(),
      onText: (text) => this.#call?.sendText(text),
      onRemedy: () => this.#call?.resumeSound(),
    });
    this.#panel = panel;
    for (const node of panel.nodes) node.lang = language;
    this.#shadow.replaceChildren(...panel.nodes);
    if (this.hasAttribute("open")) panel.setOpen(true, { focus: false });
  }

  disconnectedCallback(): void {
    // Not where the page only moves it.
    queueMicrotask(() => {
      if (!this.isConnected) this.end();
    });
  }

  /** The live call, for what the panel has no button for. */
  get call(): Call | undefined {
    return this.#call;
  }

  /** Opens the panel and begins a call; to be called within a click. */
  async start({ microphone = true } = {}): Promise<void> {
    const panel = this.#panel;
    if (panel === undefined || this.#call !== undefined || this.#starting !== undefined) return;
    const starting = this.#starting = new AbortController();
    if (!panel.isOpen) panel.setOpen(true);
    panel.setProblem(undefined);
    panel.conversation.clear();
    panel.setStatus(this.#t("Connecting…"));
    panel.setPhase("connecting");
    try {
      const call = await connect({ ...this.#options(panel), microphone, signal: starting.signal });
      // It may be over already.
      if (call.state === "ended") return;
      this.#call = call;
      panel.setTyping(!call.hasMicrophone);
      panel.setMuted(call.muted);
      panel.setPhase("live");
      panel.setStatus(statusOf(call.state, call, this.#t));
      this.#showLevel();
    } catch (error) {
      panel.setPhase("idle");
      if (!starting.signal.aborted) this.#showFault(error);
    } finally {
      this.#starting = undefined;
    }
  }

  /** Ends the call, or gives up beginning one. */
  end(): void {
    this.#starting?.abort();
    this.#call?.end();
  }

  get #server(): URL {
    const named = this.getAttribute("server");
    const url = named === null ? OWN : URL.parse(named, document.baseURI) ?? OWN;
    if (!url.pathname.endsWith("/")) url.pathname += "/";
    return url;
  }

  #options(panel: Panel): ConnectOptions {
    const t = this.#t;
    const key = this.getAttribute("key") ?? this.getAttribute("public-key");
    const agent = this.getAttribute("agent");
    const variables = this.variables ?? parsed(this.getAttribute("variables"));
    const context = this.context ?? this.getAttribute("context");
    return {
      server: this.#server,
      ...(key !== null && { key }),
      ...(this.token && { token: this.token }),
      ...(agent !== null && { agent }),
      ...(variables && { variables }),
      ...(context !== null && { context }),
      clientTools: this.clientTools,
      onState: (state) => {
        panel.setStatus(statusOf(state, this.#call, t));
        this.#tell("call-state", { state });
      },
      onTranscript: (line) => {
        panel.conversation.show(line);
        this.#tell("call-transcript", line);
      },
      onTool: (tool) => this.#tell("call-tool", tool),
      onNotice(code) {
        const text = describeNotice(code, t);
        if (text !== undefined) panel.conversation.note(text);
      },
      onError: (error) => this.#showFault(error),
      onRecovered: () => panel.setProblem(undefined),
      onEnd: (end) => {
        this.#call = undefined;
        cancelAnimationFrame(this.#meter);
        panel.setProblem(undefined);
        panel.setStatus(describeEnd(end, t));
        panel.setPhase("ended");
        this.#tell("call-end", end);
      },
    };
  }

  #toggleMute(): void {
    const call = this.#call;
    if (call === undefined) return;
    call.mute(!call.muted);
    this.#panel?.setMuted(call.muted);
    this.#panel?.setStatus(statusOf(call.state, call, this.#t));
  }

  #showFault(error: unknown): void {
    const fault = faultOf(error);
    // Those who run the page find the code there.
    console.warn(`voice-agent: ${fault.code}: ${fault.message}`);
    const remedy = this.#call && remedyFor(fault.code, this.#t);
    this.#panel?.setProblem(describeFault(fault, this.#t), remedy);
    this.#tell("call-error", { code: fault.code, message: fault.message });
  }

  #showLevel(): void {
    const draw = () => {
      if (this.#call === undefined) return;
      const { visitor, agent } = this.#call.levels();
      // Speech has a root mean square of a tenth or two.
      this.#panel?.setLevel(Math.min(1, 4 * Math.max(visitor, agent)));
      this.#meter = requestAnimationFrame(draw);
    };
    draw();
  }

  #tell(type: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }
}

function faultOf(error: unknown): Pick<CallError, "code" | "message"> {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const message = error instanceof Error ? error.message : String(error);
  return { code: typeof code === "string" ? code : "unknown", message };
}

function statusOf(state: CallState, call: Call | undefined, t: Text): string {
  switch (state) {
    case "connecting":
      return t("Connecting…");
    case "reconnecting":
      return t("The connection is being restored…");
    case "agent_speaking":
      return t("The agent is speaking.");
    case "visitor_speaking":
      return t("You are speaking.");
    case "ended":
      return t("The call has ended.");
    case "listening":
      if (call?.hasMicrophone === false) return t("Type your message.");
      return call?.muted === true ? t("You are muted.") : t("The agent is listening.");
  }
}

/** Texts by name; undefined for what is no JSON of such. */
function parsed(json: string | null): Readonly<Record<string, string>> | undefined {
  if (json === null) return undefined;
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value !== "object" || value === null) throw new TypeError("no object");
    return Object.fromEntries(Object.entries(value).map(([name, text]) => [name, String(text)]));
  } catch {
    console.warn("voice-agent: the attribute variables is no JSON object.");
    return undefined;
  }
}
