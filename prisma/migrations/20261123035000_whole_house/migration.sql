-- CreateEnum
CREATE TYPE "og_live_status" AS ENUM ('PENDING', 'INSTALLING', 'INSTALLED', 'FAILED');

-- CreateEnum
CREATE TYPE "multicast_mode" AS ENUM ('FULL_DUPLEX', 'HALF_DUPLEX', 'BROADCAST');

-- CreateEnum
CREATE TYPE "p2p_mode" AS ENUM ('PEER', 'LEECHER', 'SEEDER');

-- CreateEnum
CREATE TYPE "hardware_kind" AS ENUM ('BOARD', 'MULTIMEDIA', 'NETWORK', 'CPU', 'MEMORY', 'VGA', 'DISK', 'AUDIO', 'MODEL', 'BIOS', 'CDROM', 'IDE', 'FIREWIRE', 'USB', 'BUS', 'CHASSIS', 'STORAGE', 'BOOT');

-- CreateEnum
CREATE TYPE "software_kind" AS ENUM ('OPERATING_SYSTEM', 'APPLICATION', 'DRIVER');

-- AlterTable
ALTER TABLE "centers" ADD COLUMN     "comments" TEXT,
ADD COLUMN     "created_by" TEXT NOT NULL DEFAULT 'administrator',
ADD COLUMN     "dns" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "menu_id" UUID,
ADD COLUMN     "multicast_ip" TEXT,
ADD COLUMN     "multicast_mode" "multicast_mode",
ADD COLUMN     "multicast_port" INTEGER,
ADD COLUMN     "multicast_speed_mbps" INTEGER,
ADD COLUMN     "netmask" TEXT,
ADD COLUMN     "ntp" TEXT,
ADD COLUMN     "og_live_id" UUID,
ADD COLUMN     "p2p_mode" "p2p_mode",
ADD COLUMN     "p2p_seed_seconds" INTEGER,
ADD COLUMN     "proxy" TEXT,
ADD COLUMN     "pxe_template_id" UUID,
ADD COLUMN     "record_version" INTEGER NOT NULL DEFAULT 1,
ADD COLUMN     "router_ip" TEXT;

-- AlterTable
ALTER TABLE "client_groups" ADD COLUMN     "comments" TEXT,
ADD COLUMN     "created_by" TEXT NOT NULL DEFAULT 'administrator',
ADD COLUMN     "parent_id" UUID,
ADD COLUMN     "record_version" INTEGER NOT NULL DEFAULT 1,
ADD COLUMN     "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;

-- AlterTable
ALTER TABLE "clients" ADD COLUMN     "autoexec_id" UUID,
ADD COLUMN     "comments" TEXT,
ADD COLUMN     "hardware_profile_id" UUID,
ADD COLUMN     "ip_number" BIGINT,
ADD COLUMN     "login_page" TEXT,
ADD COLUMN     "menu_id" UUID,
ADD COLUMN     "menu_resolution" TEXT,
ADD COLUMN     "net_driver" TEXT,
ADD COLUMN     "og_live_id" UUID,
ADD COLUMN     "photo" TEXT,
ADD COLUMN     "pxe_template_id" UUID,
ADD COLUMN     "record_version" INTEGER NOT NULL DEFAULT 1,
ADD COLUMN     "remote_access" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "validation_page" TEXT;

-- AlterTable
ALTER TABLE "image_replicas" ADD COLUMN     "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
ADD COLUMN     "revision" INTEGER;

-- AlterTable
ALTER TABLE "images" ADD COLUMN     "comments" TEXT,
ADD COLUMN     "created_by" TEXT NOT NULL DEFAULT 'administrator',
ADD COLUMN     "record_version" INTEGER NOT NULL DEFAULT 1,
ADD COLUMN     "source_client_id" UUID,
ADD COLUMN     "source_disk" INTEGER,
ADD COLUMN     "source_partition" INTEGER;

