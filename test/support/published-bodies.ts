// What published agents and client scripts say, as their own sources write it: none of it is taken from ours.
//
// OpenGnsys: https://github.com/opengnsys/OpenGnsys
//   admin/Interface/getConfiguration            the two forms of a disk configuration: the line in /tmp/getconfig, and the lines that awk makes of it
//   admin/Sources/Clients/ogAdmClient/sources/ogAdmClient.c    the keys of each message, and those that are added to all of them
//   admin/Sources/Clients/ogAdmClient/sources/ogAdmClient.h    the sentences of errors
//   client/engine/Inventory.lib, client/shared/scripts/list{Hardware,Software}Info    the lists of an inventory
//   client/engine/{Disk,FileSystem}.lib         codes, tables and file systems
// OGAgent: https://github.com/opengnsys/ogAgent
//   python3: src/opengnsys/modules/server/OpenGnSys/__init__.py    an installed system's agent
//   oglive: src/opengnsys/modules/server/OpenGnSys/__init__.py, src/opengnsys/oglive/operations.py    the prototype in ogLive

/** What `getConfiguration` leaves in /tmp/getconfig: `echo "${ser:+$ser;}$cfg"`. */
export const COMPACT = {
  msdos:
    '4CE0460G0G;1:0:1:::500107608:0;1:1:7:NTFS:Windows 7 Enterprise 64 bits:102400000:41;' +
    '1:2:83:EXT4:Ubuntu precise (12.04 LTS) 64 bits:40960000:22;1:3:82:LINUX-SWAP::4194304:0;1:4:ca:CACHE::97656250:88;',
  efi:
    '1:0:2:::250059096:0;1:1:EF00:FAT32:DATA:524288:7;1:2:0700:NTFS:Windows 10 Pro 64 bits:104857600:38;' +
    '1:3:8300:EXT4:Ubuntu 20.04.1 LTS 64 bits:62914560:19;1:4:CA00:CACHE::73400320:61;',
  /** 18 TB, of which the whole is one partition; and a second disk with nothing on it. */
  large: 'ABC;1:0:2:::17578328064:0;1:1:8300:EXT4:DATA:17578326016:3;2:0:0:::4000797360:0;',
  lvm: '1:0:1:::52428800:0;1:1:8e:LINUX-LVM::52426752:0;2:0:3:::52424704:0;2:1:10000:EXT4:Debian GNU/Linux 9 (stretch) 64 bits:20971520:12;',
  /** A partition that is not formatted, and a size that `partx` did not tell. */
  empty: '1:0:1:::52428800:0;1:1:83:EMPTY::0:0;',
  /** A machine without any disk has one empty one, of whose use the script says nothing. */
  none: '1:0:0:::0;',
  noneWithSerial: '4CE0460G0G;1:0:0:::0;',
} as const;

/** The same as its awk prints it, which is what `ogAdmClient` sends: the file system's key is `fsi`. */
export function toExpanded(compact: string): string {
  const parts = compact.split(';').slice(0, -1);
  return parts
    .map((part, index) => {
      const fields = part.split(':');
      if (index === 0 && fields.length === 1) return `ser=${part}\n`;
      const keys = ['disk', 'par', 'cpt', 'fsi', 'soi', 'tam', 'uso'];
      return `${keys.map((key, place) => `${key}=${fields[place] ?? ''}`).join('\t')}\n`;
    })
    .join('');
}

/** What `enviaMensajeServidor` puts behind every message. */
export function envelope({ ip, name }: { ip: string; name: string }): Record<string, string> {
  return { iph: ip, ido: '12', npc: name, idc: '1', ida: '3' };
}

/** `respuestaEjecucionComando`, with a sentence of `tbErroresScripts`. */
export const OUTCOMES = {
  done: { res: '1', der: '' },
  noImage: { res: '2', der: '005-Error al crear o restaurar una imagen' },
  tooLarge: { res: '2', der: '030-Error al restaurar imagen - Imagen mas grande que particion' },
  unknown: {
    res: '2',
    der: 'Se han generado errores desconocidos. No se puede continuar la ejecución de este módulo (Error de script:255)',
  },
} as const;

/** `ogListHardwareInfo`: a heading in the client's language, then what dmidecode and lshw tell, with the awk's blanks. */
export const HARDWARE = [
  '',
  'Inventario de hardware}',
  'cha=Desktop',
  'boo=UEFI',
  'mod=Dell Inc. OptiPlex 3050 (07A3)',
  'boa=Dell Inc. 0W0CHX v.A00',
  'bio=Dell Inc. v.1.11.0 64KiB ',
  'cpu=Intel Corp. Intel(R) Core(TM) i5-7500 CPU @ 3.40GHz 3400MHz ',
  'mem=Hynix/Hyundai HMA81GU6AFR8N-UH 8GiB 2400MHz (0.8ns) (DIMM1)',
  'mem=  8GiB  (DIMM2)',
  'vga=Intel Corporation HD Graphics 630  v.04',
  'net=Realtek Semiconductor Co., Ltd. RTL8111/8168/8411 PCI Express Gigabit Ethernet Controller  v.15',
  'dis= Samsung SSD 850 256GB v.4B6Q',
  '',
].join('\n');

/** `ogListSoftware`: the system's name, then `sort | uniq` of what is installed. */
export const SOFTWARE = [
  'Windows 10 Pro 64 bits',
  '7-Zip 19.00 (x64) 19.00',
  'AutoCAD 2021 - Español (Spanish) 24.0.47.0',
  'Mozilla Firefox 78.0.2 (x64 es-ES) 78.0.2',
  '',
].join('\n');

/** What the agent of an installed system is: `operations.os_type` and `os_version` of each. */
export const SYSTEMS = {
  linux: { ostype: 'Linux', osversion: 'Ubuntu 20.04.1 LTS' },
  windows: { ostype: 'Windows', osversion: 'Windows-10-10.0.19041-SP0' },
  macos: { ostype: 'MacOS', osversion: '10.15.6 x86_64' },
} as const;
