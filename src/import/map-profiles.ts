import type { HardwareKind, SoftwareKind } from '#prisma/generated/client/enums.ts';
import { hardwareKindOf, softwareKindOf } from './legacy-codes.ts';
import { readInteger, readText } from './legacy-row.ts';
import type { LegacyRow } from './legacy-row.ts';
import { refuse } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import { cleanName } from './read-values.ts';

export interface ProfileValues {
  name: string;
  /** The whole of a name that was too long. */
  description: string | null;
  comments: string | null;
}

export interface SoftwareValues {
  kind: SoftwareKind;
  name: string;
}

export interface ComponentValues {
  kind: HardwareKind;
  description: string;
}

/** As long as theirs may be. */
const MAX_DESCRIPTION = 250;

/** A row of `perfilessoft` or `perfileshard`. */
export function mapProfile(row: LegacyRow): Outcome<ProfileValues> {
  const { name, changes } = cleanName(row.get('descripcion'));
  if (name === null) return refuse('NAME_EMPTY');
  const isShortened = changes.some(({ code }) => code === 'NAME_SHORTENED');
  return {
    value: {
      name,
      description: isShortened ? readText(row, 'descripcion') : null,
      comments: readText(row, 'comentarios'),
    },
    changes,
  };
}

/** A row of `softwares`. */
export function mapSoftware(row: LegacyRow): Outcome<SoftwareValues> {
  const kind = softwareKindOf(readInteger(row, 'idtiposoftware'));
  if (kind === null) return refuse('SOFTWARE_KIND_UNSUPPORTED', { type: row.get('idtiposoftware') ?? '' });
  const { name, changes } = cleanName(row.get('descripcion'), MAX_DESCRIPTION);
  return name === null ? refuse('NAME_EMPTY') : { value: { kind, name }, changes };
}

/** A row of `hardwares`. @param mnemonic of its kind in `tipohardwares`. */
export function mapComponent(row: LegacyRow, mnemonic: string | null): Outcome<ComponentValues> {
  const kind = hardwareKindOf(mnemonic);
  if (kind === null) return refuse('HARDWARE_KIND_UNKNOWN', { type: mnemonic ?? row.get('idtipohardware') ?? '' });
  const { name, changes } = cleanName(row.get('descripcion'), MAX_DESCRIPTION);
  return name === null ? refuse('NAME_EMPTY') : { value: { kind, description: name }, changes };
}
