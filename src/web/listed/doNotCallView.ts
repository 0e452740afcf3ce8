/// <reference lib="dom" />
import { fetchApi, fetchApiJson } from "../apiClient.ts";
import { element, find } from "../elements.ts";
import { formatDay, formatTime } from "../formats.ts";
import { needing } from "../me.ts";
import { problemText } from "../problemText.ts";
import { createQuestionDialog } from "../questionDialog.ts";
import { t } from "../text.ts";

/** A number that is never called, and who wanted that. */
interface Listed {
  readonly number: string;
  readonly addedAt: string;
  readonly addedBy: string | null;
  readonly reason: string | null;
  readonly words: string | null;
  readonly callId: string | null;
}

interface ListedPage {
  readonly numbers: readonly Listed[];
  readonly next: string | null;
}

const PATH = "/api/do-not-call";
const PAGE = 100;

/** Creates the view of the do-not-call list, with ways to add and remove numbers. Throws `RequestError`. */
export function createDoNotCallView(): (signal: AbortSignal) => Promise<void> {
  const form = find("unlisted-form", HTMLFormElement);
  const number = find("unlisted-number", HTMLInputElement);
  const reason = find("unlisted-reason", HTMLInputElement);
  const problem = find("unlisted-problem", HTMLElement);
  const list = find("listed", HTMLUListElement);
  const later = find("listed-later", HTMLButtonElement);
  const dialog = createQuestionDialog("unlist", {
    title: t("Take this number off the list?"),
    then: t("It may be called again then."),
    confirm: t("Take it off"),
    keep: t("Keep it"),
  });

  return async function showDoNotCall(signal) {
    problem.textContent = "";
    signal.addEventListener("abort", dialog.close);
    const known = new Map<string, Listed>();
    await load();

    form.onsubmit = (event) => {
      event.preventDefault();
      add().catch(tell);
    };

    async function load(after?: string): Promise<void> {
      const query = new URLSearchParams({
        limit: `${PAGE}`,
        ...(after !== undefined && { after }),
      });
      const { numbers, next } = await fetchApiJson<ListedPage>(`${PATH}?${query}`, { signal });
      if (signal.aborted) return;
      for (const each of numbers) known.set(each.number, each);
      show();
      later.hidden = next === null;
      later.onclick = () => load(next ?? undefined).catch(tell);
    }

    async function add(): Promise<void> {
      problem.textContent = "";
      const wanted = number.value.replaceAll(/[\s().-]/g, "");
      const why = reason.value.trim();
      const added = await fetchApiJson<Listed>(`${PATH}/${encodeURIComponent(wanted)}`, {
        method: "PUT",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(why === "" ? {} : { reason: why }),
        signal,
      });
      form.reset();
      known.delete(added.number);
      // What was just added is what one looks for.
      show(added);
      known.set(added.number, added);
    }

    function show(first?: Listed): void {
      const all = [...(first === undefined ? [] : [first]), ...known.values()];
      list.replaceChildren(
        ...all.map((each) => rowOf(each, () => dialog.ask(questionOf(each), () => remove(each)))),
      );
      find("listed-empty", HTMLElement).hidden = all.length > 0;
    }

    async function remove({ number }: Listed): Promise<void> {
      await fetchApi(`${PATH}/${encodeURIComponent(number)}`, { method: "DELETE" });
      known.delete(number);
      show();
    }

    function tell(error: unknown): void {
      if (!signal.aborted) problem.textContent = problemText(error);
    }
  };
}

function rowOf(listed: Listed, onRemove: () => void): HTMLElement {
  const { reason, words, callId } = listed;
  const button = element("button", {
    type: "button",
    textContent: t("Remove…"),
    onclick: onRemove,
  });
  const remove = needing("lists:write", button);
  return element("li", {}, [
    element("span", { className: "who", textContent: listed.number }),
    element("span", { className: "way", textContent: factsOf(listed) }),
    ...(words === null ? [] : [element("q", { className: "said", textContent: words })]),
    ...(callId === null
      ? []
      : [element("a", { href: `#records/${callId}`, textContent: t("The call") })]),
    ...(reason === null ? [] : [element("span", { className: "reason", textContent: reason })]),
    remove,
  ]);
}

function questionOf({ number, words }: Listed): string {
  return words === null ? number : t("{number} said: {words}", { number, words });
}

function factsOf({ addedAt, addedBy }: Listed): string {
  const when = `${formatDay(addedAt, new Date())}, ${formatTime(addedAt)}`;
  return addedBy === null ? when : t("{when} · by {key}", { when, key: addedBy });
}
