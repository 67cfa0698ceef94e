/** What the cloning engine says when it fails, by its exit code. */
const TEXTS: Readonly<Record<number, string>> = {
  1: 'Formato de ejecución incorrecto',
  2: 'Fichero o dispositivo no encontrado',
  3: 'Error en la partición de disco',
  4: 'Partición o fichero bloqueado',
  5: 'Error al crear o restaurar la imagen',
  6: 'Sin sistema operativo',
  7: 'Programa o función no ejecutable',
  8: 'Error en el fichero de eco',
  9: 'Error en el fichero temporal',
  10: 'Error al llamar a la interfaz',
  11: 'Salida demasiado larga',
  12: 'Error al enviar el fichero',
  13: 'Error al crear el proceso hijo',
  14: 'No se puede escribir en el destino',
  15: 'El cliente no tiene caché',
  16: 'No hay espacio suficiente en la caché',
  17: 'Error al reducir el sistema de archivos',
  18: 'Error al expandir el sistema de archivos',
  19: 'Valor fuera de rango',
  20: 'Sistema de archivos desconocido o no se puede montar',
  21: 'Error en la partición de caché local',
  22: 'El disco no tiene particionado GPT',
  30: 'La imagen es mayor que la partición',
  31: 'Error al actualizar la caché',
  32: 'Error al formatear',
  33: 'Imagen corrupta o de otra versión de partclone',
  40: 'Error imprevisto',
  50: 'Error de sintaxis en la transferencia unicast',
  51: 'Error al enviar una partición por unicast',
  52: 'Error al enviar un fichero por unicast',
  53: 'Error al recibir una partición por unicast',
  54: 'Error al recibir un fichero por unicast',
  55: 'Error de sintaxis en la transferencia multicast',
  56: 'Error al enviar una partición por multicast',
  57: 'Error al enviar un fichero por multicast',
  58: 'Error al recibir una partición por multicast',
  59: 'Error al recibir un fichero por multicast',
  60: 'No se puede unir a la sesión del servidor multicast',
  70: 'Error al montar la imagen sincronizada',
  71: 'La imagen no es sincronizable',
  72: 'Error al desmontar la imagen sincronizada',
  73: 'No hay diferencias entre la imagen básica y la partición',
  74: 'Error al sincronizar',
};

/** Checks that fail before the first byte is written to the target; after any other failure its content is gone. */
const FOUND_BEFORE_WRITING: ReadonlySet<number> = new Set([1, 2, 3, 4, 15, 16, 19, 21, 30, 31, 50, 55, 60]);

export const DEVICE_ERROR = 2;
export const PARTITION_ERROR = 3;
export const NO_SYSTEM_ERROR = 6;
export const NO_CACHE_ERROR = 15;
export const MULTICAST_PARTITION_ERROR = 58;
export const MULTICAST_FILE_ERROR = 59;
export const NO_SESSION_ERROR = 60;

/** The text of `der`: three digits, a dash, and what went wrong. A code the table does not have is told within the text too. */
export function describeEngineError(code: number): string {
  const text = TEXTS[code] ?? `Error desconocido del motor: ${code}`;
  return `${String(code).padStart(3, '0')}-${text}`;
}

export function isFoundBeforeWriting(code: number): boolean {
  return FOUND_BEFORE_WRITING.has(code);
}
