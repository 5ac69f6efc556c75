/** A call of the sandbox bank's control API (apps/sandbox-bank/README.md). @throws whatever is no success */
export const askSandbox = async <T>(
  { endpoints }: { readonly endpoints: { readonly sandboxUrl: string } },
  method: string,
  path: string,
  body?: object,
): Promise<T> => {
  const response = await fetch(`${endpoints.sandboxUrl}/sandbox${path}`, {
    method,
    ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`Sandbox: ${method} ${path} answered ${response.status}: ${text}`);
  return JSON.parse(text) as T;
};

/** Only our own webhooks: the bank's would start runs of their own. It forgets this when it stops. */
export const silenceBank = async (stack: Parameters<typeof askSandbox>[0]): Promise<void> => {
  await askSandbox(stack, 'PATCH', '/settings', { webhooksPaused: true, syncDelayMs: 0 });
};
