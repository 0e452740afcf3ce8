import type { NumberFields } from "../account/accountState.ts";
import {
  changedNumber,
  type NumberResource,
  numberResource,
  viewNumber,
} from "../account/numberResource.ts";
import { type ApiAnswer, found, notFound, refused } from "./apiAnswer.ts";
import { refuse } from "./createForm.ts";

/**
 * Creates the part of the API that answers requests for `IncomingPhoneNumbers`: the account's numbers, the first of
 * which is that of the network.
 */
export function createNumbersApi(
  accountSid: string,
  fields: readonly [NumberFields, ...NumberFields[]],
) {
  const numbers = fields.map(numberResource);

  /** Answers a request; `path` is what follows the account, such as `IncomingPhoneNumbers.json`. */
  function handle(
    method: string,
    path: string,
    query: URLSearchParams,
    form: URLSearchParams,
  ): ApiAnswer {
    if (path === "IncomingPhoneNumbers.json" && method === "GET") return list(query);
    const at = numbers.findIndex(({ sid }) => path === `IncomingPhoneNumbers/${sid}.json`);
    const number = numbers[at];
    if (number === undefined) return notFound(path);
    if (method !== "POST") return found(viewNumber(accountSid, number));
    const changed = changedNumber(number, form);
    if (changed.fallbackUrl !== "" && changed.voiceUrl === "") {
      return refused(refuse(21405, "A fallback URL needs a voice URL"));
    }
    numbers[at] = changed;
    return found(viewNumber(accountSid, changed));
  }

  function list(query: URLSearchParams): ApiAnswer {
    const wanted = query.get("PhoneNumber");
    const size = Math.min(1000, Math.max(1, Number(query.get("PageSize")) || 50));
    const page = Math.max(0, Number(query.get("Page")) || 0);
    const fitting = numbers.filter(({ number }) => wanted === null || number.includes(wanted));
    const part = fitting.slice(page * size, (page + 1) * size);
    const isLast = (page + 1) * size >= fitting.length;
    return found({
      incoming_phone_numbers: part.map((number) => viewNumber(accountSid, number)),
      page,
      page_size: size,
      next_page_uri: isLast
        ? null
        : `/2010-04-01/Accounts/${accountSid}/IncomingPhoneNumbers.json?PageSize=${size}&Page=${
          page + 1
        }`,
    });
  }

  return {
    handle,
    /** What is set of a number, by its digits; undefined for one that the account does not have. */
    find: (digits: string): NumberResource | undefined =>
      numbers.find(({ number }) => number === digits),
    all: (): readonly NumberResource[] => numbers,
    /** Sets something of the network's number as the console does. */
    change(form: URLSearchParams): void {
      const [first] = numbers;
      if (first !== undefined) numbers[0] = changedNumber(first, form);
    },
  };
}
