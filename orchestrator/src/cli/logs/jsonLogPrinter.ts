import { isUtf8 } from 'node:buffer';
import type { PacedOutput } from '../pacedOutput.ts';
import type { LogPrinter } from './logPrinter.ts';

/**
 * Prints one JSON document, `{run_id, stages: [{id, index, output: [{stream, data | base64}], attempts, …}]}`, piece
 * by piece, so that a log of any size needs no memory. What is known only at the end of a stage stands behind its
 * output. `base64` stands for `data` where the bytes are not UTF-8.
 */
export function createJsonLogPrinter(output: PacedOutput, runId: string): LogPrinter {
  let stages = 0;
  let records = 0;

  const opening = (): string =>
    stages === 0 ? `{\n  "run_id": ${JSON.stringify(runId)},\n  "stages": [\n    ` : ',\n    ';

  return {
    get isOpen() {
      return output.isOpen;
    },
    async beginStage({ id, index }) {
      await output.write(`${opening()}{"id": ${JSON.stringify(id)}, "index": ${index}, "output": [`);
      stages += 1;
      records = 0;
    },
    async output(stream, bytes) {
      const content = isUtf8(bytes) ? { data: bytes.toString() } : { base64: bytes.toString('base64') };
      const separator = records === 0 ? '\n      ' : ',\n      ';
      records += 1;
      await output.write(separator + JSON.stringify({ stream, ...content }));
    },
    async endStage({ status, log_path }, { attempts, note }) {
      const facts = JSON.stringify({ attempts, status, log_path, note }).slice(1);
      await output.write(`${records === 0 ? '' : '\n    '}], ${facts}`);
    },
    async end() {
      await output.write(`${stages === 0 ? opening().trimEnd() : '\n  '}]\n}\n`);
    },
  };
}
