/// <reference lib="dom" />
import { fetchApiJson, RequestError } from "../apiClient.ts";
import { element, find } from "../elements.ts";
import { fetchServerInfo } from "../serverInfo.ts";
import { loadServerTexts, type Say } from "../serverTexts.ts";
import { t } from "../text.ts";
import { createSiteForm, enableCopy, linesForPhone, randomHex } from "./envLines.ts";

/** Creates the view of the set-up: three steps to the first call, and what is on, off and broken. */
export function createSetupView(): (signal: AbortSignal) => Promise<void> {
  const list = find("setup-list", HTMLUListElement);
  const summary = find("setup-summary", HTMLElement);
  const again = find("setup-again", HTMLButtonElement);

  const phone = find("phone-set-up", HTMLElement);
  const phoneLines = find("phone-lines", HTMLElement);
  enableCopy("phone-copy", phoneLines);
  const site = createSiteForm();
  const apiSecret = randomHex(24);

  return async function showSetup(signal) {
    const { defaultAgent } = await fetchServerInfo();
    site.show(location.origin, defaultAgent);
    again.onclick = () => look(signal).catch(tell);
    await look(signal);
  };

  function tell(error: unknown): void {
    if (!(error instanceof RequestError)) throw error;
    summary.textContent = error.message;
  }

  async function look(signal: AbortSignal): Promise<void> {
    summary.textContent = t("Looking…");
    again.disabled = true;
    try {
      const [{ checks }, { calls }, say] = await Promise.all([
        fetchApiJson<Setup>("/api/setup", { signal }),
        fetchApiJson<{ readonly calls: readonly unknown[] }>("/api/calls?limit=1", { signal }),
        loadServerTexts("setup/setupTexts.json"),
      ]);
      list.replaceChildren(...checks.map((check) => rowOf(check, say)));
      const url = checks.find(({ part }) => part === "publicUrl")?.values["url"]?.toString();
      if (url !== undefined) site.show(url);
      const needsKey = isOff(checks, "keys");
      phone.hidden = !isOff(checks, "phone");
      find("phone-key", HTMLElement).hidden = !needsKey;
      phoneLines.textContent = linesForPhone({
        url,
        needsModel: isOff(checks, "model"),
        apiSecret: needsKey ? apiSecret : undefined,
      });
      summary.textContent = summarise(checks);
      markDone("step-talk", calls.length > 0);
      markDone("step-model", isOk(checks, "model"));
      markDone("step-phone", isOk(checks, "phone"));
    } finally {
      again.disabled = false;
    }
  }
}

function isOff(checks: readonly Check[], part: string): boolean {
  return checks.some((check) => check.part === part && check.state === "off");
}

function isOk(checks: readonly Check[], part: string): boolean {
  const ofPart = checks.filter((check) => check.part === part);
  return ofPart.some(({ state }) => state === "ok") &&
    !ofPart.some(({ state }) => state === "broken");
}

function markDone(id: string, isDone: boolean): void {
  const step = find(id, HTMLLIElement);
  step.classList.toggle("done", isDone);
  const heading = step.querySelector("h3");
  if (heading !== null) heading.dataset["done"] = t("Done:");
}

function rowOf({ part, code, state, text, remedy, values, fix }: Check, say: Say): HTMLElement {
  return element("li", { className: state }, [
    element("span", { className: "state", textContent: STATES[state] ?? state }),
    element("div", {}, [
      element("h3", { textContent: PARTS[part] ?? part }),
      // What is wrong with a file is told in English, as its reader tells it.
      element("p", { textContent: say(text, { ...values, problem: "" }).trim() }),
      ...(values["problem"] === undefined ? [] : [
        element("p", {}, [
          element("code", { lang: "en", textContent: String(values["problem"]) }),
        ]),
      ]),
      ...(remedy === null
        ? []
        : [element("p", { className: "remedy", textContent: say(remedy, values) })]),
      ...(fix === null ? [] : [element("p", { className: "remedy" }, [
        element("code", { textContent: "deno task doctor --fix" }),
        `: ${say(fix.text, fix.values)}`,
      ])]),
      ...(state === "ok" ? [] : [codeOf(code)]),
    ]),
  ]);
}

/** The stable name of what was found, which can be copied. */
function codeOf(code: string): HTMLElement {
  const button = element("button", { type: "button", textContent: code });
  button.setAttribute("aria-label", t("Copy {code}", { code }));
  button.onclick = () =>
    navigator.clipboard.writeText(code).then(
      () => tellCopied(t("{code} was copied.", { code })),
      () => tellCopied(t("The browser does not allow it: select the lines by hand.")),
    );
  return element("p", { className: "code" }, [button]);
}

function tellCopied(text: string): void {
  find("setup-copied", HTMLElement).textContent = text;
}

function summarise(checks: readonly Check[]): string {
  const count = (state: string) => checks.filter((check) => check.state === state).length;
  if (count("broken") > 0) return t("{count} broken", { count: count("broken") });
  if (count("warning") === 0) return t("Nothing is broken.");
  return count("warning") === 1
    ? t("Nothing is broken; 1 warning")
    : t("Nothing is broken; {count} warnings", { count: count("warning") });
}

const STATES: Readonly<Record<string, string>> = {
  ok: t("On"),
  off: t("Off"),
  warning: t("Warning"),
  broken: t("Broken"),
};

const PARTS: Readonly<Record<string, string>> = {
  model: t("Model"),
  clock: t("Clock"),
  agents: t("Agents"),
  tools: t("Tools"),
  publicUrl: t("Public address"),
  phone: t("Phone number"),
  alerts: t("Errors at Twilio"),
  destinations: t("Calling out"),
  texts: t("Text messages"),
  keys: t("API keys"),
  signIn: t("Sign-in"),
  sites: t("Other sites"),
  limits: t("Limits"),
  prices: t("Prices"),
  store: t("Records"),
  instances: t("Instances"),
  recordings: t("Recordings"),
  disk: t("Disk"),
  webhooks: t("Webhooks"),
  machine: t("This machine"),
  warnings: t("Settings"),
};

interface Setup {
  readonly checks: readonly Check[];
}

type Values = Readonly<Record<string, string | number>>;

/** One part of the answer of `GET /api/setup`. */
interface Check {
  readonly part: string;
  readonly code: string;
  readonly state: string;
  readonly text: string;
  readonly remedy: string | null;
  readonly values: Values;
  readonly fix: { readonly text: string; readonly values: Values } | null;
}
