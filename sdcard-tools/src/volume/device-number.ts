// How Linux packs device numbers into 64 bits (sysmacros.h of glibc).

/** Writes a device number as sysfs does: `major:minor`. */
export function numberOf(packed: bigint): string {
  const major = ((packed >> 8n) & 0xfffn) | ((packed >> 32n) & 0xfffff000n);
  const minor = (packed & 0xffn) | ((packed >> 12n) & 0xffffff00n);
  return `${major}:${minor}`;
}
