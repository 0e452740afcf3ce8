import { KeptSound } from "../../scenarios/report/keptSound.ts";
import { resultOf, type ScenarioOutcome } from "../../scenarios/report/runResult.ts";
import type { RunResult, ScenarioReport } from "../../scenarios/report/runReport.ts";
import { sinceRecordedLines } from "../../scenarios/report/sinceRecorded.ts";
import { LiveStatus, type Screen } from "../../scenarios/report/terminal/liveStatus.ts";
import { runLine } from "../../scenarios/report/terminal/runLine.ts";
import { tame } from "../../scenarios/report/terminal/paint.ts";
import { present } from "../../utils/present.ts";

/** One run that came to its end. */
export interface KeptRun extends Omit<ScenarioReport, "runs"> {
  readonly result: RunResult;
}

const SHOWN_EVERY_MS = 1000;

/** Tells how far a rehearsal has come, and keeps of each run what reports need. */
export class RehearsalProgress {
  readonly #screen: Screen;
  readonly #status: LiveStatus;
  readonly #repeat: number;
  readonly #total: number;
  readonly #runs: KeptRun[] = [];
  readonly #sound = new KeptSound();
  readonly #now: () => number;
  readonly #startedAt: number;
  readonly #timer: ReturnType<typeof setInterval>;
  #hasBegun = false;
  #running = 0;
  #done = 0;
  #failed = 0;
  #skipped = 0;

  /** `now` in real milliseconds. */
  constructor(screen: Screen, repeat: number, total: number, now = () => performance.now()) {
    this.#now = now;
    this.#startedAt = now();
    this.#screen = screen;
    this.#status = new LiveStatus(screen);
    this.#repeat = repeat;
    this.#total = total;
    this.#timer = setInterval(() => this.#show(), SHOWN_EVERY_MS);
  }

  readonly started = (): void => {
    this.#hasBegun = true;
    this.#running++;
    this.#show();
  };

  readonly finished = (outcome: ScenarioOutcome, index: number, repetition: number): void => {
    const { name, title, file } = outcome.scenario;
    const result = resultOf(outcome);
    this.#runs[index] = { name, title, ...present({ file }), result };
    const isFailed = result.state === "failed";
    this.#sound.keep(index, outcome.run?.calls ?? [], isFailed);
    this.#running--;
    this.#done++;
    if (isFailed) this.#failed++;
    if (result.state === "skipped") this.#skipped++;
    const number = this.#repeat > 1 ? `${repetition + 1}/${this.#repeat}` : "";
    this.#status.print(runLine({ name }, number, result, this.#screen.paint));
    for (const line of result.calls.flatMap(sinceRecordedLines)) {
      const [indent = ""] = /^ */.exec(line) ?? [];
      this.#status.print(`      ${indent}${tame(line.trimStart())}`);
    }
    this.#show();
  };

  readonly print = (line: string): void => this.#status.print(line);

  /** What came of it, in the order of scenarios and repetitions. */
  end() {
    this.close();
    const indexes = Object.keys(this.#runs).map(Number);
    return {
      runs: indexes.flatMap((index) => this.#runs[index] ?? []),
      sounds: indexes.map((index) => this.#sound.of(index)),
      tookMs: this.#now() - this.#startedAt,
      notRun: this.#total - this.#done,
      hasBegun: this.#hasBegun,
    };
  }

  close(): void {
    clearInterval(this.#timer);
    this.#status.clear();
  }

  #show(): void {
    this.#status.show({
      total: this.#total,
      done: this.#done,
      running: this.#running,
      failed: this.#failed,
      skipped: this.#skipped,
      elapsedMs: this.#now() - this.#startedAt,
    });
  }
}
