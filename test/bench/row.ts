/** One line of the benchmark's table. */
export interface BenchRow {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** The limit that the value should not exceed; none if the row is only for comparison. */
  readonly limit?: number;
}

export type Bench = () => Promise<readonly BenchRow[]>;
