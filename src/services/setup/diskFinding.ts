import type { Settings } from "../../config/settings.ts";
import { freeBytes } from "../../utils/freeBytes.ts";
import type { Finding } from "./setupCheck.ts";

const MB = 1024 * 1024;
/** Room for some days of records, and time to make more. */
const LITTLE_BYTES = 1024 * MB;

/**
 * How much room the disks have on which the database and recordings are kept; undefined where nothing is kept
 * on a disk of this machine, or the system does not tell.
 */
export function diskFinding(
  { database, recordings }: Pick<Settings, "database" | "recordings">,
  isRecording: boolean,
): Finding | undefined {
  const paths = [
    ...(database.kind === "sqlite" && database.path !== ":memory:" ? [database.path] : []),
    ...(isRecording ? [recordings.dir] : []),
  ];
  const disks = paths.flatMap((path) => {
    const free = freeBytes(path);
    return free === undefined ? [] : [{ path, free }];
  });
  if (disks.length === 0) return undefined;
  const least = Math.min(...disks.map(({ free }) => free));
  const places = disks.map(({ path, free }) => `${path} (${inWords(free)})`).join(", ");
  // Without this much, recording stops.
  const little = Math.max(LITTLE_BYTES, isRecording ? 2 * recordings.minFreeBytes : 0);
  if (least >= little) {
    return { code: "disk_ok", state: "ok", text: "Free on disk: {places}.", values: { places } };
  }
  return {
    code: "disk_almost_full",
    state: "warning",
    text: "The disk is almost full: {places}. Without room, calls go on but are not kept.",
    remedy:
      "Make room, keep records and recordings for fewer days (RETENTION_DAYS, RECORDING_RETENTION_DAYS), or move them to a larger disk (DATABASE_URL, RECORDINGS_DIR).",
    values: { places },
  };
}

function inWords(bytes: number): string {
  const mb = Math.floor(bytes / MB);
  return mb >= 10_000 ? `${Math.floor(mb / 1024)} GB` : `${mb} MB`;
}
