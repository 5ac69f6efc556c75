/** One wrong member of a request. */
export interface ProblemField {
  readonly field: string;
  /** Stable: what is wrong with it (docs/errors.md), and what the words name beside it. */
  readonly code: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** In words that follow the field's name. */
  readonly message: string;
}

/** What an error answer of the HTTP API says (RFC 9457), or that there was no answer. */
export class PasserelleProblem extends Error {
  override readonly name = 'PasserelleProblem';
  /** Stable; branch on it. `client.unreachable`: no answer came, and whether the call acted is unknown. */
  readonly code: string;
  /** HTTP status; `null` when no answer came. */
  readonly status: number | null;
  /** With 400: which members are wrong. */
  readonly errors: readonly ProblemField[];
  /** Every member of the answer, such as `connectionId` with a 409. */
  readonly body: Readonly<Record<string, unknown>>;

  constructor(
    status: number | null,
    body: Readonly<Record<string, unknown>>,
    options?: { readonly cause?: unknown },
  ) {
    super(firstText(body['detail'], body['title']) ?? `Passerelle answered with status ${status}.`, options);
    this.status = status;
    this.code = firstText(body['code']) ?? `http.${status}`;
    this.errors = Array.isArray(body['errors']) ? (body['errors'] as ProblemField[]) : [];
    this.body = body;
  }
}

const firstText = (...values: unknown[]): string | undefined =>
  values.find((value) => typeof value === 'string' && value !== '') as string | undefined;
