/** Sizes as people read them: decimal units with three digits, as disks and the hub count. */

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** `269 MB`, `6.17 GB`, `861 B`. Below zero counts as zero. */
export function formatBytes(bytes: number): string {
  let value = Math.max(0, bytes);
  let unit = 0;
  // 999.5 would be written 1000 of its unit.
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${value.toFixed(digits)} ${UNITS[unit]}`;
}
