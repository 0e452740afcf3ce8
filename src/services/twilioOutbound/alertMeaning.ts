/** What an error of Twilio's debugger means here, and what to do: a sentence; its page at Twilio where it is not known. */
export function alertMeaning(code: number): string {
  return alertSentence(code).replace("{code}", String(code));
}

/** The same, with `{code}` where the number of the error stands. */
export function alertSentence(code: number): string {
  const group = groups.find(({ from, to }) => code >= from && code <= to);
  return meanings[code] ?? group?.meaning ?? "See https://www.twilio.com/docs/errors/{code}.";
}

const meanings: Readonly<Record<number, string>> = {
  10001: "The account is not active: it has no funds, or is suspended. Look under Billing.",
  10003: "The account has no funds: add some under Billing.",
  10004:
    "Too many calls at the same time for this account: lower MAX_CALLS, or ask Twilio for more.",
  10005: "The account may not make calls: ask Twilio's support.",
  11100: "The address that Twilio was to ask is none: correct it at the number.",
  11200: "The server answered with an error, too late, or not at all: its log has the reason.",
  11201: "Nothing accepted the connection in time: the server or its tunnel was away.",
  11202: "The connection was refused: the server or its tunnel was away.",
  11203: "The server did not answer in time: is it overloaded, or its database slow?",
  11205: "Twilio could not connect: the server or its tunnel was away.",
  11206: "The answer was not HTTP: something else than this server answers there.",
  11210: "The host of PUBLIC_URL is not known in DNS: correct it, or add the record.",
  11215: "PUBLIC_URL redirects too often: set it to where the redirects end.",
  11216: "PUBLIC_URL redirects to an address that cannot be asked: set it to the right one.",
  11217: "The server answered with an error status: its log has the reason.",
  11750: "The answer was larger than 64 kB: something else than this server answers there.",
  11751: "A medium for a message was too large.",
  11770: "The answer was empty: something else than this server answers there.",
  12100: "The answer was no TwiML: something else than this server answers there.",
  12200: "The TwiML has an element or attribute that Twilio does not know: update the server.",
  12300:
    "The answer was no XML: something else than this server answers there, such as a page of the tunnel.",
  13201: "A call was put through inside what a callee hears first: update the server.",
  13214: "A caller ID was used that the account does not have: verify it with Twilio.",
  13223: "A transfer went to what is no phone number: correct the agent's transfers.",
  13224: "A number cannot be reached, or is not supported: correct it.",
  13225: "A number is blocked by Twilio: ask Twilio's support.",
  13227: "The account may not call that country: allow it in Twilio's geographic permissions.",
  13247: "The caller ID is not allowed: use a number of the account.",
  15003: "A status callback was answered with an error: the server's log has the reason.",
  20003: "Credentials were refused: correct those in .env.",
  20429: "Too many requests in a short time: lower OUTBOUND_PER_SECOND.",
  21210: "Calls were placed from a number that the account does not have: correct OUTBOUND_FROM.",
  21211: "Calls were placed to what is no phone number.",
  21215: "The account may not call that country: allow it in Twilio's geographic permissions.",
  21219: "A trial account calls verified numbers only: verify it, or upgrade the account.",
  21220: "A call was changed that was over already, as when the caller hangs up just then.",
  21405: "A fallback needs a voice URL: set both at the number.",
  21610: "A text went to somebody who has sent STOP: Twilio does not deliver it.",
  21611: "Too many texts wait to be sent from one number: send fewer.",
  30003: "A text could not be delivered: the phone is off or cannot be reached.",
  30004: "A text was blocked by its receiver.",
  30005: "A text went to a number that does not exist.",
  30006: "A text went to a landline or a network that takes none.",
  30007: "A text was filtered by the network as spam: change its words.",
  30032: "A toll-free number has to be verified by Twilio before it may send texts.",
  30034:
    "Texts to the United States need an A2P 10DLC campaign: register the number in the Twilio console.",
  31901: "The media socket did not open in time: does the proxy or tunnel pass WebSockets on?",
  31902: "The media socket was refused: does the proxy or tunnel pass WebSockets on?",
  31903: "The media socket broke: the server ended, or its connection did.",
  31910: "The media socket's TLS failed: the certificate of PUBLIC_URL is not accepted.",
  31920:
    "The media socket was not upgraded: does the proxy or tunnel pass WebSockets on, with their headers?",
  31921: "The server closed the media socket, as at the end of calls.",
  31924: "The media socket broke the protocol of WebSockets: does a proxy change it?",
  31930: "The server read the media too slowly: is it overloaded?",
  31931: "More than ten minutes of speech were queued.",
  31941: "The stream asked for a track that there is not: update the server.",
  31950: "The server sent binary data on the media socket: does a proxy change it?",
  31951: "The server sent a message that Twilio does not accept: update the server.",
};

/** Codes that come in families. */
const groups: readonly {
  readonly from: number;
  readonly to: number;
  readonly meaning: string;
}[] = [
  {
    from: 11220,
    to: 11239,
    meaning: "The certificate of PUBLIC_URL is not accepted: renew it, with its chain.",
  },
  { from: 11240, to: 11243, meaning: "The connection overrides of an address have a wrong value." },
  { from: 13000, to: 13999, meaning: "Twilio did not accept what a call was to do." },
  { from: 16000, to: 16099, meaning: "A conference failed, in which callers are connected." },
  { from: 21200, to: 21299, meaning: "Twilio did not place a call, or did not change it." },
  { from: 30000, to: 30999, meaning: "A text was not delivered." },
  { from: 31900, to: 31999, meaning: "The media socket of a call failed." },
];
