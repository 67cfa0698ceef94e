-- CreateEnum
CREATE TYPE "image_status" AS ENUM ('PENDING', 'CREATING', 'AUXILIARY_FILES_PENDING', 'READY', 'FAILED', 'CORRUPT', 'TRANSFERRING', 'TRASH');

-- CreateEnum
CREATE TYPE "image_kind" AS ENUM ('MONOLITHIC', 'GIT');

-- CreateEnum
CREATE TYPE "client_status" AS ENUM ('OFF', 'INITIALIZING', 'OGLIVE', 'BUSY', 'LINUX', 'LINUX_SESSION', 'WINDOWS', 'WINDOWS_SESSION', 'MACOS', 'MACOS_SESSION', 'DISCONNECTED', 'UNKNOWN');

-- CreateEnum
CREATE TYPE "firmware" AS ENUM ('BIOS', 'UEFI');

-- CreateEnum
CREATE TYPE "partition_table" AS ENUM ('MSDOS', 'GPT', 'LVM', 'ZPOOL', 'UNKNOWN');

-- CreateEnum
CREATE TYPE "action" AS ENUM ('DEPLOY_IMAGE', 'CREATE_IMAGE', 'DELETE_CACHED_IMAGE', 'PARTITION_AND_FORMAT', 'SOFTWARE_INVENTORY', 'HARDWARE_INVENTORY', 'RUN_SCRIPT', 'POWER_ON', 'POWER_OFF', 'REBOOT', 'START_SESSION');

-- CreateEnum
CREATE TYPE "trace_status" AS ENUM ('PENDING', 'SENDING', 'UNKNOWN', 'RUNNING', 'CANCELLING', 'SUCCEEDED', 'FAILED', 'CANCELLED', 'LOST');

-- CreateEnum
CREATE TYPE "event_kind" AS ENUM ('CREATED', 'SENDING', 'ACCEPTED', 'NOT_SENT', 'REFUSED', 'UNANSWERED', 'ADOPTED', 'PROGRESS', 'FINISHED', 'LOST', 'CANCELLED', 'RESOLVED', 'LATE_REPORT', 'CLIENT_STATUS');

-- CreateEnum
CREATE TYPE "report_state" AS ENUM ('KEPT', 'APPLIED', 'REPEATED', 'LATE', 'REJECTED');

