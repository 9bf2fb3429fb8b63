// The table at the end, in Markdown, so that it can go into the documentation as it is.

const HEAD = ['case', "caller's pair", "callee's pair", 'call → connected', 'answer → connected', 'path found in', ''];

export function table(rows) {
  const lines = rows.map(({ name, caller, callee, callMs, answerMs, searchMs, note = '' }) =>
    [name, pair(caller), pair(callee), ms(callMs), ms(answerMs), ms(searchMs), note]);
  const widths = HEAD.map((head, i) => Math.max(...[head, ...lines.map((line) => line[i])].map(({ length }) => length)));
  const drawn = (cells) => `| ${cells.map((cell, i) => cell.padEnd(widths[i])).join(' | ')} |`;
  return [drawn(HEAD), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...lines.map(drawn)].join('\n');
}

// "relay/tcp → prflx": our candidate and how it, or the relay, is reached; and theirs.
const pair = (found) => (found ? `${found.local.type}/${found.local.protocol} → ${found.remote.type}` : '–');
const ms = (value) => (value === undefined ? '–' : `${value} ms`);
