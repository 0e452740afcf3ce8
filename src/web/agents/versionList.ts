/// <reference lib="dom" />
import { fetchApiJson } from "../apiClient.ts";
import { element, find } from "../elements.ts";
import { formatDayWithin, formatTime } from "../formats.ts";
import { problemText } from "../problemText.ts";
import { createQuestionDialog } from "../questionDialog.ts";
import { t } from "../text.ts";
import type { AgentFile, AgentVersion, VersionList } from "./agentTypes.ts";
import { showDiff } from "./diffView.ts";

/** Creates the list of an agent's versions, which are compared with the file and restored. */
export function createVersionList() {
  const list = find("agent-versions", HTMLElement);
  const place = find("agent-diff", HTMLElement);
  const problem = find("versions-problem", HTMLElement);
  const question = createQuestionDialog("restore", {
    title: t("Restore this version?"),
    then: t("Its text takes the place of what is in the file now. The next call uses it."),
    confirm: t("Restore it"),
    keep: t("Keep the file"),
    isHarmless: true,
  });

  /** `file` is absent for a key that may not see it; the callback is called after a version was restored. */
  return async function showVersions(
    name: string,
    file: AgentFile | undefined,
    { signal, restored }: { readonly signal: AbortSignal; readonly restored: () => void },
  ): Promise<void> {
    const path = `/api/agents/${name}/versions`;
    const { versions } = await fetchApiJson<VersionList>(path, { signal });
    if (signal.aborted) return;
    question.close();
    place.hidden = true;
    problem.textContent = "";
    list.replaceChildren(...versions.map(rowOf));
    find("versions-none", HTMLElement).hidden = versions.length > 0;

    function rowOf(known: AgentVersion): HTMLElement {
      const { version, inUse, calls } = known;
      const facts = [
        ...(inUse ? [t("in use")] : []),
        calls === 1 ? t("1 call") : t("{count} calls", { count: calls }),
        ...lastUse(known),
      ];
      return element("li", {}, [
        element("span", {}, [
          element("code", { textContent: version }),
          element("span", { className: "caption", textContent: ` ${facts.join(" · ")}` }),
        ]),
        element("span", { className: "choices" }, file === undefined ? [] : actionsOf(known, file)),
      ]);
    }

    function actionsOf({ version, inUse }: AgentVersion, file: AgentFile): readonly HTMLElement[] {
      const isFile = inUse && file.problems.length === 0;
      if (isFile) return [];
      const compare = element("button", {
        type: "button",
        textContent: t("Compare with the file"),
        ariaLabel: t("Compare with the file: version {version}", { version }),
        onclick: () => compareWith(version, file).catch(tell),
      });
      if (file.writing !== "allowed") return [compare];
      return [
        compare,
        element("button", {
          type: "button",
          textContent: t("Restore"),
          ariaLabel: t("Restore version {version}", { version }),
          onclick: () =>
            question.ask(element("code", { textContent: version }), () => restore(version)),
        }),
      ];
    }

    async function compareWith(version: string, file: AgentFile): Promise<void> {
      problem.textContent = "";
      const { text } = await fetchApiJson<{ text: string }>(`${path}/${version}`, { signal });
      if (signal.aborted) return;
      find("agent-diff-title", HTMLElement).textContent = t(
        "What restoring {version} would change in the file",
        { version },
      );
      showDiff(find("agent-diff-lines", HTMLElement), file.text ?? "", text);
      place.hidden = false;
      find("agent-diff-title", HTMLElement).focus();
    }

    async function restore(version: string): Promise<void> {
      await fetchApiJson(`${path}/${version}/restore`, { method: "POST", signal });
      restored();
    }

    function tell(error: unknown): void {
      if (!signal.aborted) problem.textContent = problemText(error);
    }
  };
}

function lastUse({ lastUsedAt }: AgentVersion): readonly string[] {
  if (lastUsedAt === null) return [];
  const [day, time] = [formatDayWithin(lastUsedAt, new Date()), formatTime(lastUsedAt)];
  return [t("last {day}, {time}", { day, time })];
}
