/** How a bank answers throughout a round. */
export interface BankManners {
  readonly rowsPerPage: number;
  readonly timestampStyle: 'paris' | 'utc' | 'zulu' | 'offset';
  readonly amountsAsText: boolean;
}

const STYLES = ['paris', 'utc', 'zulu', 'offset'] as const;

/** Small pages, so that a handful of rows takes several and what goes wrong between two pages can go wrong. */
export const bankManners = (random: () => number): BankManners => ({
  rowsPerPage: 2 + Math.floor(random() * 9),
  timestampStyle: STYLES[Math.floor(random() * 2 * STYLES.length)] ?? 'paris',
  amountsAsText: random() < 0.3,
});
