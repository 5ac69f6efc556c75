import { afterAll, beforeAll, expect, it } from 'vitest';
import { LogReader, openLinkAndImport, quietHistory, type Stack, startStack } from './harness/index.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const STORY = '7c9e6679-7425-40de-944b-e07fc1f90ae7';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack?.dispose());

it('one story from the HTTP request over NATS into everything that the log says of it', async () => {
  const { id } = await openLinkAndImport(stack);
  await quietHistory(stack, id);
  const answer = await stack.call(`/v1/connections/${id}/syncs?wait=30`, {
    method: 'POST',
    headers: { traceparent: `00-${TRACE}-00f067aa0ba902b7-01`, 'x-correlation-id': STORY },
  });
  expect(answer.headers.get('x-correlation-id')).toBe(STORY);
  const log = new LogReader(stack);
  const events = await log.stream(`sync-${id}`);
  const story = events.filter(({ metadata }) => metadata.correlationId === STORY);
  expect(story.map(({ type }) => type)).toEqual(['SyncRequested', 'SyncStarted', 'SyncCompleted']);
  const [requested, started] = story;
  expect(requested?.metadata.actor).toBe('api-key:admin');
  for (const { metadata } of story)
    expect(metadata.traceparent).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-01$`));
  expect(started?.metadata.causationId).toBe(requested?.id);
  await log.close();
});
