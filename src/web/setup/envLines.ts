/// <reference lib="dom" />
import { find } from "../elements.ts";
import { t } from "../text.ts";

/** Lines that an operator copies into the file of settings or into a page of another site. */
interface SiteForm {
  /** `server` is the origin at which pages of other sites reach this server. */
  show(server: string, agent?: string): void;
}

/** Makes the lines for a site, with a new public key that is bound to the address typed in. */
export function createSiteForm(): SiteForm {
  const keyLine = find("site-key", HTMLElement);
  const pageLines = find("site-lines", HTMLElement);
  const address = find("site-origin", HTMLInputElement);
  const problem = find("site-problem", HTMLElement);
  const publicKey = `pk_${randomHex(16)}`;
  let shown = { server: location.origin, agent: "" };

  enableCopy("site-key-copy", keyLine);
  enableCopy("site-copy", pageLines);
  address.oninput = write;
  find("site-form", HTMLFormElement).onsubmit = (event) => event.preventDefault();

  return {
    show(server, agent = shown.agent) {
      shown = { server, agent };
      write();
    },
  };

  function write(): void {
    const { server, agent } = shown;
    const typed = address.value.trim();
    const origin = originOf(typed);
    problem.textContent = typed === "" || origin !== undefined
      ? ""
      : t("Write the address as it begins in the browser, with https://.");
    keyLine.textContent = `PUBLIC_KEYS=site:${publicKey};origins=${
      origin ?? "https://shop.example"
    };agents=${agent}`;
    pageLines.textContent = [
      `<script type="module" src="${server}/embed.js"></script>`,
      `<voice-agent key="${publicKey}" agent="${agent}"></voice-agent>`,
    ].join("\n");
  }
}

/** The lines of the file of settings that connect a phone number; without a secret there are keys already. */
export function linesForPhone({ url, needsModel, apiSecret }: {
  readonly url: string | undefined;
  readonly needsModel: boolean;
  readonly apiSecret: string | undefined;
}): string {
  return [
    // Without this line a server with a phone does not start.
    ...(needsModel ? ["OPENAI_API_KEY=sk-…"] : []),
    `PUBLIC_URL=${url ?? "https://voice.example.com"}`,
    "TWILIO_ACCOUNT_SID=AC…",
    "TWILIO_AUTH_TOKEN=…",
    "TWILIO_PHONE_NUMBER=+1…",
    ...(apiSecret === undefined ? [] : [`API_KEYS=ops:${apiSecret};scopes=admin`]),
  ].join("\n");
}

/** Lets a button copy what `source` shows; the element after the button says whether that worked. */
export function enableCopy(buttonId: string, source: HTMLElement): void {
  const button = find(buttonId, HTMLButtonElement);
  button.onclick = () =>
    navigator.clipboard.writeText(source.textContent).then(
      () => tell(t("Copied.")),
      () => tell(t("The browser does not allow it: select the lines by hand.")),
    );

  function tell(text: string): void {
    const status = button.nextElementSibling;
    if (status !== null) status.textContent = text;
  }
}

/** A secret of that many random bytes. */
export function randomHex(bytes: number): string {
  const random = crypto.getRandomValues(new Uint8Array(bytes));
  return [...random].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The origin of an address of a web page; a path after it is left out. */
function originOf(typed: string): string | undefined {
  const url = URL.parse(typed);
  return url !== null && /^https?:$/.test(url.protocol) ? url.origin : undefined;
}
