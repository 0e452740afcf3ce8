/** Values of the labels of one sample; never personal data, and few different ones. */
export type Labels = Readonly<Record<string, string>>;

/** One figure, written in the text format of Prometheus. */
export interface Metric {
  write(): string;
}

/** A counter for each set of labels; sets known beforehand are written from the start, with 0. */
export function createCounter(name: string, help: string, known: readonly Labels[] = []) {
  const values = new Map<string, number>(known.map((labels) => [writeLabels(labels), 0]));
  return {
    add(amount = 1, labels: Labels = {}): void {
      const key = writeLabels(labels);
      values.set(key, (values.get(key) ?? 0) + amount);
    },
    write: () => writeMetric(name, help, "counter", [...values]),
  };
}

/** A metric whose values are read when it is written. */
export function createGauge(
  name: string,
  help: string,
  read: () => number | readonly (readonly [Labels, number])[],
  type: "gauge" | "counter" = "gauge",
): Metric {
  return {
    write() {
      const values = read();
      const samples = typeof values === "number" ? [[{}, values] as const] : values;
      return writeMetric(
        name,
        help,
        type,
        samples.map(([labels, value]) => [writeLabels(labels), value]),
      );
    },
  };
}

/** A histogram; `bounds` are the upper bounds of its buckets, ascending. */
export function createHistogram(name: string, help: string, bounds: readonly number[]) {
  const counts = bounds.map(() => 0);
  let [sum, count] = [0, 0];
  return {
    observe(value: number): void {
      sum += value;
      count++;
      const at = bounds.findIndex((bound) => value <= bound);
      if (at >= 0) counts[at] = (counts[at] ?? 0) + 1;
    },
    write() {
      let below = 0;
      const buckets = bounds.map((bound, at) => {
        below += counts[at] ?? 0;
        return `${name}_bucket{le="${bound}"} ${below}\n`;
      });
      return `${head(name, help, "histogram")}${
        buckets.join("")
      }${name}_bucket{le="+Inf"} ${count}\n${name}_sum ${number(sum)}\n${name}_count ${count}\n`;
    },
  };
}

function writeMetric(
  name: string,
  help: string,
  type: string,
  samples: readonly (readonly [string, number])[],
): string {
  const lines = samples.map(([labels, value]) => `${name}${labels} ${number(value)}\n`);
  return head(name, help, type) + lines.join("");
}

function head(name: string, help: string, type: string): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
}

function writeLabels(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) =>
    `${name}="${value.replace(/["\\\n]/g, (it) => (it === "\n" ? "\\n" : `\\${it}`))}"`
  );
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

/** Rounds away the error of adding fractions. */
function number(value: number): string {
  return String(Number(value.toPrecision(12)));
}