-- CreateTable
CREATE TABLE "images" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "type" TEXT,
    "version" TEXT,
    "architecture" TEXT,
    "kind" "image_kind" NOT NULL DEFAULT 'MONOLITHIC',
    "revision" INTEGER NOT NULL DEFAULT 1,
    "size_bytes" BIGINT,
    "software_profile_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "images_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "image_replicas" (
    "id" UUID NOT NULL,
    "image_id" UUID NOT NULL,
    "repository_id" UUID NOT NULL,
    "status" "image_status" NOT NULL DEFAULT 'PENDING',
    "checksum" TEXT,
    "size_bytes" BIGINT,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "image_replicas_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "repositories" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "ip" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "repositories_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "software_profiles" (
    "id" UUID NOT NULL,
    "number" SERIAL NOT NULL,
    "name" TEXT NOT NULL,

    CONSTRAINT "software_profiles_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "centers" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "centers_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "rooms" (
    "id" UUID NOT NULL,
    "center_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "router_ip" TEXT,
    "netmask" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "rooms_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "client_groups" (
    "id" UUID NOT NULL,
    "room_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "client_groups_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "subnets" (
    "id" UUID NOT NULL,
    "cidr" TEXT NOT NULL,
    "router_ip" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "subnets_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "clients" (
    "id" UUID NOT NULL,
    "room_id" UUID NOT NULL,
    "center_id" UUID,
    "group_id" UUID,
    "subnet_id" UUID,
    "repository_id" UUID,
    "name" TEXT NOT NULL,
    "mac" TEXT NOT NULL,
    "ip" TEXT NOT NULL,
    "netiface" TEXT,
    "firmware" "firmware",
    "serial_number" TEXT,
    "validation" BOOLEAN NOT NULL DEFAULT false,
    "maintenance" BOOLEAN NOT NULL DEFAULT false,
    "created_by" TEXT NOT NULL DEFAULT 'administrator',
    "status" "client_status" NOT NULL DEFAULT 'UNKNOWN',
    "agent_version" TEXT,
    "agent_certificate_sha256" TEXT,
    "last_seen_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "clients_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "disks" (
    "id" UUID NOT NULL,
    "client_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "size_bytes" BIGINT NOT NULL,
    "partition_table" "partition_table" NOT NULL DEFAULT 'UNKNOWN',

    CONSTRAINT "disks_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "partitions" (
    "id" UUID NOT NULL,
    "client_id" UUID NOT NULL,
    "disk_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "code" TEXT NOT NULL,
    "file_system" TEXT,
    "size_bytes" BIGINT NOT NULL,
    "used_percent" INTEGER,
    "operating_system" TEXT,
    "image_id" UUID,
    "image_revision" INTEGER,
    "deployed_at" TIMESTAMPTZ(3),
    "software_profile_id" UUID,

    CONSTRAINT "partitions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "cached_images" (
    "id" UUID NOT NULL,
    "partition_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "image_id" UUID,
    "size_bytes" BIGINT,

    CONSTRAINT "cached_images_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "operations" (
    "id" UUID NOT NULL,
    "action" "action" NOT NULL,
    "requested_by" TEXT NOT NULL,
    "input" JSONB NOT NULL,
    "idempotency_key" TEXT,
    "input_hash" TEXT NOT NULL,
    "outcomes" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),
    "start_seq" BIGINT NOT NULL,

    CONSTRAINT "operations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "traces" (
    "id" UUID NOT NULL,
    "operation_id" UUID NOT NULL,
    "client_id" UUID NOT NULL,
    "action" "action" NOT NULL,
    "status" "trace_status" NOT NULL DEFAULT 'PENDING',
    "progress" INTEGER NOT NULL DEFAULT 0,
    "job_id" TEXT,
    "agent_ip" TEXT NOT NULL,
    "input" JSONB NOT NULL,
    "output" TEXT,
    "error_code" TEXT,
    "error_engine_code" INTEGER,
    "error_message" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "sent_at" TIMESTAMPTZ(3),
    "started_at" TIMESTAMPTZ(3),
    "last_heard_at" TIMESTAMPTZ(3),
    "missing_since" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "traces_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "events" (
    "seq" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "kind" "event_kind" NOT NULL,
    "operation_id" UUID,
    "trace_id" UUID,
    "client_id" UUID,
    "room_id" UUID,
    "action" "action",
    "trace_status" "trace_status",
    "client_status" "client_status",
    "progress" INTEGER,
    "message" TEXT,

    CONSTRAINT "events_pkey" PRIMARY KEY ("seq")
);

-- CreateTable
CREATE TABLE "event_log" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "epoch" UUID NOT NULL,

    CONSTRAINT "event_log_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "agent_reports" (
    "id" UUID NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "digest" TEXT NOT NULL,
    "client_id" UUID,
    "trace_id" UUID,
    "job_id" TEXT NOT NULL,
    "sender" TEXT NOT NULL,
    "body" JSONB NOT NULL,
    "state" "report_state" NOT NULL DEFAULT 'KEPT',
    "copies" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "agent_reports_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "images_name_key" ON "images"("name");

-- CreateIndex
CREATE INDEX "images_software_profile_id_idx" ON "images"("software_profile_id");

-- CreateIndex
CREATE INDEX "image_replicas_repository_id_idx" ON "image_replicas"("repository_id");

-- CreateIndex
CREATE UNIQUE INDEX "image_replicas_image_id_repository_id_key" ON "image_replicas"("image_id", "repository_id");

-- CreateIndex
CREATE UNIQUE INDEX "repositories_name_key" ON "repositories"("name");

-- CreateIndex
CREATE UNIQUE INDEX "repositories_ip_key" ON "repositories"("ip");

-- CreateIndex
CREATE UNIQUE INDEX "software_profiles_number_key" ON "software_profiles"("number");

-- CreateIndex
CREATE UNIQUE INDEX "software_profiles_name_key" ON "software_profiles"("name");

-- CreateIndex
CREATE UNIQUE INDEX "centers_name_key" ON "centers"("name");

-- CreateIndex
CREATE UNIQUE INDEX "rooms_center_id_name_key" ON "rooms"("center_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "client_groups_room_id_name_key" ON "client_groups"("room_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "subnets_cidr_key" ON "subnets"("cidr");

-- CreateIndex
CREATE UNIQUE INDEX "clients_mac_key" ON "clients"("mac");

-- CreateIndex
CREATE UNIQUE INDEX "clients_ip_key" ON "clients"("ip");

-- CreateIndex
CREATE INDEX "clients_room_id_name_idx" ON "clients"("room_id", "name");

-- CreateIndex
CREATE INDEX "clients_center_id_name_idx" ON "clients"("center_id", "name");

-- CreateIndex
CREATE INDEX "clients_group_id_idx" ON "clients"("group_id");

-- CreateIndex
CREATE INDEX "clients_subnet_id_idx" ON "clients"("subnet_id");

-- CreateIndex
CREATE INDEX "clients_repository_id_idx" ON "clients"("repository_id");

-- CreateIndex
CREATE UNIQUE INDEX "disks_client_id_number_key" ON "disks"("client_id", "number");

-- CreateIndex
CREATE UNIQUE INDEX "disks_id_client_id_key" ON "disks"("id", "client_id");

-- CreateIndex
CREATE INDEX "partitions_client_id_idx" ON "partitions"("client_id");

-- CreateIndex
CREATE INDEX "partitions_image_id_idx" ON "partitions"("image_id");

-- CreateIndex
CREATE INDEX "partitions_software_profile_id_idx" ON "partitions"("software_profile_id");

-- CreateIndex
CREATE UNIQUE INDEX "partitions_disk_id_number_key" ON "partitions"("disk_id", "number");

-- CreateIndex
CREATE INDEX "cached_images_image_id_idx" ON "cached_images"("image_id");

-- CreateIndex
CREATE UNIQUE INDEX "cached_images_partition_id_name_key" ON "cached_images"("partition_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "operations_requested_by_idempotency_key_key" ON "operations"("requested_by", "idempotency_key");

-- CreateIndex
CREATE INDEX "traces_client_id_job_id_idx" ON "traces"("client_id", "job_id");

-- CreateIndex
CREATE INDEX "traces_operation_id_idx" ON "traces"("operation_id");

-- CreateIndex
CREATE INDEX "traces_job_id_idx" ON "traces"("job_id");

-- CreateIndex
CREATE INDEX "traces_status_idx" ON "traces"("status");

-- CreateIndex
CREATE INDEX "events_trace_id_seq_idx" ON "events"("trace_id", "seq");

-- CreateIndex
CREATE INDEX "events_operation_id_seq_idx" ON "events"("operation_id", "seq");

-- CreateIndex
CREATE UNIQUE INDEX "agent_reports_digest_key" ON "agent_reports"("digest");

-- CreateIndex
CREATE INDEX "agent_reports_job_id_idx" ON "agent_reports"("job_id");

-- CreateIndex
CREATE INDEX "agent_reports_client_id_state_idx" ON "agent_reports"("client_id", "state");

-- CreateIndex
CREATE INDEX "agent_reports_trace_id_idx" ON "agent_reports"("trace_id");

-- AddForeignKey
ALTER TABLE "images" ADD CONSTRAINT "images_software_profile_id_fkey" FOREIGN KEY ("software_profile_id") REFERENCES "software_profiles"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "image_replicas" ADD CONSTRAINT "image_replicas_image_id_fkey" FOREIGN KEY ("image_id") REFERENCES "images"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "image_replicas" ADD CONSTRAINT "image_replicas_repository_id_fkey" FOREIGN KEY ("repository_id") REFERENCES "repositories"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "rooms" ADD CONSTRAINT "rooms_center_id_fkey" FOREIGN KEY ("center_id") REFERENCES "centers"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "client_groups" ADD CONSTRAINT "client_groups_room_id_fkey" FOREIGN KEY ("room_id") REFERENCES "rooms"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "clients" ADD CONSTRAINT "clients_room_id_fkey" FOREIGN KEY ("room_id") REFERENCES "rooms"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "clients" ADD CONSTRAINT "clients_center_id_fkey" FOREIGN KEY ("center_id") REFERENCES "centers"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "clients" ADD CONSTRAINT "clients_group_id_fkey" FOREIGN KEY ("group_id") REFERENCES "client_groups"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "clients" ADD CONSTRAINT "clients_subnet_id_fkey" FOREIGN KEY ("subnet_id") REFERENCES "subnets"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "clients" ADD CONSTRAINT "clients_repository_id_fkey" FOREIGN KEY ("repository_id") REFERENCES "repositories"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "disks" ADD CONSTRAINT "disks_client_id_fkey" FOREIGN KEY ("client_id") REFERENCES "clients"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "partitions" ADD CONSTRAINT "partitions_client_id_fkey" FOREIGN KEY ("client_id") REFERENCES "clients"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "partitions" ADD CONSTRAINT "partitions_disk_id_client_id_fkey" FOREIGN KEY ("disk_id", "client_id") REFERENCES "disks"("id", "client_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "partitions" ADD CONSTRAINT "partitions_image_id_fkey" FOREIGN KEY ("image_id") REFERENCES "images"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "partitions" ADD CONSTRAINT "partitions_software_profile_id_fkey" FOREIGN KEY ("software_profile_id") REFERENCES "software_profiles"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "cached_images" ADD CONSTRAINT "cached_images_partition_id_fkey" FOREIGN KEY ("partition_id") REFERENCES "partitions"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "cached_images" ADD CONSTRAINT "cached_images_image_id_fkey" FOREIGN KEY ("image_id") REFERENCES "images"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "traces" ADD CONSTRAINT "traces_operation_id_fkey" FOREIGN KEY ("operation_id") REFERENCES "operations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "traces" ADD CONSTRAINT "traces_client_id_fkey" FOREIGN KEY ("client_id") REFERENCES "clients"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "events" ADD CONSTRAINT "events_trace_id_fkey" FOREIGN KEY ("trace_id") REFERENCES "traces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "agent_reports" ADD CONSTRAINT "agent_reports_client_id_fkey" FOREIGN KEY ("client_id") REFERENCES "clients"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "agent_reports" ADD CONSTRAINT "agent_reports_trace_id_fkey" FOREIGN KEY ("trace_id") REFERENCES "traces"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- A client has one disk set: at most one job that may be touching it. The unique index is the last word on that,
-- whatever two servers or two callers decide at the same moment.
CREATE UNIQUE INDEX "traces_one_active_per_client" ON "traces"("client_id")
  WHERE "status" IN ('PENDING', 'SENDING', 'UNKNOWN', 'RUNNING', 'CANCELLING');

-- Percentages and numbers that can only be wrong are refused by the database too.
ALTER TABLE "traces" ADD CONSTRAINT "traces_progress_range" CHECK ("progress" BETWEEN 0 AND 100);
ALTER TABLE "partitions" ADD CONSTRAINT "partitions_used_percent_range" CHECK ("used_percent" BETWEEN 0 AND 100);
ALTER TABLE "disks" ADD CONSTRAINT "disks_number_positive" CHECK ("number" > 0);
ALTER TABLE "partitions" ADD CONSTRAINT "partitions_number_positive" CHECK ("number" > 0);

-- The event log is append-only: an event that was seen never changes.
-- (\073 is a semicolon: the migration runner takes every bare one for the end of a statement.)
CREATE FUNCTION "refuse_event_change"() RETURNS trigger LANGUAGE plpgsql
  AS E'BEGIN RAISE EXCEPTION ''events are append-only''\073 END\073';
CREATE TRIGGER "events_append_only" BEFORE UPDATE ON "events" FOR EACH ROW EXECUTE FUNCTION "refuse_event_change"();

INSERT INTO "event_log" ("id", "epoch") VALUES (1, gen_random_uuid());

-- A client's center is its room's, always: set with the client, when it moves, and when its room does.
CREATE FUNCTION "set_client_center"() RETURNS trigger LANGUAGE plpgsql
  AS E'BEGIN SELECT center_id INTO NEW.center_id FROM rooms WHERE id = NEW.room_id\073 RETURN NEW\073 END\073';
CREATE TRIGGER "clients_set_center" BEFORE INSERT OR UPDATE OF "room_id", "center_id" ON "clients"
  FOR EACH ROW EXECUTE FUNCTION "set_client_center"();
CREATE FUNCTION "move_clients_of_room"() RETURNS trigger LANGUAGE plpgsql
  AS E'BEGIN UPDATE clients SET center_id = NEW.center_id WHERE room_id = NEW.id\073 RETURN NULL\073 END\073';
CREATE TRIGGER "rooms_move_clients" AFTER UPDATE OF "center_id" ON "rooms"
  FOR EACH ROW EXECUTE FUNCTION "move_clients_of_room"();
