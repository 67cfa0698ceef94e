import type { PrismaClient } from '#prisma/generated/client/client.ts';

/** The database as the domain sees it. Which one it is, and how it is reached, is not the domain's business. */
export type Storage = PrismaClient;

/** A transaction's client, or the client itself: what a function needs that may run inside either. */
export type Transaction = Omit<PrismaClient, '$connect' | '$disconnect' | '$on' | '$use' | '$extends' | '$transaction'>;
