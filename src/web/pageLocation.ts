/** The current view, from the part of the URL behind `#`. */
export type PageLocation =
  | { readonly view: "talk" }
  | { readonly view: "calls" }
  | { readonly view: "call"; readonly id: string }
  | { readonly view: "records"; readonly filter: URLSearchParams }
  | { readonly view: "record"; readonly id: string }
  | { readonly view: "calendar"; readonly filter: URLSearchParams }
  | { readonly view: "batches" }
  | { readonly view: "batch"; readonly id: string }
  | { readonly view: "agents" }
  | { readonly view: "do-not-call" };

/** Parses `location.hash`; anything unknown is the talk view. */
export function readPageLocation(hash: string): PageLocation {
  const [path = "", query = ""] = hash.replace(/^#/, "").split("?");
  if (path === "agents") return { view: "agents" };
  if (path === "do-not-call") return { view: "do-not-call" };
  if (path === "calendar") return { view: "calendar", filter: new URLSearchParams(query) };
  const [isOfBatches, batchId] = /^batches(?:\/(batch_[0-9a-z]+))?$/.exec(path) ?? [];
  if (isOfBatches !== undefined) {
    return batchId === undefined ? { view: "batches" } : { view: "batch", id: batchId };
  }
  const [, part, id] = /^(calls|records)(?:\/(call_[0-9a-z]+))?$/.exec(path) ?? [];
  switch (part) {
    case "calls":
      return id === undefined ? { view: "calls" } : { view: "call", id };
    case "records":
      return id === undefined
        ? { view: "records", filter: new URLSearchParams(query) }
        : { view: "record", id };
    default:
      return { view: "talk" };
  }
}
