import { expect } from 'vitest';

/** The members of an error answer (RFC 9457). */
export interface ProblemBody {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly errors?: readonly { readonly field: string; readonly message: string }[];
  readonly [member: string]: unknown;
}

/** The answer is a problem with this status and code, told in words; gives its members. */
export const expectProblem = async (
  response: Response,
  status: number,
  code: string,
): Promise<ProblemBody> => {
  const text = await response.text();
  expect(response.status, `answer: ${text}`).toBe(status);
  expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  const body = JSON.parse(text) as ProblemBody;
  expect(body).toMatchObject({ status, code, title: expect.any(String), detail: expect.any(String) });
  expect(text).not.toMatch(/\bat .*\.[jt]s:\d+/);
  return body;
};
