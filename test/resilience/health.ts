import { eventually } from '../harness/index.js';

interface Report {
  readonly status: string;
  readonly parts: Readonly<Record<string, { readonly status: string; readonly detail: string | null }>>;
}

/** What an app says of its own readiness. */
export const healthOf = async (port: number): Promise<{ code: number; down: readonly string[] }> => {
  const answer = await fetch(`http://127.0.0.1:${port}/health/ready`, {
    signal: AbortSignal.timeout(10_000),
  });
  const { parts } = (await answer.json()) as Report;
  const down = Object.entries(parts).flatMap(([name, { status, detail }]) =>
    status === 'up' ? [] : [`${name}: ${detail}`],
  );
  return { code: answer.status, down };
};

/** Resolves once the app says that it is not ready, naming `part`. */
export const expectRed = (port: number, part: string): Promise<void> =>
  eventually(async () => {
    const { code, down } = await healthOf(port);
    const isNamed = down.some((each) => each.startsWith(`${part}: `));
    if (code !== 503 || !isNamed) throw new Error(`${part} is not reported: ${code} ${down.join('; ')}`);
  });

export const expectGreen = (port: number, withinMs = 60_000): Promise<void> =>
  eventually(
    async () => {
      const { code, down } = await healthOf(port);
      if (code !== 200) throw new Error(`not ready: ${down.join('; ')}`);
    },
    { withinMs },
  );
