/** The current view, from the part of the URL behind `#`. */
export interface PageLocation {
  readonly view: ViewName;
  /** Of the call, batch or agent that is shown; empty for views without one. */
  readonly id: string;
  /** What stands behind `?`. */
  readonly filter: URLSearchParams;
}

/** The views without an id, and what view shows one of theirs: `#records`, `#records/call_1`. */
const PARTS = {
  talk: undefined,
  calls: { view: "call", id: /^call_[0-9a-z]+$/ },
  records: { view: "record", id: /^call_[0-9a-z]+$/ },
  analytics: undefined,
  place: undefined,
  batches: { view: "batch", id: /^batch_[0-9a-z]+$/ },
  calendar: undefined,
  agents: { view: "one-agent", id: /^[a-z0-9][a-z0-9_-]{0,63}$/ },
  setup: undefined,
  audit: undefined,
  "do-not-call": undefined,
} as const;

export type ViewName = keyof typeof PARTS | "call" | "record" | "batch" | "one-agent";

/** Parses `location.hash`; anything unknown is the talk view. */
export function readPageLocation(hash: string): PageLocation {
  const [path = "", query = ""] = hash.replace(/^#/, "").split("?");
  const filter = new URLSearchParams(query);
  const [part = "", id, ...more] = path.split("/");
  if (!isPart(part) || more.length > 0) return { view: "talk", id: "", filter };
  if (id === undefined) return { view: part, id: "", filter };
  const one = PARTS[part];
  if (one === undefined || !one.id.test(id)) return { view: "talk", id: "", filter };
  return { view: one.view, id, filter };
}

function isPart(text: string): text is keyof typeof PARTS {
  return Object.hasOwn(PARTS, text);
}
