/** A dump of a large installation: rooms of 25 clients with a disk of four partitions each. */
export function generateDump({ clients = 25, perRoom = 25 } = {}): string {
  const rooms = Math.ceil(clients / perRoom);
  const ids = Array.from({ length: clients }, (_, index) => index + 1);
  const insert = (table: string, columns: string, rows: readonly string[]) =>
    `INSERT INTO \`${table}\` (${columns}) VALUES\n${rows.map((row) => `(${row})`).join(',\n')};\n`;
  const hex = (number: number) => number.toString(16).toUpperCase().padStart(6, '0');
  const ip = (id: number) => `10.${(id >> 16) & 255}.${(id >> 8) & 255}.${id & 255}`;
  return [
    'SET NAMES utf8;\n',
    insert('centros', 'idcentro,nombrecentro', ["1,'Campus Norte'"]),
    insert(
      'aulas',
      'idaula,nombreaula,idcentro,oglivedir',
      Array.from({ length: rooms }, (_, index) => `${index + 1},'Aula ${index + 1}',1,'ogLive'`),
    ),
    insert('repositorios', 'idrepositorio,nombrerepositorio,ip,idcentro', ["1,'Repositorio','10.200.0.1',1"]),
    insert('imagenes', 'idimagen,nombreca,revision,idrepositorio', ["1,'ubuntu22',4,1"]),
    insert('sistemasficheros', 'idsistemafichero,descripcion', ["2,'CACHE'", "6,'EXT4'"]),
    insert('nombresos', 'idnombreso,nombreso', ["1,'Ubuntu 22.04 LTS'"]),
    insert('tipohardwares', 'idtipohardware,nemonico', ["4,'cpu'"]),
    insert('hardwares', 'idhardware,idtipohardware,descripcion', ["1,4,'Intel Core i5'"]),
    insert(
      'perfileshard',
      'idperfilhard,descripcion',
      ids.map((id) => `${id},'Perfil hardware (pc${id})'`),
    ),
    insert(
      'perfileshard_hardwares',
      'idperfilhard,idhardware',
      ids.map((id) => `${id},1`),
    ),
    insert(
      'ordenadores',
      'idordenador,nombreordenador,ip,mac,idaula,idrepositorio,idperfilhard,oglivedir',
      ids.map((id) => `${id},'pc${id}','${ip(id)}','020000${hex(id)}',${Math.ceil(id / perRoom)},1,${id},'ogLive'`),
    ),
    insert(
      'ordenadores_particiones',
      'idordenador,numdisk,numpar,codpar,tamano,uso,idsistemafichero,idnombreso,idimagen,revision,fechadespliegue,cache',
      ids.flatMap((id) => [
        `${id},1,0,2,488386584,0,0,0,0,0,NULL,NULL`,
        `${id},1,1,61184,524288,5,0,0,0,0,NULL,NULL`,
        `${id},1,2,33536,104857600,40,6,1,1,4,'2023-02-15 12:00:00',NULL`,
        `${id},1,3,33280,8388608,0,0,0,0,0,NULL,NULL`,
        `${id},1,4,51712,104857600,40,2,0,0,0,NULL,'55000.MB,ubuntu22.img,ubuntu22.img.sum'`,
      ]),
    ),
  ].join('\n');
}
