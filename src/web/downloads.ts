/// <reference lib="dom" />
import { Refusal, sendToApi } from "./apiClient.ts";
import { element } from "./elements.ts";

const FORMATS = [
  { name: "Text", format: "text", extension: "txt" },
  { name: "WebVTT", format: "vtt", extension: "vtt" },
  { name: "JSON", format: "json", extension: "json" },
] as const;

/** Gives a call's conversation away as a file. */
export interface Downloads {
  /** Offers those of a call; there may be nothing to give. */
  offer(callId: string, isSomething: boolean): void;
}

export function createDownloads(place: HTMLElement): Downloads {
  const problem = element("span", { className: "problem", role: "alert" });
  return {
    offer(callId, isSomething) {
      problem.textContent = "";
      place.hidden = !isSomething;
      place.replaceChildren(
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
              if (!(error instanceof Refusal)) throw error;
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

/** A plain link would not show the API key. */
async function download(path: string, fileName: string): Promise<void> {
  const url = URL.createObjectURL(await (await sendToApi(path)).blob());
  element("a", { href: url, download: fileName }).click();
  // The browser takes the file in its own time, but soon.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
