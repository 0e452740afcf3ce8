import { callerAnswer } from "../../call/answerMeaning.ts";
import type { CallSession } from "../../call/sessionApi.ts";
import { conversationLanguages } from "../../config/agentSchema.ts";
import type { Redactions } from "../redaction.ts";
import {
  type ConsultRef,
  consultTextsOf,
  type PhoneAnswer,
  type SpokenMessage,
} from "../twilioOutbound.ts";
import type { Consult } from "./consult.ts";
import { consultBrief } from "./consultBrief.ts";
import type { AgentVoices } from "./endedCallAnswer.ts";
import { recordingNotice } from "./recordingNotice.ts";

export interface ConsultWordsDeps {
  readonly agents: AgentVoices;
  readonly wallClock: () => number;
  /** A person is told nothing that is blacked out. */
  readonly redactions: Pick<Redactions, "text">;
}

/** Creates what people hear who are asked to take a caller, and what understands their answers. */
export function createConsultWords({ agents, wallClock, redactions }: ConsultWordsDeps) {
  return { question, takeCaller, noticeOf, meaningOf, declined, gone };

  function textsOf({ request }: Pick<CallSession, "request">) {
    return consultTextsOf(agents.ofCall(request));
  }

  /** The agent's stream has the person's voice, which no stream has without the agent. */
  function noticeOf({ session, ref: { mode } }: Consult) {
    if (mode !== "conference") return undefined;
    return recordingNotice(session, agents.ofCall(session.request), new Date(wallClock()));
  }

  function question(consult: Consult, ref: ConsultRef, attempt: number): PhoneAnswer {
    const { session, brief } = consult;
    const { texts, say } = textsOf(session);
    const told = consultBrief(texts, {
      request: session.request,
      brief: brief === undefined ? undefined : redactions.text(session, brief),
      events: session.snapshot().map((event) =>
        event.type === "turn"
          ? { ...event, turn: { ...event.turn, text: redactions.text(session, event.turn.text) } }
          : event
      ),
    });
    return {
      do: "consult",
      ref,
      brief: attempt === 1 ? say(told) : undefined,
      question: say(attempt === 1 ? texts.question : texts.again),
      hints: consult.transfer.accept ?? texts.hints,
      attempt,
    };
  }

  function takeCaller(consult: Consult, ref: ConsultRef): PhoneAnswer {
    const { session, room, timeLimitSeconds, notice, ref: { mode } } = consult;
    const { texts, say } = textsOf(session);
    return {
      do: "takeCaller",
      ref,
      room,
      messages: [...(notice === undefined ? [] : [notice]), say(texts.connecting)],
      endsRoom: mode !== "conference",
      timeLimitSeconds,
    };
  }

  function meaningOf(
    { session, transfer }: Consult,
    digits: string,
    speech: string,
  ): ReturnType<typeof callerAnswer> {
    if (digits !== "") return digits === "1" ? "yes" : digits === "2" ? "no" : "unclear";
    const agent = agents.ofCall(session.request);
    const languages = agent === undefined ? [] : conversationLanguages(agent);
    const own = transfer.accept === undefined ? {} : { yes: transfer.accept };
    return callerAnswer(speech, languages ?? [], own);
  }

  function declined({ session }: Consult): PhoneAnswer {
    const { texts, say } = textsOf(session);
    return { do: "hangUp", message: say(texts.declined) };
  }

  function gone(session: CallSession | undefined): {
    readonly do: "hangUp";
    readonly message: SpokenMessage;
  } {
    const { texts, say } = session === undefined ? consultTextsOf() : textsOf(session);
    const isCallerThere = session?.hasEnded === false;
    return { do: "hangUp", message: say(isCallerThere ? texts.unneeded : texts.gone) };
  }
}
