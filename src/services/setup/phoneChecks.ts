import { openTwilioChecks, type TwilioCheckDeps } from "./twilio/openTwilioChecks.ts";
import { plainFinding, probeFindings, publicUrlSetting } from "./publicUrl/publicUrlFindings.ts";
import type { ProbeProofs } from "./publicUrl/probeProofs.ts";
import { probePublicUrl } from "./publicUrl/probePublicUrl.ts";
import { check, type Finding, type SetupCheck } from "./setupCheck.ts";

export interface PhoneCheckDeps extends TwilioCheckDeps {
  /** Whether there is a process that the public address can lead to. */
  readonly isRunning: boolean;
  readonly proofs: ProbeProofs;
  readonly instanceId: string;
  /** Of all processes of this database; may reject. */
  readonly instanceIds: () => Promise<readonly string[]>;
  /** Certificates to trust at the public address, beside the usual ones. */
  readonly certificates?: readonly string[] | undefined;
}

/** Creates the function that asks about the phone: Twilio, and the public address. It never rejects. */
export function openPhoneChecks(deps: PhoneCheckDeps): () => Promise<readonly SetupCheck[]> {
  const ofTwilio = openTwilioChecks(deps);
  return async function look() {
    const [address, phone] = await Promise.all([publicUrlFindings(deps), ofTwilio()]);
    return [...address.map((finding) => check("publicUrl", finding)), ...phone];
  };
}

async function publicUrlFindings(
  { settings, isRunning, proofs, instanceId, instanceIds, certificates }: PhoneCheckDeps,
): Promise<readonly Finding[]> {
  const { server: { publicUrl, trustProxy }, phone } = settings;
  const setting = publicUrlSetting(settings);
  if (setting !== undefined || publicUrl === undefined) {
    return setting === undefined ? [] : [setting];
  }
  const plain = plainFinding(publicUrl);
  if (!isRunning) return plain === undefined ? [] : [plain];
  const others = await instanceIds().catch(() => []);
  const result = await probePublicUrl({
    publicUrl,
    authToken: phone?.authToken,
    proofs,
    instanceIds: [...new Set([instanceId, ...others])],
    certificates,
    timeoutMs: PROBE_MS,
  });
  const found = probeFindings(result, { publicUrl, instanceId, trustProxy });
  if (plain === undefined) return found;
  return [plain, ...found.filter(({ state }) => state !== "ok")];
}

/** As long as Twilio waits for a connection. */
const PROBE_MS = 5000;
