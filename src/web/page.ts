/// <reference lib="dom" />
import type { AgentTitles } from "./apiTypes.ts";
import { RequestError, storedKey, storeKey, whenSessionEnds, wordFaults } from "./apiClient.ts";
import { describeEngine, fetchServerInfo, type ServerInfo } from "./serverInfo.ts";
import { element, find } from "./elements.ts";
import { forgetMe, learnMe } from "./me.ts";
import { type PageLocation, readPageLocation, type ViewName } from "./pageLocation.ts";
import { mayPlayAtOnce } from "./talk/leftCall.ts";
import { problemText } from "./problemText.ts";
import { type Language, language, t } from "./text.ts";
import { type ShowView, type View, views } from "./views.ts";

wordFaults({
  unreachable: t("The server does not answer. Is it running?"),
  unreadable: t("The server answered {status}."),
  ...(language === "de" && {
    loadServerTexts: async () => (await import("./serverTexts.ts")).loadServerTexts(),
  }),
});
const server = fetchServerInfo();
const titles = server.then(titlesOf, () => new Map<string, string>());
const opened = new Map<ViewName, Promise<ShowView>>();
/** As it was when the page came: a call that it was left in is gone on with at once, or offered. */
const mayPlay = mayPlayAtOnce();
let showing = new AbortController();
let talk: Promise<() => void> | undefined;

server.then((info) => {
  find("engine", HTMLElement).textContent = describeEngine(info.engine);
  if (isFirstVisit() && info.engine === "rehearsal" && info.access === "open") {
    location.replace("#setup");
  }
}, () => {});
whenSessionEnds((problem) => {
  forgetMe();
  // A call that goes on is not of the sign-in any more.
  if (document.body.dataset.view === "talk") return;
  showing.abort();
  askForKey(describeError(problem));
});
onhashchange = () => show({ focuses: true });
find("gate-form", HTMLFormElement).onsubmit = (event) => {
  event.preventDefault();
  storeKey(find("gate-key", HTMLInputElement).value.trim());
  show({ focuses: true });
};
find("try-again", HTMLButtonElement).onclick = () =>
  server.then(() => show({ focuses: true }), () => location.reload());
const other = language === "de" ? "en" : "de";
Object.assign(find("language", HTMLButtonElement), {
  lang: other,
  textContent: other === "de" ? "Deutsch" : "English",
  onclick: () => changeLanguage(other),
});
show({ focuses: false });

/** Shows the view that the URL names; the previous one is aborted. */
async function show({ focuses }: { readonly focuses: boolean }): Promise<void> {
  showing.abort();
  const { signal } = showing = new AbortController();
  const target = readPageLocation(location.hash);
  const view = target.view === "talk" ? undefined : views[target.view];
  document.title = view === undefined ? "Parley" : `${view.title} · Parley`;
  markLink(view?.part ?? target.view);
  try {
    if (view === undefined) {
      reveal("talk", focuses);
      // The view itself asks for a key, and says what is wrong with one.
      server.then(async ({ access, signIn }) => {
        offerSignIn("talk-sign-in-link");
        if (access === "open" || signIn || storedKey() !== "") await learnMe();
      }).catch(() => {});
      return (await openTalk())();
    }
    if (storedKey() === "") {
      const { access, signIn } = await server;
      if (access === "key" && !signIn) return askForKey("");
    }
    const [showView] = await Promise.all([open(target, view), learnMe()]);
    if (signal.aborted) return;
    reveal(target.view, focuses);
    await showView(target, signal);
  } catch (error) {
    if (signal.aborted) return;
    showing.abort();
    if (error instanceof RequestError && error.status === 401) {
      return askForKey(describeError(error));
    }
    find("trouble-text", HTMLElement).textContent = error instanceof RequestError
      ? describeError(error)
      : t(
        "Something in this page failed. Reload it; if it fails again, the server's log may say why.",
      );
    reveal("trouble", true);
    if (!(error instanceof RequestError)) throw error;
  }
}

/** Loads the first view, whose HTML is in the page from the beginning, and offers a call in it. */
function openTalk(): Promise<() => void> {
  return talk ??= import("./talk/talkView.ts").then(({ showStart, showStartProblem, showTalk }) => {
    server.then((info) => showStart(info, mayPlay), showStartProblem);
    return showTalk;
  });
}

/** Loads the parts of a view, once; again where that failed. */
function open({ view: name }: PageLocation, view: View): Promise<ShowView> {
  const known = opened.get(name);
  if (known !== undefined) return known;
  const loading = load(view);
  opened.set(name, loading);
  loading.catch(() => opened.delete(name));
  return loading;
}

