/// <reference lib="dom" />
import type { AgentTitles } from "./apiTypes.ts";
import { RequestError, storedKey, storeKey } from "./apiClient.ts";
import { fetchServerInfo, type ServerInfo } from "./talk/connection.ts";
import { find } from "./elements.ts";
import { createLiveCallView } from "./live/liveCallView.ts";
import { createLiveListView } from "./live/liveListView.ts";
import { type PageLocation, readPageLocation } from "./pageLocation.ts";
import { createRecordListView } from "./records/recordListView.ts";
import { createRecordView } from "./records/recordView.ts";
import { createBatchListView } from "./batches/batchListView.ts";
import { createBatchView } from "./batches/batchView.ts";
import { createCalendarView } from "./calendar/calendarView.ts";
import { createDoNotCallView } from "./listed/doNotCallView.ts";
import { createAgentsView } from "./agents/agentsView.ts";
import { showStart, showStartProblem, showTalk } from "./talk/talkView.ts";
import { describeEngine } from "./talk/talkTexts.ts";

const server = fetchServerInfo();
const titles = server.then(titlesOf, () => new Map<string, string>());
const showLiveCalls = createLiveListView(titles);
const showLiveCall = createLiveCallView(titles);
const showRecords = createRecordListView(titles);
const showRecord = createRecordView(titles);
const showCalendar = createCalendarView();
const showBatches = createBatchListView(titles);
const showBatch = createBatchView(titles);
const showAgents = createAgentsView();
const showDoNotCall = createDoNotCallView();

const names = {
  talk: "",
  calls: "Live calls",
  call: "Live call",
  records: "Records",
  record: "Record",
  calendar: "Calendar",
  batches: "Batches",
  batch: "Batch",
  agents: "Agents",
  "do-not-call": "Do not call",
};
let showing = new AbortController();

server.then((info) => {
  find("engine", HTMLElement).textContent = describeEngine(info.engine);
  showStart(info);
}, showStartProblem);
onhashchange = () => show({ focuses: true });
find("gate-form", HTMLFormElement).onsubmit = (event) => {
  event.preventDefault();
  storeKey(find("gate-key", HTMLInputElement).value.trim());
  show({ focuses: true });
};
find("try-again", HTMLButtonElement).onclick = () =>
  server.then(() => show({ focuses: true }), () => location.reload());
show({ focuses: false });

/** Shows the view that the URL names; the previous one is aborted. */
async function show({ focuses }: { readonly focuses: boolean }): Promise<void> {
  showing.abort();
  const { signal } = showing = new AbortController();
  const target = readPageLocation(location.hash);
  const name = names[target.view];
  document.title = name === "" ? "Parley" : `${name} · Parley`;
  markLink(target);
  try {
    if (target.view !== "talk" && storedKey() === "" && (await server).access === "key") {
      return askForKey("");
    }
    if (signal.aborted) return;
    reveal(target.view, focuses);
    await open(target, signal);
  } catch (error) {
    if (signal.aborted) return;
    showing.abort();
    if (error instanceof RequestError && error.status === 401) {
      return askForKey(describeError(error));
    }
    find("trouble-text", HTMLElement).textContent = error instanceof RequestError
      ? describeError(error)
      : "Something in this page failed. Reload it; if it fails again, the server's log may say why.";
    reveal("trouble", true);
    if (!(error instanceof RequestError)) throw error;
  }
}

function open(target: PageLocation, signal: AbortSignal): Promise<void> {
  switch (target.view) {
    case "talk":
      showTalk();
      return Promise.resolve();
    case "calls":
      return showLiveCalls(signal);
    case "call":
      return showLiveCall(target.id, signal);
    case "records":
      return showRecords(target.filter, signal);
    case "record":
      return showRecord(target.id, signal);
    case "calendar":
      return showCalendar(target.filter, signal);
    case "batches":
      return showBatches(signal);
    case "batch":
      return showBatch(target.id, signal);
    case "agents":
      return showAgents(signal);
    case "do-not-call":
      return showDoNotCall(signal);
  }
}

/** Asks for the API key, with the reason why the last one was refused. */
function askForKey(refusal: string): void {
  find("gate-problem", HTMLElement).textContent = storedKey() === "" ? "" : refusal;
  reveal("gate", false);
  find("gate-key", HTMLInputElement).select();
}

function describeError({ code, message, details }: RequestError): string {
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

function markLink({ view }: PageLocation): void {
  const part = view === "call"
    ? "calls"
    : view === "record"
    ? "records"
    : view === "batch"
    ? "batches"
    : view;
  for (const link of document.querySelectorAll("nav a")) {
    link.ariaCurrent = link.getAttribute("href") === `#${part}` ? "page" : null;
  }
}

function titlesOf({ agents }: ServerInfo): AgentTitles {
  return new Map(agents.map(({ name, title }) => [name, title]));
}
