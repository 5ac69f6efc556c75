import type { SyncView, TransactionView } from '#client';
import type { ScenarioView } from '../../apps/sandbox-bank/src/index.js';
import type { Reachable } from '../harness/index.js';

/** The end of a connection that was deleted at the provider's side, and the rows that the ledger had then. */
export interface End {
  readonly at: string;
  readonly ledger: readonly TransactionView[];
}

/** One random bank while it is played, as those see it who act in it or judge it. */
export interface Play extends Reachable {
  readonly seed: number;
  readonly connectionId: string;
  /** Where the services answer now. */
  readonly gatewayUrl: string;
  /** Some day the connection is deleted at the provider's side; `end`: it was. */
  readonly isToEnd: boolean;
  readonly end: End | null;
  bankView(): Promise<ScenarioView>;
  askForSync(): Promise<void>;
  lastSync(): Promise<SyncView>;
  /** For whoever looks at a failure. */
  tell(line: string): void;
}
