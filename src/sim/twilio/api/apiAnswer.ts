import { type ApiError, refuse } from "./createForm.ts";

/** What the API answers: a resource, an error, or nothing. */
export interface ApiAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export const gone: ApiAnswer = { status: 204 };

export function found(body: unknown, status = 200): ApiAnswer {
  return { status, body };
}

export function refused({ status, code, message }: ApiError): ApiAnswer {
  const more_info = `https://www.twilio.com/docs/errors/${code}`;
  return { status, body: { code, message, more_info, status } };
}

export function notFound(path: string): ApiAnswer {
  return refused(refuse(20404, `The requested resource ${path} was not found`));
}
