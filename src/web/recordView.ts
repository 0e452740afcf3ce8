/// <reference lib="dom" />
import { askApi } from "./apiClient.ts";
import type { CallDetail } from "./callAnswers.ts";
import {
  describeWay,
  formatCount,
  formatDollars,
  formatTime,
  nameDay,
  nameParty,
  tellEnd,
} from "./recordTexts.ts";
import { createDownloads } from "./downloads.ts";
import { find } from "./elements.ts";
import { type Figure, showFigures } from "./figureList.ts";
import { costTable, latencyTable } from "./recordTables.ts";
import { createScript } from "./transcriptView.ts";
import { formatDuration, formatSpan } from "./callTexts.ts";

/** One call as it was. */
export interface RecordView {
  /** Settles when it is shown. Throws `Refusal`. */
  open(id: string, signal: AbortSignal): Promise<void>;
}

export function createRecordView(titles: Promise<ReadonlyMap<string, string>>): RecordView {
  const main = find("record", HTMLElement);
  const script = createScript(find("record-script", HTMLElement), { caller: "Caller" });
  const downloads = createDownloads(find("record-downloads", HTMLElement));

  return {
    async open(id, signal) {
      main.ariaBusy = "true";
      main.classList.add("loading");
      const call = await askApi<CallDetail>(`/api/calls/${id}`, { signal });
      const agents = await titles;
      if (signal.aborted) return;
      if (call.status !== "ended") return location.replace(`#calls/${id}`);
      const { startedAt } = call;
      write("record-who", nameParty(call));
      const began = `${nameDay(startedAt, new Date())}, ${formatTime(startedAt)}`;
      write("record-way", [describeWay(call, agents), ...ownNumber(call), began].join(" · "));
      write("record-end", tellEnd(call));
      showFigures(find("record-figures", HTMLElement), figuresOf(call));
      showConversation(call);
      find("record-silent", HTMLElement).hidden = call.turns.length > 0;
      downloads.offer(id, call.turns.length > 0);
      find("record-latency", HTMLElement).replaceChildren(...latencyTable(call));
      find("record-cost", HTMLElement).replaceChildren(...costTable(call));
      write("record-id", [id, ...(call.model === null ? [] : [call.model])].join(" · "));
      main.ariaBusy = "false";
      main.classList.remove("loading");
      main.scrollTop = 0;
    },
  };

  /** Turns come in their order; a tool stands before the first turn that began after it. */
  function showConversation({ turns, tools, latencies }: CallDetail): void {
    script.empty();
    const waiting = [...tools];
    turns.forEach((turn, position) => {
      while (waiting[0] !== undefined && waiting[0].startedMs < turn.startedMs) showTool(waiting);
      if (turn.text.trim() !== "") script.show({ ...turn, position });
    });
    while (waiting.length > 0) showTool(waiting);
    for (const { turnId, firstHeardMs, ...latency } of latencies) {
      const heard = firstHeardMs === null ? {} : { firstHeardMs };
      script.showLatency({ id: turnId, ...latency, ...heard });
    }
  }

  function showTool(waiting: CallDetail["tools"][number][]): void {
    const tool = waiting.shift();
    if (tool === undefined) return;
    const { id, name, startedMs, result } = tool;
    const message = { type: "tool", id, name, startedMs } as const;
    const content = { arguments: tool.arguments };
    if (result === null) return script.showTool({ ...message, state: "started", content });
    const { ok, output, durationMs } = result;
    script.showTool({
      ...message,
      state: ok ? "done" : "failed",
      durationMs,
      content: { ...content, output },
    });
  }
}

function figuresOf({ durationMs, cost, latency, usage }: CallDetail): readonly Figure[] {
  const usd = cost?.usd ?? null;
  return [
    { name: "Length", value: durationMs === null ? "—" : formatDuration(durationMs) },
    { name: "Cost", value: formatDollars(usd), ...(usd === null && { note: "no price known" }) },
    {
      name: "Tokens",
      value: formatCount(
        usage.inputText + usage.inputAudio + usage.outputText + usage.outputAudio,
      ),
    },
    {
      name: "Median latency",
      value: latency === null ? "—" : formatSpan(latency.p50Ms),
      ...(latency !== null && latency.turns > 1 && {
        note: `95% under ${formatSpan(latency.p95Ms)}`,
      }),
    },
  ];
}

/** The number at the server's end. */
function ownNumber({ direction, from, to }: CallDetail): readonly string[] {
  if (direction === "inbound" && to !== null) return [`on ${to}`];
  return direction === "outbound" && from !== null ? [`from ${from}`] : [];
}

function write(id: string, text: string): void {
  find(id, HTMLElement).textContent = text;
}
