import { dialectOf, readStatusWord } from '#agent/dialect.ts';
import type { AgentDialect, AgentDialects } from '#agent/dialect.ts';
import type { ClientHints } from '#domain/inventory/find-reporting-client.ts';
import type { ReadAutoexec } from '#domain/inventory/read-autoexec.ts';
import type { ReceiveAgentFile } from '#domain/inventory/receive-agent-file.ts';
import type { ClientNews, ReceiveClientReport, ReportedClient } from '#domain/inventory/receive-client-report.ts';
import type { AgentOrder } from '#domain/operations/agent-gateway.ts';
import type { HandOverOrder } from '#domain/operations/hand-over-order.ts';
import { UnreadableReportError, readClientHints, textOf } from './agent-body.ts';
import { answer, readAgentVersion } from './agent-route.ts';
import type { NamedRoute } from './agent-route.ts';
import { parseDiskLayout } from './parse-disk-layout.ts';
import { readBase64 } from './parse-job-report.ts';
import { MAX_OUTPUT_LENGTH, baseName } from './read-job-output.ts';

export interface OgLiveCollaborators {
  receiveClientReport: ReceiveClientReport;
  receiveAgentFile: ReceiveAgentFile;
  readAutoexec: ReadAutoexec;
  handOverOrder: HandOverOrder;
  /** An order in the keys of an agent, by whose number it is to be named. */
  writeOrder: (order: AgentOrder, dialect: AgentDialect, number: string) => object;
  dialects: AgentDialects;
}

/** What the file with a machine’s autoexec is called; the command’s id follows. */
const AUTOEXEC_FILE = 'Sautoexec-';

/**
 * What ogLive's agent asks for and tells in its first minute, in this order: who it is (InclusionCliente), what it is to run by itself
 * (AutoexecCliente, enviaArchivo), what waits for it (ComandosPendientes, until nothing does), and that it takes orders now
 * (DisponibilidadComandos). Lists of an inventory it uploads (recibeArchivo).
 */
export function createOgLiveRoutes(collaborators: OgLiveCollaborators): NamedRoute[] {
  const { receiveClientReport, receiveAgentFile, readAutoexec, handOverOrder, writeOrder, dialects } = collaborators;
  return [
    [
      'ogAdmClient/InclusionCliente',
      async (body, sender) => {
        const news = {
          kind: 'oglive-started',
          agentVersion: readAgentVersion(body),
          layout: parseDiskLayout(body['cfg']),
        } as const;
        const client = await receiveClientReport(readClientHints(body, sender), news);
        return answer(client === null ? { res: 0 } : toInclusionReply(client));
      },
    ],
    [
      'ogAdmClient/AutoexecCliente',
      async (body, sender) => {
        const autoexec = await readAutoexec(readClientHints(body, sender));
        return answer(autoexec === null ? { res: 0 } : { res: 1, nfl: `${AUTOEXEC_FILE}${autoexec.id}` });
      },
    ],
    [
      'ogAdmClient/enviaArchivo',
      async (body, sender) => {
        const autoexec = await readAutoexec(readClientHints(body, sender));
        if (autoexec === null || baseName(textOf(body, 'nfl') ?? '') !== `${AUTOEXEC_FILE}${autoexec.id}`) {
          return answer({ res: 0 });
        }
        // A line for each order, in the keys of the parameter list that the first clients took.
        const line = `nfn=${dialects.standard.functions.RUN_SCRIPT}\rscp=${encodeURIComponent(autoexec.script)}\rids=0\r\n`;
        return answer({ res: 1, contents: Buffer.from(line).toString('base64') });
      },
    ],
    [
      'ogAdmClient/ComandosPendientes',
      async (body, sender) => {
        const handed = await handOverOrder(readClientHints(body, sender));
        if (handed === null) return answer({ res: 1, nfn: dialects.standard.noPendingOrders });
        const { order, number, agentVersion } = handed;
        return answer({ res: 1, ...writeOrder(order, dialectOf(dialects, agentVersion), String(number)) });
      },
    ],
    [
      'ogAdmClient/DisponibilidadComandos',
      async (body, sender) => {
        const status = readStatusWord(dialects, textOf(body, 'tpc') ?? '');
        if (status === null) throw new UnreadableReportError('tpc is no state that is known');
        const news: ClientNews = status === 'OGLIVE' ? { kind: 'oglive-ready' } : { kind: 'status-told', status };
        return answer({ res: (await receiveClientReport(readClientHints(body, sender), news)) === null ? 0 : 1 });
      },
    ],
    [
      'ogAdmClient/recibeArchivo',
      async (body, sender) => {
        const hints: ClientHints = readClientHints(body, sender);
        const name = baseName(textOf(body, 'nfl') ?? '');
        const contents = [body['contents'], body['content']].find((value) => typeof value === 'string');
        if (name === '' || contents === undefined) throw new UnreadableReportError('nfl or contents is missing');
        const file = { name, contents: readBase64(contents).slice(0, MAX_OUTPUT_LENGTH).toWellFormed() };
        return answer({ res: (await receiveAgentFile(hints, file)) ? 1 : 0 });
      },
    ],
  ];
}

/** What ogLive's agent is told of itself: its id, name, cache, autoexec (0 for none), room and center. */
function toInclusionReply({ id, name, roomId, centerId, hasCache, autoexecId }: ReportedClient): object {
  return {
    res: 1,
    ido: id,
    npc: name,
    che: hasCache ? 1 : 0,
    exe: autoexecId ?? 0,
    ida: roomId,
    idc: centerId,
  };
}
