import type { CallFilter } from "../calls/callList.ts";
import type { Database, Row } from "../database.ts";
import { maybeText, numberOf, textOf } from "../row.ts";
import { placeholders } from "../columns.ts";
import { outputAudioIn } from "../calls/responseUsageRows.ts";
import { normalWords, wholeText, wordsOf } from "../calls/heardWords.ts";
import { HUNG_UP, saidLines } from "./saidLines.ts";
import { present } from "../../../utils/present.ts";
import { WorkSlices } from "../../../utils/workSlices.ts";

/** How far callers have listened to something that agents say again and again. */
export interface HeardLine {
  readonly agent: string;
  /** Of greetings: that of the agent's file. */
  readonly version?: string;
  readonly calls: number;
  /** In one call it may have been said more than once. */
  readonly times: number;
  /** As it was said most often; at most `MAX_WORDS`. */
  readonly words: readonly string[];
  /** How many cut in when they had heard so many words, which is the index: none, one and so on. */
  readonly cutAfter: readonly number[];
  /** Those of them who hung up. */
  readonly hungUpAfter: readonly number[];
}

/** What one agent has said, but for sentences that are kept as audio. */
export interface SpokenWords {
  readonly agent: string;
  readonly words: number;
  readonly unheardWords: number;
}

/** What the models of one agent were paid for and nobody heard. */
export interface UnheardAudio {
  readonly agent: string;
  readonly model?: string;
  /** Of each response as much as of its words; of one whose tokens are not known, of its call. */
  readonly tokens: number;
}

export interface Retention {
  readonly greetings: readonly HeardLine[];
  /** What was said in the same words in at least `LEAST_CALLS` calls. */
  readonly answers: readonly HeardLine[];
  readonly spoken: readonly SpokenWords[];
  readonly unheard: readonly UnheardAudio[];
}

const MAX_WORDS = 200;
const LEAST_CALLS = 5;
const MAX_GREETINGS = 12;
const MAX_ANSWERS = 20;
/** Turns that the model had not finished when they were cut off, the newest calls first. */
const MAX_PARTIAL = 1000;
const MAX_SPEAKERS = 100;

