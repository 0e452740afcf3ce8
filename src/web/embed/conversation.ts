/// <reference lib="dom" />
import { element } from "../elements.ts";
import type { TranscriptLine } from "../sdk/sdk.d.ts";
import type { Text } from "./embedTexts.ts";

interface ShownLine {
  readonly root: HTMLElement;
  readonly text: HTMLElement;
  position: number;
  final: boolean;
}

/** Far more than are said in an hour. */
const MAX_LINES = 1000;

/** The lines of a call as they are heard; screen readers are told those that are complete. */
export class Conversation {
  readonly root = element("div", { className: "lines", tabIndex: 0, role: "log" });
  readonly #lines = new Map<string, ShownLine>();
  #t: Text;

  constructor(t: Text) {
    this.#t = t;
    this.root.part.add("transcript");
    this.root.ariaLive = "polite";
    this.root.ariaLabel = t("Conversation");
  }

  clear(): void {
    this.#lines.clear();
    this.root.replaceChildren();
    this.root.ariaBusy = "false";
  }

  show({ id, role, text, position, final, interrupted }: TranscriptLine): void {
    const line = this.#lines.get(id) ?? this.#add(id, role, position);
    line.text.textContent = interrupted ? `${text} …` : text;
    line.root.hidden = text === "";
    line.final = final;
    this.root.ariaBusy = String([...this.#lines.values()].some(({ final }) => !final));
    this.#follow();
  }

  note(text: string): void {
    const root = element("p", { className: "line note" }, [text]);
    root.part.add("note");
    this.root.append(root);
    this.#follow();
  }

  #add(id: string, role: TranscriptLine["role"], position: number): ShownLine {
    const text = element("span");
    const who = role === "agent" ? this.#t("Agent") : this.#t("You");
    const root = element("p", { className: `line ${role}` }, [element("b", {}, [who]), text]);
    root.part.add("line", role);
    const line: ShownLine = { root, text, position, final: false };
    const next = [...this.#lines.values()].filter((other) => other.position > position)
      .sort((a, b) => a.position - b.position)[0];
    this.root.insertBefore(root, next?.root ?? null);
    this.#lines.set(id, line);
    const [oldest] = this.#lines;
    if (this.#lines.size > MAX_LINES && oldest !== undefined) {
      oldest[1].root.remove();
      this.#lines.delete(oldest[0]);
    }
    return line;
  }

  #follow(): void {
    this.root.scrollTop = this.root.scrollHeight;
  }
}
