import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { thirdPartyLicenses } from './build/licenses.ts';
import { bundle, PACKAGE_ROOT } from './bundle.ts';
import { writeSchema } from './schema.ts';

/** `npm run build`: everything in the published package that is derived from something else. */
const outDir = path.join(PACKAGE_ROOT, 'dist');
const metafile = await bundle({ outDir, minify: true });
const licenses = await thirdPartyLicenses(metafile, PACKAGE_ROOT);
await writeFile(path.join(outDir, 'THIRD-PARTY-LICENSES.txt'), licenses);
writeSchema();
