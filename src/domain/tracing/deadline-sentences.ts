import type { Sentence } from '#domain/message-params.ts';
import type { DeadlinePhase } from './job-deadlines.ts';

/** What was missing when a job was given up; follows the sentence that says that it was. */
export const DEADLINE_SENTENCES: Record<DeadlinePhase, Sentence> = {
  ANSWER: { es: 'No llegó a contestar a la orden.', en: 'It never answered the order.' },
  FIRST_REPORT: {
    es: 'Aceptó la orden y no informó nunca de ella.',
    en: 'It took the order and never reported on it.',
  },
  SILENCE: { es: 'Dejó de informar del trabajo.', en: 'It stopped reporting on the job.' },
  TOTAL: {
    es: 'Ha superado el tiempo total permitido.',
    en: 'It took longer than it may in all.',
  },
  CANCEL: {
    es: 'Se pidió detenerlo y no se ha sabido que se detuviera.',
    en: 'It was to be stopped, and nobody said that it was.',
  },
};
