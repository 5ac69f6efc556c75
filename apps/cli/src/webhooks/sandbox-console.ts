/** What a person finds in a real provider's console. */
export interface SandboxCredentials {
  readonly configToken: string;
  readonly tinkClientId: string;
  readonly tinkClientSecret: string;
}

const call = async (sandboxUrl: string, method: string, path: string, body?: object): Promise<unknown> => {
  const answer = await fetch(`${sandboxUrl}/sandbox${path}`, {
    method,
    ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`The sandbox bank answered ${answer.status} to ${method} ${path}.`);
  return answer.json();
};

export const sandboxCredentials = async (sandboxUrl: string): Promise<SandboxCredentials> =>
  (await call(sandboxUrl, 'GET', '/settings')) as SandboxCredentials;

/** Does in the sandbox bank what a person does in Powens' console. */
export const associateInSandbox = async (
  sandboxUrl: string,
  authProviderId: number,
  urls: ReadonlyMap<string, string>,
): Promise<void> => {
  for (const [event, url] of urls)
    await call(sandboxUrl, 'POST', '/webhooks/subscriptions', { event, url, authProviderId });
};
