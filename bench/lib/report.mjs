// Collects what was measured and prints it as one page of Markdown, which is also readable in a terminal.
import { loadAverage } from './machine.mjs';

export const SERVERS = ['Node', 'ours', 'other', 'bare'];

export class Report {
  #verdicts = [];
  #figures = [];
  #notes = [];

  constructor({ command, machine }) {
    this.command = command;
    this.machine = machine;
  }

  /** A figure with a target: {name, what, value, atLeast | atMost, digits?, range?: {least, most}}. */
  judge({ name, what, value, atLeast, atMost, digits = 2, range }) {
    const reached = Number.isFinite(value) && (atLeast !== undefined ? value >= atLeast : value <= atMost);
    const target = atLeast !== undefined ? `≥ ${atLeast}` : `≤ ${atMost}`;
    const around = range ? ` (${range.least.toFixed(digits)}–${range.most.toFixed(digits)})` : '';
    this.#verdicts.push({ name, what, value: `${value.toFixed(digits)}${around}`, target, reached });
  }

  /** Figures of several servers, judged by nobody: {what, cells: {ours: number | text, …}, digits?}. */
  figure({ what, cells, digits = 2 }) {
    const texts = SERVERS.map((server) => {
      const cell = cells[server];
      return typeof cell === 'number' ? cell.toFixed(digits) : (cell ?? '');
    });
    this.#figures.push([what, ...texts]);
  }

  note(text) {
    this.#notes.push(text);
  }

  broken(name, error) {
    this.#verdicts.push({ name, what: `**not measured**: ${error.message.split('\n')[0]}`, value: '–', target: '', reached: false });
    process.stderr.write(`${error.stack}\n`);
  }

  failed() {
    return this.#verdicts.some(({ reached }) => !reached) || this.#verdicts.length + this.#figures.length === 0;
  }

  text() {
    const verdicts = this.#verdicts.map(({ name, what, value, target, reached }) => [name, what, value, target, reached ? 'reached' : 'MISSED']);
    const parts = [
      '# Results of the bench',
      `\`${this.command}\`, ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC`,
      [...this.machine, `load average when it ended: ${loadAverage()}`].map((line) => `- ${line}`).join('\n'),
    ];
    if (verdicts.length > 0) parts.push('## Targets', table(['name', 'what', 'median (least–most)', 'target', ''], verdicts));
    if (this.#figures.length > 0) parts.push('## Figures', table(['what', ...SERVERS], this.#figures));
    return `${[...parts, ...this.#notes].join('\n\n')}\n`;
  }
}

/** A Markdown table whose columns line up. */
export function table(head, rows) {
  const widths = head.map((title, i) => Math.max(3, ...[title, ...rows.map((row) => row[i])].map((cell) => cell.length)));
  const line = (cells) => `| ${cells.map((cell, i) => cell.padEnd(widths[i])).join(' | ')} |`;
  return [line(head), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...rows.map(line)].join('\n');
}
