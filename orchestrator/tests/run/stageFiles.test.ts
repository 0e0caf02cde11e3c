import { describe, expect, it } from 'vitest';
import { clipDetails, stageFileName } from '../../src/run/stageFiles.ts';

describe('stageFileName', () => {
  it.each([
    [1, 'build', '01-build'],
    [12, 'Spec Guard!', '12-Spec-Guard'],
    [3, 'a/../b', '03-a-b'],
    [4, '!!!', '04-command'],
    [105, 'x', '105-x'],
    [1, 'y'.repeat(100), `01-${'y'.repeat(80)}`],
  ])('names stage %i %j', (index, id, name) => {
    expect(stageFileName(index, id)).toBe(name);
  });
});

describe('clipDetails', () => {
  it('cuts long text and marks the cut, but keeps a mark that is there', () => {
    const clipped = clipDetails({
      stderr: 'e'.repeat(8192 + 500),
      stdout: 'o'.repeat(9000),
      stdout_truncated: true,
    });
    expect(clipped['stderr']).toHaveLength(8193);
    expect(clipped['stderr']).toMatch(/e…$/);
    expect(clipped).toMatchObject({ stderr_truncated: true, stdout_truncated: true });
  });

  it('leaves short details alone', () => {
    expect(clipDetails({ stderr: 'short', exit_code: 3 })).toEqual({ stderr: 'short', exit_code: 3 });
  });
});
