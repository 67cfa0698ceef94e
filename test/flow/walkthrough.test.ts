import { describe, expect, it } from 'vitest';
import { createGraphqlClient } from '#demo/graphql-client.ts';
import { playWalkthrough } from '#demo/walkthrough.ts';
import { startTestServer } from '#test/support/start-test-server.ts';

describe('the walkthrough', () => {
  it('comes true from start to end, and the agent hears exactly what the document says', async () => {
    const server = await startTestServer({ behaviour: { durationMs: 300 } });
    const shown: string[] = [];
    const show = (text: string) => {
      shown.push(text);
    };
    const client = createGraphqlClient(server.url, () => {});
    try {
      const screen = { step: show, say: show, document: show, progress: show, done: show, failed: show };
      await playWalkthrough({ client, room: server.room, screen });

      const [call, ...more] = server.room.agent('192.168.2.3').received;
      expect(more).toEqual([]);
      expect(call?.path).toBe('/CloningEngine/RestaurarImagen');
      expect(call?.headers.host).toBe('192.168.2.3:8000');
      expect(call?.body).toEqual({
        dsk: '1',
        par: '2',
        cpt: '83',
        ifs: '1',
        idi: '01936caf-facb-72ad-9446-97e7dbf2b96a',
        nci: 'image-test',
        ipr: '192.168.68.55',
        nfn: 'RestaurarImagen',
        method: 'unicast',
        ids: '0',
      });
      expect(shown).toContain('the trace ends with «Finalizado con éxito» (it says: Finalizado con éxito)');
    } finally {
      client.close();
      await server.stop();
    }
  });

  it('fails, and says at which step, when the agent refuses', async () => {
    const server = await startTestServer({ behaviour: { fault: 'refuse' } });
    const client = createGraphqlClient(server.url, () => {});
    const screen = { step() {}, say() {}, document() {}, progress() {}, done() {}, failed() {} };
    try {
      await expect(playWalkthrough({ client, room: server.room, screen })).rejects.toThrow(
        'the agent has accepted the job',
      );
    } finally {
      client.close();
      await server.stop();
    }
  });
});