-- AlterTable
ALTER TABLE "repositories" ADD COLUMN     "center_id" UUID,
ADD COLUMN     "comments" TEXT,
ADD COLUMN     "created_by" TEXT NOT NULL DEFAULT 'administrator',
ADD COLUMN     "record_version" INTEGER NOT NULL DEFAULT 1,
ADD COLUMN     "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;

-- AlterTable
ALTER TABLE "rooms" ADD COLUMN     "comments" TEXT,
ADD COLUMN     "created_by" TEXT NOT NULL DEFAULT 'administrator',
ADD COLUMN     "dns" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "has_board" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "has_projector" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "location" TEXT,
ADD COLUMN     "login_page" TEXT,
ADD COLUMN     "menu_id" UUID,
ADD COLUMN     "multicast_ip" TEXT,
ADD COLUMN     "multicast_mode" "multicast_mode",
ADD COLUMN     "multicast_port" INTEGER,
ADD COLUMN     "multicast_speed_mbps" INTEGER,
ADD COLUMN     "ntp" TEXT,
ADD COLUMN     "og_live_id" UUID,
ADD COLUMN     "p2p_mode" "p2p_mode",
ADD COLUMN     "p2p_seed_seconds" INTEGER,
ADD COLUMN     "photo" TEXT,
ADD COLUMN     "proxy" TEXT,
ADD COLUMN     "pxe_template_id" UUID,
ADD COLUMN     "record_version" INTEGER NOT NULL DEFAULT 1,
ADD COLUMN     "remote_access" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "reservable_from_hour" INTEGER,
ADD COLUMN     "reservable_until_hour" INTEGER,
ADD COLUMN     "room_group_id" UUID,
ADD COLUMN     "seats" INTEGER,
ADD COLUMN     "teacher_client_id" UUID,
ADD COLUMN     "validation" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "validation_page" TEXT;

-- AlterTable
ALTER TABLE "software_profiles" ADD COLUMN     "comments" TEXT,
ADD COLUMN     "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
ADD COLUMN     "created_by" TEXT NOT NULL DEFAULT 'administrator',
ADD COLUMN     "description" TEXT,
ADD COLUMN     "record_version" INTEGER NOT NULL DEFAULT 1,
ADD COLUMN     "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;

-- AlterTable
ALTER TABLE "subnets" ADD COLUMN     "comments" TEXT,
ADD COLUMN     "created_by" TEXT NOT NULL DEFAULT 'administrator',
ADD COLUMN     "name" TEXT,
ADD COLUMN     "record_version" INTEGER NOT NULL DEFAULT 1,
ADD COLUMN     "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;

-- CreateTable
CREATE TABLE "og_lives" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "is_default" BOOLEAN NOT NULL DEFAULT false,
    "status" "og_live_status" NOT NULL DEFAULT 'INSTALLED',
    "distribution" TEXT,
    "kernel" TEXT,
    "architecture" TEXT,
    "revision" TEXT,
    "directory" TEXT,
    "iso" TEXT,
    "comments" TEXT,
    "record_version" INTEGER NOT NULL DEFAULT 1,
    "created_by" TEXT NOT NULL DEFAULT 'administrator',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "og_lives_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "menus" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "is_default" BOOLEAN NOT NULL DEFAULT false,
    "description" TEXT,
    "resolution" TEXT,
    "public_url" TEXT,
    "private_url" TEXT,
    "comments" TEXT,
    "record_version" INTEGER NOT NULL DEFAULT 1,
    "created_by" TEXT NOT NULL DEFAULT 'administrator',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "menus_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "pxe_templates" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "firmware" "firmware",
    "template" TEXT NOT NULL,
    "comments" TEXT,
    "record_version" INTEGER NOT NULL DEFAULT 1,
    "created_by" TEXT NOT NULL DEFAULT 'administrator',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "pxe_templates_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "commands" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "action" "action" NOT NULL DEFAULT 'RUN_SCRIPT',
    "script" TEXT,
    "has_parameters" BOOLEAN NOT NULL DEFAULT false,
    "description" TEXT,
    "comments" TEXT,
    "record_version" INTEGER NOT NULL DEFAULT 1,
    "created_by" TEXT NOT NULL DEFAULT 'administrator',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "commands_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "image_revisions" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "image_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "size_bytes" BIGINT,
    "source_client_id" UUID,
    "source_disk" INTEGER,
    "source_partition" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "image_revisions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "room_groups" (
    "id" UUID NOT NULL,
    "center_id" UUID NOT NULL,
    "parent_id" UUID,
    "name" TEXT NOT NULL,
    "comments" TEXT,
    "record_version" INTEGER NOT NULL DEFAULT 1,
    "created_by" TEXT NOT NULL DEFAULT 'administrator',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "room_groups_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "imported_rows" (
    "source" TEXT NOT NULL,
    "source_table" TEXT NOT NULL,
    "legacy_id" TEXT NOT NULL,
    "id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "imported_rows_pkey" PRIMARY KEY ("source","source_table","legacy_id")
);

