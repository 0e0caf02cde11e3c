import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { installPackages } from '../../tools/installPackages.ts';

/** Where the programs of other task runners lie that the orchestrator is compared to; absolute paths. */
export interface Peers {
  /** The folder that has all of them as packages. */
  nodeModules: string;
  /** turbo's own program, for this platform. */
  turbo: string;
  /** What npm puts in place for people to call: a script in Node that starts turbo's own program. */
  turboScript: string;
  /** The script that `"build": "wireit"` in a package.json means. */
  wireit: string;
  /** npm-run-all2: runs scripts of a package.json one after another. */
  runS: string;
}

const FOLDER = fileURLToPath(new URL('../peers/', import.meta.url));

/** Installs them when they are not installed yet. Throws as {@link installPackages}. */
export async function installPeers(): Promise<Peers> {
  const bin = await installPackages({
    folder: FOLDER,
    what: 'turbo, wireit and npm-run-all2',
    neededBy: 'the benchmarks',
    size: '20 MB to load, 50 MB on disk',
    binaries: 'node_modules/@turbo/',
    env: process.env,
  });
  const nodeModules = path.dirname(bin);
  return {
    nodeModules,
    turbo: path.join(nodeModules, '@turbo', turboPlatform(process.platform, process.arch), 'bin', 'turbo'),
    turboScript: path.join(bin, 'turbo'),
    wireit: path.join(bin, 'wireit'),
    runS: path.join(bin, 'run-s'),
  };
}

/** As turbo names the packages of its builds. Pure. */
export function turboPlatform(platform: string, arch: string): string {
  return `${platform}-${arch === 'x64' ? '64' : arch}`;
}
