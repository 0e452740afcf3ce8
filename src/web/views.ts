import type { AgentTitles } from "./apiTypes.ts";
import type { PageLocation, ViewName } from "./pageLocation.ts";
import { t } from "./text.ts";

/**
 * A view of the page besides the first one. Its parts are loaded when it is opened for the first time:
 * the fragment of HTML, which has a `<main>` whose id is the view's name, may have dialogs and a
 * `<footer>`, and is translated by the server; then its styles, then its module.
 */
export interface View {
  /** What the tab is named. */
  readonly title: string;
  /** The entry of the navigation that is marked; absent for the view's own name. */
  readonly part?: string;
  /** Below `/assets/`, as are the styles. */
  readonly html: string;
  readonly styles?: readonly string[];
  /** Called once, when the HTML is in the page. */
  readonly load: (titles: Promise<AgentTitles>) => Promise<ShowView>;
}

/** Shows the view until the signal is aborted. Throws `RequestError`. */
export type ShowView = (location: PageLocation, signal: AbortSignal) => Promise<void>;

/** The views by their names, which are the first part of their location: `#records`, `#calendar?when=past`. */
export const views: Readonly<Record<Exclude<ViewName, "talk">, View>> = {
  calls: {
    title: t("Live calls"),
    html: "live/calls.html",
    styles: ["rows.css", "live/calls.css"],
    async load(titles) {
      const { createLiveListView } = await import("./live/liveListView.ts");
      const show = createLiveListView(titles);
      return (_location, signal) => show(signal);
    },
  },
  call: {
    title: t("Live call"),
    part: "calls",
    html: "live/call.html",
    styles: ["timed.css", "live/live.css"],
    async load(titles) {
      const { createLiveCallView } = await import("./live/liveCallView.ts");
      const show = createLiveCallView(titles);
      return ({ id }, signal) => show(id, signal);
    },
  },
  records: {
    title: t("Records"),
    html: "records/records.html",
    styles: ["figures.css", "filter.css", "rows.css", "records/find.css"],
    async load(titles) {
      const { createRecordListView } = await import("./records/recordListView.ts");
      const show = createRecordListView(titles);
      return ({ filter }, signal) => show(filter, signal);
    },
  },
  record: {
    title: t("Record"),
    part: "records",
    html: "records/record.html",
    styles: [
      "figures.css",
      "rows.css",
      "timed.css",
      "charts/chart.css",
      "records/recording.css",
      "records/record.css",
      "records/analysis.css",
      "records/find.css",
      "calendar/calendar.css",
    ],
    async load(titles) {
      const { createRecordView } = await import("./records/recordView.ts");
      const show = createRecordView(titles);
      return ({ id }, signal) => show(id, signal);
    },
  },
  analytics: {
    title: t("Analytics"),
    html: "analytics/analytics.html",
    styles: ["figures.css", "filter.css", "charts/chart.css", "analytics/analytics.css"],
    async load(titles) {
      const { createAnalyticsView } = await import("./analytics/analyticsView.ts");
      const show = createAnalyticsView(titles);
      return ({ filter }, signal) => show(filter, signal);
    },
  },
  calendar: {
    title: t("Calendar"),
    html: "calendar/calendar.html",
    styles: ["filter.css", "rows.css", "calendar/calendar.css"],
    async load() {
      const { createCalendarView } = await import("./calendar/calendarView.ts");
      const show = createCalendarView();
      return ({ filter }, signal) => show(filter, signal);
    },
  },
  place: {
    title: t("Call out"),
    html: "place/place.html",
    styles: ["place/place.css"],
    async load(titles) {
      const { createPlaceView } = await import("./place/placeView.ts");
      const show = createPlaceView(titles);
      return ({ filter }, signal) => show(filter, signal);
    },
  },
  batches: {
    title: t("Batches"),
    part: "place",
    html: "batches/batches.html",
    styles: ["figures.css", "rows.css", "batches/batches.css"],
    async load(titles) {
      const { createBatchListView } = await import("./batches/batchListView.ts");
      const show = createBatchListView(titles);
      return (_location, signal) => show(signal);
    },
  },
  batch: {
    title: t("Batch"),
    part: "place",
    html: "batches/batch.html",
    styles: ["figures.css", "batches/batches.css"],
    async load(titles) {
      const { createBatchView } = await import("./batches/batchView.ts");
      const show = createBatchView(titles);
      return ({ id }, signal) => show(id, signal);
    },
  },
  agents: {
    title: t("Agents"),
    html: "agents/agents.html",
    styles: ["agents/agents.css"],
    async load() {
      const { createAgentsView } = await import("./agents/agentsView.ts");
      const show = createAgentsView();
      return (_location, signal) => show(signal);
    },
  },
  "one-agent": {
    title: t("Agent"),
    part: "agents",
    html: "agents/agent.html",
    styles: ["filter.css", "agents/agents.css"],
    async load() {
      const { createAgentView } = await import("./agents/agentView.ts");
      const show = createAgentView();
      return ({ id }, signal) => show(id, signal);
    },
  },
  setup: {
    title: t("Set up"),
    html: "setup/setup.html",
    styles: ["setup/setup.css"],
    async load() {
      const { createSetupView } = await import("./setup/setupView.ts");
      const show = createSetupView();
      return (_location, signal) => show(signal);
    },
  },
  audit: {
    title: t("Who did what"),
    part: "setup",
    html: "audit/audit.html",
    styles: ["rows.css", "audit/audit.css"],
    async load() {
      const { createAuditView } = await import("./audit/auditView.ts");
      const show = createAuditView();
      return ({ filter }, signal) => show(filter, signal);
    },
  },
  "do-not-call": {
    title: t("Do not call"),
    part: "place",
    html: "listed/doNotCall.html",
    styles: ["rows.css", "listed/doNotCall.css"],
    async load() {
      const { createDoNotCallView } = await import("./listed/doNotCallView.ts");
      const show = createDoNotCallView();
      return (_location, signal) => show(signal);
    },
  },
};
