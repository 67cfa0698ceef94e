-- AlterEnum
ALTER TYPE "dead_letter_reason" ADD VALUE 'CLOCK_OFF';

-- AlterTable
ALTER TABLE "agent_secrets" ADD COLUMN     "clock_offset_seconds" INTEGER;

-- CreateIndex
CREATE INDEX "agent_reports_received_at_idx" ON "agent_reports"("received_at");
