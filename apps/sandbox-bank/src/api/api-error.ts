/** An answer in the provider's error envelope. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly status: number,
    readonly code: string,
    readonly description: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(description);
  }
}

export const missingParameter = (name: string): ApiError =>
  new ApiError(400, 'missingParameter', `Parameter '${name}' is required`);

export const invalidValue = (name: string, rule: string): ApiError =>
  new ApiError(400, 'invalidValue', `Parameter '${name}' ${rule}`);

export const notFound = (): ApiError => new ApiError(404, 'notFound', 'Resource was not found');

export const unauthorized = (): ApiError => new ApiError(401, 'unauthorized', 'Missing or unknown token');

export const noAccount = (): ApiError => new ApiError(409, 'noAccount', 'No bank account is activated');
