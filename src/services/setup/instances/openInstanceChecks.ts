import { isShared, type Settings } from "../../../config/settings.ts";
import { isRecord } from "../../../utils/isRecord.ts";
import type { KnownInstance, Store } from "../../store.ts";
import { check, type SetupCheck } from "../setupCheck.ts";
import { codeDigest } from "./codeDigest.ts";
import {
  fileFinding,
  type InstanceAnswer,
  instanceFindings,
  SILENT_MS,
} from "./instanceFindings.ts";

/** How other processes are asked; `request` rejects where none answers in time. */
interface InstanceQuestions {
  readonly isSingle: boolean;
  request(kind: string, body: unknown, of?: string): Promise<unknown>;
  handle(kind: string, handler: (body: unknown) => unknown): void;
}

export interface InstanceCheckDeps {
  readonly settings: Pick<Settings, "database">;
  readonly store: { readonly instances: Pick<Store["instances"], "known"> };
  readonly cluster: { readonly instanceId: string; readonly rpc?: InstanceQuestions | undefined };
}

const EXAMINE = "examine";
/** Every version answers that. */
const LIVES = "lives";
const MAX_ASKED = 20;
/** Longer ago it is an old entry: what such a process left is being cleared away. */
const GONE_MS = 10 * 60_000;

/**
 * Creates the function that asks the other processes of the database whether they hear this one, and answers what
 * they ask. Where this process is alone, there are no checks. It never rejects.
 */
export function openInstanceChecks(
  { settings, store, cluster: { instanceId, rpc } }: InstanceCheckDeps,
): () => Promise<readonly SetupCheck[]> {
  if (rpc === undefined || !isShared(settings.database)) return () => Promise.resolve([]);
  rpc.handle(EXAMINE, answer);
  return async function look() {
    // What is wrong with the database is said of it.
    const known = await store.instances.known().catch(() => []);
    const others = known.filter((it) => it.instanceId !== instanceId && it.ageMs < GONE_MS);
    const silent = others.filter(({ ageMs }) => ageMs >= SILENT_MS);
    const alive = others.filter((it) => !silent.includes(it)).slice(0, MAX_ASKED);
    if (rpc.isSingle) return alive.length === 0 ? [] : [check("instances", fileFinding(alive))];
    if (others.length === 0) return [];
    const [version, ...answers] = await Promise.all([
      codeDigest(),
      ...alive.map((it) => ask(it, rpc)),
    ]);
    return instanceFindings({ answers, silent, version })
      .map((finding) => check("instances", finding));
  };
}

async function ask(instance: KnownInstance, rpc: InstanceQuestions): Promise<InstanceAnswer> {
  const sentAt = performance.now();
  const askedAtMs = Date.now();
  const [examined, lives] = await Promise.all([
    rpc.request(EXAMINE, {}, instance.instanceId).catch(() => undefined),
    rpc.request(LIVES, {}, instance.instanceId).then(() => true, () => false),
  ]);
  if (!isRecord(examined)) return { instance, is: lives ? "older" : "deaf" };
  const { clockMs, version } = examined;
  const halfMs = (performance.now() - sentAt) / 2;
  return {
    instance,
    is: "heard",
    ...(typeof clockMs === "number" && { aheadMs: clockMs - (askedAtMs + halfMs) }),
    version: typeof version === "string" ? version.slice(0, 64) : undefined,
  };
}

async function answer() {
  // Before the sources are read, so that the time is that of the question.
  const clockMs = Date.now();
  return { clockMs, version: await codeDigest() };
}
