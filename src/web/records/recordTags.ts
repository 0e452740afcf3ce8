/// <reference lib="dom" />
import { fetchApiJson, RequestError } from "../apiClient.ts";
import type { CallSummary } from "../apiTypes.ts";
import type { KnownTag } from "./listTypes.ts";
import { element } from "../elements.ts";
import { needing } from "../me.ts";
import { t } from "../text.ts";

/** The tags of one call in `container`, to be added and removed. */
export function createRecordTags(container: HTMLElement): (call: CallSummary) => void {
  const chips = element("ul", { className: "tags" });
  const known = element("datalist", { id: "record-known-tags" });
  const input = element("input", {
    type: "text",
    maxLength: 40,
    autocomplete: "off",
    ariaLabel: t("New tag"),
    placeholder: t("New tag"),
  });
  input.setAttribute("list", known.id);
  const form = element("form", { className: "new-tag" }, [
    input,
    element("button", { className: "link", textContent: t("Add tag") }),
  ]);
  const status = element("span", { className: "problem", role: "alert" });
  container.replaceChildren(chips, needing("calls:create", form), known, status);

  return function showTags({ id, tags }) {
    input.value = "";
    status.textContent = "";
    input.onfocus = () => void suggest();
    form.onsubmit = (event) => {
      event.preventDefault();
      const tag = input.value.trim();
      if (tag !== "") change(tag, "PUT").then((isDone) => isDone && (input.value = ""));
    };
    write(tags);

    function write(tags: readonly string[]): void {
      chips.hidden = tags.length === 0;
      chips.replaceChildren(...tags.map((tag) => {
        const remove = element("button", {
          type: "button",
          textContent: "×",
          ariaLabel: t("Remove the tag {tag}", { tag }),
        });
        remove.onclick = () => change(tag, "DELETE").then(() => input.focus());
        return element("li", {}, [
          element("a", {
            href: `#records?${new URLSearchParams({ tag })}`,
            textContent: tag,
          }),
          needing("calls:create", remove),
        ]);
      }));
    }

    async function change(tag: string, method: "PUT" | "DELETE"): Promise<boolean> {
      status.textContent = "";
      try {
        const path = `/api/calls/${id}/tags/${encodeURIComponent(tag)}`;
        write((await fetchApiJson<{ readonly tags: readonly string[] }>(path, { method })).tags);
        return true;
      } catch (error) {
        if (!(error instanceof RequestError)) throw error;
        status.textContent = error.code === "invalid_request"
          ? t("A tag has 1 to 40 letters, digits, spaces and marks such as - and :.")
          : error.message;
        return false;
      }
    }
  };

  /** Those that other calls have; the field works without them. */
  async function suggest(): Promise<void> {
    const { tags } = await fetchApiJson<{ readonly tags: readonly KnownTag[] }>("/api/tags")
      .catch(() => ({ tags: [] }));
    known.replaceChildren(...tags.map(({ tag }) => new Option(tag, tag)));
  }
}
