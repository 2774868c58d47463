import { describe, expect, it } from 'vitest';
import { nameFault, randomId } from './operations';

describe('names', () => {
  it.each(['a', '.hidden', 'ü', 'a b', '...', 'x'.repeat(255)])('%s may be given', name =>
    expect(nameFault(name)).toBeUndefined(),
  );

  it.each(['', '.', '..', 'a/b', 'a\0b', 'ü'.repeat(128)])('%j may not', name =>
    expect(nameFault(name)).toBeDefined(),
  );
});

describe('ids of commits', () => {
  it('are 128 random bits', () => {
    expect(randomId()).toMatch(/^[0-9a-f]{32}$/);
    expect(randomId()).not.toBe(randomId());
  });
});