-- CreateTable
CREATE TABLE "hardware_profiles" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "comments" TEXT,
    "record_version" INTEGER NOT NULL DEFAULT 1,
    "created_by" TEXT NOT NULL DEFAULT 'administrator',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "hardware_profiles_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "hardware_components" (
    "id" UUID NOT NULL,
    "kind" "hardware_kind" NOT NULL,
    "description" TEXT NOT NULL,

    CONSTRAINT "hardware_components_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "software" (
    "id" UUID NOT NULL,
    "kind" "software_kind" NOT NULL,
    "name" TEXT NOT NULL,

    CONSTRAINT "software_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "_HardwareComponentToHardwareProfile" (
    "A" UUID NOT NULL,
    "B" UUID NOT NULL,

    CONSTRAINT "_HardwareComponentToHardwareProfile_AB_pkey" PRIMARY KEY ("A","B")
);

-- CreateTable
CREATE TABLE "_SoftwareToSoftwareProfile" (
    "A" UUID NOT NULL,
    "B" UUID NOT NULL,

    CONSTRAINT "_SoftwareToSoftwareProfile_AB_pkey" PRIMARY KEY ("A","B")
);

-- CreateIndex
CREATE UNIQUE INDEX "og_lives_name_key" ON "og_lives"("name");

-- CreateIndex
CREATE UNIQUE INDEX "menus_name_key" ON "menus"("name");

-- CreateIndex
CREATE UNIQUE INDEX "pxe_templates_name_key" ON "pxe_templates"("name");

-- CreateIndex
CREATE UNIQUE INDEX "commands_name_key" ON "commands"("name");

-- CreateIndex
CREATE INDEX "image_revisions_source_client_id_idx" ON "image_revisions"("source_client_id");

-- CreateIndex
CREATE UNIQUE INDEX "image_revisions_image_id_number_key" ON "image_revisions"("image_id", "number");

-- CreateIndex
CREATE INDEX "room_groups_parent_id_idx" ON "room_groups"("parent_id");

