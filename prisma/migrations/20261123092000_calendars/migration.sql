-- DropIndex
DROP INDEX "blackouts_room_id_ends_at_idx";

-- CreateIndex
CREATE INDEX "blackouts_room_id_ends_at_starts_at_idx" ON "blackouts"("room_id", "ends_at", "starts_at");

-- CreateIndex
CREATE INDEX "blackouts_room_id_starts_at_idx" ON "blackouts"("room_id", "starts_at");

-- CreateIndex
CREATE INDEX "repository_reports_sender_received_at_idx" ON "repository_reports"("sender", "received_at");
