-- AlterTable
ALTER TABLE "image_replicas" ADD COLUMN     "expected_checksum" TEXT,
ADD COLUMN     "file_move_since" TIMESTAMPTZ(3),
ADD COLUMN     "superseded_checksum" TEXT;
