import { createSid } from "../random.ts";
import { type ApiAnswer, found, notFound } from "./apiAnswer.ts";
import { readMethod } from "./formReader.ts";
import type { HttpMethod } from "../twiml/twimlElement.ts";

/** What answers calls to a number of the account. */
interface NumberResource {
  readonly sid: string;
  readonly number: string;
  readonly voiceUrl: string;
  readonly voiceMethod: HttpMethod;
}

/** Creates the part of the API that answers requests for `IncomingPhoneNumbers`; the account has one number. */
export function createNumbersApi(
  { accountSid, number, voiceUrl }: {
    readonly accountSid: string;
    readonly number: string;
    readonly voiceUrl: string;
  },
) {
  let resource: NumberResource = { sid: createSid("PN"), number, voiceUrl, voiceMethod: "POST" };

  /** Answers a request; `path` is what follows the account, such as `IncomingPhoneNumbers.json`. */
  function handle(
    method: string,
    path: string,
    query: URLSearchParams,
    form: URLSearchParams,
  ): ApiAnswer {
    if (path === "IncomingPhoneNumbers.json" && method === "GET") {
      const wanted = query.get("PhoneNumber") ?? number;
      const numbers = [resource].filter((it) => it.number === wanted).map(view);
      return found({ incoming_phone_numbers: numbers, page: 0, next_page_uri: null });
    }
    if (path !== `IncomingPhoneNumbers/${resource.sid}.json`) return notFound(path);
    if (method === "POST") change(form);
    return found(view(resource));
  }

  /** What is asked from now on where the number is called; the calls of tests are not changed by it. */
  function change(form: URLSearchParams): void {
    resource = {
      ...resource,
      voiceUrl: form.get("VoiceUrl") ?? resource.voiceUrl,
      voiceMethod: readMethod(form, "VoiceMethod", resource.voiceMethod),
    };
  }

  function view({ sid, number, voiceUrl, voiceMethod }: NumberResource) {
    return {
      sid,
      account_sid: accountSid,
      phone_number: number,
      capabilities: { voice: true, sms: true, mms: false, fax: false },
      voice_url: voiceUrl,
      voice_method: voiceMethod,
      voice_application_sid: "",
      uri: `/2010-04-01/Accounts/${accountSid}/IncomingPhoneNumbers/${sid}.json`,
    };
  }

  return { handle, change };
}
