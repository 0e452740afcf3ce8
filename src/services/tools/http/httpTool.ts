import type { ReadToolVariable } from "../../../config/toolVariables.ts";
import { present } from "../../../utils/present.ts";
import { withoutValues } from "../redaction.ts";
import { propertiesOf } from "../schema/schemaRewrite.ts";
import { type Tool, type ToolArguments, type ToolContext, ToolError } from "../tool.ts";
import type { SignCall } from "./callSigner.ts";
import { exchange, type SendRequest } from "./httpExchange.ts";
import { HeaderFault, readHeaders, type ToolHeaders } from "./httpHeaders.ts";
import { mapAnswer, type ResultPointers } from "./responseMapping.ts";
import { parseUrlTemplate, queryText, type UrlTemplate } from "./urlTemplate.ts";

/** A tool that an operator offers over HTTP, as an agent's definition describes it. */
export interface HttpToolDefinition {
  readonly name: string;
  readonly description: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** https, or http on this machine; with `{{arguments}}` and `{{env.NAME}}` in its path and query. */
  readonly url: string;
  /** GET and DELETE put the arguments into the query, the others into a JSON body. */
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** With `{{env.NAME}}`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether requests carry the signed call header, where there is a secret to sign with. */
  readonly identity?: boolean;
  readonly result?: ResultPointers | undefined;
}

/** How HTTP tools reach what is outside of the server. */
export interface HttpToolAccess {
  readonly readVariable: ReadToolVariable;
  readonly send: SendRequest;
}

export interface HttpToolServices extends HttpToolAccess {
  /** Absent where there is no secret to sign with: requests then carry no call header. */
  readonly signCall?: SignCall;
}

/**
 * Creates a tool that sends its arguments to a URL and returns the answer. Throws where the definition is
 * invalid.
 */
export function createHttpTool(
  definition: HttpToolDefinition,
  { signCall, readVariable, send }: HttpToolServices,
): Tool {
  const { name, description, parameters, method = "POST", identity = true, result } = definition;
  const { url, headers } = checked(definition, readVariable);
  const secrets = [...url.secrets, ...headers.secrets];
  const isWritten = method !== "GET" && method !== "DELETE";
  const maxBytes = result === undefined ? MAX_TEXT_BYTES : MAX_JSON_BYTES;

  return {
    name,
    kind: "http",
    source: `${method} ${definition.url}`,
    description,
    parameters,
    options: { once: method !== "GET" },
    details: {
      method,
      url: url.show(),
      headers: headers.shown,
      variables: variablesOf(definition),
      ...present({ result }),
      identity: identity && signCall !== undefined,
    },
    async run(args, context) {
      const request = requestOf(args, context);
      showTo(context, args, request);
      const { signal } = context;
      const answer = await exchange(request, { send, signal, maxBytes });
      const text = withoutValues(answer.text, secrets);
      if (!answer.ok) throw refusalOf(answer.status, text, method);
      if (result === undefined) {
        return { output: text === "" && method !== "GET" ? { status: answer.status } : text };
      }
      if (!answer.isComplete) throw tooLong();
      return { output: mapAnswer(text, result) };
    },
  };

  function requestOf(args: ToolArguments, context: ToolContext) {
    const call = identity ? signCall?.(name, context) ?? {} : {};
    const { idempotencyKey } = context;
    const sent = Object.entries(args).filter(([argument]) =>
      !url.pathArguments.has(argument) && !url.queryArguments.has(argument) &&
      !isFixed(argument, url.queryNames)
    );
    const target = url.fill(args);
    const own = {
      ...headers.values,
      ...call,
      ...(idempotencyKey !== undefined && { "Idempotency-Key": idempotencyKey }),
    };
    if (!isWritten) return { method, url: withQuery(target, sent), headers: own };
    const body = JSON.stringify(Object.fromEntries(sent));
    return { method, url: target, headers: { "Content-Type": "application/json", ...own }, body };
  }

  function showTo(
    { onRequest }: ToolContext,
    args: ToolArguments,
    request: ReturnType<typeof requestOf>,
  ): void {
    if (onRequest === undefined) return;
    const { search } = request.url;
    const shown = isWritten || search === "" ? url.show(args) : shownQuery(url.show(args), search);
    onRequest({
      method,
      url: withoutValues(shown, secrets),
      headers: { ...request.headers, ...headers.shown },
      ...present({ body: request.body }),
    });
  }
}

