// Tests the suite: every faulty variant of the reference must fail at least one case.
// Many faults show by silence, so waits are short here. That no fault is "found" by impatience is proved for each: the
// unchanged reference passes the same case at the same moment under the same waits, or the waits are made longer.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { runCases } from '../harness.js';
import { waitAtMost } from '../../lib/client.js';
import { FAULTS } from './list.js';

const WAITS_MS = [1000, 10_000];
const REFERENCE = join(import.meta.dirname, '..', 'reference.js');

/** The reference with `edits` applied. An edit that does not fit exactly once is an error, not a fault found. */
export function variantOf(text, { name, edits }) {
  for (const { search, replace } of edits) {
    const times = text.split(search).length - 1;
    if (times !== 1) throw new Error(`${name}: ${JSON.stringify(search)} stands ${times} times in the reference`);
    text = text.replace(search, () => replace);
  }
  return text;
}

/** A copy elsewhere finds its packages only by their full address. */
const withAddresses = (text) =>
  text.replace(/from '(ws|jsonwebtoken)'/g, (_, name) => `from '${import.meta.resolve(name)}'`);

export async function runFaults(cases, grep = '') {
  const text = readFileSync(REFERENCE, 'utf8');
  const folder = mkdtempSync(join(tmpdir(), 'zvonok-faults-'));
  try {
    let found = 0;
    let missed = 0;
    for (const fault of FAULTS.filter(({ name }) => name.includes(grep))) {
      const file = join(folder, `${fault.name.replaceAll(/\W+/g, '-')}.mjs`);
      writeFileSync(file, withAddresses(variantOf(text, fault)));
      const finding = await findingOf(fault, cases, [process.execPath, file]);
      if (finding) {
        ++found;
        console.log(`found   ${fault.name}\n        by ${finding.name}\n           ${firstLine(finding.error)}`);
      } else {
        ++missed;
        console.log(`MISSED  ${fault.name}`);
      }
    }
    return { found, missed };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** {name, error} of a case that `target` fails and the unchanged reference passes, or undefined. */
async function findingOf({ near, name }, cases, target) {
  // A case that is known to find the fault runs first and alone, which is quick.
  const known = cases.filter((other) => other.name === near);
  if (known.length === 0) throw new Error(`${name}: no case is called "${near}"`);
  for (const waitMs of WAITS_MS) {
    waitAtMost(waitMs);
    const [expected] = await failuresOf(known, target);
    if (!expected) break;
    if (await isSound(known)) return expected;
  }
  for (let left = cases; left.length > 0; ) {
    const [finding] = await failuresOf(left, target);
    if (!finding) return undefined;
    const isIt = (other) => other.name === finding.name;
    if (await isSound(left.filter(isIt))) return finding;
    left = left.filter((other) => !isIt(other));
  }
  return undefined;
}

const failuresOf = async (list, target) => (await runCases(list, { target, stopAtFirst: true })).failed;
const isSound = async (list) => (await failuresOf(list, [process.execPath, REFERENCE])).length === 0;

const firstLine = (error) => String(error.message).split('\n')[0].slice(0, 160);
