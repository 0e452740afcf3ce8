import type { Incidents } from "../../utils/incidents.ts";
import type { Log } from "../../utils/logger.ts";
import { present } from "../../utils/present.ts";
import { shownName, shownReason } from "./faultReason.ts";
import type { ServerEvent } from "./wire/serverEventTypes.ts";

/** Something that a model's server refused or failed at. */
interface ModelFault {
  readonly source: FaultSource;
  /** Some servers put it into `type` alone. */
  readonly code?: string | undefined;
  readonly type?: string | undefined;
  readonly param?: string | undefined;
  /** Status of an HTTP response. */
  readonly status?: number | undefined;
  /** For a lost connection: whether another is tried. */
  readonly retry?: string | undefined;
  /** As the server wrote it; shown only as far as it gives nothing away. */
  readonly message?: string | undefined;
  /** Shown instead of `message`, where the caller of `report` knows that it may be. */
  readonly reason?: string | undefined;
}

type FaultSource =
  | "error"
  | "setup"
  | "response"
  | "transcription"
  | "connection"
  | "openings";

/** What works again: a session that was set up, a response or a transcription that was completed. */
type Success = "session" | "setup" | "response" | "transcription";

interface ModelFaultsOptions {
  /** Absent where incidents are not kept. */
  readonly incidents?: Pick<Incidents, "report" | "resolve"> | undefined;
  readonly log: Pick<Log, "warn">;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
}

/**
 * Logs and counts the faults of the models' servers, up to 200 lines a minute, and keeps an incident
 * for each until the contrary is seen.
 */
export class ModelFaults {
  readonly #incidents: ModelFaultsOptions["incidents"];
  readonly #log: ModelFaultsOptions["log"];
  readonly #now: () => number;
  readonly #counts = new Map<string, number>();
  #lines = 0;
  #lineCountSince = -Infinity;

  constructor({ incidents, log, now = () => performance.now() }: ModelFaultsOptions) {
    this.#incidents = incidents;
    this.#log = log;
    this.#now = now;
  }

  report(fault: ModelFault, model: string): void {
    const { source, type, param, status, retry, message } = fault;
    const reason = "reason" in fault ? fault.reason : shownReason(message);
    const code = shownName(fault.code ?? type ?? "unknown") ?? "other";
    const counted = COUNTED_CODES.has(code) ? code : "other";
    this.#counts.set(counted, (this.#counts.get(counted) ?? 0) + 1);
    if (this.#mayLog()) {
      this.#log.warn(MESSAGES[source], {
        code,
        ...present({ type: shownName(type), param: shownName(param), status, reason, retry }),
        model,
      });
    }
    const incident = incidentOf(source, code);
    if (incident === undefined) return;
    this.#incidents?.report({
      code: incident,
      subject: model,
      message: [code, shownName(param), reason].filter((it) => it !== undefined).join(": "),
      ...(LASTING.has(incident) && { expiresAfterMs: Infinity }),
    });
  }

  /** Cheap; resolves what it disproves. */
  succeeded(what: Success, model: string): void {
    for (const incident of DISPROVED[what]) this.#incidents?.resolve(incident, model);
  }

  /** Reports what an event shows to have failed or worked. */
  observe(event: ServerEvent, model: string): void {
    switch (event.type) {
      case "responseDone":
        if (event.status === "completed") return this.succeeded("response", model);
        if (event.status !== "failed") return;
        return this.report({ ...event.error, source: "response", code: event.reason }, model);
      case "callerText":
        return event.final ? this.succeeded("transcription", model) : undefined;
      case "callerTextFailed":
        return this.report({ ...event.error, source: "transcription" }, model);
    }
  }

  /** Reports since the process began, by code; unknown codes count as `other`. */
  counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  #mayLog(): boolean {
    if (this.#now() - this.#lineCountSince >= 60_000) {
      this.#lineCountSince = this.#now();
      this.#lines = 0;
    }
    return ++this.#lines <= MAX_LINES_A_MINUTE;
  }
}

/** The server may err without end; what is not logged is counted all the same. */
const MAX_LINES_A_MINUTE = 200;

const MESSAGES: Readonly<Record<FaultSource, string>> = {
  error: "Model reported an error",
  setup: "Model refused the set-up",
  response: "Model response failed",
  transcription: "Model transcription failed",
  connection: "Model connection lost",
  openings: "Model connections limited",
};

type IncidentCode =
  | "model_auth"
  | "model_quota"
  | "model_not_found"
  | "model_rate_limited"
  | "model_unreachable"
  | "model_open_limit"
  | "setup_refused"
  | "transcription_failed";

/** These last until the contrary is seen, however seldom people call. */
const LASTING: ReadonlySet<IncidentCode> = new Set([
  "model_auth",
  "model_quota",
  "model_not_found",
]);

const DISPROVED: Readonly<Record<Success, readonly IncidentCode[]>> = {
  session: ["model_auth", "model_not_found", "model_unreachable"],
  setup: ["setup_refused"],
  response: [
    "model_auth",
    "model_not_found",
    "model_unreachable",
    "model_quota",
    "model_rate_limited",
  ],
  transcription: ["transcription_failed"],
};

const INCIDENTS: ReadonlyMap<string, IncidentCode> = new Map([
  ["invalid_api_key", "model_auth"],
  ["not_permitted", "model_auth"],
  ["account_deactivated", "model_auth"],
  ["unsupported_country_region_territory", "model_auth"],
  ["insufficient_quota", "model_quota"],
  ["billing_hard_limit_reached", "model_quota"],
  ["model_not_found", "model_not_found"],
  ["DeploymentNotFound", "model_not_found"],
  ["OpperationNotSupported", "model_not_found"],
  ["rate_limited", "model_rate_limited"],
  ["rate_limit_exceeded", "model_rate_limited"],
  ["session_limit_reached", "model_rate_limited"],
  ["network", "model_unreachable"],
  ["timeout", "model_unreachable"],
  ["handshake_refused", "model_unreachable"],
  ["open_limit", "model_open_limit"],
]);

function incidentOf(source: FaultSource, code: string): IncidentCode | undefined {
  if (source === "setup") return "setup_refused";
  if (source === "transcription") return "transcription_failed";
  return INCIDENTS.get(code);
}

/** A bounded set of labels, whatever servers call their errors. */
const COUNTED_CODES: ReadonlySet<string> = new Set([
  ...INCIDENTS.keys(),
  "audio_unintelligible",
  "connection_lost",
  "content_filter",
  "conversation_already_has_active_response",
  "inference_failed",
  "input_audio_buffer_commit_empty",
  "invalid_function_parameters",
  "invalid_request",
  "invalid_request_error",
  "invalid_type",
  "invalid_value",
  "item_truncate_invalid_item_id",
  "max_output_tokens",
  "missing_required_parameter",
  "policy_violation",
  "protocol_error",
  "response_cancel_not_active",
  "server_error",
  "server_restart",
  "session_expired",
  "tool_not_found",
  "transcription_failed",
  "unknown_parameter",
]);
