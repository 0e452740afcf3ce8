import { percentile } from "../load/measure.ts";
import { ClusterReader, type Received } from "./clusterReader.ts";
import { type PostgresCpu, watchPostgresCpu } from "./postgresCpu.ts";
import { type Member, type Slice, type SlicePlan, startMember } from "./startMember.ts";

/** What some seconds of live events in all processes have shown, read at one of them. */
export interface Flow {
  readonly published: number;
  readonly crossed: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Lasting events that did not arrive. */
  readonly lost: number;
  readonly outOfOrder: number;
  /** How often the reader was told that it had missed some. */
  readonly missed: number;
  /** Log lines of the processes. */
  readonly warnings: number;
  readonly seconds: number;
  /** Of all processes together, the publishing ones first. */
  readonly cpuMs: readonly number[];
  readonly postgresMs: number;
}

/** CPU of an event on its way from one process to all others. */
export interface EventCost {
  readonly publishMs: number;
  /** At each process that receives it. */
  readonly receiveMs: number;
  readonly postgresMs: number;
}

/** Until nothing has come for so long. */
const QUIET_MS = 1500;
const SETTLE_LIMIT_MS = 20_000;

/** Several processes on one Postgres. */
export class BenchCluster {
  readonly #members: readonly Member[];
  readonly #postgres: PostgresCpu;

  private constructor(members: readonly Member[], postgres: PostgresCpu) {
    this.#members = members;
    this.#postgres = postgres;
  }

  static async start(
    size: number,
    options: Parameters<typeof startMember>[0],
  ): Promise<BenchCluster> {
    const members = await Promise.all(Array.from({ length: size }, () => startMember(options)));
    return new BenchCluster(members, await watchPostgresCpu(options.databaseUrl));
  }

  /** The first so many processes do not publish; a reader follows all at the first. */
  async flow(
    { silent = 0, ...plan }: Omit<SlicePlan, "through"> & { silent?: number },
  ): Promise<Flow> {
    const [first] = this.#members;
    const { instanceId } = await first!.run({ seconds: 0, speed: 1, through: "none" });
    const reader = new ClusterReader(await first!.follow(), instanceId);
    try {
      const { slices, postgresMs } = await this.#run((at) => ({
        ...plan,
        through: at < silent ? "none" : "shared",
      }));
      await settled(reader);
      return summarize(slices, { received: reader.take(), postgresMs, seconds: plan.seconds });
    } finally {
      await reader.close();
    }
  }

  /** The last publishes, to the others and to nobody in turn; nobody reads. */
  async cost(
    { rounds, ...plan }: Omit<SlicePlan, "through"> & { rounds: number },
  ): Promise<EventCost> {
    const last = this.#members.length - 1;
    const totals = { published: 0, publishMs: 0, receiveMs: 0, postgresMs: 0 };
    for (let round = 0; round < rounds; round++) {
      for (const through of ["lone", "shared"] as const) {
        const { slices, postgresMs } = await this.#run((at) => ({
          ...plan,
          through: at === last ? through : "none",
        }));
        const sign = through === "shared" ? 1 : -1;
        const others = slices.slice(0, last).reduce((sum, { cpuMs }) => sum + cpuMs, 0);
        totals.publishMs += sign * slices[last]!.cpuMs;
        totals.receiveMs += sign * others / last;
        totals.postgresMs += sign * postgresMs;
        if (through === "shared") totals.published += slices[last]!.published;
      }
    }
    return {
      publishMs: totals.publishMs / totals.published,
      receiveMs: totals.receiveMs / totals.published,
      postgresMs: totals.postgresMs / totals.published,
    };
  }

  async #run(planOf: (at: number) => SlicePlan) {
    const stop = await this.#postgres.measure();
    const slices = await Promise.all(this.#members.map((member, at) => member.run(planOf(at))));
    return { slices, postgresMs: await stop() };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#members.map((member) => member[Symbol.asyncDispose]()));
    await this.#postgres[Symbol.asyncDispose]();
  }
}

async function settled(reader: ClusterReader): Promise<void> {
  const until = performance.now() + SETTLE_LIMIT_MS;
  for (let before = -1; before !== reader.events && performance.now() < until;) {
    before = reader.events;
    await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
  }
}

function summarize(
  slices: readonly Slice[],
  { received, postgresMs, seconds }: {
    readonly received: Received;
    readonly postgresMs: number;
    readonly seconds: number;
  },
): Flow {
  const sum = (of: (slice: Slice) => number) => slices.reduce((total, one) => total + of(one), 0);
  return {
    published: sum(({ published }) => published),
    crossed: received.crossedMs.length,
    p50Ms: percentile(received.crossedMs, 0.5),
    p99Ms: percentile(received.crossedMs, 0.99),
    lost: sum(({ lasting }) => lasting) - received.lasting,
    outOfOrder: received.outOfOrder,
    missed: received.missed,
    warnings: sum(({ warnings }) => warnings),
    seconds,
    cpuMs: slices.map(({ cpuMs }) => cpuMs),
    postgresMs,
  };
}
