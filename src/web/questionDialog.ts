/// <reference lib="dom" />
import { find } from "./elements.ts";
import { problemText } from "./problemText.ts";

/** A question that is asked before something is done that cannot be taken back. */
export interface QuestionDialog {
  /** `about` is what the question is about; where `act` rejects, the dialog stays open and says why. */
  ask(about: string, act: () => Promise<void>): void;
  close(): void;
}

/** Of the elements `<name>-dialog`, `-form`, `-about` and `-problem`; its second button keeps all as it is. */
export function createQuestionDialog(name: string): QuestionDialog {
  const dialog = find(`${name}-dialog`, HTMLDialogElement);
  const form = find(`${name}-form`, HTMLFormElement);
  const shown = find(`${name}-about`, HTMLElement);
  const problem = find(`${name}-problem`, HTMLElement);
  const [confirm, keep] = form.querySelectorAll("button");
  if (keep !== undefined) keep.onclick = () => dialog.close();

  return {
    ask(about, act) {
      shown.textContent = about;
      problem.textContent = "";
      form.onsubmit = (event) => {
        event.preventDefault();
        confirmed().catch((error) => problem.textContent = problemText(error));
      };
      dialog.showModal();

      async function confirmed(): Promise<void> {
        if (confirm !== undefined) confirm.disabled = true;
        try {
          await act();
          dialog.close();
        } finally {
          if (confirm !== undefined) confirm.disabled = false;
        }
      }
    },
    close: () => dialog.close(),
  };
}
