import { checkDocs } from './specGuard/checkDocs.ts';
import { findingText } from './specGuard/finding.ts';

/** `npm run spec-guard [folder]`: holds the documents of a repository to what `docs/specs/README.md` asks for. */
const { documents, specifications, findings } = await checkDocs(process.argv[2] ?? '.', new Date());
const errors = findings.filter(({ severity }) => severity === 'error').length;

for (const finding of findings) console.log(findingText(finding));
console.log(
  `spec-guard: ${counted(documents, 'document')} (${counted(specifications, 'specification')}), ` +
    `${counted(errors, 'error')}, ${counted(findings.length - errors, 'warning')}`,
);
if (errors > 0) process.exitCode = 1;

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
