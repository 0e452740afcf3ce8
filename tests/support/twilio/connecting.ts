import { type ConnectRun, runConnect } from "../../../src/cli/connect.ts";
import { readConnectOptions } from "../../../src/cli/connect/connectOptions.ts";
import {
  createPhoneNetwork,
  type PhoneNetwork,
  type PhoneNetworkOptions,
  startTwilioApi,
  type TwilioApi,
} from "../../../src/sim/twilio/phoneNetwork.ts";
import type { AccountState } from "../../../src/sim/twilio/account/accountState.ts";
import { account, apiKey, publicUrl } from "../servers/phoneServer.ts";

export interface Connected {
  readonly code: number;
  readonly printed: string;
  /** What was asked, in order. */
  readonly asked: readonly string[];
}

/** Called with each line as it is printed. */
type OnPrint = (line: string) => void;

/** A stand-in for Twilio's account, and the command that points its numbers at a server. */
export interface ConnectRig extends AsyncDisposable {
  readonly network: PhoneNetwork;
  readonly api: TwilioApi;
  /** Where what was before is remembered. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** Runs the command; `answers` are typed at its questions, and nobody is there after the last. */
  run(
    args: readonly string[],
    answers?: readonly string[],
    env?: Readonly<Record<string, string | undefined>>,
    more?: Partial<
      Pick<ConnectRun, "folder" | "untilInterrupted" | "waitMs" | "now"> & { onPrint: OnPrint }
    >,
  ): Promise<Connected>;
}

export async function startConnectRig(
  accountState: Partial<AccountState> = {},
  options: Partial<PhoneNetworkOptions> = {},
): Promise<ConnectRig> {
  const folder = await Deno.makeTempDir();
  const network = createPhoneNetwork({ account, publicUrl, speed: 20, ...options });
  const api = startTwilioApi(network, { accountState });
  const env = {
    PUBLIC_URL: publicUrl,
    API_KEYS: `ops:${apiKey};scopes=admin`,
    OPENAI_API_KEY: "rehearsal",
    TWILIO_ACCOUNT_SID: account.accountSid,
    TWILIO_AUTH_TOKEN: account.authToken,
    TWILIO_PHONE_NUMBER: account.number,
    TWILIO_API_URL: api.url,
  };
  return {
    ...{ network, api, folder, env },
    async run(args, answers = [], changed = {}, { onPrint, ...more } = {}) {
      const lines: string[] = [];
      const asked: string[] = [];
      const code = await runConnect(readConnectOptions(args), {
        environment: { ...env, ...changed },
        folder,
        everyMs: 50,
        ...more,
        terminal: {
          print(line) {
            lines.push(line);
            onPrint?.(line);
          },
          ask(question) {
            asked.push(question);
            return Promise.resolve(answers[asked.length - 1]);
          },
        },
      });
      return { code, printed: lines.join("\n"), asked };
    },
    async [Symbol.asyncDispose]() {
      await network.close();
      await api.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
}
