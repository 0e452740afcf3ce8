/** What an error of Twilio's debugger means here, in a sentence; its page at Twilio where it is not known. */
export function alertMeaning(code: number): string {
  const group = groups.find(({ from, to }) => code >= from && code <= to);
  return meanings[code] ?? group?.meaning ?? `See https://www.twilio.com/docs/errors/${code}`;
}

const meanings: Readonly<Record<number, string>> = {
  10001: "The account is not active: it has no funds, or is suspended.",
  10003: "The account has no funds.",
  10004: "Too many calls at the same time for this account.",
  10005: "The account may not make calls.",
  11100: "The address that Twilio was to ask is none.",
  11200: "The server answered with an error, too late, or not at all.",
  11201: "Nothing accepted the connection in time: the server or its tunnel is away.",
  11202: "The connection was refused: the server or its tunnel is away.",
  11203: "The server did not answer in time.",
  11205: "Twilio could not connect: the server or its tunnel is away.",
  11210: "The host of PUBLIC_URL is not known in DNS.",
  11215: "PUBLIC_URL redirects too often.",
  11216: "PUBLIC_URL redirects to an address that cannot be asked.",
  11217: "The server answered with an error status.",
  11750: "The answer was larger than 64 kB.",
  11770: "The answer was empty: something else than this server answers there.",
  12100: "The answer was no TwiML: something else than this server answers there.",
  12200: "The TwiML has an element or attribute that Twilio does not know.",
  12300:
    "The answer was no XML: something else than this server answers there, such as a page of the tunnel.",
  13214: "A caller ID was used that the account does not have.",
  13223: "A transfer went to what is no phone number.",
  13224: "A number cannot be reached, or is not supported.",
  13225: "A number is blocked by Twilio.",
  13227: "The account may not call that country: allow it in Twilio's geographic permissions.",
  15003: "A status callback was answered with an error.",
  20003: "Credentials were refused.",
  21215: "The account may not call that country: allow it in Twilio's geographic permissions.",
  21405: "A fallback needs a voice URL.",
  31901: "The media socket did not open in time: does the proxy or tunnel pass WebSockets on?",
  31902: "The media socket was refused: does the proxy or tunnel pass WebSockets on?",
  31903: "The media socket broke: the server ended, or its connection did.",
  31910: "The media socket's TLS failed: the certificate of PUBLIC_URL is not accepted.",
  31920:
    "The media socket was not upgraded: does the proxy or tunnel pass WebSockets on, with their headers?",
  31921: "The server closed the media socket, as at the end of calls.",
  31924: "The media socket broke the protocol of WebSockets.",
  31930: "The server read the media too slowly.",
  31931: "More than ten minutes of speech were queued.",
  31951: "The server sent a message that Twilio does not accept.",
};

/** Codes that come in families. */
const groups: readonly {
  readonly from: number;
  readonly to: number;
  readonly meaning: string;
}[] = [
  { from: 11220, to: 11239, meaning: "The certificate of PUBLIC_URL is not accepted." },
  { from: 11240, to: 11243, meaning: "The connection overrides of an address have a wrong value." },
  { from: 16000, to: 16099, meaning: "A conference failed, in which callers are connected." },
];
