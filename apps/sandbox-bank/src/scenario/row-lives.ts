import { itemsOf, membersOf, type Problem } from './shape.js';

type Path = Problem['path'];

interface Life {
  readonly account: unknown;
  isAnnounced: boolean;
  isDeleted: boolean;
}

/** What became of the rows that have a name, up to a step. */
class RowLives {
  readonly problems: Problem[] = [];
  private readonly rows = new Map<unknown, Life>();

  begin(account: unknown, told: unknown): void {
    for (const row of itemsOf(told)) {
      const { ref, coming } = membersOf(row);
      if (ref !== undefined) this.rows.set(ref, { account, isAnnounced: coming === true, isDeleted: false });
    }
  }

  follow(step: unknown, path: Path): void {
    const { post, book, delete: removed, restore } = membersOf(step);
    this.begin(membersOf(post).account, membersOf(post).rows);
    if (book !== undefined) this.book(membersOf(book), [...path, 'book', 'row']);
    this.turn(removed, true, 'is deleted already', [...path, 'delete', 'row']);
    this.turn(restore, false, 'is not deleted', [...path, 'restore', 'row']);
  }

  private book({ row, account }: Readonly<Record<string, unknown>>, path: Path): void {
    const named = this.rows.get(row);
    if (named?.isDeleted === true) this.refuse(row, 'is deleted', path);
    else if (named?.isAnnounced === false) this.refuse(row, 'is booked already', path);
    for (const [ref, life] of this.rows) {
      const isMeant = row === undefined ? account === undefined || account === life.account : ref === row;
      if (isMeant && !life.isDeleted) life.isAnnounced = false;
    }
  }

  private turn(told: unknown, isDeleted: boolean, says: string, path: Path): void {
    const { row } = membersOf(told);
    const life = this.rows.get(row);
    if (!life) return;
    if (life.isDeleted === isDeleted) this.refuse(row, says, path);
    life.isDeleted = isDeleted;
  }

  private refuse(row: unknown, says: string, path: Path): void {
    this.problems.push({ path, says: `row "${String(row)}" ${says} at that time.` });
  }
}

/** Whether the entries of one day stand in the order in which they are played; those told in UTC are not compared. */
const isPlayedAsTold = (groups: readonly unknown[]): boolean =>
  groups.every((group, index) => {
    const [before, { day, at = '06:00' }] = [membersOf(groups[index - 1]), membersOf(group)];
    const { at: earlier = '06:00' } = before;
    return (
      day !== before.day || (!/Z/.test(`${String(at)}${String(earlier)}`) && String(at) >= String(earlier))
    );
  });

/** Steps that would change nothing: a row deleted twice, a booked one booked. */
export const idleSteps = (scenario: unknown): Problem[] => {
  const lives = new RowLives();
  const { accounts, days } = membersOf(scenario);
  if (!isPlayedAsTold(itemsOf(days))) return [];
  for (const account of itemsOf(accounts)) lives.begin(membersOf(account).ref, membersOf(account).rows);
  itemsOf(days).forEach((group, index) =>
    itemsOf(membersOf(group).steps).forEach((step, at) => lives.follow(step, ['days', index, 'steps', at])),
  );
  return lives.problems;
};
