import { newToken } from "../utils/ids.ts";

/** Settings that a server may run with to be called without Twilio; also this command's defaults. */
export const rehearsal = {
  PUBLIC_URL: "https://parley.example",
  TWILIO_ACCOUNT_SID: "AC00000000000000000000000000000000",
  TWILIO_AUTH_TOKEN: "rehearsal",
  TWILIO_PHONE_NUMBER: "+12025550100",
  TWILIO_API_URL: "http://127.0.0.1:8089",
} as const;

/** Lines for `.env`, indented; with an API key of their own. */
export const rehearsalLines = Object.entries({
  ...rehearsal,
  API_KEYS: `ops:${newToken()};scopes=admin`,
})
  .map(([name, value]) => `  ${name}=${value}`)
  .join("\n");

/** Printed for `--help`. */
export const phoneUsage = `Call the running server as a phone would, without Twilio.

  deno task phone [options]            call the server
  deno task phone --serve [options]    be Twilio's REST API: the calls that the server places ring here, and
                                       "deno task phone" calls the account's number through it

Both print what happens, and write what was heard to WAV files. The whole description, with plans, menus and
transfers, is in docs/phone-simulator.md.

Before the first call, start the server ("deno task start") with these lines in its .env:
${rehearsalLines}

Examples
  deno task phone --say "Hello." --say "What time is it?"
  deno task phone --digits 1 --seconds 40
  deno task phone --serve --answer machine      then place a call, on another terminal:
    curl http://127.0.0.1:8000/api/outbound/initiate -H "X-API-Key: SECRET" \\
      -H "Content-Type: application/json" -d '{"to": "+12025550155"}'
    SECRET is what stands between "ops:" and ";" in API_KEYS.

What the person does who calls, or who answers as "human"
  --say TEXT             say this when the agent has finished; may be given several times
  --wav FILE             say what is in a WAV file (after --say)
                         (the built-in engine hears how long one spoke, not what was said)
  --digits 123#          then press keys
  --interrupt-after MS   do not wait: break in that long after the agent began to speak
  --seconds N            stay on the line for N seconds, or until the agent hangs up. Without it, the person
                         hangs up when the agent has answered the last of the above (after 120 s at the
                         latest), or after 20 s where there is none. Who acts by itself (below) has 180 s.
  --out FILE             where to write what was heard (heard.wav)
  --from +1...           the number that calls (+12025550123)
  --to +1...             the number that is called (TWILIO_PHONE_NUMBER)

Who answers the calls that the server places, those of transfers included
  --answer WHO           at all numbers:
     people              human (the default; does what the options above say), person, long-greeting, silent
     answering machines  machine, machine-no-beep, machine-two-parts, machine-picked-up, mailbox-full
     call screeners      screener, screener-pixel, screener-declined, screener-voicemail
     phone menus         menu (one of its branches has hold music, then a person)
     hold music          music (then a person)
     other tones         fax, busy-tone
     nobody              busy, no-answer, failed
  --plan FILE            at each number, in JSON: {"+12025550155": "screener", "*": "person"}, or your own
                         greetings, menus and steps

What the account is like that the server asks about
  --account FILE         in JSON: type and balance, further numbers, countries, errors, trunks and so on. "deno task
                         doctor" looks at it; docs/phone-simulator.md has the names

Transfers and conferences
  A call that is transferred calls people here: their calls are printed as well (leg N: by <Dial>; person N:
  placed by the server, for a transfer that asks the person first), who joins and leaves a conference too.
  What they heard is in heard-leg-N.wav and heard-person-N.wav. An example is under "A transfer by hand" in
  docs/phone-simulator.md.

The server
  --url URL              where it listens (http://127.0.0.1:PORT; PORT is 8000 unless set); it is then called there,
                         also where a stand-in that runs already knows another address
  --port N               where Twilio's API listens (the port of TWILIO_API_URL, or 8089). One command at a
                         time can have it; --port 0 calls without it: the server can neither transfer such a
                         call nor end it
  --env-file FILE        the settings it runs with, in place of those in .env (what the shell sets comes first)
  --account-sid, --auth-token, --public-url    the same settings, one by one
`;
