import { expect, test } from 'vitest';
import { renderTable } from '../../../src/cli/present/table.ts';

test('columns are as wide as their widest cell, nothing stands behind the last text', () => {
  const rows = [
    ['build', '1.2 s', ''],
    ['漢字', '412 ms', 'note'],
  ];
  expect(renderTable(rows, { right: [1] })).toEqual(['  build   1.2 s', '  漢字   412 ms  note']);
});
