/// <reference lib="dom" />
import { fetchApiJson } from "../apiClient.ts";
import type { AgentTitles, Analysis, CallDetail } from "../apiTypes.ts";
import { describeDirection, describeOutcome, describeParty } from "../callTexts.ts";
import { delay } from "../delay.ts";
import { describeAnalysis } from "./analysisView.ts";
import { showDownloads } from "./downloads.ts";
import { element, find } from "../elements.ts";
import { needing } from "../me.ts";
import { type Figure, showFigures } from "./figureList.ts";
import { lastList } from "./lastList.ts";
import { lengthOf } from "./lengthOf.ts";
import { transferTable } from "./transferTable.ts";
import { phoneMenuTables } from "./phoneMenuTables.ts";
import { agreements, mustHearTable, promiseTable } from "./heardTables.ts";
import { createRecordTags } from "./recordTags.ts";
import { costTable } from "./recordTables.ts";
import { latencyChart, usageChart } from "./turnCharts.ts";
import { bookedInCall } from "../calendar/bookedInCall.ts";
import type { RecordingPlayer } from "./recordingPlayer.ts";
import { isAudible } from "./recordingTypes.ts";
import { callMoments } from "../moments/callMoments.ts";
import { showCourse } from "../showCourse.ts";
import { createTranscriptView } from "../transcriptView.ts";
import {
  formatCount,
  formatDay,
  formatDollars,
  formatDuration,
  formatSpan,
  formatTime,
} from "../formats.ts";
import { t } from "../text.ts";

/**
 * Creates the view of the record of a call that has ended. Resolves when the record is shown. Throws
 * `RequestError`.
 */
export function createRecordView(
  titles: Promise<AgentTitles>,
): (id: string, signal: AbortSignal) => Promise<void> {
  const main = find("record", HTMLElement);
  const transcript = createTranscriptView(find("record-transcript", HTMLElement), {
    caller: "Caller",
    titleOf: (agent) => known.get(agent) ?? agent,
    onTime(startedMs) {
      follows = true;
      recording?.playFrom(startedMs);
    },
  });
  const showTags = createRecordTags(find("record-tags", HTMLElement));
  /** Loaded with the first record that has a recording. */
  let recording: RecordingPlayer | undefined;
  /** Whether what is heard is kept in view: not where the reader has scrolled away from it. */
  let follows = true;
  for (const type of ["wheel", "touchmove"]) {
    main.addEventListener(type, () => follows = false, { passive: true });
  }
  main.addEventListener("keydown", ({ key, defaultPrevented }) => {
    if (SCROLLING.has(key) && !defaultPrevented) follows = false;
  });
  let known: AgentTitles = new Map();
  const downloads = find("record-downloads", HTMLElement);

  return async function showRecord(id, signal) {
    find("record-back", HTMLAnchorElement).href = lastList();
    main.ariaBusy = "true";
    main.classList.add("loading");
    const call = await fetchApiJson<CallDetail>(`/api/calls/${id}`, { signal });
    const agents = await titles;
    known = agents;
    const booked = await bookedInCall(call, signal);
    if (call.recording !== null) recording ??= await loadPlayer();
    if (signal.aborted) return;
    if (call.status !== "ended") return location.replace(`#calls/${id}`);
    const { startedAt } = call;
    write("record-who", describeParty(call));
    const began = `${formatDay(startedAt, new Date())}, ${formatTime(startedAt)}`;
    write("record-way", [describeDirection(call, agents), ...ownNumber(call), began].join(" · "));
    write("record-end", describeOutcome(call));
    showTags(call);
    showFigures(find("record-figures", HTMLElement), figuresOf(call));
    find("record-booked", HTMLElement).replaceChildren(...booked);
    showAnalysis(call.analysis);
    recording?.show(call);
    signal.addEventListener("abort", () => recording?.close());
    main.classList.toggle("recorded", isAudible(call.recording));
    transcript.clear();
    showCourse(transcript, call, callMoments(call, agents));
    find("record-silent", HTMLElement).hidden = call.turns.length > 0;
    downloads.hidden = call.turns.length === 0;
    showDownloads(downloads, id);
    find("record-heard", HTMLElement).replaceChildren(
      ...agreements(call),
      ...mustHearTable(call),
      ...promiseTable(call),
      ...phoneMenuTables(call),
      ...transferTable(call),
    );
    find("record-latency", HTMLElement).replaceChildren(...latencyChart(call, signal));
    find("record-cost", HTMLElement).replaceChildren(
      ...usageChart(call, signal),
      ...costTable(call),
    );
    find("record-course", HTMLElement).replaceChildren(
      fold(t("Events"), async (opened) => {
        const { fillEvents } = await import("./eventList.ts");
        fillEvents(opened, { id, startedAt, signal });
      }),
      needing(
        "admin",
        fold(t("Journal and replay"), async (opened) => {
          const { callJournal } = await import("./callJournal.ts");
          opened.append(...callJournal(id));
        }),
      ),
    );
    const model = call.model === null ? [] : [call.model];
    find("record-audit", HTMLAnchorElement).href = `#audit?subject=${id}`;
    write("record-id", [id, ...model, ...versionOf(call), ...operatorFacts(call)].join(" · "));
    main.ariaBusy = "false";
    main.classList.remove("loading");
    main.scrollTop = 0;
    if (call.analysis?.state === "pending") followAnalysis(id, signal);
  };

  async function loadPlayer(): Promise<RecordingPlayer> {
    const { createRecordingPlayer } = await import("./recordingPlayer.ts");
    return createRecordingPlayer({
      section: find("record-recording", HTMLElement),
      sound: find("record-sound", HTMLElement),
      onHeard: (turnId, isPlaying) => transcript.hear(turnId, isPlaying && follows),
      onStarted: () => follows = true,
    });
  }

  function showAnalysis(analysis: Analysis | null): void {
    find("record-analysis", HTMLElement)
      .replaceChildren(...describeAnalysis(analysis, transcript.reveal));
  }

  /** Until it is over, or the reader goes elsewhere. */
  async function followAnalysis(id: string, signal: AbortSignal): Promise<void> {
    for (;;) {
      await delay(PENDING_MS, signal);
      if (signal.aborted) return;
      const call = await fetchApiJson<CallDetail>(`/api/calls/${id}`, { signal }).catch(() => {});
      if (signal.aborted) return;
      if (call === undefined || call.analysis?.state === "pending") continue;
      showAnalysis(call.analysis);
      showFigures(find("record-figures", HTMLElement), figuresOf(call));
      find("record-cost", HTMLElement).replaceChildren(
        ...usageChart(call, signal),
        ...costTable(call),
      );
      return;
    }
  }

  function versionOf({ agent, agentVersion }: CallDetail): readonly string[] {
    return agentVersion === null ? [] : [`${agent} ${agentVersion}`];
  }
}

