/// <reference lib="dom" />
import { fetchApi, fetchApiJson, RequestError } from "../apiClient.ts";
import { element } from "../elements.ts";
import { formatCount, formatDuration } from "../formats.ts";
import { loadServerTexts, type Say } from "../serverTexts.ts";
import { t } from "../text.ts";

interface Replay {
  readonly same: boolean;
  readonly entries: number;
  readonly difference: {
    readonly atMs: number | null;
    readonly template: string;
    readonly values: Parameters<Say>[1];
  } | null;
  readonly command: string;
}

/** Saves the journal of a call, and has it replayed: whether this version of the server decides the same. */
export function callJournal(callId: string): readonly HTMLElement[] {
  const outcome = element("div", { className: "outcome", role: "status" });
  const save = button(t("Save the journal"), async () => {
    const file = await (await fetchApi(`/api/calls/${callId}/journal`)).blob();
    const url = URL.createObjectURL(file);
    element("a", { href: url, download: `${callId}.jsonl` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  });
  const replay = button(t("Replay"), async () => {
    outcome.replaceChildren(t("The journal is replayed …"));
    const answer = await fetchApiJson<Replay>(`/api/calls/${callId}/replay`, { method: "POST" });
    outcome.replaceChildren(...describe(answer, await loadServerTexts()));
  });
  return [
    element("p", {
      textContent: t(
        "The journal has what the call's machine got. A replay runs it through this version of the server again and tells whether it decides the same.",
      ),
    }),
    element("p", { className: "downloads" }, [replay, save]),
    outcome,
  ];

  function button(textContent: string, work: () => Promise<void>): HTMLButtonElement {
    const made = element("button", { type: "button", textContent });
    made.onclick = async () => {
      made.disabled = true;
      try {
        await work();
      } catch (error) {
        if (!(error instanceof RequestError)) throw error;
        outcome.replaceChildren(element("p", { className: "problem", textContent: error.message }));
      } finally {
        made.disabled = false;
      }
    };
    return made;
  }
}

function describe(
  { same, entries, difference, command }: Replay,
  say: Say,
): readonly (Node | string)[] {
  const count = formatCount(entries);
  const verdict = same
    ? t("The same: all {count} entries lead to the turns, tools and end of the record.", { count })
    : t("Not the same. The first difference:");
  const at = difference?.atMs == null ? "" : `${formatDuration(difference.atMs)} `;
  return [
    element("p", { className: same ? "same" : "different", textContent: verdict }),
    ...(difference === null ? [] : [
      element("p", { textContent: `${at}${say(difference.template, difference.values)}` }),
      element("p", {
        textContent: t(
          "Where the journal has no words, as without JOURNAL_TEXTS, what depends on words may differ.",
        ),
      }),
    ]),
    element("p", {}, [
      t("To see every decision, save the journal and run"),
      " ",
      element("code", { textContent: command }),
    ]),
  ];
}
