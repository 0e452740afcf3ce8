import { isRecord } from "../../../utils/isRecord.ts";
import { jsonOrUndefined } from "../../../utils/jsonOrUndefined.ts";
import { createSid } from "../random.ts";
import { type ApiAnswer, found, gone, notFound, refused } from "./apiAnswer.ts";
import { refuse } from "./createForm.ts";

/** A flow of Twilio Studio. */
interface Flow {
  readonly sid: string;
  readonly name: string;
  readonly status: "draft" | "published";
  readonly definition: Definition;
}

/** A definition, as far as calls that come in need it. */
interface Definition {
  readonly initialState: string;
  readonly states: readonly State[];
}

interface State {
  readonly name: string;
  readonly type: string;
  /** The next state by event; undefined where none follows. */
  readonly transitions: ReadonlyMap<string, string | undefined>;
  readonly properties: Readonly<Record<string, unknown>>;
}

/**
 * Creates the part of the APIs that answers requests for Studio's flows, and Twilio's own server that carries them
 * out: of the widgets, those that say something and those that connect a call.
 */
export function createStudioApi(accountSid: string) {
  const flows = new Map<string, Flow>();

  /** Answers a request of which the whole path is given; undefined where it is of another part. */
  function handle(method: string, path: string, form: URLSearchParams): ApiAnswer | undefined {
    if (path === "/v2/Flows") {
      if (method === "POST") return write(createSid("FW"), form, 201);
      const all = [...flows.values()].map((flow) => ({ ...resource(flow), definition: null }));
      return found({ flows: all.reverse(), meta: { key: "flows", next_page_url: null } });
    }
    const sid = /^\/v2\/Flows\/(FW[0-9a-f]{32})$/.exec(path)?.[1];
    if (sid === undefined) return undefined;
    const flow = flows.get(sid);
    if (flow === undefined) return notFound(path);
    if (method === "DELETE") {
      flows.delete(sid);
      return gone;
    }
    return method === "POST" ? write(sid, form, 200) : found(resource(flow));
  }

  function write(sid: string, form: URLSearchParams, status: number): ApiAnswer {
    const name = form.get("FriendlyName") ?? flows.get(sid)?.name ?? "";
    const publishing = form.get("Status");
    const definition = readDefinition(form.get("Definition") ?? "");
    if (name === "" || publishing !== "draft" && publishing !== "published") {
      return refused(refuse(20001, "FriendlyName and Status are needed"));
    }
    if (definition === undefined) return refused(refuse(20001, "Flow definition is invalid"));
    const flow = { sid, name, status: publishing, definition } as const;
    flows.set(sid, flow);
    return found(resource(flow), status);
  }

  function resource({ sid, name, status }: Flow) {
    return {
      sid,
      account_sid: accountSid,
      friendly_name: name,
      status,
      revision: 1,
      valid: true,
      errors: [],
      webhook_url: `http://webhooks.twilio.com/v1/Accounts/${accountSid}/Flows/${sid}`,
      url: `https://studio.twilio.com/v2/Flows/${sid}`,
    };
  }

  /** The TwiML of a call that comes in at a flow's webhook; undefined where there is no such flow. */
  function carryOut({ pathname }: URL, params: Readonly<Record<string, string>>) {
    const prefix = `/v1/Accounts/${accountSid}/Flows/`;
    const flow = pathname.startsWith(prefix) ? flows.get(pathname.slice(prefix.length)) : undefined;
    if (flow === undefined || flow.status !== "published") return undefined;
    const { states, initialState } = flow.definition;
    const stateOf = (name: string | undefined) => states.find((state) => state.name === name);
    const verbs: string[] = [];
    let state = stateOf(stateOf(initialState)?.transitions.get("incomingCall"));
    for (let steps = 0; state !== undefined && steps < MAX_STEPS; steps++) {
      verbs.push(verbOf(state, params));
      state = stateOf(state.transitions.get(doneEvents[state.type] ?? ""));
    }
    return `<?xml version="1.0" encoding="UTF-8"?><Response>${verbs.join("")}</Response>`;
  }

  return { handle, carryOut, flows: () => [...flows.values()] };
}

const MAX_STEPS = 20;

/** The event after which a widget's next one follows. */
const doneEvents: Readonly<Record<string, string>> = {
  "say-play": "audioComplete",
  "connect-call-to": "callCompleted",
};

function verbOf({ type, properties }: State, params: Readonly<Record<string, string>>): string {
  const text = (name: string) => {
    const value = properties[name];
    const given = typeof value === "string" || typeof value === "number" ? String(value) : "";
    return escape(given.replace("{{contact.channel.address}}", params["From"] ?? ""));
  };
  if (type === "say-play") return `<Say>${text("say")}</Say>`;
  if (type !== "connect-call-to") return "";
  const timeout = text("timeout") || "30";
  return `<Dial callerId="${text("caller_id")}" timeout="${timeout}"><Number>${
    text("to")
  }</Number></Dial>`;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}

/** Undefined for one that Studio's schema does not allow: each transition needs a state to go to. */
function readDefinition(text: string): Definition | undefined {
  const value = jsonOrUndefined(text);
  if (!isRecord(value) || !Array.isArray(value["states"])) return undefined;
  const initialState = value["initial_state"];
  const states = value["states"].map(readState).filter((state) => state !== undefined);
  const names = new Set<string | undefined>([undefined, ...states.map(({ name }) => name)]);
  const isWhole = states.length === value["states"].length && states.length > 0 &&
    states.every(({ transitions }) => [...transitions.values()].every((next) => names.has(next)));
  if (!isWhole || typeof initialState !== "string" || !names.has(initialState)) return undefined;
  return { initialState, states };
}

function readState(value: unknown): State | undefined {
  if (!isRecord(value)) return undefined;
  const { name, type, properties, transitions } = value;
  if (typeof name !== "string" || typeof type !== "string" || !isRecord(properties)) {
    return undefined;
  }
  if (!Array.isArray(transitions)) return undefined;
  const next = new Map<string, string | undefined>();
  for (const transition of transitions) {
    if (!isRecord(transition) || typeof transition["event"] !== "string") return undefined;
    const { next: to } = transition;
    next.set(transition["event"], typeof to === "string" ? to : undefined);
  }
  return { name, type, transitions: next, properties };
}