/** A fold that is filled when it is opened for the first time. */
function fold(
  summary: string,
  fill: (opened: HTMLDetailsElement) => Promise<void>,
): HTMLDetailsElement {
  const made = element("details", { className: "folded" }, [
    element("summary", { textContent: summary }),
  ]);
  let isFilled = false;
  made.addEventListener("toggle", async () => {
    if (!made.open || isFilled) return;
    isFilled = true;
    try {
      await fill(made);
    } catch (error) {
      // At the next opening the server may answer again.
      isFilled = false;
      throw error;
    }
  });
  return made;
}

const SCROLLING = new Set(["ArrowUp", "ArrowDown", "PageUp", "PageDown", "Home", "End"]);

/** How often a pending analysis is asked for. */
const PENDING_MS = 3000;

function figuresOf(call: CallDetail): readonly Figure[] {
  const { cost, latency, usage } = call;
  const lengthMs = lengthOf(call);
  const usd = cost?.usd ?? null;
  return [
    { name: t("Length"), value: lengthMs === null ? "—" : formatDuration(lengthMs) },
    {
      name: t("Cost"),
      value: formatDollars(usd),
      ...(usd === null && { note: t("no price known") }),
    },
    {
      name: t("Tokens"),
      value: formatCount(
        usage.inputText + usage.inputAudio + usage.outputText + usage.outputAudio,
      ),
    },
    {
      name: t("Median latency"),
      value: latency === null ? "—" : formatSpan(latency.p50Ms),
      ...(latency !== null && latency.turns > 1 && {
        note: t("95% under {span}", { span: formatSpan(latency.p95Ms) }),
      }),
    },
  ];
}

/** What the operator's own system said of the call, and what was wrong with that. */
function operatorFacts({ metadata, precall }: CallDetail): readonly string[] {
  const facts = Object.entries(metadata ?? {}).map(([name, value]) => `${name}: ${value}`);
  if (precall === null || precall.status === "ok") return facts;
  return [...facts, `CALL_URL: ${[precall.status, ...precall.problems].join(", ")}`];
}

/** The number of the server, for phone calls. */
function ownNumber({ direction, from, to }: CallDetail): readonly string[] {
  if (direction === "inbound" && to !== null) return [t("on {number}", { number: to })];
  return direction === "outbound" && from !== null ? [t("from {number}", { number: from })] : [];
}

function write(id: string, text: string): void {
  find(id, HTMLElement).textContent = text;
}
