ALTER TYPE "event_kind" ADD VALUE 'OPERATION_CHANGED';
ALTER TYPE "event_kind" ADD VALUE 'SESSION_CHANGED';
ALTER TYPE "event_kind" ADD VALUE 'ROOM_CHANGED';

ALTER TABLE "event_log" ADD COLUMN     "pruned_seq" BIGINT NOT NULL DEFAULT 0;

ALTER TABLE "events" ADD COLUMN     "session_id" UUID,
ADD COLUMN     "session_status" "session_status";

-- What becomes of a multicast session, of an operation as a whole and of who is in a room is appended to the event log by
-- the database itself, whoever writes it: nothing can be forgotten. The triggers are deferred to the end of the transaction,
-- because numbers are given out under one lock (see append-events.ts), and that lock is taken last.
-- (\073 is a semicolon: the migration runner takes every bare one for the end of a statement.)
CREATE FUNCTION "lock_event_log"() RETURNS void LANGUAGE plpgsql
  AS E'BEGIN PERFORM pg_advisory_xact_lock(7301953)\073 PERFORM pg_notify(''oggraph_events'', '''')\073 END\073';

CREATE FUNCTION "append_session_event"() RETURNS trigger LANGUAGE plpgsql
  AS E'BEGIN PERFORM lock_event_log()\073 INSERT INTO events (kind, session_id, session_status, operation_id) VALUES (''SESSION_CHANGED'', NEW.id, NEW.status, NEW.operation_id)\073 RETURN NULL\073 END\073';
CREATE CONSTRAINT TRIGGER "sessions_append_opened" AFTER INSERT ON "multicast_sessions"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "append_session_event"();
CREATE CONSTRAINT TRIGGER "sessions_append_changed" AFTER UPDATE OF "status" ON "multicast_sessions"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD."status" IS DISTINCT FROM NEW."status")
  EXECUTE FUNCTION "append_session_event"();

-- Whatever else changes of an operation, an event of one of its traces tells.
CREATE FUNCTION "append_operation_event"() RETURNS trigger LANGUAGE plpgsql
  AS E'BEGIN PERFORM lock_event_log()\073 INSERT INTO events (kind, operation_id, action) VALUES (''OPERATION_CHANGED'', NEW.id, NEW.action)\073 RETURN NULL\073 END\073';
CREATE CONSTRAINT TRIGGER "operations_append_changed" AFTER UPDATE OF "approved_wave", "cancelled_at" ON "operations"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (OLD."approved_wave" <> NEW."approved_wave" OR OLD."cancelled_at" IS DISTINCT FROM NEW."cancelled_at")
  EXECUTE FUNCTION "append_operation_event"();

-- One event for many clients of one room: an import writes thousands of them in one transaction, and a move some from each of a few rooms.
CREATE FUNCTION "append_room_event"("changed_room" uuid) RETURNS void LANGUAGE plpgsql
  AS E'BEGIN PERFORM lock_event_log()\073 IF EXISTS (SELECT FROM (SELECT kind, room_id, xmin::text AS writer FROM events ORDER BY seq DESC LIMIT 20) AS newest WHERE kind = ''ROOM_CHANGED'' AND room_id = changed_room AND writer = (pg_current_xact_id()::text::numeric % 4294967296)::text) THEN RETURN\073 END IF\073 INSERT INTO events (kind, room_id) VALUES (''ROOM_CHANGED'', changed_room)\073 END\073';
CREATE FUNCTION "append_room_events"() RETURNS trigger LANGUAGE plpgsql
  AS E'BEGIN IF TG_OP <> ''INSERT'' THEN PERFORM append_room_event(OLD.room_id)\073 END IF\073 IF TG_OP <> ''DELETE'' THEN PERFORM append_room_event(NEW.room_id)\073 END IF\073 RETURN NULL\073 END\073';
CREATE CONSTRAINT TRIGGER "clients_append_come_and_gone" AFTER INSERT OR DELETE ON "clients"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "append_room_events"();
CREATE CONSTRAINT TRIGGER "clients_append_moved" AFTER UPDATE OF "room_id" ON "clients"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD."room_id" <> NEW."room_id")
  EXECUTE FUNCTION "append_room_events"();
