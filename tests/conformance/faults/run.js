// Tests the suite: every faulty variant of the reference must fail at least one case. The unchanged reference runs
// first under the same short waits, so that a fault is not "found" by impatience alone.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { runCases } from '../harness.js';
import { FAULTS } from './list.js';

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

export async function runFaults(cases, { grep = '', parallel = '6' } = {}) {
  const text = readFileSync(REFERENCE, 'utf8');
  const folder = mkdtempSync(join(tmpdir(), 'zvonok-faults-'));
  const options = { parallel: Number(parallel), stopAtFirst: true };
  try {
    const control = await runCases(cases, { ...options, target: [process.execPath, REFERENCE] });
    for (const { name, error } of control.failed) console.log(`the unchanged reference fails ${name}\n${error.stack}`);
    if (control.failed.length > 0) return { found: 0, missed: 1 };
    console.log(`the unchanged reference passes ${control.passed} cases`);

    let found = 0;
    let missed = 0;
    for (const fault of FAULTS.filter(({ name }) => name.includes(grep))) {
      const file = join(folder, `${fault.name.replaceAll(/\W+/g, '-')}.mjs`);
      writeFileSync(file, withAddresses(variantOf(text, fault)));
      const finding = await findingOf(fault, cases, { ...options, target: [process.execPath, file] });
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

/** {name, error} of a case that fails, or undefined. */
async function findingOf({ near, name }, cases, options) {
  // A case that is known to find the fault runs first and alone, which is quick.
  const known = cases.filter((other) => other.name === near);
  if (known.length === 0) throw new Error(`${name}: no case is called "${near}"`);
  const [expected] = (await runCases(known, options)).failed;
  if (expected) return expected;
  for (let left = cases; left.length > 0; ) {
    const [finding] = (await runCases(left, options)).failed;
    if (!finding) return undefined;
    // Among others it may have been too slow for the short waits: it counts if it fails alone, too.
    const isIt = (other) => other.name === finding.name;
    if ((await runCases(left.filter(isIt), options)).failed.length > 0) return finding;
    left = left.filter((other) => !isIt(other));
  }
  return undefined;
}

const firstLine = (error) => String(error.message).split('\n')[0].slice(0, 160);
