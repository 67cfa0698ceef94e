export const CLIENT_STATUSES = [
  'OFF',
  'INITIALIZING',
  'OGLIVE',
  'BUSY',
  'LINUX',
  'LINUX_SESSION',
  'WINDOWS',
  'WINDOWS_SESSION',
  'MACOS',
  'MACOS_SESSION',
  'DISCONNECTED',
  'UNKNOWN',
] as const;

export type ClientStatus = (typeof CLIENT_STATUSES)[number];

type InstalledSystem = 'LINUX' | 'WINDOWS' | 'MACOS';

/** The status that an agent's own name for its operating system stands for; null where it is none we know. */
export function parseInstalledSystem(osType: string): InstalledSystem | null {
  const name = osType.trim().toLowerCase();
  if (name.startsWith('linux')) return 'LINUX';
  if (name.startsWith('win')) return 'WINDOWS';
  if (name.startsWith('mac') || name.startsWith('darwin') || name.startsWith('osx')) return 'MACOS';
  return null;
}

/** What a login does to a status. Somebody at the keyboard of an unknown system is still somebody at the keyboard. */
export function withSession(status: ClientStatus, system: InstalledSystem | null): ClientStatus {
  const current = system ?? installedSystemOf(status);
  return current === null ? status : `${current}_SESSION`;
}

export function withoutSession(status: ClientStatus): ClientStatus {
  return installedSystemOf(status) ?? status;
}

function installedSystemOf(status: ClientStatus): InstalledSystem | null {
  if (status === 'LINUX' || status === 'LINUX_SESSION') return 'LINUX';
  if (status === 'WINDOWS' || status === 'WINDOWS_SESSION') return 'WINDOWS';
  if (status === 'MACOS' || status === 'MACOS_SESSION') return 'MACOS';
  return null;
}
