-- AlterTable
ALTER TABLE "multicast_sessions" ADD COLUMN     "start_asked_at" TIMESTAMPTZ(3),
ADD COLUMN     "stop_asked_at" TIMESTAMPTZ(3),
ADD COLUMN     "stop_until" TIMESTAMPTZ(3);
