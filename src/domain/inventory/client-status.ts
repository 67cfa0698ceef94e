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

export type InstalledSystem = 'LINUX' | 'WINDOWS' | 'MACOS';

/** What may run on a machine. */
export type ClientSystem = 'OGLIVE' | InstalledSystem;

/** The status that an agent's own name for its operating system stands for; null where it is none we know. */
export function parseInstalledSystem(osType: string): InstalledSystem | null {
  const name = osType.trim().toLowerCase();
  if (name.startsWith('linux')) return 'LINUX';
  if (name.startsWith('win')) return 'WINDOWS';
  if (name.startsWith('mac') || name.startsWith('darwin') || name.startsWith('osx')) return 'MACOS';
  return null;
}

/** The system that starts from such a file system; null where several could. */
export function systemOfFileSystem(fileSystem: string): InstalledSystem | null {
  if (/^ntfs$/i.test(fileSystem)) return 'WINDOWS';
  if (/^(ext[234]|xfs|btrfs|jfs|reiserfs)$/i.test(fileSystem)) return 'LINUX';
  return /^(hfs|hfsplus|apfs)$/i.test(fileSystem) ? 'MACOS' : null;
}

/** What a login does to a status. Somebody at the keyboard of an unknown system is still somebody at the keyboard. */
export function withSession(status: ClientStatus, system: InstalledSystem | null): ClientStatus {
  const current = system ?? installedSystemOf(status);
  return current === null ? status : `${current}_SESSION`;
}

export function withoutSession(status: ClientStatus): ClientStatus {
  return installedSystemOf(status) ?? status;
}

/** The installed system that runs on a machine in this state; null where ogLive does, or nothing that is known. */
export function installedSystemOf(status: ClientStatus): InstalledSystem | null {
  if (status === 'LINUX' || status === 'LINUX_SESSION') return 'LINUX';
  if (status === 'WINDOWS' || status === 'WINDOWS_SESSION') return 'WINDOWS';
  if (status === 'MACOS' || status === 'MACOS_SESSION') return 'MACOS';
  return null;
}

/** Whether somebody is logged in. */
export function hasSession(status: ClientStatus): boolean {
  return status.endsWith('_SESSION');
}

/** Whether a machine in this state is known to be switched on. */
export function isOn(status: ClientStatus): boolean {
  return status !== 'OFF' && status !== 'DISCONNECTED' && status !== 'UNKNOWN';
}

/** What runs on a machine in this state; null for nothing, undefined where the state does not tell. */
export function systemOf(status: ClientStatus): ClientSystem | null | undefined {
  if (status === 'OFF') return null;
  if (status === 'DISCONNECTED' || status === 'UNKNOWN') return undefined;
  return installedSystemOf(status) ?? 'OGLIVE';
}
