/// <reference lib="dom" />
import { element, find } from "../elements.ts";
import type { CheckedFile } from "./agentTypes.ts";
import { faultsOf, showFaults } from "./codeListing.ts";

/** A place to change a text, with numbers at its lines. */
interface CodeEditor {
  /** With line breaks as the text had them that was set. */
  text(): string;
  set(text: string): void;
  /** Marks the lines that are faulty, and lists what is wrong. */
  mark(checked: CheckedFile): void;
  focus(): void;
}

/** Creates the editor of the elements `agent-text`, `agent-gutter` and `agent-faults`. */
export function createCodeEditor(onInput: () => void): CodeEditor {
  const area = find("agent-text", HTMLTextAreaElement);
  const gutter = find("agent-gutter", HTMLElement);
  let lineBreak = "\n";
  let kinds = new Map<number, string>();
  area.oninput = () => {
    number();
    onInput();
  };

  return {
    text: () => lineBreak === "\n" ? area.value : area.value.replaceAll("\n", lineBreak),
    set(text) {
      // The field itself has no other line breaks.
      lineBreak = text.includes("\r\n") ? "\r\n" : "\n";
      area.value = text;
      area.setSelectionRange(0, 0);
      mark({ problems: [], warnings: [] });
    },
    mark,
    focus: () => area.focus(),
  };

  function mark(checked: CheckedFile): void {
    kinds = new Map(faultsOf(checked).reverse().map(({ kind, fault }) => [fault.line ?? 0, kind]));
    gutter.replaceChildren();
    number();
    showFaults(find("agent-faults", HTMLElement), checked, goTo);
  }

  /** Only the numbers that are missing or too many are touched. */
  function number(): void {
    const count = area.value.split("\n").length;
    // Where a browser does not make the field as high as its text by itself.
    area.rows = count;
    while (gutter.childElementCount > count) gutter.lastElementChild?.remove();
    while (gutter.childElementCount < count) {
      const line = gutter.childElementCount + 1;
      gutter.append(
        element("span", { className: kinds.get(line) ?? "", textContent: `${line}` }),
      );
    }
  }

  function goTo(line: number): void {
    const before = area.value.split("\n").slice(0, line - 1).join("\n").length;
    const start = line === 1 ? 0 : before + 1;
    const end = area.value.indexOf("\n", start);
    area.focus();
    area.setSelectionRange(start, end === -1 ? area.value.length : end);
  }
}
