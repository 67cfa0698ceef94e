-- CreateEnum
CREATE TYPE "inventory_kind" AS ENUM ('HARDWARE', 'SOFTWARE');

-- AlterTable
ALTER TABLE "traces" ADD COLUMN     "handed_over_at" TIMESTAMPTZ(3),
ADD COLUMN     "number" SERIAL NOT NULL;

-- CreateTable
CREATE TABLE "inventory_changes" (
    "id" UUID NOT NULL,
    "client_id" UUID NOT NULL,
    "trace_id" UUID,
    "kind" "inventory_kind" NOT NULL,
    "disk" INTEGER,
    "partition" INTEGER,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "is_first" BOOLEAN NOT NULL,
    "added" JSONB NOT NULL,
    "removed" JSONB NOT NULL,

    CONSTRAINT "inventory_changes_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "agent_files" (
    "client_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "contents" TEXT NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "agent_files_pkey" PRIMARY KEY ("client_id","name")
);

-- CreateIndex
CREATE INDEX "inventory_changes_client_id_at_id_idx" ON "inventory_changes"("client_id", "at", "id");

-- CreateIndex
CREATE INDEX "inventory_changes_trace_id_idx" ON "inventory_changes"("trace_id");

-- CreateIndex
CREATE UNIQUE INDEX "traces_number_key" ON "traces"("number");

-- AddForeignKey
ALTER TABLE "inventory_changes" ADD CONSTRAINT "inventory_changes_client_id_fkey" FOREIGN KEY ("client_id") REFERENCES "clients"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "inventory_changes" ADD CONSTRAINT "inventory_changes_trace_id_fkey" FOREIGN KEY ("trace_id") REFERENCES "traces"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "agent_files" ADD CONSTRAINT "agent_files_client_id_fkey" FOREIGN KEY ("client_id") REFERENCES "clients"("id") ON DELETE CASCADE ON UPDATE CASCADE;
