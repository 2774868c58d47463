import { describe, expect, it } from 'vitest';
import { match } from './router';

describe('match', () => {
  it('takes the variables out of a path', () => {
    expect(match('/projects/:project/folders/:folder', '/projects/ab/folders/7')).toEqual({
      project: 'ab',
      folder: '7',
    });
  });

  it('wants every word and no more', () => {
    expect(match('/projects/:project', '/projects')).toBeUndefined();
    expect(match('/projects/:project', '/projects/')).toBeUndefined();
    expect(match('/projects/:project', '/projects/a/b')).toBeUndefined();
    expect(match('/', '/')).toEqual({});
  });
});
