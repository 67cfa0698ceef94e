-- CreateEnum
CREATE TYPE "dead_letter_reason" AS ENUM ('UNKNOWN_CLIENT', 'UNKNOWN_JOB', 'UNREADABLE', 'SENDER_REFUSED', 'SIGNATURE_REFUSED');

-- AlterTable
ALTER TABLE "clients" ADD COLUMN     "agent_start_secret_sha256" TEXT;

-- CreateTable
CREATE TABLE "agent_secrets" (
    "client_id" UUID NOT NULL,
    "sealed" TEXT NOT NULL,
    "issued_by" TEXT NOT NULL,
    "issued_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "agent_secrets_pkey" PRIMARY KEY ("client_id")
);

-- CreateTable
CREATE TABLE "agent_deliveries" (
    "client_id" UUID NOT NULL,
    "event_id" TEXT NOT NULL,
    "job_id" TEXT,
    "number" INTEGER,
    "received_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "agent_deliveries_pkey" PRIMARY KEY ("client_id","event_id")
);

-- CreateTable
CREATE TABLE "dead_letters" (
    "id" UUID NOT NULL,
    "reason" "dead_letter_reason" NOT NULL,
    "route" TEXT NOT NULL,
    "sender" TEXT NOT NULL,
    "client_id" UUID,
    "job_id" TEXT,
    "detail" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "size_bytes" INTEGER NOT NULL,
    "digest" TEXT NOT NULL,
    "copies" INTEGER NOT NULL DEFAULT 1,
    "first_received_at" TIMESTAMPTZ(3) NOT NULL,
    "last_received_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "dead_letters_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "dead_letter_counts" (
    "reason" "dead_letter_reason" NOT NULL,
    "count" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "dead_letter_counts_pkey" PRIMARY KEY ("reason")
);

-- CreateIndex
CREATE INDEX "agent_deliveries_client_id_job_id_number_idx" ON "agent_deliveries"("client_id", "job_id", "number");

-- CreateIndex
CREATE INDEX "agent_deliveries_received_at_idx" ON "agent_deliveries"("received_at");

-- CreateIndex
CREATE UNIQUE INDEX "dead_letters_digest_key" ON "dead_letters"("digest");

-- CreateIndex
CREATE INDEX "dead_letters_last_received_at_id_idx" ON "dead_letters"("last_received_at", "id");

-- CreateIndex
CREATE INDEX "dead_letters_sender_idx" ON "dead_letters"("sender");

-- CreateIndex
CREATE INDEX "dead_letters_client_id_idx" ON "dead_letters"("client_id");

-- AddForeignKey
ALTER TABLE "agent_secrets" ADD CONSTRAINT "agent_secrets_client_id_fkey" FOREIGN KEY ("client_id") REFERENCES "clients"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "agent_deliveries" ADD CONSTRAINT "agent_deliveries_client_id_fkey" FOREIGN KEY ("client_id") REFERENCES "clients"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "dead_letters" ADD CONSTRAINT "dead_letters_client_id_fkey" FOREIGN KEY ("client_id") REFERENCES "clients"("id") ON DELETE SET NULL ON UPDATE CASCADE;