-- CreateIndex
CREATE UNIQUE INDEX "room_groups_center_id_name_key" ON "room_groups"("center_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "hardware_profiles_name_key" ON "hardware_profiles"("name");

-- CreateIndex
CREATE UNIQUE INDEX "hardware_components_kind_description_key" ON "hardware_components"("kind", "description");

-- CreateIndex
CREATE UNIQUE INDEX "software_kind_name_key" ON "software"("kind", "name");

-- CreateIndex
CREATE INDEX "_HardwareComponentToHardwareProfile_B_index" ON "_HardwareComponentToHardwareProfile"("B");

-- CreateIndex
CREATE INDEX "_SoftwareToSoftwareProfile_B_index" ON "_SoftwareToSoftwareProfile"("B");

-- CreateIndex
CREATE INDEX "client_groups_parent_id_idx" ON "client_groups"("parent_id");

-- CreateIndex
CREATE INDEX "clients_name_id_idx" ON "clients"("name", "id");

-- CreateIndex
CREATE INDEX "clients_ip_number_idx" ON "clients"("ip_number");

-- CreateIndex
CREATE INDEX "clients_last_seen_at_idx" ON "clients"("last_seen_at");

-- CreateIndex
CREATE INDEX "clients_og_live_id_idx" ON "clients"("og_live_id");

-- CreateIndex
CREATE INDEX "clients_menu_id_idx" ON "clients"("menu_id");

-- CreateIndex
CREATE INDEX "clients_pxe_template_id_idx" ON "clients"("pxe_template_id");

-- CreateIndex
CREATE INDEX "clients_autoexec_id_idx" ON "clients"("autoexec_id");

-- CreateIndex
CREATE INDEX "clients_hardware_profile_id_idx" ON "clients"("hardware_profile_id");

-- CreateIndex
CREATE INDEX "images_source_client_id_idx" ON "images"("source_client_id");

-- CreateIndex
CREATE INDEX "repositories_center_id_idx" ON "repositories"("center_id");

-- CreateIndex
CREATE UNIQUE INDEX "rooms_teacher_client_id_key" ON "rooms"("teacher_client_id");

-- CreateIndex
CREATE INDEX "rooms_name_id_idx" ON "rooms"("name", "id");

-- CreateIndex
CREATE INDEX "rooms_room_group_id_idx" ON "rooms"("room_group_id");

-- AddForeignKey
ALTER TABLE "images" ADD CONSTRAINT "images_source_client_id_fkey" FOREIGN KEY ("source_client_id") REFERENCES "clients"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "image_revisions" ADD CONSTRAINT "image_revisions_image_id_fkey" FOREIGN KEY ("image_id") REFERENCES "images"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "image_revisions" ADD CONSTRAINT "image_revisions_source_client_id_fkey" FOREIGN KEY ("source_client_id") REFERENCES "clients"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "repositories" ADD CONSTRAINT "repositories_center_id_fkey" FOREIGN KEY ("center_id") REFERENCES "centers"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "centers" ADD CONSTRAINT "centers_og_live_id_fkey" FOREIGN KEY ("og_live_id") REFERENCES "og_lives"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "centers" ADD CONSTRAINT "centers_menu_id_fkey" FOREIGN KEY ("menu_id") REFERENCES "menus"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "centers" ADD CONSTRAINT "centers_pxe_template_id_fkey" FOREIGN KEY ("pxe_template_id") REFERENCES "pxe_templates"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "room_groups" ADD CONSTRAINT "room_groups_center_id_fkey" FOREIGN KEY ("center_id") REFERENCES "centers"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "room_groups" ADD CONSTRAINT "room_groups_parent_id_fkey" FOREIGN KEY ("parent_id") REFERENCES "room_groups"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "rooms" ADD CONSTRAINT "rooms_room_group_id_fkey" FOREIGN KEY ("room_group_id") REFERENCES "room_groups"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "rooms" ADD CONSTRAINT "rooms_teacher_client_id_fkey" FOREIGN KEY ("teacher_client_id") REFERENCES "clients"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "rooms" ADD CONSTRAINT "rooms_og_live_id_fkey" FOREIGN KEY ("og_live_id") REFERENCES "og_lives"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "rooms" ADD CONSTRAINT "rooms_menu_id_fkey" FOREIGN KEY ("menu_id") REFERENCES "menus"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "rooms" ADD CONSTRAINT "rooms_pxe_template_id_fkey" FOREIGN KEY ("pxe_template_id") REFERENCES "pxe_templates"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "client_groups" ADD CONSTRAINT "client_groups_parent_id_fkey" FOREIGN KEY ("parent_id") REFERENCES "client_groups"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "clients" ADD CONSTRAINT "clients_og_live_id_fkey" FOREIGN KEY ("og_live_id") REFERENCES "og_lives"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "clients" ADD CONSTRAINT "clients_menu_id_fkey" FOREIGN KEY ("menu_id") REFERENCES "menus"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "clients" ADD CONSTRAINT "clients_pxe_template_id_fkey" FOREIGN KEY ("pxe_template_id") REFERENCES "pxe_templates"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "clients" ADD CONSTRAINT "clients_autoexec_id_fkey" FOREIGN KEY ("autoexec_id") REFERENCES "commands"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "clients" ADD CONSTRAINT "clients_hardware_profile_id_fkey" FOREIGN KEY ("hardware_profile_id") REFERENCES "hardware_profiles"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "_HardwareComponentToHardwareProfile" ADD CONSTRAINT "_HardwareComponentToHardwareProfile_A_fkey" FOREIGN KEY ("A") REFERENCES "hardware_components"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "_HardwareComponentToHardwareProfile" ADD CONSTRAINT "_HardwareComponentToHardwareProfile_B_fkey" FOREIGN KEY ("B") REFERENCES "hardware_profiles"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "_SoftwareToSoftwareProfile" ADD CONSTRAINT "_SoftwareToSoftwareProfile_A_fkey" FOREIGN KEY ("A") REFERENCES "software"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "_SoftwareToSoftwareProfile" ADD CONSTRAINT "_SoftwareToSoftwareProfile_B_fkey" FOREIGN KEY ("B") REFERENCES "software_profiles"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- One default each: ogLive's is what machines boot that nothing else is said of, the menu's is what they then show.
CREATE UNIQUE INDEX "og_lives_one_default" ON "og_lives"("is_default") WHERE "is_default";
CREATE UNIQUE INDEX "menus_one_default" ON "menus"("is_default") WHERE "is_default";

-- A client's address as a number. Addresses are checked before they are stored: one that is none leaves the number empty.
CREATE FUNCTION "set_client_ip_number"() RETURNS trigger LANGUAGE plpgsql
  AS E'BEGIN NEW.ip_number := CASE WHEN NEW.ip ~ ''^[0-9]{1,3}(\\.[0-9]{1,3}){3}$'' THEN NEW.ip::inet - ''0.0.0.0''::inet END\073 RETURN NEW\073 END\073';
CREATE TRIGGER "clients_set_ip_number" BEFORE INSERT OR UPDATE OF "ip", "ip_number" ON "clients"
  FOR EACH ROW EXECUTE FUNCTION "set_client_ip_number"();
UPDATE "clients" SET "ip_number" = NULL;

-- Every revision that an image ever had stays on record, with the machine it was captured from.
CREATE FUNCTION "record_image_revision"() RETURNS trigger LANGUAGE plpgsql
  AS E'BEGIN INSERT INTO image_revisions (image_id, number, size_bytes, source_client_id, source_disk, source_partition) VALUES (NEW.id, NEW.revision, NEW.size_bytes, NEW.source_client_id, NEW.source_disk, NEW.source_partition) ON CONFLICT (image_id, number) DO UPDATE SET size_bytes = EXCLUDED.size_bytes, source_client_id = COALESCE(EXCLUDED.source_client_id, image_revisions.source_client_id), source_disk = EXCLUDED.source_disk, source_partition = EXCLUDED.source_partition\073 RETURN NULL\073 END\073';
CREATE TRIGGER "images_record_revision" AFTER INSERT OR UPDATE OF "revision", "size_bytes", "source_client_id", "source_disk", "source_partition" ON "images"
  FOR EACH ROW EXECUTE FUNCTION "record_image_revision"();
INSERT INTO "image_revisions" ("image_id", "number", "size_bytes", "created_at")
  SELECT "id", "revision", "size_bytes", "created_at" FROM "images";

-- Numbers that can only be wrong are refused by the database too.
ALTER TABLE "images" ADD CONSTRAINT "images_revision_positive" CHECK ("revision" > 0);
ALTER TABLE "room_groups" ADD CONSTRAINT "room_groups_not_own_parent" CHECK ("parent_id" <> "id");
ALTER TABLE "client_groups" ADD CONSTRAINT "client_groups_not_own_parent" CHECK ("parent_id" <> "id");
