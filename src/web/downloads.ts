/// <reference lib="dom" />
import { fetchApi, RequestError } from "./apiClient.ts";
import { element } from "./elements.ts";

const FORMATS = [
  { name: "Text", format: "text", extension: "txt" },
  { name: "WebVTT", format: "vtt", extension: "vtt" },
  { name: "JSON", format: "json", extension: "json" },
] as const;

/** Buttons that download the transcript of a call as a file. */
export interface Downloads {
  /** Shows the buttons for a call; hides them where it has no transcript. */
  show(callId: string, hasTranscript: boolean): void;
}

/** Fills `container` with the buttons. */
export function createDownloads(container: HTMLElement): Downloads {
  const problem = element("span", { className: "problem", role: "alert" });
  return {
    show(callId, hasTranscript) {
      problem.textContent = "";
      container.hidden = !hasTranscript;
      container.replaceChildren(
        element("span", { textContent: "Download" }),
        ...FORMATS.map(({ name, format, extension }) => {
          const button = element("button", {
            type: "button",
            className: "link",
            textContent: name,
          });
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
        }),
        problem,
      );
    },
  };
}

/** By fetch, since a plain link cannot send the API key. */
async function download(path: string, fileName: string): Promise<void> {
  const url = URL.createObjectURL(await (await fetchApi(path)).blob());
  element("a", { href: url, download: fileName }).click();
  // The browser reads the blob after click() has returned.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
