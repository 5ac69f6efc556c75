import type {
  Amendment,
  AssignedKey,
  EndedKey,
  LedgerContext,
  LedgerEvent,
  LedgerTransaction,
  Removal,
} from './ledger.events.js';
import { inPortions } from './portions.js';

/** What can be told in one go: each transaction once. */
class Act {
  /** Told first: their ids are other rows' by now. */
  readonly duplicates: Removal[] = [];
  readonly imported: LedgerTransaction[] = [];
  readonly amendments: Amendment[] = [];
  readonly assignedKeys: AssignedKey[] = [];
  readonly endedKeys: EndedKey[] = [];
  readonly removals: Removal[] = [];
  readonly #told = new Set<string>();

  isFreeFor(id: string): boolean {
    return !this.#told.has(id);
  }

  note(id: string): this {
    this.#told.add(id);
    return this;
  }
}

/** What one decision says of the rows of a ledger, in the order in which it is to be folded. */
export class Telling {
  readonly #acts: Act[] = [];

  duplicate(removal: Removal): void {
    this.#actOf(removal.transaction).duplicates.push(removal);
  }

  import(transaction: LedgerTransaction): void {
    this.#actOf(transaction).imported.push(transaction);
  }

  amend(amendment: Amendment): void {
    this.#actOf(amendment.transaction).amendments.push(amendment);
  }

  assign(key: AssignedKey): void {
    this.#actOf(key).assignedKeys.push(key);
  }

  endKey(ended: EndedKey): void {
    this.#actOf(ended).endedKeys.push(ended);
  }

  remove(removal: Removal): void {
    this.#actOf(removal.transaction).removals.push(removal);
  }

  events(context: LedgerContext, now: string): readonly LedgerEvent[] {
    return this.#acts.flatMap((act) => eventsOf(act, context, now));
  }

  #actOf({ id }: { readonly id: string }): Act {
    const last = this.#acts.at(-1);
    if (last?.isFreeFor(id)) return last.note(id);
    const next = new Act();
    this.#acts.push(next);
    return next.note(id);
  }
}

const removed = (context: LedgerContext, all: readonly Removal[], now: string): readonly LedgerEvent[] =>
  inPortions(all).map((removals) => ({
    type: 'TransactionsRemoved',
    data: { ...context, removals, removedAt: now },
  }));

const eventsOf = (act: Act, context: LedgerContext, now: string): readonly LedgerEvent[] => [
  ...removed(context, act.duplicates, now),
  ...inPortions(act.imported).map((transactions): LedgerEvent => ({
    type: 'TransactionsImported',
    data: { ...context, transactions, importedAt: now },
  })),
  ...inPortions(act.amendments).map((amendments): LedgerEvent => ({
    type: 'TransactionsAmended',
    data: { ...context, amendments, amendedAt: now },
  })),
  ...inPortions(act.assignedKeys).map((keys): LedgerEvent => ({
    type: 'TransactionKeysAssigned',
    data: { ...context, keys, assignedAt: now },
  })),
  ...inPortions(act.endedKeys).map((keys): LedgerEvent => ({
    type: 'TransactionKeysEnded',
    data: { ...context, keys, endedAt: now },
  })),
  ...removed(context, act.removals, now),
];
