// Which way sound and picture take, as the browser's statistics tell it.

import { isRecord } from '../api/http';
import type { Path } from './call-state';

export function readPath(stats: RTCStatsReport): Path | null {
  const reports: Record<string, unknown>[] = [];
  stats.forEach((report: unknown) => { if (isRecord(report)) reports.push(report); });
  const byId = (id: unknown) => reports.find((report) => id !== undefined && report['id'] === id);
  const transport = reports.find(({ type }) => type === 'transport');
  // Firefox has no transport report, but marks the pair.
  const pair = byId(transport?.['selectedCandidatePairId']) ?? reports.find(({ type, selected }) => type === 'candidate-pair' && selected === true);
  const [local, remote] = [byId(pair?.['localCandidateId']), byId(pair?.['remoteCandidateId'])];
  if (!local) return null;
  const ours = local['candidateType'] === 'relay';
  const protocol = ours ? local['relayProtocol'] : local['protocol'];
  return { relayed: ours || remote?.['candidateType'] === 'relay', protocol: typeof protocol === 'string' ? protocol : 'udp' };
}
