export const intervals = ["hour", "day", "week"] as const;
export type Interval = (typeof intervals)[number];

/** Whole hours, days or weeks by the clocks of a time zone. */
export interface BucketRequest {
  readonly interval: Interval;
  readonly zone: string;
  /** Milliseconds since 1970; absent for as many buckets before the end as are usually looked at. */
  readonly since?: number | undefined;
  /** Absent for the end of the present bucket. */
  readonly until?: number | undefined;
}

/** More points than a chart shows. */
export const MAX_BUCKETS = 400;
const USUAL = { hour: 48, day: 30, week: 26 } as const;

/**
 * Where the buckets of a period begin, in milliseconds since 1970, and where the last one ends; undefined
 * where they are more than `MAX_BUCKETS`. Days may have 23 or 25 hours; weeks begin on Monday.
 */
export function bucketEdges(
  { interval, zone, since, until }: BucketRequest,
  now: number,
): readonly number[] | undefined {
  const unit = { [`${interval}s`]: 1 };
  const last = beginning(until === undefined ? now : until - 1);
  let begins = since === undefined
    ? last.subtract({ [`${interval}s`]: USUAL[interval] - 1 })
    : beginning(since);
  const edges = [begins.epochMilliseconds];
  do {
    if (edges.length > MAX_BUCKETS) return undefined;
    begins = interval === "hour" ? begins.add(unit) : begins.add(unit).startOfDay();
    edges.push(begins.epochMilliseconds);
  } while (begins.epochMilliseconds <= last.epochMilliseconds);
  return edges;

  function beginning(time: number): Temporal.ZonedDateTime {
    const at = Temporal.Instant.fromEpochMilliseconds(time).toZonedDateTimeISO(zone);
    if (interval === "hour") return at.round({ smallestUnit: "hour", roundingMode: "floor" });
    const day = at.startOfDay();
    return interval === "day" ? day : day.subtract({ days: day.dayOfWeek - 1 }).startOfDay();
  }
}
