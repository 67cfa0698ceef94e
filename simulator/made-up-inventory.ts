import type { SimulatedMachine, SimulatedPartition } from './simulated-machine.ts';

const LINUX_SOFTWARE = ['bash 5.2.21', 'firefox 131.0', 'gcc 13.2.0', 'libreoffice 24.2.5', 'openssh-server 9.6p1'];
const WINDOWS_SOFTWARE = ['7-Zip 24.08', 'LibreOffice 24.2.5', 'Mozilla Firefox 131.0', 'Visual Studio Code 1.94'];
const HARDWARE = [
  'cha=Desktop',
  'boa=Oracle VirtualBox 1.2',
  'bio=innotek GmbH VirtualBox (12/01/2006)',
  'boo=BIOS',
  'cpu=Intel(R) Core(TM) i5-8500 CPU @ 3.00GHz',
  'mem=Module 0: 8 GiB',
  'dis=VBOX HARDDISK 53687091200 B',
  'vga=VMware SVGA II Adapter',
  'net=Intel 82540EM Gigabit Ethernet Controller',
  'aud=Intel 82801AA AC97 Audio Controller',
  'usb=Apple KeyLargo/Intrepid USB',
];

/** What is installed on a partition, one a line, its operating system first; `DATA` where it has none. */
export function listMachineSoftware({ software }: SimulatedMachine, { operatingSystem }: SimulatedPartition): string {
  const system = operatingSystem === '' ? 'DATA' : operatingSystem;
  const programs = /windows/i.test(system) ? WINDOWS_SOFTWARE : system === 'DATA' ? [] : LINUX_SOFTWARE;
  return [system, ...(software ?? programs)].join('\n');
}

/** What the machine is made of, as lines `mnemonic=value`. */
export function listMachineHardware({ hardware }: SimulatedMachine): string {
  return (hardware ?? HARDWARE).join('\n');
}