/** With `result`, all of an answer is parsed; without, the beginning of a longer one is passed on. */
const MAX_JSON_BYTES = 512 * 1024;
const MAX_TEXT_BYTES = 64 * 1024;
const MAX_ERROR_CHARS = 500;
/** Common servers refuse longer ones. */
const MAX_URL_CHARS = 8000;

/** Names of the environment's variables that it uses. */
function variablesOf({ url, headers = {} }: HttpToolDefinition): readonly string[] {
  const templates = [url, ...Object.values(headers)].join(" ");
  const named = [...templates.matchAll(/\{\{\s*env\.(\w+)/g)].map(([, name = ""]) => name);
  return [...new Set(named)];
}

function checked(
  { name, url: template, headers: given = {}, parameters }: HttpToolDefinition,
  readVariable: ReadToolVariable,
): { readonly url: UrlTemplate; readonly headers: ToolHeaders } {
  try {
    const url = parseUrlTemplate(template, readVariable);
    const headers = headersOf(given, readVariable);
    checkArguments(url, parameters);
    return { url, headers };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : "it is invalid";
    throw new TypeError(`Cannot offer the tool ${name}: ${reason}`, { cause });
  }
}

function headersOf(given: Readonly<Record<string, string>>, readVariable: ReadToolVariable) {
  try {
    return readHeaders(given, readVariable);
  } catch (cause) {
    throw new HeaderFault(cause instanceof Error ? cause.message : "its headers are none");
  }
}

/** The operator fixes the parameters of the URL's own query: no argument may override one. */
function checkArguments(url: UrlTemplate, parameters: HttpToolDefinition["parameters"]): void {
  const properties = Object.keys(propertiesOf(parameters));
  const required: unknown = parameters["required"];
  for (const name of [...url.pathArguments, ...url.queryArguments]) {
    if (!properties.includes(name)) {
      throw new TypeError(`its url has {{${name}}}, which parameters.properties does not describe`);
    }
    if (url.pathArguments.has(name) && !(Array.isArray(required) && required.includes(name))) {
      throw new TypeError(`parameters.required must name ${name}, which is in the path of its url`);
    }
  }
  const taken = properties.find((name) =>
    !url.pathArguments.has(name) && !url.queryArguments.has(name) && isFixed(name, url.queryNames)
  );
  if (taken === undefined) return;
  throw new TypeError(
    `parameters.properties.${taken}: the url has a query parameter of this name`,
  );
}

/** Many services read `a[]`, `a[0]` and `A` as `a`. */
function isFixed(argument: string, queryNames: readonly string[]): boolean {
  const root = rootOf(argument);
  return queryNames.some((name) => rootOf(name) === root);
}

function rootOf(name: string): string {
  return name.trim().replace(/[[.].*$/s, "").toLowerCase();
}

/** The operator's part of the query stays byte for byte: it may be signed. */
function withQuery(url: URL, args: readonly (readonly [string, unknown])[]): URL {
  // A query has no null: sent, it would be read as the text "null".
  const given = args.filter(([, value]) => value !== null);
  const query = new URLSearchParams(given.map(([key, value]) => [key, queryText(value)]));
  const target = new URL(url);
  target.search = [url.search.slice(1), query.toString()].filter((part) => part !== "").join("&");
  if (target.href.length > MAX_URL_CHARS) {
    throw new ToolError("arguments_too_long", "The arguments are too long: say less.");
  }
  return target;
}

function shownQuery(shown: string, search: string): string {
  return `${shown.replace(/\?.*$/, "")}${search}`;
}

/** A service's message about a bad request helps the model; one about its own fault does not. */
function refusalOf(status: number, text: string, method: string): ToolError {
  const detail = status < 500 && text !== "" ? `: ${text.slice(0, MAX_ERROR_CHARS)}` : "";
  return new ToolError(`http_${status}`, `The service answered ${status}${detail}`, {
    isFault: status >= 500 || status === 401 || status === 403 || status === 405,
    // A gateway that has lost the service behind it.
    mayHaveRun: method !== "GET" && (status === 502 || status === 504),
  });
}

function tooLong(): ToolError {
  return new ToolError(
    "answer_too_long",
    `The service answered with more than ${MAX_JSON_BYTES / 1024} KB: ask for less.`,
    { isFault: true },
  );
}
