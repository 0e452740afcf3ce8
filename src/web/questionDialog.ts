/// <reference lib="dom" />
import { element } from "./elements.ts";
import { problemText } from "./problemText.ts";

/** A question that is asked before something is done. */
interface QuestionDialog {
  /** `about` is what the question is about; where `act` rejects, the dialog stays open and says why. */
  ask(about: string | Node, act: () => Promise<void>): void;
  close(): void;
}

interface Question {
  readonly title: string;
  /** What follows from it. */
  readonly then?: string;
  readonly confirm: string;
  /** Leaves all as it is. */
  readonly keep: string;
  /** It can be taken back. */
  readonly isHarmless?: true;
}

/** Puts a dialog into the page, of the elements `<name>-dialog`, `-title`, `-form`, `-about` and `-problem`. */
export function createQuestionDialog(
  name: string,
  { title, then, confirm, keep, isHarmless }: Question,
): QuestionDialog {
  const shown = element("p", { id: `${name}-about`, className: "about-question" });
  const problem = element("p", { id: `${name}-problem`, className: "problem", role: "alert" });
  const confirming = element("button", {
    type: "submit",
    className: isHarmless === true ? "primary" : "primary stop",
    textContent: confirm,
  });
  const form = element("form", { id: `${name}-form` }, [
    element("h2", { id: `${name}-title`, textContent: title }),
    shown,
    ...then === undefined ? [] : [element("p", { textContent: then })],
    problem,
    element("div", { className: "choices" }, [
      confirming,
      element("button", { type: "button", textContent: keep, onclick: () => dialog.close() }),
    ]),
  ]);
  const dialog = element("dialog", { id: `${name}-dialog` }, [form]);
  dialog.setAttribute("aria-labelledby", `${name}-title`);
  document.body.append(dialog);

  return {
    ask(about, act) {
      shown.replaceChildren(about);
      problem.textContent = "";
      form.onsubmit = (event) => {
        event.preventDefault();
        confirmed().catch((error) => problem.textContent = problemText(error));
      };
      dialog.showModal();

      async function confirmed(): Promise<void> {
        confirming.disabled = true;
        try {
          await act();
          dialog.close();
        } finally {
          confirming.disabled = false;
        }
      }
    },
    close: () => dialog.close(),
  };
}
