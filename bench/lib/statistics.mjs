// The few statistics that the bench needs.

export function median(values) {
  if (values.length === 0) throw new Error('a median of nothing');
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** {median, least, most}. */
export function spread(values) {
  return { median: median(values), least: Math.min(...values), most: Math.max(...values) };
}
