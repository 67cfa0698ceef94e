import { configureDisk } from './configure-disk.ts';
import { createImage } from './create-image.ts';
import { deleteCachedImage } from './delete-cached-image.ts';
import type { EngineWork } from './engine-work.ts';
import { listHardware, listSoftware } from './list-inventory.ts';
import { powerOff, reboot, startSession } from './power-actions.ts';
import { restoreImage } from './restore-image.ts';
import { runScript } from './run-script.ts';

/** Every function of the engine by its name. Each reads its own body, and throws what the agent is to answer. */
export const ENGINE_ACTIONS: ReadonlyMap<string, (body: unknown) => EngineWork> = new Map(
  Object.entries({
    RestaurarImagen: restoreImage,
    CrearImagen: createImage,
    Configurar: configureDisk,
    InventarioSoftware: listSoftware,
    InventarioHardware: listHardware,
    EjecutarScript: runScript,
    EliminarImagenCache: deleteCachedImage,
    Apagar: powerOff,
    Reiniciar: reboot,
    IniciarSesion: startSession,
  }),
);
