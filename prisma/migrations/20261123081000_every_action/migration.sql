-- CreateEnum
CREATE TYPE "trace_wait" AS ENUM ('EARLIER_JOB', 'WAVE', 'BLACKOUT', 'REPOSITORY_LIMIT', 'ROOM_LIMIT');

-- CreateEnum
CREATE TYPE "session_status" AS ENUM ('GATHERING', 'STARTING', 'SENDING', 'FINISHED', 'FAILED', 'CANCELLED');

-- CreateEnum
CREATE TYPE "session_method" AS ENUM ('UDPCAST', 'UFTP', 'P2P');

-- AlterEnum
-- This migration adds more than one value to an enum.
-- With PostgreSQL versions 11 and earlier, this is not possible
-- in a single migration. This can be worked around by creating
-- multiple migrations, each migration adding only one value to
-- the enum.


ALTER TYPE "event_kind" ADD VALUE 'WAITING';
ALTER TYPE "event_kind" ADD VALUE 'RELEASED';
ALTER TYPE "event_kind" ADD VALUE 'CANCELLING';
ALTER TYPE "event_kind" ADD VALUE 'CANCEL_FAILED';

-- AlterTable
ALTER TABLE "operations" ADD COLUMN     "approved_wave" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "cancelled_at" TIMESTAMPTZ(3),
ADD COLUMN     "open_wave" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "retry_of_id" UUID,
ADD COLUMN     "waves" JSONB;

-- AlterTable
ALTER TABLE "repositories" ADD COLUMN     "transfer_limit" INTEGER;

-- AlterTable
ALTER TABLE "rooms" ADD COLUMN     "job_limit" INTEGER;

-- AlterTable
ALTER TABLE "traces" ADD COLUMN     "cancel_asked_at" TIMESTAMPTZ(3),
ADD COLUMN     "due_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
ADD COLUMN     "forced" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "killed_at" TIMESTAMPTZ(3),
ADD COLUMN     "repository_id" UUID,
ADD COLUMN     "retry_of_id" UUID,
ADD COLUMN     "session_id" UUID,
ADD COLUMN     "waits_for" "trace_wait",
ADD COLUMN     "wave" INTEGER NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "multicast_sessions" (
    "id" UUID NOT NULL,
    "operation_id" UUID NOT NULL,
    "repository_id" UUID,
    "repository_ip" TEXT NOT NULL,
    "image_name" TEXT NOT NULL,
    "checksum" TEXT NOT NULL,
    "method" "session_method" NOT NULL,
    "port" INTEGER,
    "address" TEXT,
    "mode" "multicast_mode",
    "speed_mbps" INTEGER,
    "max_clients" INTEGER NOT NULL,
    "max_wait_seconds" INTEGER NOT NULL,
    "wave" INTEGER NOT NULL DEFAULT 0,
    "status" "session_status" NOT NULL DEFAULT 'GATHERING',
    "transfer_id" TEXT,
    "error_message" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "multicast_sessions_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "multicast_sessions_operation_id_idx" ON "multicast_sessions"("operation_id");

-- CreateIndex
CREATE INDEX "multicast_sessions_repository_id_idx" ON "multicast_sessions"("repository_id");

-- CreateIndex
CREATE INDEX "multicast_sessions_status_idx" ON "multicast_sessions"("status");

-- CreateIndex
CREATE INDEX "operations_retry_of_id_idx" ON "operations"("retry_of_id");

-- CreateIndex
CREATE INDEX "traces_repository_id_idx" ON "traces"("repository_id");

-- CreateIndex
CREATE INDEX "traces_session_id_idx" ON "traces"("session_id");

-- CreateIndex
CREATE INDEX "traces_retry_of_id_idx" ON "traces"("retry_of_id");

-- AddForeignKey
ALTER TABLE "operations" ADD CONSTRAINT "operations_retry_of_id_fkey" FOREIGN KEY ("retry_of_id") REFERENCES "operations"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "traces" ADD CONSTRAINT "traces_repository_id_fkey" FOREIGN KEY ("repository_id") REFERENCES "repositories"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "traces" ADD CONSTRAINT "traces_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "multicast_sessions"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "traces" ADD CONSTRAINT "traces_retry_of_id_fkey" FOREIGN KEY ("retry_of_id") REFERENCES "traces"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "multicast_sessions" ADD CONSTRAINT "multicast_sessions_operation_id_fkey" FOREIGN KEY ("operation_id") REFERENCES "operations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "multicast_sessions" ADD CONSTRAINT "multicast_sessions_repository_id_fkey" FOREIGN KEY ("repository_id") REFERENCES "repositories"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- A client has one trace that may be touching its disks, now or when its turn comes. Those that wait behind it do not count, and
-- neither does the one that passes in front.
DROP INDEX "traces_one_active_per_client";
CREATE UNIQUE INDEX "traces_one_active_per_client" ON "traces"("client_id")
  WHERE "status" IN ('PENDING', 'SENDING', 'UNKNOWN', 'RUNNING', 'CANCELLING')
    AND NOT "forced" AND "waits_for" IS DISTINCT FROM 'EARLIER_JOB';
CREATE UNIQUE INDEX "traces_one_forced_per_client" ON "traces"("client_id")
  WHERE "status" IN ('PENDING', 'SENDING', 'UNKNOWN', 'RUNNING', 'CANCELLING') AND "forced" AND "waits_for" IS DISTINCT FROM 'EARLIER_JOB';
CREATE INDEX "traces_waiting" ON "traces"("id") WHERE "status" = 'PENDING' AND "waits_for" IS NOT NULL;

-- Two streams on one port would end up in one another's clients.
CREATE UNIQUE INDEX "multicast_sessions_one_live_per_port" ON "multicast_sessions"("port")
  WHERE "status" IN ('GATHERING', 'STARTING', 'SENDING');

-- An image that is captured for the first time has no revision yet.
ALTER TABLE "images" DROP CONSTRAINT "images_revision_positive";
ALTER TABLE "images" ADD CONSTRAINT "images_revision_not_negative" CHECK ("revision" >= 0);
CREATE OR REPLACE FUNCTION "record_image_revision"() RETURNS trigger LANGUAGE plpgsql
  AS E'BEGIN IF NEW.revision > 0 THEN INSERT INTO image_revisions (image_id, number, size_bytes, source_client_id, source_disk, source_partition) VALUES (NEW.id, NEW.revision, NEW.size_bytes, NEW.source_client_id, NEW.source_disk, NEW.source_partition) ON CONFLICT (image_id, number) DO UPDATE SET size_bytes = EXCLUDED.size_bytes, source_client_id = COALESCE(EXCLUDED.source_client_id, image_revisions.source_client_id), source_disk = EXCLUDED.source_disk, source_partition = EXCLUDED.source_partition\073 END IF\073 RETURN NULL\073 END\073';
