/** One line of the table. */
export interface Figure {
  /** What was measured. */
  readonly what: string;
  readonly value: string;
  /** Size, circumstances, spread: what one must know to compare. */
  readonly of?: string;
}

/** The value below which `share` (0…1) of the samples lie; `NaN` for none. */
export const quantile = (samples: readonly number[], share: number): number => {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
};

export const milliseconds = (value: number): string => `${value.toFixed(value < 100 ? 1 : 0)} ms`;
export const seconds = (ms: number): string => `${(ms / 1_000).toFixed(2)} s`;
export const count = (value: number): string => Math.round(value).toLocaleString('en-US');
export const megabytes = (bytes: number): string => `${(bytes / 1024 ** 2).toFixed(0)} MB`;
export const perSecond = (amount: number, ms: number): string => `${count((amount * 1_000) / ms)} /s`;

/** All figures as one table of text. */
export const asTable = (figures: readonly Figure[]): string => {
  const width = (of: (figure: Figure) => string) => Math.max(...figures.map((figure) => of(figure).length));
  const [what, value] = [width((figure) => figure.what), width((figure) => figure.value)];
  return figures
    .map((figure) => `${figure.what.padEnd(what)}  ${figure.value.padStart(value)}  ${figure.of ?? ''}`)
    .map((line) => line.trimEnd())
    .join('\n');
};
