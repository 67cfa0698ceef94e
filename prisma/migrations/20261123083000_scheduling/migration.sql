-- CreateEnum
CREATE TYPE "schedule_run_outcome" AS ENUM ('STARTED', 'REFUSED', 'MISSED', 'FAILED');

-- CreateTable
CREATE TABLE "schedules" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "order" JSONB NOT NULL,
    "target" JSONB NOT NULL,
    "options" JSONB NOT NULL,
    "action" "action" NOT NULL,
    "cron" TEXT,
    "run_at" TIMESTAMPTZ(3),
    "time_zone" TEXT NOT NULL DEFAULT 'Europe/Madrid',
    "grace_minutes" INTEGER NOT NULL DEFAULT 60,
    "suspended" BOOLEAN NOT NULL DEFAULT false,
    "next_run_at" TIMESTAMPTZ(3),
    "done_at" TIMESTAMPTZ(3),
    "comments" TEXT,
    "record_version" INTEGER NOT NULL DEFAULT 1,
    "created_by" TEXT NOT NULL DEFAULT 'administrator',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "schedules_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "schedule_runs" (
    "id" UUID NOT NULL,
    "schedule_id" UUID NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "due_since" TIMESTAMPTZ(3) NOT NULL,
    "requested_by" TEXT NOT NULL,
    "manual" BOOLEAN NOT NULL DEFAULT false,
    "request_key" TEXT,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),
    "outcome" "schedule_run_outcome" NOT NULL,
    "operation_id" UUID,
    "error" JSONB,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "lease_until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "schedule_runs_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "blackouts" (
    "id" UUID NOT NULL,
    "room_id" UUID NOT NULL,
    "calendar_id" UUID,
    "uid" TEXT,
    "name" TEXT NOT NULL,
    "starts_at" TIMESTAMPTZ(3) NOT NULL,
    "ends_at" TIMESTAMPTZ(3) NOT NULL,
    "comments" TEXT,
    "record_version" INTEGER NOT NULL DEFAULT 1,
    "created_by" TEXT NOT NULL DEFAULT 'administrator',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "blackouts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "blackout_calendars" (
    "id" UUID NOT NULL,
    "room_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "time_zone" TEXT NOT NULL,
    "imported_at" TIMESTAMPTZ(3) NOT NULL,
    "expanded_until" TIMESTAMPTZ(3) NOT NULL,
    "record_version" INTEGER NOT NULL DEFAULT 1,
    "created_by" TEXT NOT NULL DEFAULT 'administrator',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "blackout_calendars_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "schedules_name_key" ON "schedules"("name");

-- CreateIndex
CREATE INDEX "schedules_next_run_at_idx" ON "schedules"("next_run_at");

-- CreateIndex
CREATE UNIQUE INDEX "schedule_runs_operation_id_key" ON "schedule_runs"("operation_id");

-- CreateIndex
CREATE INDEX "schedule_runs_finished_at_lease_until_idx" ON "schedule_runs"("finished_at", "lease_until");

-- CreateIndex
CREATE UNIQUE INDEX "schedule_runs_schedule_id_due_at_key" ON "schedule_runs"("schedule_id", "due_at");

-- CreateIndex
CREATE UNIQUE INDEX "schedule_runs_schedule_id_request_key_key" ON "schedule_runs"("schedule_id", "request_key");

-- CreateIndex
CREATE INDEX "blackouts_room_id_ends_at_idx" ON "blackouts"("room_id", "ends_at");

-- CreateIndex
CREATE UNIQUE INDEX "blackouts_calendar_id_uid_starts_at_key" ON "blackouts"("calendar_id", "uid", "starts_at");

-- CreateIndex
CREATE INDEX "blackout_calendars_expanded_until_idx" ON "blackout_calendars"("expanded_until");

-- CreateIndex
CREATE UNIQUE INDEX "blackout_calendars_room_id_name_key" ON "blackout_calendars"("room_id", "name");

-- AddForeignKey
ALTER TABLE "schedule_runs" ADD CONSTRAINT "schedule_runs_schedule_id_fkey" FOREIGN KEY ("schedule_id") REFERENCES "schedules"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "schedule_runs" ADD CONSTRAINT "schedule_runs_operation_id_fkey" FOREIGN KEY ("operation_id") REFERENCES "operations"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "blackouts" ADD CONSTRAINT "blackouts_room_id_fkey" FOREIGN KEY ("room_id") REFERENCES "rooms"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "blackouts" ADD CONSTRAINT "blackouts_calendar_id_fkey" FOREIGN KEY ("calendar_id") REFERENCES "blackout_calendars"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "blackout_calendars" ADD CONSTRAINT "blackout_calendars_room_id_fkey" FOREIGN KEY ("room_id") REFERENCES "rooms"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- A schedule runs once or by its cron line, never both and never neither.
ALTER TABLE "schedules" ADD CONSTRAINT "schedules_cron_or_run_at" CHECK (num_nonnulls("cron", "run_at") = 1);

-- A suspended schedule is never due.
ALTER TABLE "schedules" ADD CONSTRAINT "schedules_suspended_is_not_due" CHECK (NOT "suspended" OR "next_run_at" IS NULL);

-- A blackout lasts.
ALTER TABLE "blackouts" ADD CONSTRAINT "blackouts_end_after_start" CHECK ("ends_at" > "starts_at");
