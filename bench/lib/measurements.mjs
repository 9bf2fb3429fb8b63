// All measurements, in the order of the report. Each has `names`, by which --only picks, and
// `run(bench, report, wanted names)`.
import { idle } from './idle.mjs';
import { latency } from './latency.mjs';
import { rounds } from './rounds.mjs';
import { startup } from './startup.mjs';
import { syscalls } from './syscalls.mjs';
import { turns } from './turns.mjs';

export const MEASUREMENTS = [rounds, idle, syscalls, latency, startup, turns];
