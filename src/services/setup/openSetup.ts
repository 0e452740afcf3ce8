import type { Agents } from "../../config/agents.ts";
import type { Settings } from "../../config/settings.ts";
import type { ApiKey } from "../../utils/auth.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Engine } from "../openai.ts";
import type { SignIn } from "../signIn.ts";
import { findUnpriced, type Prices } from "../spending.ts";
import type { Store } from "../store.ts";
import { createTwilioNumbers } from "../twilioOutbound.ts";
import { agentsFinding, keysFinding, sitesFinding } from "./accessFindings.ts";
import { recordingsFinding, storeFinding, webhooksFinding } from "./dataFindings.ts";
import { diskFinding } from "./diskFinding.ts";
import { modelFinding } from "./modelFinding.ts";
import { phoneChecks } from "./phoneChecks.ts";
import { createProbeProofs } from "./publicUrl/probeProofs.ts";
import { check, type SetupCheck } from "./setupCheck.ts";
import { settingFindings } from "./settingFindings.ts";
import { signInFinding } from "./signInFinding.ts";
import { destinationsFinding, limitsFinding, pricesFinding } from "./spendingFindings.ts";

export interface SetupDeps {
  readonly settings: Settings;
  readonly agents: Agents;
  readonly engine: Pick<Engine, "name" | "examine">;
  readonly prices: Prices;
  readonly store: {
    readonly outbox: Pick<Store["outbox"], "deadLetters">;
    readonly keyValues: Pick<Store["keyValues"], "getOrSet">;
    readonly instances: Pick<Store["instances"], "beats">;
  };
  readonly recorder: {
    readonly health: () => { readonly status: "ok" | "degraded"; readonly waiting?: number };
  };
  readonly recordings: {
    readonly health: { readonly status: "ok" | "degraded"; readonly reason?: string };
  };
  readonly cluster: {
    readonly instanceId: string;
    readonly revocation: { readonly isRevoked: (key: ApiKey) => boolean };
  };
  /** Absent where nobody can sign in. */
  readonly signIn?: Pick<SignIn, "provider"> | undefined;
  readonly now: Clock["now"];
  /** Certificates to trust at PUBLIC_URL, beside the usual ones. */
  readonly publicCertificates?: readonly string[] | undefined;
}

/** Tells how the set-up stands. */
export type Setup = ReturnType<typeof openSetup>;

/** The model's server, Twilio and the provider of sign-in are asked once in so long, by whomever. */
const KEPT_MS = 5000;

/** Creates what looks at the parts of the set-up. */
export function openSetup(
  { settings, agents, engine, prices, store, recorder, recordings, cluster, signIn, now, ...deps }:
    SetupDeps,
) {
  const { instanceId } = cluster;
  const proofs = createProbeProofs({ keyValues: store.keyValues, instanceId, now });
  const numbers = settings.phone && createTwilioNumbers(settings.phone);
  let kept: { readonly until: number; readonly checks: Promise<readonly SetupCheck[]> } | undefined;

  return {
    /** By these a process of this database recognises itself at PUBLIC_URL. */
    proofs,
    /** In the order of `setupParts`. Rejects where the store fails. */
    check(): Promise<readonly SetupCheck[]> {
      if (kept === undefined || now() >= kept.until) {
        kept = { until: now() + KEPT_MS, checks: look() };
      }
      return kept.checks;
    },
  };

  async function look(): Promise<readonly SetupCheck[]> {
    const [model, phone, people, failed] = await Promise.all([
      modelFinding(settings, engine),
      phoneChecks({
        ...{ settings, numbers, proofs, instanceId },
        instanceIds: async () => (await store.instances.beats()).map((beat) => beat.instanceId),
        certificates: deps.publicCertificates,
      }),
      signInFinding(settings, signIn?.provider),
      settings.webhook === undefined ? [] : store.outbox.deadLetters({ limit: 200 }),
    ]);
    const recorded = agents.names.filter((name) => agents.get(name)?.recording?.on === true);
    const unpriced = new Set([...findUnpriced(settings, agents, prices).values()].flat());
    const disk = diskFinding(settings, recorded.length > 0);
    const isRevoked = cluster.revocation.isRevoked;
    return [
      check("model", model),
      check("agents", agentsFinding(agents, settings.agents.default)),
      ...phone,
      check("destinations", destinationsFinding(settings)),
      check("keys", keysFinding(settings, { isRevoked, nowMs: now() })),
      check("signIn", people),
      check("sites", sitesFinding(settings)),
      check("limits", limitsFinding(settings, engine)),
      check("prices", pricesFinding(settings, [...unpriced])),
      check("store", storeFinding(settings, recorder.health())),
      check("recordings", recordingsFinding(settings, recordings.health, recorded)),
      ...(disk === undefined ? [] : [check("disk", disk)]),
      check("webhooks", webhooksFinding(settings, failed.length)),
      ...settingFindings(settings).map((finding) => check("warnings", finding)),
    ];
  }
}
