import { createSid } from "../random.ts";
import { type ApiAnswer, found, gone, notFound, refused } from "./apiAnswer.ts";
import { rfc2822 } from "./callFacts.ts";
import { refuse } from "./createForm.ts";
import { readMethod } from "./formReader.ts";
import type { HttpMethod } from "../twiml/twimlElement.ts";

/** A TwiML application: where a call to it asks what to do. */
export interface Application {
  readonly sid: string;
  readonly name: string;
  readonly voiceUrl: string;
  readonly voiceMethod: HttpMethod;
  readonly fallbackUrl: string | undefined;
}

/** Creates the part of the API that answers requests for `Applications`. */
export function createApplicationsApi(accountSid: string) {
  const all = new Map<string, Application>();

  function write(sid: string, form: URLSearchParams, before?: Application): Application {
    const application: Application = {
      sid,
      name: form.get("FriendlyName") ?? before?.name ?? "",
      voiceUrl: form.get("VoiceUrl") ?? before?.voiceUrl ?? "",
      voiceMethod: readMethod(form, "VoiceMethod", before?.voiceMethod),
      fallbackUrl: form.get("VoiceFallbackUrl") ?? before?.fallbackUrl,
    };
    all.set(sid, application);
    return application;
  }

  function resource({ sid, name, voiceUrl, voiceMethod, fallbackUrl }: Application) {
    return {
      sid,
      account_sid: accountSid,
      api_version: "2010-04-01",
      friendly_name: name,
      voice_url: voiceUrl,
      voice_method: voiceMethod,
      voice_fallback_url: fallbackUrl ?? null,
      date_created: rfc2822(new Date()),
      date_updated: rfc2822(new Date()),
      uri: `/2010-04-01/Accounts/${accountSid}/Applications/${sid}.json`,
    };
  }

  /** Answers a request; `path` is what follows the account, such as `Applications.json`. */
  function handle(
    method: string,
    path: string,
    query: URLSearchParams,
    form: URLSearchParams,
  ): ApiAnswer {
    if (path === "Applications.json") {
      if (method === "POST") {
        const voiceUrl = form.get("VoiceUrl") ?? "";
        if (voiceUrl !== "" && URL.parse(voiceUrl) === null) {
          return refused(refuse(21502, "VoiceUrl is not a valid URL"));
        }
        return found(resource(write(createSid("AP"), form)), 201);
      }
      const name = query.get("FriendlyName");
      const applications = [...all.values()].filter((it) => name === null || it.name === name);
      return found({ applications: applications.map(resource), page: 0, next_page_uri: null });
    }
    const sid = /^Applications\/(AP[0-9a-f]{32})\.json$/.exec(path)?.[1];
    const application = sid === undefined ? undefined : all.get(sid);
    if (application === undefined) return notFound(path);
    if (method === "DELETE") {
      all.delete(application.sid);
      return gone;
    }
    return method === "POST"
      ? found(resource(write(application.sid, form, application)))
      : found(resource(application));
  }

  return {
    handle,
    all: (): readonly Application[] => [...all.values()],
    find: (sid: string): Application | undefined => all.get(sid),
  };
}
