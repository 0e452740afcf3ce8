/// <reference lib="dom" />
import { fetchApi, RequestError } from "../apiClient.ts";
import { element } from "../elements.ts";
import { t } from "../text.ts";

const FORMATS = [
  { name: t("Text"), format: "text", extension: "txt" },
  { name: "WebVTT", format: "vtt", extension: "vtt" },
  { name: "JSON", format: "json", extension: "json" },
] as const;

/** Fills `container` with buttons that download the transcript of a call as a file. */
export function showDownloads(container: HTMLElement, callId: string): void {
  const problem = element("span", { className: "problem", role: "alert" });
  const buttons = FORMATS.map(({ name, format, extension }) => {
    const button = element("button", { type: "button", className: "link", textContent: name });
    button.onclick = async () => {
      problem.textContent = "";
      try {
        await download(
          `/api/calls/${callId}/transcript?format=${format}`,
          `${callId}.${extension}`,
        );
      } catch (error) {
        if (!(error instanceof RequestError)) throw error;
        problem.textContent = error.message;
      }
    };
    return button;
  });
  const label = element("span", { textContent: t("Download") });
  container.replaceChildren(label, ...buttons, problem);
}

/** Saves an answer of the API as a file: by fetch, since a plain link cannot send the API key. */
export async function download(path: string, fileName: string): Promise<void> {
  const url = URL.createObjectURL(await (await fetchApi(path)).blob());
  element("a", { href: url, download: fileName }).click();
  // The browser reads the blob after click() has returned.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
