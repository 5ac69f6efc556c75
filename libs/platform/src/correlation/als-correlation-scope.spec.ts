import { expect, it } from 'vitest';
import { AlsCorrelationScope, freshCorrelation } from './als-correlation-scope.js';

const scope = new AlsCorrelationScope();
const idLater = async () => {
  await Promise.resolve();
  return scope.current().correlationId;
};

it('follows the work along asynchronous calls, also when many run at once', async () => {
  const stories = Array.from({ length: 10 }, () => freshCorrelation());
  const seen = await Promise.all(stories.map((story) => scope.run(story, idLater)));
  expect(seen).toEqual(stories.map(({ correlationId }) => correlationId));
});

it('is a fresh one where none was set', async () => {
  expect(scope.known()).toBeUndefined();
  expect(await idLater()).not.toBe(await idLater());
});

it('learns who asks, within its scope only', () => {
  const story = freshCorrelation();
  scope.run(story, () => {
    scope.run(story, () => scope.amend({ actor: 'api-key:inner' }));
    scope.amend({ actor: 'api-key:demo' });
    expect(scope.current()).toEqual({ ...story, actor: 'api-key:demo' });
  });
  scope.amend({ actor: 'nobody' });
  expect([scope.known(), story.actor]).toEqual([undefined, null]);
});
