import type { Recordings } from "../../src/services/recording.ts";

/** Of a server that has never recorded anything. */
export const noRecordings: Pick<Recordings, "remove" | "removeOld" | "removeErased"> = {
  remove: () => Promise.resolve(),
  removeOld: () => Promise.resolve([]),
  removeErased: () => Promise.resolve(),
};
