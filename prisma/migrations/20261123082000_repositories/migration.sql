-- CreateEnum
CREATE TYPE "replica_fault" AS ENUM ('CAPTURE_FAILED', 'NOT_LISTED', 'AUXILIARY_FILES_FAILED', 'TRANSFER_FAILED', 'NOT_INTACT');

-- AlterTable
ALTER TABLE "image_replicas" ADD COLUMN     "auxiliary_accepted_at" TIMESTAMPTZ(3),
ADD COLUMN     "auxiliary_attempts" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "auxiliary_job_id" TEXT,
ADD COLUMN     "auxiliary_requested_at" TIMESTAMPTZ(3),
ADD COLUMN     "fault" "replica_fault",
ADD COLUMN     "fault_detail" TEXT,
ADD COLUMN     "transfer_by_id" UUID,
ADD COLUMN     "transfer_job_id" TEXT,
ADD COLUMN     "transfer_requested_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "repositories" ADD COLUMN     "last_error" TEXT,
ADD COLUMN     "last_reached_at" TIMESTAMPTZ(3),
ADD COLUMN     "last_synchronized_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "unregistered_images" (
    "id" UUID NOT NULL,
    "repository_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "checksum" TEXT NOT NULL,
    "in_trash" BOOLEAN NOT NULL,
    "size_bytes" BIGINT,
    "data_size_bytes" BIGINT,
    "file_system" TEXT,
    "modified_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "unregistered_images_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "repository_reports" (
    "id" UUID NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "digest" TEXT NOT NULL,
    "replica_id" UUID,
    "job_id" TEXT NOT NULL,
    "sender" TEXT NOT NULL,
    "body" JSONB NOT NULL,
    "state" "report_state" NOT NULL DEFAULT 'KEPT',
    "copies" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "repository_reports_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "unregistered_images_repository_id_in_trash_name_checksum_key" ON "unregistered_images"("repository_id", "in_trash", "name", "checksum");

-- CreateIndex
CREATE UNIQUE INDEX "repository_reports_digest_key" ON "repository_reports"("digest");

-- CreateIndex
CREATE INDEX "repository_reports_job_id_idx" ON "repository_reports"("job_id");

-- CreateIndex
CREATE INDEX "repository_reports_replica_id_idx" ON "repository_reports"("replica_id");

-- CreateIndex
CREATE INDEX "image_replicas_auxiliary_job_id_idx" ON "image_replicas"("auxiliary_job_id");

-- CreateIndex
CREATE INDEX "image_replicas_transfer_job_id_idx" ON "image_replicas"("transfer_job_id");

-- AddForeignKey
ALTER TABLE "unregistered_images" ADD CONSTRAINT "unregistered_images_repository_id_fkey" FOREIGN KEY ("repository_id") REFERENCES "repositories"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "repository_reports" ADD CONSTRAINT "repository_reports_replica_id_fkey" FOREIGN KEY ("replica_id") REFERENCES "image_replicas"("id") ON DELETE SET NULL ON UPDATE CASCADE;
