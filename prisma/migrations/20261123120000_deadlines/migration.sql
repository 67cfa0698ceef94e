-- AlterTable
ALTER TABLE "traces" ADD COLUMN     "cancelling_since" TIMESTAMPTZ(3),
ADD COLUMN     "error_deadline" TEXT;

-- A job that is being stopped has been since it was last asked for, as far as is known.
UPDATE "traces" SET "cancelling_since" = "cancel_asked_at" WHERE "status" = 'CANCELLING';