/** How far callers have heard greetings and standard answers, and what was spoken that none of them heard. */
export async function retention(database: Database, filter: CallFilter): Promise<Retention> {
  const query = database.longQuery;
  const { sql: said, values } = saidLines(filter);
  const ask = (sql: string, more: readonly string[] = []): Promise<readonly Row[]> =>
    query(`${said} ${sql}`, [...values, ...more]);
  const from = (count: number) => values.length + 1 + count;
  return {
    greetings: await greetings(),
    answers: await answers(),
    spoken: await spoken(),
    unheard: await unheard(),
  };

  async function greetings(): Promise<readonly HeardLine[]> {
    // Each in the words that are the most frequent: they may hold names, or be the model's own.
    const most = await ask(
      `SELECT * FROM (SELECT first_agent AS agent, version, line, words, MAX(call_id) AS example,
        CAST(SUM(COUNT(*)) OVER (PARTITION BY first_agent, version) AS BIGINT) AS times,
        ROW_NUMBER() OVER (PARTITION BY first_agent, version ORDER BY COUNT(*) DESC, MAX(call_id)) AS place
        FROM said WHERE is_greeting = 1 GROUP BY first_agent, version, line, words) AS ranked
      WHERE place = 1 ORDER BY times DESC, agent, version LIMIT ${MAX_GREETINGS}`,
    );
    if (most.length === 0) return [];
    const texts = await textsOf(most, "is_greeting = 1");
    const cuts = await ask(
      `SELECT agent, version, heard_words, hung_up, COUNT(*) AS times
        FROM (SELECT first_agent AS agent, version, heard_words, ${HUNG_UP} AS hung_up
          FROM said WHERE is_greeting = 1 AND is_cut = 1 AND heard_words < ${MAX_WORDS}) AS cut
        GROUP BY agent, version, heard_words, hung_up`,
    );
    return most.map((row, at) => {
      const version = maybeText(row, "version");
      const own = cuts.filter((cut) =>
        textOf(cut, "agent") === textOf(row, "agent") && maybeText(cut, "version") === version
      );
      return {
        ...present({ version }),
        ...heardLine(row, numberOf(row, "times"), texts[at] ?? "", own.map(cutOf)),
      };
    });
  }

  async function answers(): Promise<readonly HeardLine[]> {
    const most = await ask(
      `SELECT agent, line, line_begin, MAX(call_id) AS example, COUNT(*) AS times,
        COUNT(DISTINCT call_id) AS calls
        FROM said WHERE is_greeting = 0 AND line IS NOT NULL GROUP BY agent, line, line_begin
        HAVING COUNT(DISTINCT call_id) >= ${LEAST_CALLS}
        ORDER BY 6 DESC, 5 DESC, agent, line LIMIT ${MAX_ANSWERS}`,
    );
    if (most.length === 0) return [];
    const lines = [...new Set(most.map((row) => textOf(row, "line")))];
    const begins = [...new Set(most.map((row) => textOf(row, "line_begin")))];
    const texts = await textsOf(most, "is_greeting = 0");
    const cuts = await ask(
      `SELECT agent, line, heard_words, hung_up, COUNT(*) AS times
        FROM (SELECT agent, line, heard_words, ${HUNG_UP} AS hung_up
          FROM said WHERE is_greeting = 0 AND is_cut = 1 AND heard_words < ${MAX_WORDS}
          AND line IN (${placeholders(lines, from(0))})) AS cut
        GROUP BY agent, line, heard_words, hung_up`,
      lines,
    );
    const partial = await ask(
      `SELECT said.agent, said.heard_words, ${HUNG_UP} AS hung_up, turns.text, turns.unheard
        FROM said JOIN turns ON turns.call_id = said.call_id AND turns.id = said.turn_id
        WHERE said.is_greeting = 0 AND said.interrupted = 1 AND said.words < ${MAX_WORDS}
        AND said.line_begin IN (${placeholders(begins, from(0))})
        AND said.line NOT IN (${placeholders(lines, from(begins.length))})
        ORDER BY said.call_id DESC LIMIT ${MAX_PARTIAL}`,
      [...begins, ...lines],
    );
    const begun: { agent: string; words: readonly string[]; cut: Cut }[] = [];
    const slices = new WorkSlices();
    for (const row of partial) {
      await slices.pause();
      const words = normalWords(textOfTurn(row));
      begun.push({ agent: textOf(row, "agent"), words, cut: cutOf({ ...row, times: 1 }) });
    }
    return most.map((row, at) => {
      const text = texts[at] ?? "";
      const agent = textOf(row, "agent");
      const own = cuts.filter((cut) =>
        textOf(cut, "agent") === agent && textOf(cut, "line") === textOf(row, "line")
      ).map(cutOf);
      const whole = normalWords(text);
      const unfinished = begun.filter((one) =>
        one.agent === agent && one.words.length < whole.length &&
        one.words.every((word, index) => word === whole[index])
      ).map(({ cut }) => cut);
      const times = numberOf(row, "times") + unfinished.length;
      return heardLine(row, times, text, [...own, ...unfinished]);
    });
  }

  /** The whole texts of the turns that stand for these lines. */
  async function textsOf(rows: readonly Row[], condition: string): Promise<readonly string[]> {
    const examples = [...new Set(rows.map((row) => textOf(row, "example")))];
    const found = await query(
      `SELECT call_id, line, words, text, unheard FROM turns
        WHERE words > 0 AND ${condition} AND call_id IN (${placeholders(examples)})`,
      examples,
    );
    return rows.map((row) => {
      const turn = found.find((one) =>
        one["call_id"] === row["example"] && one["line"] === row["line"] &&
        (row["words"] === undefined || one["words"] === row["words"])
      );
      return turn === undefined ? "" : textOfTurn(turn);
    });
  }

  async function spoken(): Promise<readonly SpokenWords[]> {
    const rows = await ask(
      `SELECT agent, CAST(SUM(words) AS BIGINT) AS words,
        CAST(SUM(words - heard_words) AS BIGINT) AS unheard FROM said WHERE ${byModel("said")}
        GROUP BY agent ORDER BY 3 DESC, agent LIMIT ${MAX_SPEAKERS}`,
    );
    return rows.map((row) => ({
      agent: textOf(row, "agent"),
      words: numberOf(row, "words"),
      unheardWords: numberOf(row, "unheard"),
    }));
  }

  async function unheard(): Promise<readonly UnheardAudio[]> {
    const ofCall = `SELECT SUM(others.words) FROM turns AS others
      WHERE others.call_id = said.call_id AND others.words > 0 AND ${byModel("others")}`;
    const rows = await ask(
      `SELECT agent, model, SUM(tokens) AS tokens
        FROM (SELECT said.agent, COALESCE(used.model, said.model) AS model,
          (said.words - said.heard_words) * CASE WHEN used.usage IS NULL
            THEN said.output_audio * 1.0 / (${ofCall})
            ELSE ${outputAudioIn(database.kind, "used.usage")} * 1.0 / said.words END AS tokens
          FROM said LEFT JOIN response_usages AS used
            ON used.call_id = said.call_id AND used.item_id = said.turn_id
          WHERE said.is_cut = 1 AND ${byModel("said")}) AS cut
        GROUP BY agent, model ORDER BY 3 DESC, agent, model LIMIT ${MAX_SPEAKERS}`,
    );
    return rows.map((row) => ({
      agent: textOf(row, "agent"),
      ...present({ model: maybeText(row, "model") }),
      tokens: Math.round(numberOf(row, "tokens")),
    }));
  }
}

function byModel(turns: string): string {
  return `(${turns}.is_kept IS NULL OR ${turns}.is_kept = 0)`;
}

function textOfTurn(row: Row): string {
  return wholeText({
    text: textOf(row, "text"),
    ...present({ unheard: maybeText(row, "unheard") }),
  });
}

interface Cut {
  readonly heardWords: number;
  readonly hungUp: boolean;
  readonly times: number;
}

function cutOf(row: Row): Cut {
  return {
    heardWords: numberOf(row, "heard_words"),
    hungUp: numberOf(row, "hung_up") === 1,
    times: numberOf(row, "times"),
  };
}

function heardLine(row: Row, times: number, text: string, cuts: readonly Cut[]): HeardLine {
  const words = wordsOf(text).slice(0, MAX_WORDS);
  const cutAfter = words.map(() => 0);
  const hungUpAfter = words.map(() => 0);
  for (const { heardWords, hungUp, times } of cuts) {
    // One that was longer than the usual has been heard as far as this goes.
    if (heardWords >= words.length) continue;
    cutAfter[heardWords] = (cutAfter[heardWords] ?? 0) + times;
    if (hungUp) hungUpAfter[heardWords] = (hungUpAfter[heardWords] ?? 0) + times;
  }
  const calls = row["calls"] === undefined ? times : numberOf(row, "calls");
  return { agent: textOf(row, "agent"), calls, times, words, cutAfter, hungUpAfter };
}
