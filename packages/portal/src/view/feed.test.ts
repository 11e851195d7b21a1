import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Feed, FeedName } from '@noroshi/wire/api/feed.ts';
import { feedOf, isLive, isOld, SILENCE_MS_MAX } from './feed.ts';

const NOW_MS = Date.UTC(2025, 10, 21);
const feed = (name: FeedName, to_ms = NOW_MS): Feed => {
  return { feed: name, is_simulated: name === 'simulation', from_ms: 0, to_ms, sensors: 1 };
};

test('feedOf: the one wished for when it has data, else what was really seen', () => {
  const feeds = [feed('simulation'), feed('replay')];
  assert.equal(feedOf(feeds, 'simulation')?.feed, 'simulation');
  assert.equal(feedOf(feeds, undefined)?.feed, 'replay');
  assert.equal(feedOf(feeds, 'network')?.feed, 'replay');
  assert.equal(feedOf([], 'network'), undefined);
});

test('isOld: silence of a live feed; a recording is always old', () => {
  assert.equal(isOld(feed('network', NOW_MS - SILENCE_MS_MAX), NOW_MS), false);
  assert.equal(isOld(feed('network', NOW_MS - SILENCE_MS_MAX - 1), NOW_MS), true);
  assert.equal(isOld(feed('replay', 0), NOW_MS), false);
  assert.deepEqual((['network', 'simulation', 'replay'] as const).map(isLive), [true, true, false]);
});
