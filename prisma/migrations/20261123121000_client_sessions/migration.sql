-- CreateEnum
CREATE TYPE "client_system" AS ENUM ('OGLIVE', 'LINUX', 'WINDOWS', 'MACOS');

-- CreateEnum
CREATE TYPE "session_end" AS ENUM ('STOPPED', 'SWITCHED_OFF', 'LOGGED_OUT', 'RESTARTED', 'NOT_KNOWN');

-- AlterTable
ALTER TABLE "clients" ADD COLUMN     "ask_at" TIMESTAMPTZ(3),
ADD COLUMN     "refused_at" TIMESTAMPTZ(3),
ADD COLUMN     "running_since" TIMESTAMPTZ(3),
ADD COLUMN     "running_system" "client_system";

-- CreateTable
CREATE TABLE "client_sessions" (
    "id" UUID NOT NULL,
    "client_id" UUID NOT NULL,
    "system" "client_system" NOT NULL,
    "user_name" TEXT,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "end_reason" "session_end",

    CONSTRAINT "client_sessions_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "client_sessions_client_id_started_at_idx" ON "client_sessions"("client_id", "started_at");

-- CreateIndex
CREATE INDEX "client_sessions_started_at_idx" ON "client_sessions"("started_at");

-- AddForeignKey
ALTER TABLE "client_sessions" ADD CONSTRAINT "client_sessions_client_id_fkey" FOREIGN KEY ("client_id") REFERENCES "clients"("id") ON DELETE CASCADE ON UPDATE CASCADE;
