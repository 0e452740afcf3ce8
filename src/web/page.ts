/// <reference lib="dom" />
import { storedKey, storeKey } from "./apiKey.ts";
import { Refusal } from "./apiClient.ts";
import { askServer, type ServerInfo } from "./connection.ts";
import { find } from "./elements.ts";
import { createLiveCallView } from "./liveCallView.ts";
import { createLiveCallsView } from "./liveCallsView.ts";
import { type Place, placeOf } from "./pageLocation.ts";
import { createRecordsView } from "./recordsView.ts";
import { createRecordView } from "./recordView.ts";
import { introduce, refuse, resumeTalk } from "./talk.ts";
import { describeEngine } from "./callTexts.ts";

const server = askServer();
const titles = server.then(titlesOf, () => new Map<string, string>());
const liveCalls = createLiveCallsView(titles);
const liveCall = createLiveCallView(titles);
const records = createRecordsView(titles);
const record = createRecordView(titles);

const names = {
  talk: "",
  calls: "Live calls",
  call: "Live call",
  records: "Records",
  record: "Record",
};
let showing = new AbortController();

server.then((info) => {
  find("engine", HTMLElement).textContent = describeEngine(info.engine);
  introduce(info);
}, refuse);
onhashchange = () => show({ focuses: true });
find("gate-form", HTMLFormElement).onsubmit = (event) => {
  event.preventDefault();
  storeKey(find("gate-key", HTMLInputElement).value.trim());
  show({ focuses: true });
};
find("try-again", HTMLButtonElement).onclick = () =>
  server.then(() => show({ focuses: true }), () => location.reload());
show({ focuses: false });

/** Shows what the address names, until it names something else. */
async function show({ focuses }: { readonly focuses: boolean }): Promise<void> {
  showing.abort();
  const { signal } = showing = new AbortController();
  const place = placeOf(location.hash);
  const name = names[place.view];
  document.title = name === "" ? "Parley" : `${name} · Parley`;
  markLink(place);
  try {
    if (place.view !== "talk" && storedKey() === "" && (await server).access === "key") {
      return ask("");
    }
    if (signal.aborted) return;
    reveal(place.view, focuses);
    await open(place, signal);
  } catch (error) {
    if (signal.aborted) return;
    showing.abort();
    if (error instanceof Refusal && error.status === 401) return ask(describeRefusal(error));
    find("trouble-text", HTMLElement).textContent = error instanceof Refusal
      ? describeRefusal(error)
      : "Something in this page failed. Reload it; if it fails again, the server's log may say why.";
    reveal("trouble", true);
    if (!(error instanceof Refusal)) throw error;
  }
}

function open(place: Place, signal: AbortSignal): Promise<void> {
  switch (place.view) {
    case "talk":
      resumeTalk();
      return Promise.resolve();
    case "calls":
      return liveCalls.open(signal);
    case "call":
      return liveCall.open(place.id, signal);
    case "records":
      return records.open(place.filter, signal);
    case "record":
      return record.open(place.id, signal);
  }
}

/** Asks for the API key; what was wrong with the last one is said if there was one. */
function ask(refusal: string): void {
  find("gate-problem", HTMLElement).textContent = storedKey() === "" ? "" : refusal;
  reveal("gate", false);
  find("gate-key", HTMLInputElement).select();
}

function describeRefusal({ code, message, details }: Refusal): string {
  if (code === "invalid_key") return "The server does not know this key.";
  return [message, ...details.map((detail) => `${detail.path} ${detail.message}.`)].join(" ");
}

function reveal(view: string, focuses: boolean): void {
  document.body.dataset.view = view;
  for (const main of document.querySelectorAll("main")) {
    main.hidden = main.id !== view;
    if (focuses && !main.hidden) main.querySelector("h1")?.focus({ preventScroll: true });
  }
}

function markLink({ view }: Place): void {
  const part = view === "call" ? "calls" : view === "record" ? "records" : view;
  for (const link of document.querySelectorAll("nav a")) {
    link.ariaCurrent = link.getAttribute("href") === `#${part}` ? "page" : null;
  }
}

function titlesOf({ agents }: ServerInfo): ReadonlyMap<string, string> {
  return new Map(agents.map(({ name, title }) => [name, title]));
}
