/** What a form did, for the page that follows. */
export interface Note {
  readonly said: string;
  /** What happened on the way, one thing each. */
  readonly happened: readonly string[];
}

const KEPT = 20;

/** Notes of the last forms: the page is fetched anew after each, so that loading it again does nothing twice. */
export class HandNotes {
  readonly #notes = new Map<string, Note>();
  #last = 0;

  /** @returns what {@link get} finds it by */
  add(note: Note): string {
    const id = String(++this.#last);
    this.#notes.set(id, note);
    this.#notes.delete(String(this.#last - KEPT));
    return id;
  }

  get(id: string | undefined): Note | undefined {
    return this.#notes.get(id ?? '');
  }
}
