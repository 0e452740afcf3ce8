import { present } from "../../utils/present.ts";

const MAX_LENGTH = 500;
const MAX_HEADERS = 20;

/** What Twilio's request about an incoming call says of it beside its numbers. */
export function readCarrierFacts(form: URLSearchParams) {
  const text = (name: string) => {
    const value = form.get(name)?.trim().slice(0, MAX_LENGTH) ?? "";
    return value === "" ? undefined : value;
  };
  const sipHeaders: Record<string, string> = {};
  for (const [name, value] of form) {
    const header = /^SipHeader_([\w-]{1,100})$/.exec(name)?.[1];
    if (header === undefined || Object.keys(sipHeaders).length >= MAX_HEADERS) continue;
    sipHeaders[header] = value.slice(0, MAX_LENGTH);
  }
  return {
    ...present({
      callerName: text("CallerName"),
      forwardedFrom: text("ForwardedFrom"),
      city: text("FromCity"),
      state: text("FromState"),
      country: text("FromCountry"),
      stir: text("StirVerstat"),
    }),
    sipHeaders,
  };
}
