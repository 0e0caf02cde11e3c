import { once } from 'node:events';

/**
 * `node codexEvents.mjs <bytes>` prints events of `codex exec --json`, at least so many bytes of them: one command
 * after another with its output, and now and then something said.
 */
const OUTPUT_LINES = 60;

let left = Number(process.argv[2]);
for (let turn = 0; left > 0; turn += 1) {
  const text = eventsOf(turn);
  left -= Buffer.byteLength(text);
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}

function eventsOf(turn: number): string {
  const id = `item_${turn}`;
  const call = {
    id,
    type: 'command_execution',
    command: `/bin/bash -lc 'sed -n 1,60p src/module-${turn}.ts'`,
  };
  const events: object[] = [
    {
      type: 'item.started',
      item: { ...call, aggregated_output: '', exit_code: null, status: 'in_progress' },
    },
    {
      type: 'item.completed',
      item: { ...call, aggregated_output: sourceOf(turn), exit_code: 0, status: 'completed' },
    },
  ];
  if (turn % 5 === 0) {
    const text = `**Looking at module ${turn}**\n\nIt calls "part ${turn + 1}", which comes next.`;
    events.push({ type: 'item.completed', item: { id: `${id}_said`, type: 'agent_message', text } });
  }
  return events.map((event) => `${JSON.stringify(event)}\n`).join('');
}

function sourceOf(turn: number): string {
  const lines = Array.from(
    { length: OUTPUT_LINES },
    (_, line) => `export const value${line} = compute("part ${turn}", ${line * 7}); // step ${line}\n`,
  );
  return lines.join('');
}
