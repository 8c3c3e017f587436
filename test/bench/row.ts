/** One line of the bench's table. */
export interface BenchRow {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** What the value should stay at or below; none where it is only for comparison. */
  readonly limit?: number;
}

export type Bench = () => Promise<readonly BenchRow[]>;