async function load({ html, styles = [], load }: View): Promise<ShowView> {
  const [fragment] = await Promise.all([readFragment(html), ...styles.map(addStyle)]);
  // A second try, after a module could not be loaded, has the elements already.
  const main = fragment.querySelector("main");
  if (main !== null && document.getElementById(main.id) === null) {
    find("desk", HTMLElement).before(fragment);
  }
  return await load(titles);
}

async function readFragment(path: string): Promise<DocumentFragment> {
  // In the language of this module.
  const response = await fetch(new URL(path, import.meta.url)).catch(() => undefined);
  if (response?.ok !== true) throw unreachable();
  const template = document.createElement("template");
  template.innerHTML = await response.text();
  return template.content;
}

function addStyle(path: string): Promise<void> {
  if (document.querySelector(`link[data-path="${path}"]`) !== null) return Promise.resolve();
  const link = element("link", { rel: "stylesheet", href: `/assets/${path}` });
  link.dataset["path"] = path;
  return new Promise((resolve, reject) => {
    link.onload = () => resolve();
    link.onerror = () => {
      link.remove();
      reject(unreachable());
    };
    document.head.append(link);
  });
}

/** The styles of views that were shown before do not apply to this one. */
function applyStyles(view: string): void {
  const own = new Set(isView(view) ? views[view].styles : []);
  for (const link of document.querySelectorAll<HTMLLinkElement>("link[data-path]")) {
    if (link.sheet !== null) link.sheet.disabled = !own.has(link.dataset["path"] ?? "");
  }
}

function isView(name: string): name is keyof typeof views {
  return Object.hasOwn(views, name);
}

function unreachable(): RequestError {
  return new RequestError("unreachable", t("The server does not answer. Is it running?"));
}

/** Whether this browser shows the page for the first time, and its URL names no part of it. */
function isFirstVisit(): boolean {
  try {
    const isFirst = localStorage.getItem(VISITED_ITEM) === null;
    localStorage.setItem(VISITED_ITEM, "yes");
    return isFirst && location.hash === "";
  } catch {
    // The browser keeps nothing, so every visit would be the first one.
    return false;
  }
}

const VISITED_ITEM = "parley.visited";

/** Shows the page in another language from now on. */
function changeLanguage(to: Language): void {
  document.cookie = `parley-language=${to}; path=/; max-age=31536000; samesite=strict`;
  location.reload();
}

/** Asks for the API key, or to sign in, with the reason why that is not so yet. */
function askForKey(refusal: string): void {
  find("gate-problem", HTMLElement).textContent = refusal;
  offerSignIn("gate-sign-in-link");
  reveal("gate", false);
  server.then(({ signIn }) => {
    find("gate-sign-in", HTMLElement).hidden = !signIn;
    find("gate-title", HTMLElement).textContent = signIn
      ? t("Sign in to see this")
      : t("This server asks for an API key");
    if (signIn) find("gate-sign-in-link", HTMLAnchorElement).focus();
    else find("gate-key", HTMLInputElement).select();
  }, () => find("gate-key", HTMLInputElement).select());
}

/** A plain link to the provider, from where it goes on with the part of the page that is shown now. */
function offerSignIn(id: string): void {
  const link = find(id, HTMLAnchorElement);
  link.href = `/sign-in?to=${encodeURIComponent(location.hash)}`;
}

function describeError(error: RequestError): string {
  if (error.code === "invalid_key") return t("The server does not know this key.");
  // The page has not asked for one yet.
  return error.code === "key_required" ? "" : problemText(error);
}

function reveal(view: string, focuses: boolean): void {
  document.body.dataset.view = view;
  applyStyles(view);
  for (const main of document.querySelectorAll("main")) {
    main.hidden = main.id !== view;
    if (focuses && !main.hidden) main.querySelector("h1")?.focus({ preventScroll: true });
  }
}

function markLink(part: string): void {
  for (const link of document.querySelectorAll("nav a")) {
    const isCurrent = link.getAttribute("href") === `#${part}`;
    link.ariaCurrent = isCurrent ? "page" : null;
    // On a narrow screen the navigation scrolls.
    if (isCurrent) link.scrollIntoView({ inline: "center", block: "nearest" });
  }
}

function titlesOf({ agents }: ServerInfo): AgentTitles {
  return new Map(agents.map(({ name, title }) => [name, title]));
}
