/** Where in the page one is; the part of the address behind `#`. */
export type Place =
  | { readonly view: "talk" }
  | { readonly view: "calls" }
  | { readonly view: "call"; readonly id: string }
  | { readonly view: "records"; readonly filter: URLSearchParams }
  | { readonly view: "record"; readonly id: string };

export type ViewName = Place["view"];

/** Reads the address; what leads nowhere leads to the conversation. */
export function placeOf(hash: string): Place {
  const [path = "", query = ""] = hash.replace(/^#/, "").split("?");
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
