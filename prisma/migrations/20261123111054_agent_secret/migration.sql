-- AlterTable
ALTER TABLE "clients" ADD COLUMN     "installed_secret" TEXT,
ADD COLUMN     "installed_certificate_sha256" TEXT;
