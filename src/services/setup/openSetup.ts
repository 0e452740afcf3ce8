import type { Agents } from "../../config/agents.ts";
import type { Environment } from "../../config/settingReader.ts";
import type { Settings } from "../../config/settings.ts";
import type { ApiKey } from "../../utils/auth.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Engine } from "../openai.ts";
import type { SignIn } from "../signIn.ts";
import { findUnpriced, type Prices } from "../spending.ts";
import type { Store } from "../store.ts";
import { agentFindings } from "./agentFindings.ts";
import { keysFinding, sitesFinding } from "./accessFindings.ts";
import { recordingsFinding, webhooksFinding } from "./dataFindings.ts";
import { diskFinding } from "./diskFinding.ts";
import { KeptAnswer } from "./keptAnswer.ts";
import { modelChecks } from "./model/modelChecks.ts";
import { type InstanceCheckDeps, openInstanceChecks } from "./instances/openInstanceChecks.ts";
import { openPhoneChecks } from "./phoneChecks.ts";
import { createProbeProofs } from "./publicUrl/probeProofs.ts";
import { check, type SetupCheck, setupParts } from "./setupCheck.ts";
import { toolReach, type ToolReachDeps } from "./reach/toolReach.ts";
import { webhookReach } from "./reach/webhookReach.ts";
import { type MayUse, pathFindings } from "./place/pathFindings.ts";
import { placeChecks } from "./place/placeChecks.ts";
import { settingFindings } from "./settingFindings.ts";
import { signInFinding } from "./signInFinding.ts";
import { storeFinding } from "./storeFinding.ts";
import { destinationsFinding, limitsFinding, pricesFinding } from "./spendingFindings.ts";

export interface SetupDeps {
  readonly settings: Settings;
  readonly agents: Pick<Agents, "names" | "get" | "problems" | "unusable">;
  readonly engine: Pick<Engine, "name" | "examine" | "models">;
  readonly prices: Prices;
  readonly store: Pick<Store, "examine"> & {
    readonly outbox: Pick<Store["outbox"], "deadLetters">;
    readonly keyValues: Pick<Store["keyValues"], "getOrSet">;
    readonly instances: Pick<Store["instances"], "beats" | "known">;
  };
  readonly recorder: {
    readonly health: () => { readonly status: "ok" | "degraded"; readonly waiting?: number };
  };
  readonly recordings: {
    readonly health: { readonly status: "ok" | "degraded"; readonly reason?: string };
  };
  readonly cluster: {
    readonly instanceId: string;
    /** Absent where this process is none of those that share the database. */
    readonly rpc?: InstanceCheckDeps["cluster"]["rpc"];
    readonly revocation: { readonly isRevoked: (key: ApiKey) => boolean };
  };
  /** Absent where nobody can sign in. */
  readonly signIn?: Pick<SignIn, "provider"> | undefined;
  readonly toolAccess: Pick<ToolReachDeps, "send">;
  readonly mcpServers: ToolReachDeps["mcpServers"];
  readonly now: Clock["now"];
  /** Limit of each request to Twilio. */
  readonly twilioTimeoutMs?: number | undefined;
  /** Certificates to trust at PUBLIC_URL, beside the usual ones. */
  readonly publicCertificates?: readonly string[] | undefined;
  readonly environment: Environment;
  /** The file that the settings are from; absent where none is looked at. */
  readonly envPath?: string | undefined;
  /** By the rights of the server; those of this process where absent. */
  readonly mayUse?: MayUse;
  /** Whether a server runs with these settings, or might. */
  readonly isRunning?: boolean;
}

/** Tells how the set-up stands. */
export type Setup = ReturnType<typeof openSetup>;

/** Other machines are asked once in so long, by whomever. */
const KEPT_MS = 5000;

/** Creates what looks at the parts of the set-up. */
export function openSetup(
  {
    settings,
    agents,
    engine,
    prices,
    store,
    recorder,
    recordings,
    cluster,
    signIn,
    toolAccess: { send },
    mcpServers,
    now,
    environment,
    envPath,
    mayUse = mayUseHere,
    isRunning = true,
    ...deps
  }: SetupDeps,
) {
  const { instanceId } = cluster;
  const proofs = createProbeProofs({ keyValues: store.keyValues, instanceId, now });
  const phoneChecks = openPhoneChecks({
    ...{ settings, agents, isRunning, proofs, instanceId, now },
    twilioTimeoutMs: deps.twilioTimeoutMs,
    instanceIds: async () => (await store.instances.beats()).map((beat) => beat.instanceId),
    certificates: deps.publicCertificates,
  });
  const instanceChecks = openInstanceChecks({ settings, store, cluster });
  const startedAt = Date.now();
  const kept = new KeptAnswer(look, KEPT_MS, now);

  return {
    /** By these a process of this database recognises itself at PUBLIC_URL. */
    proofs,
    /** In the order of `setupParts`. Never rejects. */
    check: () => kept.get(),
  };

  async function look(): Promise<readonly SetupCheck[]> {
    const [model, phone, instances, people, stored, failed, place, tools, endpoints] = await Promise
      .all([
        modelChecks(settings, { engine, agents, nowMs: now() }),
        phoneChecks(),
        instanceChecks(),
        signInFinding(settings, signIn?.provider),
        store.examine(),
        settings.webhook === undefined
          ? []
          // What is wrong with the database is said of it.
          : store.outbox.deadLetters({ limit: 200 }).catch(() => []),
        placeChecks({ environment, envPath, ...(isRunning && { startedAt }) }),
        toolReach({ agents, send, mcpServers }),
        webhookReach(settings),
      ]);
    const recorded = agents.names.filter((name) => agents.get(name)?.recording?.on === true);
    const unpriced = new Set([...findUnpriced(settings, agents, prices).values()].flat());
    const disk = diskFinding(settings, recorded.length > 0);
    const isRevoked = cluster.revocation.isRevoked;
    return inOrder([
      ...model,
      ...agentFindings(agents, settings.agents).map((finding) => check("agents", finding)),
      ...tools.map((finding) => check("tools", finding)),
      ...phone,
      check("destinations", destinationsFinding(settings)),
      check("keys", keysFinding(settings, { isRevoked, nowMs: now() })),
      check("signIn", people),
      check("sites", sitesFinding(settings)),
      check("limits", limitsFinding(settings, engine)),
      check("prices", pricesFinding(settings, [...unpriced])),
      check("store", storeFinding(settings, recorder.health(), stored)),
      ...instances,
      check("recordings", recordingsFinding(settings, recordings.health, recorded)),
      ...(disk === undefined ? [] : [check("disk", disk)]),
      ...(endpoints.some(({ values }) => values?.["place"] === "WEBHOOK_URL") && failed.length === 0
        ? []
        : [check("webhooks", webhooksFinding(settings, failed.length))]),
      ...endpoints.map((finding) => check("webhooks", finding)),
      ...pathFindings(settings, { mayUse, isRecording: recorded.length > 0 })
        .map((finding) => check("machine", finding)),
      ...place,
      ...settingFindings(settings)
        .filter(({ values = {} }) => !place.some((it) => it.values["name"] === values["name"]))
        .map((finding) => check("warnings", finding)),
    ]);
  }
}

function inOrder(checks: readonly SetupCheck[]): readonly SetupCheck[] {
  return checks.toSorted((a, b) => setupParts.indexOf(a.part) - setupParts.indexOf(b.part));
}

function mayUseHere(name: "read" | "write", path: string): boolean {
  return Deno.permissions.querySync({ name, path }).state === "granted";
}
